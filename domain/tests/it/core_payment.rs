//! What must hold of any core payment.

use proptest::prelude::*;

use crate::cases::value;
use crate::paying::{MONTHS, contract, end_of, pence};
use crate::report::pounds;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// Core and withheld are the budget, neither of them negative; withholding more never pays more; what is
    /// due never falls from month to month and is the core at the end; a budget of nothing pays nothing.
    #[test]
    fn core_and_withheld_are_the_budget(budget in 0i64..10_000_000_000, part in 0u32..=1000, more in 0u32..=1000) {
        let desk = |part: u32| contract(&format!(
            "\n  - {{clause: \"1\", kind: core, budget: \"{}\", withheld: {}.{}%}}\n", pounds(budget), part / 10, part % 10
        ));
        let (less, more) = (desk(part), desk((part + more).min(1000)));
        let mut before = 0;
        for month in MONTHS {
            let due = pence(&less.payable(&end_of(month)));
            prop_assert!(due >= before && pence(&more.payable(&end_of(month))) <= due);
            before = due;
        }
        let year = less.statement("2026-03-31");
        let of = |line: &str| pence(value(&year, &format!("c/1/{line}")));
        prop_assert_eq!((of("core") + of("withheld"), of("core")), (budget, before));
        prop_assert!(of("core") >= 0 && of("withheld") >= 0);
        let scheduled = year.schedule.iter().map(|row| pence(&row.amount.to_string()));
        prop_assert_eq!(scheduled.sum::<i64>(), of("core"));
    }
}
