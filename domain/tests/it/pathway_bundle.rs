//! Pathway bundle: worked example 05, further inputs worked by hand, and what must hold of any pathway.

use proptest::prelude::*;

use crate::cases::Desk;
use crate::paying::{MONTHS, check, contract, faults, pence};

const CLAUSE: &str = r#"
  - clause: "1"
    kind: pathway_bundle
    price: "1850.00"
    instalments: [{stage: started, share: 40%}, {stage: second, share: 40%}, {stage: completed, share: 20%}]
"#;

fn april(started: u32, second: u32, completed: u32) -> Desk {
    let mut desk = contract(CLAUSE);
    for (stage, n) in [("started", started), ("second", second), ("completed", completed)] {
        desk.volume("2025-04", stage, n);
    }
    desk
}

fn transfer(
    desk: &mut Desk,
    patient: &str,
    direction: &str,
    elapsed: u32,
    total: u32,
) -> Result<(), domain::refusal::Refusal> {
    desk.run(
        "transfer-pathway",
        &format!(
            r#"{{"contract":"c","patient":"{patient}","on":"2025-04-20","direction":"{direction}","days_elapsed":{elapsed},"days_total":{total}}}"#
        ),
    )
}

/// Worked example 05: instalments by stage.
#[test]
fn stages_reached_earn_their_instalments() {
    check(
        &april(500, 480, 470).statement("2025-04-30"),
        &[
            ("1/instalment/started", "740.00"),
            ("1/instalment/completed", "370.00"),
            ("1/stage-earned/started", "370000.00"),
            ("1/stage-earned/second", "355200.00"),
            ("1/stage-earned/completed", "173900.00"),
            ("1/pathway-income", "899100.00"),
            ("total/payable/icb-to-trust", "899100.00"),
        ],
    );
}

/// 30, 50 and 20% of 1,147.35 are 344.205, 573.675 and 229.47. Rounded each by itself they would sum to
/// 1,147.36: the odd penny goes once, to the first of the two equal remainders.
#[test]
fn a_patient_who_reaches_every_stage_pays_the_price() {
    let mut desk = contract(
        "\n  - {clause: \"1\", kind: pathway_bundle, price: \"1147.35\", instalments: [{stage: a, share: 30%}, {stage: b, share: 50%}, {stage: c, share: 20%}]}\n",
    );
    for stage in ["a", "b", "c"] {
        desk.volume("2025-04", stage, 1);
    }
    check(
        &desk.statement("2025-04-30"),
        &[
            ("1/instalment/a", "344.21"),
            ("1/instalment/b", "573.67"),
            ("1/instalment/c", "229.47"),
            ("total/payable/icb-to-trust", "1147.35"),
        ],
    );
}

/// Worked example 05: a transfer after 63 of 180 days, from either side.
#[test]
fn a_transfer_splits_the_price_by_days() {
    let mut desk = april(0, 0, 0);
    transfer(&mut desk, "p-1", "out", 63, 180).unwrap();
    transfer(&mut desk, "p-2", "in", 63, 180).unwrap();
    check(
        &desk.statement("2025-04-30"),
        &[
            ("1/transfer-outgoing/2025-04-20 p-1", "647.50"),
            ("1/transfer-incoming/2025-04-20 p-2", "1202.50"),
            ("1/pathway-income", "1850.00"),
        ],
    );
    assert!(transfer(&mut desk, "p-3", "out", 181, 180).is_err());
    assert!(transfer(&mut desk, "p-3", "out", 0, 0).is_err());
}

/// Two pathways in one contract, at 1,850.00 and 600.00: a knee handed on half way through takes 925.00 of
/// the one, and a back taken over after 30 of 90 days, 200.00, leaves 400.00 of the other.
#[test]
fn a_transfer_belongs_to_one_pathway() {
    let backs = "  - {clause: \"2\", kind: pathway_bundle, price: \"600.00\", instalments: [{stage: assessed, share: 100%}]}\n";
    let mut desk = contract(&format!("{CLAUSE}{backs}"));
    for stage in ["started", "second", "completed", "assessed"] {
        desk.volume("2025-04", stage, 0);
    }
    let body = |patient: &str, direction: &str, elapsed: &str, total: &str, clause: &str| {
        format!(
            r#"{{"contract":"c","patient":"{patient}","on":"2025-04-20","direction":"{direction}","days_elapsed":{elapsed},"days_total":{total}{clause}}}"#
        )
    };
    let unclear = desk.run("transfer-pathway", &body("p-1", "out", "90", "180", "")).unwrap_err();
    assert!(unclear.to_string().contains("that pay for pathways are 1, 2"), "{unclear}");
    assert!(desk.run("transfer-pathway", &body("p-1", "out", "90", "180", r#","clause":"3""#)).is_err());
    desk.run("transfer-pathway", &body("p-1", "out", "90", "180", r#","clause":"1""#)).unwrap();
    // As a table has it: numbers as text.
    desk.run("transfer-pathway", &body("p-1", "in", r#""30""#, r#""90""#, r#","clause":"2""#)).unwrap();
    check(
        &desk.statement("2025-04-30"),
        &[
            ("1/pathway-income", "925.00"),
            ("2/transfer-outgoing/2025-04-20 p-1", "200.00"),
            ("2/pathway-income", "400.00"),
            ("total/payable/icb-to-trust", "1325.00"),
        ],
    );
}

/// Worked example 05: begun on 1 February, six months, at 31 March.
#[test]
fn what_is_still_running_is_deferred() {
    let mut desk = contract(
        "\n  - {clause: \"1\", kind: pathway_bundle, price: \"1500.00\", duration: 6 months, instalments: [{stage: started, share: 100%}]}\n",
    );
    for month in MONTHS {
        desk.volume(month, "started", u32::from(month == "2026-02"));
    }
    check(
        &desk.statement("2026-03-31"),
        &[
            ("1/recognised/2026-02", "500.00"),
            ("1/deferred/2026-02", "1000.00"),
            ("total/payable/icb-to-trust", "1500.00"),
        ],
    );
    assert!(desk.statement("2026-02-28").line("c/1/deferred/2026-02").is_none());
}

/// 10 begun in January and 4 in March at 600.00, four months each: of January's 6,000.00 a quarter is the
/// next year's, 1,500.00, of March's 2,400.00 three quarters, 1,800.00: 3,300.00 to post.
#[test]
fn what_is_deferred_is_added_up() {
    let mut desk = contract(
        "\n  - {clause: \"1\", kind: pathway_bundle, price: \"600.00\", duration: 4 months, instalments: [{stage: started, share: 100%}]}\n",
    );
    for month in MONTHS {
        let begun =
            [("2026-01", 10), ("2026-03", 4)].iter().find(|(of, _)| *of == month).map_or(0, |(_, n)| *n);
        desk.volume(month, "started", begun);
    }
    check(
        &desk.statement("2026-03-31"),
        &[
            ("1/deferred/2026-01", "1500.00"),
            ("1/deferred/2026-02", "0.00"),
            ("1/deferred/2026-03", "1800.00"),
            ("1/deferred", "3300.00"),
            ("total/payable/icb-to-trust", "8400.00"),
        ],
    );
}

/// Worked example 05: two scans at 120.00 and one clinic at 450.00 leave 1160.00 of 1850.00.
#[test]
fn care_inside_the_bundle_is_paid_on_and_never_billed() {
    let mut desk = contract(
        "\n  - {clause: \"1\", kind: pathway_bundle, price: \"1850.00\", instalments: [{stage: started, share: 100%}], inside: [{care: scans, price: \"120.00\"}, {care: clinics, price: \"450.00\"}]}\n",
    );
    for (what, n) in [("started", 1), ("scans", 2), ("clinics", 1)] {
        desk.volume("2025-04", what, n);
    }
    check(
        &desk.statement("2025-04-30"),
        &[("1/left-to-payee", "1160.00"), ("total/payable/icb-to-trust", "1850.00")],
    );
}

/// Worked by hand.
#[test]
fn further_pathways_worked_by_hand() {
    assert_eq!(april(0, 0, 0).payable("2025-04-30"), "0.00");
    assert_eq!(april(1, 0, 0).payable("2025-04-30"), "740.00");
    assert_eq!(april(1, 1, 1).payable("2025-04-30"), "1850.00");
    assert_eq!(april(10, 5, 2).payable("2025-04-30"), "11840.00"); // 7400 + 3700 + 740
    let mut half = april(0, 0, 0);
    transfer(&mut half, "p", "out", 1, 3).unwrap(); // 616.666..
    assert_eq!(half.payable("2025-04-30"), "616.67");
    transfer(&mut half, "p", "out", 3, 3).unwrap(); // a later report of the same patient
    assert_eq!(half.payable("2025-04-30"), "1850.00");
    // a month without one of its stages is named; the other stages are paid
    let mut gap = contract(CLAUSE);
    gap.volume("2025-04", "started", 2);
    assert_eq!(gap.payable("2025-04-30"), "1480.00");
    assert!(!gap.statement("2025-04-30").complete);
}

#[test]
fn instalments_that_are_not_the_whole_are_refused() {
    let found = faults(
        "\n  - {clause: \"1\", kind: pathway_bundle, price: \"1.00\", duration: 0 months, instalments: [{stage: a, share: 40%}, {stage: b, share: 50%}]}\n",
    );
    assert_eq!(found.len(), 2, "{found:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// What the outgoing and the incoming provider get is the price, whatever the days.
    #[test]
    fn a_transfer_splits_the_whole_price(total in 1u32..400, part in 0u32..400) {
        let mut desk = april(0, 0, 0);
        let elapsed = part % (total + 1);
        transfer(&mut desk, "p", "out", elapsed, total).unwrap();
        transfer(&mut desk, "q", "in", elapsed, total).unwrap();
        prop_assert_eq!(desk.payable("2025-04-30"), "1850.00");
    }

    /// More patients at a stage never pay less.
    #[test]
    fn more_patients_never_pay_less(started in 0u32..900, second in 0u32..900, more in 0u32..50) {
        let pay = |started, second| pence(&april(started, second, 0).payable("2025-04-30"));
        prop_assert!(pay(started, second) <= pay(started + more, second));
        prop_assert_eq!(pay(started, second), i64::from(started + second) * 74_000);
    }
}
