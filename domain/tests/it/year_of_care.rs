//! Year of care: worked example 06, further inputs worked by hand, and what must hold of any register.

use proptest::prelude::*;

use crate::cases::Desk;
use crate::paying::{MONTHS, check, contract, end_of, faults, pence};

const CLAUSE: &str = r#"
  - clause: "1"
    kind: year_of_care
    bands:
      - {band: D, price: "10103.00"}
      - {band: B1, price: "3850.00"}
      - {band: B2, price: "35888.00"}
      - {band: B3, price: "61777.00"}
      - {band: B4, price: "94935.00"}
"#;

fn example() -> Desk {
    let mut desk = contract(CLAUSE);
    desk.list("2025-04", &[("D", "0"), ("B1", "40"), ("B2", "20"), ("B3", "25"), ("B4", "15")]);
    desk
}

/// Worked example 06: the register, by band.
#[test]
fn a_year_of_care_pays_by_band() {
    check(
        &example().statement("2026-03-31"),
        &[
            ("1/year-of-care/D", "0.00"),
            ("1/year-of-care/B1", "154000.00"),
            ("1/year-of-care/B2", "717760.00"),
            ("1/year-of-care/B3", "1544425.00"),
            ("1/year-of-care/B4", "1424025.00"),
            ("1/year-of-care", "3840210.00"),
            ("total/payable/icb-to-trust", "3840210.00"),
        ],
    );
    assert_eq!(example().payable("2025-04-30"), "320017.50");
    assert_eq!(example().payable("2025-09-30"), "1920105.00");
}

/// Worked example 06: who joins in month 8 and who leaves after month 5.
#[test]
fn joiners_and_leavers_pay_for_their_months() {
    let mut desk = example();
    desk.volume("2025-11", "joined B2", 1);
    desk.volume("2025-08", "left B4", 1);
    let year = desk.statement("2026-03-31");
    check(
        &year,
        &[
            ("1/joiner-paid/B2 2025-11", "14953.33"),
            ("1/leaver-paid/B4 2025-08", "39556.25"),
            ("1/staying/B4 2025-08", "14"),
            ("1/year-of-care/B4", "1329090.00"),
            // 154000 + 717760 + 1544425 + 1329090 + 14953.33 + 39556.25
            ("total/payable/icb-to-trust", "3799784.58"),
        ],
    );
    // The joiner of month 8 is paid one month by its end: 35888 / 12 = 2990.67.
    check(&desk.statement("2025-11-30"), &[("1/joiner-paid/B2 2025-11", "2990.67")]);
}

/// Worked example 06: a banding of month 7 waits for the next year.
#[test]
fn a_new_banding_changes_nothing_this_year() {
    let mut desk = example();
    desk.list("2025-10", &[("D", "0"), ("B1", "39"), ("B2", "20"), ("B3", "26"), ("B4", "15")]);
    let year = desk.statement("2026-03-31");
    check(&year, &[("total/payable/icb-to-trust", "3840210.00")]);
    assert!(year.line("c/1/rebanding/2025-10").is_some());
}

/// Ten on the list and two who joined in May are twelve: thirteen cannot have left by July, and no head is
/// paid below none. Twelve can: ten are paid four months each and two from May to July, 10 x 400.00 + 2 x
/// 300.00.
#[test]
fn no_more_leave_than_were_there() {
    let mut desk =
        contract("\n  - {clause: \"1\", kind: year_of_care, bands: [{band: A, price: \"1200.00\"}]}\n");
    desk.list("2025-04", &[("A", "10")]);
    desk.volume("2025-05", "joined A", 2);
    desk.volume("2025-07", "left A", 13);
    let year = desk.statement("2026-03-31");
    let line = year.line("c/1/staying/A 2025-07").expect("a line for the month");
    assert_eq!((&line.value, year.complete), (&None, false));
    assert!(line.working.text.starts_with("by 2025-07 1 more had left A"), "{}", line.working.text);
    assert_eq!(year.payables[0].entitled, None);
    // Those who joined are among those who may leave.
    desk.volume("2025-07", "left A", 12);
    assert_eq!(desk.payable("2026-03-31"), "4600.00");
}

fn single(patients: &str, moves: &[(&str, &str, u32)], as_of: &str) -> String {
    let mut desk =
        contract("\n  - {clause: \"1\", kind: year_of_care, bands: [{band: A, price: \"1200.00\"}]}\n");
    desk.list("2025-04", &[("A", patients)]);
    for (month, what, n) in moves {
        desk.volume(month, what, n);
    }
    desk.payable(as_of)
}

/// Worked by hand, at 1,200.00 a year, which is 100.00 a month.
#[test]
fn further_registers_worked_by_hand() {
    assert_eq!(single("10", &[], "2025-06-30"), "3000.00"); // 10 x 3 x 100
    assert_eq!(single("10", &[("2025-04", "joined A", 2)], "2026-03-31"), "14400.00"); // 12 for all twelve months
    assert_eq!(single("10", &[("2026-03", "joined A", 3)], "2026-03-31"), "12300.00"); // 12000 + 3 x 100
    assert_eq!(single("10", &[("2026-03", "left A", 3)], "2026-03-31"), "12000.00"); // they left as the year ended
    assert_eq!(single("10", &[("2025-04", "left A", 10)], "2026-03-31"), "1000.00"); // one month of ten
    // 8 stay: 9600; 2 left after month 6: 1200; 1 joined in month 7: 600
    assert_eq!(
        single("10", &[("2025-09", "left A", 2), ("2025-10", "joined A", 1)], "2026-03-31"),
        "11400.00"
    );
    // a joiner of a month not yet ended is not there yet
    assert_eq!(single("0", &[("2025-07", "joined A", 5)], "2025-07-30"), "0.00");
}

#[test]
fn without_the_first_list_there_is_no_amount() {
    let mut desk = contract(CLAUSE);
    desk.list("2025-05", &[("B1", "40")]);
    assert_eq!(desk.payable("2026-03-31"), "none");
    desk.list("2025-04", &[("B1", "40")]);
    let statement = desk.statement("2026-03-31");
    assert!(statement.line("c/1/not-reported/2025-04").unwrap().working.text.contains("D, B2, B3, B4"));
}

#[test]
fn a_volume_that_no_clause_counts_is_refused() {
    let mut desk = example();
    let body = r#"{"contract":"c","month":"2025-05","what":"joined B9","count":"1"}"#;
    let refusal = desk.run("report-volume", body).unwrap_err();
    assert!(refusal.to_string().contains("no clause of `c` counts `joined B9`"), "{refusal}");
    let twice = faults(
        "\n  - {clause: \"1\", kind: year_of_care, bands: [{band: A, price: \"1.00\"}, {band: A, price: \"2.00\"}]}\n",
    );
    assert!(twice[0].contains("`A` stands twice"), "{twice:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// A joiner never takes anything away, a leaver never adds, and the two months of a move pay the whole
    /// year.
    #[test]
    fn moves_pay_what_they_should(patients in 0u32..500, moved in 0usize..11, n in 1u32..50) {
        let patients = patients + n;
        let still = pence(&single(&patients.to_string(), &[], "2026-03-31"));
        let leaving = [(MONTHS[moved], "left A", n)];
        let replaced = [(MONTHS[moved], "left A", n), (MONTHS[moved + 1], "joined A", n)];
        prop_assert!(pence(&single(&patients.to_string(), &leaving, "2026-03-31")) < still);
        prop_assert_eq!(pence(&single(&patients.to_string(), &replaced, "2026-03-31")), still);
    }

    /// The year to date never falls from month to month while nobody leaves.
    #[test]
    fn never_falls_while_nobody_leaves(patients in 0u32..500, joined in 0usize..12) {
        let to_date = |month: &str| pence(&single(&patients.to_string(), &[(MONTHS[joined], "joined A", 3)], &end_of(month)));
        let all: Vec<i64> = MONTHS.iter().map(|m| to_date(m)).collect();
        prop_assert!(all.windows(2).all(|w| w[0] <= w[1]));
    }
}
