//! What must hold of any block, with any variation.

use proptest::prelude::*;

use crate::cases::{Desk, value};
use crate::paying::{MONTHS, end_of, pence, terms};
use crate::report::pounds;

/// 120,000.00 a year more from October is 10,000.00 a month. What falls before the month of signature is paid
/// in it as arrears; signed after the year, all six months are paid in that month.
#[test]
fn what_is_signed_late_is_paid_as_arrears() {
    let rows = |signed: &str| {
        let mut desk = Desk::default();
        desk.award(&terms("\n  - {clause: \"1\", kind: block, amount: \"1200000.00\"}\n"));
        let body = format!(
            r#"{{"contract":"c","number":1,"signed_on":"{signed}","effective_from":"2025-10-01","clause":"1","full_year_effect":"120000.00"}}"#
        );
        desk.run("vary-contract", &body).unwrap();
        let statement = desk.statement("2026-03-31");
        let varied = statement.schedule.into_iter().filter(|row| row.stream.contains("variation"));
        varied.map(|row| format!("{} {} {}", row.month, row.amount, row.arrears)).collect::<Vec<_>>()
    };
    let monthly =
        |from: usize| MONTHS[from..].iter().map(|month| format!("{month} 10000.00 0.00")).collect::<Vec<_>>();
    assert_eq!(rows("2025-09-10"), monthly(6));
    assert_eq!(rows("2025-10-31"), monthly(6));
    let in_december = [vec!["2025-12 30000.00 20000.00".to_owned()], monthly(9)].concat();
    assert_eq!(rows("2025-12-10"), in_december);
    assert_eq!(rows("2026-05-10"), ["2026-05 60000.00 60000.00"]);
}

/// A variation that takes effect when the contract has ended, or in a later contract year, is no row of the
/// schedule, not even one of nothing.
#[test]
fn a_variation_without_a_month_is_not_scheduled() {
    for (effective_from, ends_on, months) in [("2026-07-01", None, 12), ("2026-01-01", Some("2025-11-30"), 8)]
    {
        let mut desk = Desk::default();
        desk.award(&terms("\n  - {clause: \"1\", kind: block, amount: \"1200000.00\"}\n"));
        let body = format!(
            r#"{{"contract":"c","number":1,"signed_on":"2025-10-10","effective_from":"{effective_from}","clause":"1","full_year_effect":"120000.00"}}"#
        );
        desk.run("vary-contract", &body).unwrap();
        if let Some(on) = ends_on {
            let body = format!(r#"{{"contract":"c","on":"{on}","reason":"notice of six months"}}"#);
            desk.run("terminate-contract", &body).unwrap();
        }
        let scheduled = desk.statement("2026-03-31").schedule;
        assert_eq!(scheduled.len(), months, "{scheduled:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// The months scheduled sum to the year, base and variation alike, and nothing is due before a month has
    /// ended; what is due to date never falls and is what was scheduled for the months ended.
    #[test]
    fn months_sum_to_the_year(
        amount in 0i64..10_000_000_000,
        effect in 0i64..1_000_000_000,
        from in 0usize..12,
        unit in prop::sample::select(vec!["0.01", "1"]),
    ) {
        // A contract in whole pounds has amounts in whole pounds.
        let to_unit = |pence: i64| if unit == "1" { pence / 100 * 100 } else { pence };
        let (amount, effect) = (to_unit(amount), to_unit(effect));
        let clause = format!("\n  - {{clause: \"1\", kind: block, amount: \"{}\"}}\n", pounds(amount));
        let mut desk = Desk::default();
        desk.award(&terms(&clause).replace("unit: 0.01", &format!("unit: {unit}")));
        let body = format!(
            r#"{{"contract":"c","number":1,"signed_on":"2025-04-01","effective_from":"{}-01","clause":"1","full_year_effect":"{}"}}"#,
            MONTHS[from], pounds(effect),
        );
        desk.run("vary-contract", &body).unwrap();
        prop_assert_eq!(pence(&desk.payable("2025-04-29")), 0);
        let year = desk.statement("2026-03-31");
        let varied = pence(value(&year, "c/1/variation-to-date/1"));
        let half_a_unit = if unit == "1" { 600 } else { 6 };
        prop_assert!((varied * 12 - effect * (12 - from as i64)).abs() <= half_a_unit);
        let mut scheduled = 0;
        let mut before = 0;
        for month in MONTHS {
            let of_month = year.schedule.iter().filter(|row| row.month.to_string() == month);
            scheduled += of_month.map(|row| pence(&row.amount.to_string())).sum::<i64>();
            let due = pence(&desk.payable(&end_of(month)));
            prop_assert!(due >= before);
            prop_assert_eq!(due, scheduled);
            before = due;
        }
        prop_assert_eq!(scheduled, amount + varied);
    }
}
