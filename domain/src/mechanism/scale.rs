//! The published sliding scale of minimum rates: the fewer the people, the more of a difference is chance,
//! and the more savings or losses must come to before they are shared.

use crate::exact::Exact;
use crate::rate::{Count, Rate};
use crate::worksheet::{Figure, Given, Step, Working, Worksheet};

/// The sliding scale of 425.604(b) and 425.605(b)(1), in tenths of a percent: from, to, at the low end, at
/// the high end.
const SCALE: &[(i64, i64, i64, i64)] = &[
    (500, 999, 122, 87),
    (1_000, 2_999, 87, 50),
    (3_000, 4_999, 50, 39),
    (5_000, 5_999, 39, 36),
    (6_000, 6_999, 36, 34),
    (7_000, 7_999, 34, 32),
    (8_000, 8_999, 32, 31),
    (9_000, 9_999, 31, 30),
    (10_000, 14_999, 30, 27),
    (15_000, 19_999, 27, 25),
    (20_000, 49_999, 25, 22),
    (50_000, 59_999, 22, 20),
];

/// Where on the scale a number of beneficiaries lies.
enum OnTheScale {
    /// Below it: no formula is published.
    Below,
    /// Within a band: from, to, at the low end, at the high end.
    Within(&'static (i64, i64, i64, i64)),
    /// Above its last band.
    Above,
}

fn on_the_scale(n: &Exact) -> OnTheScale {
    if *n < Exact::from(SCALE[0].0) {
        return OnTheScale::Below;
    }
    SCALE.iter().find(|(_, hi, ..)| *n <= Exact::from(*hi)).map_or(OnTheScale::Above, OnTheScale::Within)
}

/// The rate of the last band's high end, which holds for everyone above.
const ABOVE: i64 = 20;

fn per_mille(tenths: i64) -> Working<Rate> {
    Working::constant(Exact::ratio(tenths, 1000))
}

/// `low × (hi - n)/(hi - lo) + high × (n - lo)/(hi - lo)` within a band; the divisor is hi - lo, not the
/// band's width.
pub(super) fn write(sheet: &mut Worksheet, people: Figure<Count>) -> Figure<Rate> {
    let &(lo, hi, low, high) = match on_the_scale(&sheet.amount(people)) {
        OnTheScale::Within(band) => band,
        OnTheScale::Above => return sheet.line(Step::MinimumRate, per_mille(ABOVE)),
        OnTheScale::Below => {
            let said = "the scale's highest published rate: below 500 beneficiaries it is not published";
            return sheet.given(
                Step::MinimumRate,
                None,
                Given::new(Exact::ratio(SCALE[0].2, 1000), said, Vec::new()),
            );
        }
    };
    let number = |n: i64| Count::of(n);
    let width = Working::<Count>::constant(Exact::from(hi - lo));
    let from_low = per_mille(low) * (&number(hi) - people) / width.clone();
    let from_high = per_mille(high) * (people - &number(lo)) / width;
    sheet.line(Step::MinimumRate, from_low + from_high)
}

/// The rate for a number of people; nothing below the scale, where it is not published.
pub(super) fn minimum(n: &Exact) -> Option<Rate> {
    let &(lo, hi, low, high) = match on_the_scale(n) {
        OnTheScale::Within(band) => band,
        OnTheScale::Above => return Some(Rate::of(Exact::ratio(ABOVE, 1000))),
        OnTheScale::Below => return None,
    };
    let from_low = Exact::ratio(low, 1000 * (hi - lo)) * (Exact::from(hi) - n.clone());
    let from_high = Exact::ratio(high, 1000 * (hi - lo)) * (n.clone() - Exact::from(lo));
    Some(Rate::of(from_low + from_high))
}
