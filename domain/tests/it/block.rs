//! What must hold of any block, with any variation.

use proptest::prelude::*;

use crate::cases::{Desk, value};
use crate::paying::{MONTHS, end_of, pence, terms};
use crate::report::pounds;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// The months scheduled sum to the year, base and variation alike, and nothing is due before a month has ended; what is
    /// due to date never falls and is what was scheduled for the months ended.
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
