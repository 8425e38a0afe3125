//! What must hold of any activity between a cap and a collar.

use proptest::prelude::*;

use crate::cases::value;
use crate::paying::{contract, pence};
use crate::report::pounds;

fn year(months: &[i64]) -> crate::cases::Desk {
    let clause = "\n  - {clause: \"1\", kind: activity_at_price, plan: \"12000.00\", cap: 5%, collar: 10%}\n";
    let mut desk = contract(clause);
    for (month, value) in crate::paying::MONTHS.iter().zip(months) {
        desk.activity(month, &pounds(*value), 0);
    }
    desk
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// It pays no less than the collar and no more than the cap of the months reported; what is paid and what is not are the
    /// activity; more activity never pays less; the months in any order pay the same; no report pays nothing.
    #[test]
    fn it_stays_between_collar_and_cap(
        mut months in prop::collection::vec(-20_000i64..250_000, 1..13),
        more in 0i64..50_000,
    ) {
        let statement = year(&months).statement("2026-03-31");
        let of = |line: &str| pence(value(&statement, &format!("c/1/{line}")));
        let (paid, all) = (of("activity-payable"), months.iter().sum::<i64>());
        prop_assert!(of("collar") <= paid && paid <= of("cap"));
        prop_assert_eq!(of("cap"), 105_000 * months.len() as i64);
        let above = statement.line("c/1/paid-above").is_some();
        let unpaid = if above { -of("paid-above") } else { of("unpaid") };
        prop_assert_eq!(above, unpaid < 0);
        prop_assert_eq!((of("activity-value"), paid + unpaid), (all, all));
        prop_assert_eq!(paid, all.clamp(of("collar"), of("cap")));
        months.reverse();
        prop_assert_eq!(pence(&year(&months).payable("2026-03-31")), paid);
        months[0] += more;
        prop_assert!(pence(&year(&months).payable("2026-03-31")) >= paid);
        prop_assert_eq!(year(&[]).payable("2026-03-31"), "none");
    }
}
