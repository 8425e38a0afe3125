//! # Year of care
//!
//! **What it pays.** A price per patient for a whole year of care, by band of complexity, in equal monthly
//! parts. The bands are those of the list of the year's first month. A patient who joins in month `j` is paid
//! from that month on, a twelfth of the price for each; one who leaves is paid to the end of the month of
//! leaving. Joiners and leavers are reported as volumes, `joined BAND` and `left BAND`. A new banding within
//! the year changes nothing before the next; a dated price does, from its month on.
//!
//! **When nothing is due.** While the list of the first month, or a band of it, is not reported; and while
//! more are said to have left a band than were there, which a line names. A month without joiners or leavers
//! needs no report: they are events, not a count that is due.
//!
//! **Clause.** The cystic fibrosis year-of-care tariff, and local long-term-condition contracts.
//!
//! **Worked example.** 40, 20, 25 and 15 patients at £3,850, £35,888, £61,777 and £94,935 are £3,840,210.00 a
//! year, or £320,017.50 a month. A joiner in month 8 at £35,888 adds £14,953.33; one who leaves after month 5
//! at £94,935 is paid £39,556.25.

use super::parts::parts;
use super::{Pays, Phase, Told, all, twelfths};
use crate::exact::Exact;
use crate::facts::Facts;
use crate::headroom::Commitment;
use crate::money::Money;
use crate::name::ClauseRef;
use crate::rate::Count;
use crate::terms::{Dated, Fields, Terms};
use crate::worksheet::{Figure, Given, LineState, Source, Step, Working, Worksheet, count, sum};
use crate::year::Month;

/// A price per patient and year, by band.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YearOfCare {
    bands: Vec<Band>,
}

/// A band of complexity with the price of a year.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Band {
    band: String,
    price: Dated<Money>,
}

impl Pays for YearOfCare {
    const KIND: &'static str = "year_of_care";
    const PHASE: Phase = Phase::Base;

    fn read(fields: &Fields) -> YearOfCare {
        let bands = fields.list("bands", |f| Band { band: f.required("band"), price: f.dated("price") });
        if bands.is_empty() {
            fields.missing("bands", "`bands` is missing", "write each band with the price of a year of care");
        }
        if let Some(i) = bands.iter().position(|b| b.price.values().any(Money::is_negative)) {
            fields.fault(&format!("bands/{i}/price"), "a price is not negative", "write what a year pays");
        }
        super::distinct(fields, "bands", bands.iter().map(|b| b.band.as_str()));
        YearOfCare { bands }
    }

    fn writes(&self) -> Vec<Step> {
        vec![Step::YearOfCare, Step::CareToDate]
    }

    fn settle(&self, sheet: &mut Worksheet, facts: &Facts, _: &ClauseRef) {
        let Some(first) = facts.months_ended().first().copied() else { return };
        let Some(patients) = self.patients(sheet, facts, first) else { return };
        note_new_banding(sheet, facts, first);
        if self.left_before_they_came(sheet, facts, &patients) {
            return;
        }

        let (mut years, mut all_year) = (Vec::new(), Vec::new());
        for (band, patients) in self.bands.iter().zip(patients) {
            let (staying, moved) = band.moves(sheet, facts, patients);
            for line in moved {
                sheet.owes(facts.payer(), facts.payee(), line);
            }
            years.push(sheet.line_of(
                Step::YearOfCare,
                &band.band,
                band.paid(staying, facts, &facts.months()),
            ));
            all_year.push((band, staying));
        }
        let annual = sheet.line(Step::YearOfCare, sum(years));
        let months = facts.months_ended();
        let to_date = if months.len() == facts.months().len() {
            annual
        } else if self.is_plain(facts) {
            twelfths::to_date(sheet, Step::CareToDate, annual, facts)
        } else {
            let of_band = |(band, staying): (&Band, Figure<Count>)| {
                sheet.line_of(Step::CareToDate, &band.band, band.paid(staying, facts, &months))
            };
            let bands: Vec<Figure<Money>> = all_year.into_iter().map(of_band).collect();
            sheet.line(Step::CareToDate, sum(bands))
        };
        sheet.owes(facts.payer(), facts.payee(), to_date);
    }

    fn volumes(&self) -> Vec<String> {
        self.bands.iter().flat_map(|b| [b.joined(), b.left()]).collect()
    }

    fn unbounded(&self) -> Option<&'static str> {
        Some("patients who join are paid for without a limit")
    }

    fn commitment(&self, _: &Terms) -> Option<Commitment> {
        Some(Commitment { planned: None, most: None, least: Exact::zero() })
    }

    fn words(&self, told: &Told) -> String {
        let bands = self.bands.iter().map(|b| format!("{} for {}", told.dated(&b.price), b.band));
        format!(
            "{} pays {} for each patient's year of care in equal monthly parts, by band: {}. Who joins is paid for from that \
             month on, who leaves to the end of the month.",
            told.payer(),
            told.payee(),
            all(bands)
        )
    }
}

impl YearOfCare {
    /// Whether each price holds all year, and the contract runs all year.
    fn is_plain(&self, facts: &Facts) -> bool {
        let changes = self.bands.iter().flat_map(|band| band.price.changes());
        parts(facts, changes).len() == 1 && facts.months() == facts.year.months()
    }

    /// Whether reports say that more people of a band left than were there, which no price can be multiplied
    /// by; the sheet names the month.
    fn left_before_they_came(
        &self,
        sheet: &mut Worksheet,
        facts: &Facts,
        patients: &[Figure<Count>],
    ) -> bool {
        let mut any = false;
        for (band, listed) in self.bands.iter().zip(patients) {
            let Some((month, missing)) = band.overdrawn(facts, sheet.amount(*listed)) else { continue };
            let text = format!(
                "by {month} {missing} more had left {} than were on its list or had joined: correct one of the reports",
                band.band
            );
            sheet.missing(
                Step::Staying,
                Some(format!("{} {month}", band.band)),
                LineState::NotReported,
                text,
            );
            any = true;
        }
        any
    }

    /// Writes how many patients each band has at the start of the year; names what is missing.
    fn patients(&self, sheet: &mut Worksheet, facts: &Facts, first: Month) -> Option<Vec<Figure<Count>>> {
        let list = facts.list_of(first);
        let reported = |b: &Band| list?.fact.bands.iter().find(|r| r.band == b.band);
        let missing: Vec<&str> =
            self.bands.iter().filter(|b| reported(b).is_none()).map(|b| b.band.as_str()).collect();
        if !missing.is_empty() {
            let text = format!("the list for {first} has no count of {}", missing.join(", "));
            sheet.missing(Step::NotReported, Some(first.to_string()), LineState::NotReported, text);
            return None;
        }
        let source: Vec<Source> = list.iter().map(|l| Source::Entry(l.entry)).collect();
        let write = |b: &crate::verb::population::Band| {
            let given = Given::new(b.count.exact().clone(), format!("as listed for {first}"), source.clone());
            sheet.given(Step::ListCount, Some(b.band.clone()), given)
        };
        Some(self.bands.iter().filter_map(reported).map(write).collect())
    }
}

impl Band {
    fn joined(&self) -> String {
        format!("joined {}", self.band)
    }

    fn left(&self) -> String {
        format!("left {}", self.band)
    }

    /// The first month by whose end more people had left than were there, and by how many.
    fn overdrawn(&self, facts: &Facts, listed: Exact) -> Option<(Month, Exact)> {
        let moved = |month: Month, what: &str| {
            facts.volume(month, what, None).map_or_else(Exact::zero, |v| v.fact.count.exact().clone())
        };
        let mut people = listed;
        for month in facts.months_ended() {
            people = people + moved(month, &self.joined()) - moved(month, &self.left());
            if people.is_negative() {
                return Some((month, people.abs()));
            }
        }
        None
    }

    /// What people are paid for these months: of each price, the months in which it is in force.
    fn paid(&self, people: Figure<Count>, facts: &Facts, months: &[Month]) -> Working<Money> {
        let (all, price) = (facts.year.months().len(), |month: &Month| *self.price.in_force(*month));
        let runs = months.chunk_by(|a, b| price(a) == price(b));
        let of_run = |run: &[Month]| match run.len() == all {
            true => people * price(&run[0]),
            false => people * price(&run[0]) * count(run.len()) / count(all),
        };
        runs.map(of_run).reduce(|all, run| all + run).unwrap_or_else(|| Working::constant(Exact::zero()))
    }

    /// Writes what those who left or joined are paid to date; gives who stays all year, and those amounts.
    fn moves(
        &self,
        sheet: &mut Worksheet,
        facts: &Facts,
        patients: Figure<Count>,
    ) -> (Figure<Count>, Vec<Figure<Money>>) {
        let months = facts.months_ended();
        let mut staying = patients;
        let mut paid = Vec::new();
        for (i, month) in months.iter().copied().enumerate() {
            let subject = format!("{} {month}", self.band);
            if let Some(left) = self.moved(sheet, facts, month, &self.left()) {
                let to_leaving = self.paid(left, facts, &months[..=i]);
                paid.push(sheet.line_of(Step::LeaverPaid, &subject, to_leaving));
                staying = sheet.line_of(Step::Staying, &subject, staying - left);
            }
            if let Some(joined) = self.moved(sheet, facts, month, &self.joined()) {
                let from_joining = self.paid(joined, facts, &months[i..]);
                paid.push(sheet.line_of(Step::JoinerPaid, &subject, from_joining));
            }
        }
        (staying, paid)
    }

    fn moved(&self, sheet: &mut Worksheet, facts: &Facts, month: Month, what: &str) -> Option<Figure<Count>> {
        let report = facts.volume(month, what, None)?;
        let given =
            Given::new(report.fact.count.exact().clone(), "as counted", vec![Source::Entry(report.entry)]);
        Some(sheet.given(Step::Volume, Some(format!("{what} {month}")), given))
    }
}

fn note_new_banding(sheet: &mut Worksheet, facts: &Facts, first: Month) {
    let later = facts.months_ended().into_iter().filter(|m| *m != first);
    if let Some(list) = later.rev().find_map(|m| facts.list_of(m)) {
        let text = "a list of a later month changes no band before the next contract year".to_owned();
        sheet.note_of(Step::Rebanding, list.fact.period, text, vec![Source::Entry(list.entry)]);
    }
}
