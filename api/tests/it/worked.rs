//! Worked examples through the whole ledger: commands in, statement and position out. Every figure was worked
//! by hand.

use crate::ledger::{Desk, assert_lines, text};

const HEALTH_VISITING: &str = r#"
contract: health-visiting
title: Health visiting, one sum for the year
parties: {commissioner: county, lead: community-trust}
years: {kind: nhs, from: 2025/26, to: 2026/27}
rounding: {unit: 0.01, at: line}
pay:
  - {clause: "2", kind: block, amount: "1000000.00", profile: twelfths}
"#;

/// Worked example 01: a block of a million in twelfths; on 10 December a variation of 120,000.00 a year is
/// signed, back to October.
async fn health_visiting() -> (Desk, String) {
    let mut desk = Desk::new().await;
    desk.award(HEALTH_VISITING).await;
    let before = format!("@{}", desk.head().await.entry);
    desk.done(
        "vary-contract",
        r#"{"contract":"health-visiting","number":1,"signed_on":"2025-12-10","effective_from":"2025-10-01","clause":"2","full_year_effect":"120000.00"}"#,
    )
    .await;
    (desk, before)
}

#[tokio::test]
async fn a_block_is_paid_in_twelfths_that_sum_to_the_penny() {
    let (desk, before) = health_visiting().await;
    let statement = desk.settle("health-visiting", "2025/26", "2026-03-31", &before).await;
    let rows: Vec<(String, String, String, String)> = statement
        .schedule
        .iter()
        .map(|s| (s.month.to_string(), s.stream.clone(), s.amount.to_string(), s.arrears.to_string()))
        .collect();
    let expected = [
        ("2025-04", "83333.33"),
        ("2025-05", "83333.34"),
        ("2025-06", "83333.33"),
        ("2025-07", "83333.33"),
        ("2025-08", "83333.34"),
        ("2025-09", "83333.33"),
        ("2025-10", "83333.33"),
        ("2025-11", "83333.34"),
        ("2025-12", "83333.33"),
        ("2026-01", "83333.33"),
        ("2026-02", "83333.34"),
        ("2026-03", "83333.33"),
    ];
    let expected: Vec<_> = expected
        .iter()
        .map(|(month, amount)| ((*month).to_owned(), "2".to_owned(), (*amount).to_owned(), "0.00".to_owned()))
        .collect();
    assert_eq!(rows, expected);
    assert_lines(&statement, &[("2/block", "1000000.00")]);
    assert_eq!(text(statement.payables[0].entitled), "1000000.00");
}

#[tokio::test]
async fn a_variation_signed_late_pays_its_arrears_in_the_month_of_signature() {
    let (desk, _) = health_visiting().await;
    let statement = desk.settle("health-visiting", "2025/26", "2026-03-31", "now").await;
    let rows = |month: &str| -> Vec<(String, String, String)> {
        let of_month = statement.schedule.iter().filter(|s| s.month.to_string() == month);
        of_month.map(|s| (s.stream.clone(), s.amount.to_string(), s.arrears.to_string())).collect()
    };
    let row = |stream: &str, amount: &str, arrears: &str| {
        (stream.to_owned(), amount.to_owned(), arrears.to_owned())
    };
    // Effective in October, but nothing of it is scheduled before December.
    assert_eq!(rows("2025-10"), [row("2", "83333.33", "0.00")]);
    assert_eq!(rows("2025-11"), [row("2", "83333.34", "0.00")]);
    // December pays 83,333.33 + 10,000.00 + arrears of 20,000.00 = 113,333.33.
    assert_eq!(rows("2025-12"), [row("2", "83333.33", "0.00"), row("2 variation 1", "30000.00", "20000.00")]);
    // January pays 83,333.33 + 10,000.00 = 93,333.33.
    assert_eq!(rows("2026-01"), [row("2", "83333.33", "0.00"), row("2 variation 1", "10000.00", "0.00")]);
    let (december, january) = (in_all(&statement, "2025-12"), in_all(&statement, "2026-01"));
    assert_eq!((december.as_str(), january.as_str()), ("113333.33", "93333.33"));
    // In the year it adds six twelfths: 60,000.00.
    assert_lines(
        &statement,
        &[
            ("2/variation/1", "120000.00"),
            ("2/variation-to-date/1", "60000.00"),
            ("total/payable/county-to-community-trust", "1060000.00"),
        ],
    );
    assert_eq!(statement.terms_version, 2);
}

fn in_all(statement: &domain::statement::Statement, month: &str) -> String {
    let of_month = statement.schedule.iter().filter(|s| s.month.to_string() == month);
    let sum: domain::exact::Exact = of_month.map(|s| s.amount.into()).sum();
    sum.show(2)
}

/// The same contract, asked at both times: what was due to date, with and without the variation.
#[tokio::test]
async fn what_a_block_comes_to_depends_on_both_times() {
    let (desk, before) = health_visiting().await;
    for (as_of, known_before, known_now) in [
        ("2025-04-30", "83333.33", "83333.33"),
        ("2025-09-30", "500000.00", "500000.00"),
        // Seven twelfths of a million, and one twelfth of 120,000.00 from the day it takes effect.
        ("2025-10-31", "583333.33", "593333.33"),
        ("2025-11-30", "666666.67", "686666.67"),
        // The day before a month ends it does not count.
        ("2025-12-30", "666666.67", "686666.67"),
        ("2025-12-31", "750000.00", "780000.00"),
        ("2026-01-31", "833333.33", "873333.33"),
        ("2026-03-31", "1000000.00", "1060000.00"),
    ] {
        for (known_at, entitled) in [(before.as_str(), known_before), ("now", known_now)] {
            let statement = desk.settle("health-visiting", "2025/26", as_of, known_at).await;
            assert_eq!(text(statement.payables[0].entitled), entitled, "{as_of} known at {known_at}");
            let position = desk.position("community-trust", as_of, known_at).await;
            assert_eq!(text(position.rows[0].balance), entitled, "{as_of} known at {known_at}");
        }
    }
    // The next year has the full effect from its first month: 1,120,000.00.
    let next = desk.settle("health-visiting", "2026/27", "2027-03-31", "now").await;
    assert_eq!(text(next.payables[0].entitled), "1120000.00");
}

const MENTAL_HEALTH: &str = r#"
contract: mental-health-outcomes
title: Capitated, outcome-based contract for mental health
parties: {commissioner: county, lead: mental-health-trust}
years: {kind: nhs, from: 2015/16, to: 2019/20}
rounding: {unit: 0.01, at: line}
outcomes:
  - {indicator: safety, direction: higher, floor: 0, target: 100}
  - {indicator: live-longer, direction: higher, floor: 60, target: 80}
  - {indicator: functioning, direction: higher, floor: 40, target: 50}
  - {indicator: crisis, direction: lower, floor: 30, target: 20}
  - {indicator: access, direction: higher, floor: 85, target: 95}
  - {indicator: carers, direction: higher, floor: 70, target: 70}
  - {indicator: work, direction: higher, floor: 0, target: 12}
pay:
  - {clause: "1", kind: core, budget: "35000000.00", withheld: 20%}
  - clause: "2"
    kind: outcome_pot
    of: core.withheld
    gateway: {indicator: safety, at_least: 95.0, otherwise: 0%}
    measures:
      - {indicator: live-longer, weight: 20%}
      - {indicator: functioning, weight: 20%}
      - {indicator: crisis, weight: 20%}
      - {indicator: access, weight: 15%}
      - {indicator: carers, weight: 15%}
      - {indicator: work, weight: 10%}
    deadline: 90 days
    late: zero
"#;

async fn mental_health(safety: &str) -> Desk {
    let mut desk = Desk::new().await;
    desk.award(MENTAL_HEALTH).await;
    for (indicator, value) in [
        ("safety", safety),
        ("live-longer", "74"),
        ("functioning", "38"),
        ("crisis", "22"),
        ("access", "97"),
        ("carers", "70"),
        ("work", "5"),
    ] {
        let body = format!(
            r#"{{"contract":"mental-health-outcomes","indicator":"{indicator}","period":"2016/17","value":"{value}"}}"#
        );
        desk.done("measure-outcome", &body).await;
    }
    desk
}

/// Worked example 08.
#[tokio::test]
async fn outcomes_earn_what_was_withheld() {
    let desk = mental_health("96.2").await;
    let statement = desk.settle("mental-health-outcomes", "2016/17", "2017-06-30", "now").await;
    assert_lines(
        &statement,
        &[
            ("1/withheld", "7000000.00"),
            ("1/core", "28000000.00"),
            ("2/gateway", "met"),
            ("2/score/live-longer", "0.7"),
            ("2/score/functioning", "0"),
            ("2/score/crisis", "0.8"),
            ("2/score/access", "1"),
            ("2/score/carers", "1"),
            ("2/score/work", "0.416666666667"),
            ("2/outcome-earned/live-longer", "980000.00"),
            ("2/outcome-earned/functioning", "0.00"),
            ("2/outcome-earned/crisis", "1120000.00"),
            ("2/outcome-earned/access", "1050000.00"),
            ("2/outcome-earned/carers", "1050000.00"),
            ("2/outcome-earned/work", "291666.67"),
            ("2/outcome-earned", "4491666.67"),
            ("2/outcome-forfeited", "2508333.33"),
            ("total/payable/county-to-mental-health-trust", "32491666.67"),
        ],
    );
    let work = statement.line("mental-health-outcomes/2/score/work").unwrap();
    assert_eq!(work.exact.as_ref().unwrap().to_string(), "5/12");
    let months: Vec<String> = statement.schedule[..3].iter().map(|s| s.amount.to_string()).collect();
    assert_eq!(months, ["2333333.33", "2333333.34", "2333333.33"]);
    let position = desk.position("county", "2017-06-30", "now").await;
    let year = position.rows.iter().find(|r| r.year.to_string() == "2016/17").unwrap();
    assert_eq!(text(year.balance), "-32491666.67");
    // 35,000,000.00 - 32,491,666.67
    assert_eq!(text(year.result), "2508333.33");
}

#[tokio::test]
async fn a_gateway_that_is_not_met_pays_no_outcome() {
    let desk = mental_health("94.9").await;
    let statement = desk.settle("mental-health-outcomes", "2016/17", "2017-06-30", "now").await;
    assert_lines(
        &statement,
        &[
            ("2/gateway", "not met"),
            ("2/outcome-earned", "0.00"),
            ("2/outcome-forfeited", "7000000.00"),
            ("total/payable/county-to-mental-health-trust", "28000000.00"),
        ],
    );
}

const ELECTIVE: &str = r#"
contract: elective-care
title: Elective care within a cap and a collar
parties: {commissioner: county, lead: city-hospital}
years: {kind: nhs, from: 2018/19, to: 2021/22}
rounding: {unit: 0.01, at: line}
paying_flows: [PLCM]
pay:
  - {clause: "4", kind: activity_at_price, plan: "20000000.00", cap: 2%, collar: 2%}
"#;

/// Worked example 15: cap 20,400,000.00 and collar 19,600,000.00, in four years with other activity. The last
/// month of each is ten times the others and more: limits apply to the cumulative figure.
#[tokio::test]
async fn activity_is_paid_between_collar_and_cap() {
    let mut desk = Desk::new().await;
    desk.award(ELECTIVE).await;
    for (start, year, last_month, paid, (beyond, amount)) in [
        (2018, "2018/19", "10100000.00", "20400000.00", ("4/unpaid", "700000.00")),
        (2019, "2019/20", "8200000.00", "19600000.00", ("4/paid-above", "400000.00")),
        (2020, "2020/21", "9300000.00", "20300000.00", ("4/unpaid", "0.00")),
        (2021, "2021/22", "9400000.00", "20400000.00", ("4/unpaid", "0.00")),
    ] {
        let months = (4..=12).map(|m| (start, m)).chain((1..=3).map(|m| (start + 1, m)));
        for (of, month) in months {
            let value = if month == 3 { last_month } else { "1000000.00" };
            let body = format!(
                r#"{{"contract":"elective-care","provider":"city-hospital","month":"{of}-{month:02}","flow":"PLCM","stage":"freeze","value":"{value}"}}"#
            );
            desk.done("report-activity", &body).await;
        }
        let end = format!("{}-03-31", start + 1);
        let statement = desk.settle("elective-care", year, &end, "now").await;
        assert_lines(
            &statement,
            &[
                ("4/annual-plan", "20000000.00"),
                ("4/cap", "20400000.00"),
                ("4/collar", "19600000.00"),
                ("4/activity-payable", paid),
                (beyond, amount),
                ("total/payable/county-to-city-hospital", paid),
            ],
        );
        assert!(statement.complete);
    }
    // Activity of 21,100,000.00, 19,200,000.00, 20,300,000.00 and 20,400,000.00; together paid 80,700,000.00.
    let position = desk.position("city-hospital", "2022-03-31", "now").await;
    assert_eq!(position.net.to_string(), "80700000.00");
}

const PROGRAMME: &str = r#"
contract: msk-programme
title: Bones and joints, one budget
parties: {commissioner: county, lead: msk-lead, pool: {party: costly-patients, host: county}}
years: {kind: nhs, from: 2013/14, to: 2013/14}
rounding: {unit: 0.01, at: line}
outcomes:
  - {indicator: score, direction: higher, floor: 0, target: 1}
pay:
  - {clause: "3.1", kind: core, budget: "23000000.00", withheld: 10%}
  - {clause: "3.2", kind: outcome_pot, of: core.withheld, score: score, deadline: 90 days, late: zero}
  - clause: "5"
    kind: programme_pool
    of: core.budget
    cost: [own, subcontracts, less stop_loss]
    gain: [{party: county, share: 50%}, {party: msk-lead, share: 50%}]
    loss: [{party: msk-lead, share: 100%}]
  - {clause: "6", kind: stop_loss, pool: costly-patients, per: patient-year, threshold: "50000.00", coinsurance: 20%}
"#;

const SUBCONTRACTS: [&str; 4] = [
    r#"{contract: sub-acute, under: msk-programme, title: Hospital, parties: {lead: msk-lead, provider: hospital},
  years: {kind: nhs, from: 2013/14, to: 2013/14}, rounding: {unit: 0.01, at: line}, paying_flows: [PLCM],
  pay: [{clause: "4", kind: activity_at_price, plan: "9800000.00", cap: 5%, collar: 5%}, {clause: "7", kind: sanctions, passed_up: 0%}]}"#,
    r#"{contract: sub-surgery, under: msk-programme, title: Surgery, parties: {lead: msk-lead, provider: surgery},
  years: {kind: nhs, from: 2013/14, to: 2013/14}, rounding: {unit: 0.01, at: line}, paying_flows: [local],
  pay: [{clause: "4", kind: activity_at_price}]}"#,
    r#"{contract: sub-physio, under: msk-programme, title: Physiotherapy, parties: {lead: msk-lead, provider: physio},
  years: {kind: nhs, from: 2013/14, to: 2013/14}, rounding: {unit: 0.01, at: line},
  pay: [{clause: "4", kind: block, amount: "2400000.00"}]}"#,
    r#"{contract: sub-support, under: msk-programme, title: Support, parties: {lead: msk-lead, provider: support},
  years: {kind: nhs, from: 2013/14, to: 2013/14}, rounding: {unit: 0.01, at: line},
  outcomes: [{indicator: plans, direction: higher, floor: 0, target: 1}],
  pay: [{clause: "4.1", kind: core, budget: "200000.00", withheld: 25%},
    {clause: "4.2", kind: outcome_pot, of: core.withheld, score: plans, deadline: 90 days, late: zero}]}"#,
];

/// Activity of every month of 2013/14, the last month apart.
async fn a_year_of(desk: &mut Desk, contract: &str, provider: &str, flow: &str, month: &str, last: &str) {
    for (year, number) in (4..=12).map(|m| (2013, m)).chain((1..=3).map(|m| (2014, m))) {
        let value = if number == 3 { last } else { month };
        let body = format!(
            r#"{{"contract":"{contract}","provider":"{provider}","month":"{year}-{number:02}","flow":"{flow}","stage":"freeze","value":"{value}"}}"#
        );
        desk.done("report-activity", &body).await;
    }
}

async fn programme() -> Desk {
    let mut desk = Desk::new().await;
    desk.award(PROGRAMME).await;
    for yaml in SUBCONTRACTS {
        desk.award(yaml).await;
    }
    // 12 x 867,500.00 = 10,410,000.00; 11 x 268,760.28 + 268,760.37 = 3,225,123.45.
    a_year_of(&mut desk, "sub-acute", "hospital", "PLCM", "867500.00", "867500.00").await;
    a_year_of(&mut desk, "sub-surgery", "surgery", "local", "268760.28", "268760.37").await;
    for (command, body) in [
        (
            "report-cost",
            r#"{"contract":"msk-programme","party":"msk-lead","period":"2013/14","amount":"6150000.00"}"#,
        ),
        (
            "apply-sanction",
            r#"{"contract":"sub-acute","month":"2014-01","amount":"12000.00","reason":"waiting times"}"#,
        ),
        (
            "claim-stop-loss",
            r#"{"contract":"msk-programme","year":"2013/14","patient":"px-1","up_to":"2014-03-31","cost":"93750.00"}"#,
        ),
        (
            "measure-outcome",
            r#"{"contract":"msk-programme","indicator":"score","period":"2013/14","value":"0.72"}"#,
        ),
        (
            "measure-outcome",
            r#"{"contract":"sub-support","indicator":"plans","period":"2013/14","value":"0.5"}"#,
        ),
    ] {
        desk.done(command, body).await;
    }
    desk
}

/// Worked example 25.
#[tokio::test]
async fn a_lead_providers_year_ends_in_one_settlement() {
    let mut desk = programme().await;
    for contract in ["sub-acute", "sub-surgery", "sub-physio", "sub-support", "msk-programme"] {
        let body = format!(r#"{{"contract":"{contract}","year":"2013/14","as_of":"2014-06-30"}}"#);
        desk.done("draw-up-settlement", &body).await;
    }
    let acute = desk.settle("sub-acute", "2013/14", "2014-06-30", "now").await;
    assert_lines(
        &acute,
        &[("4/activity-value", "10410000.00"), ("4/unpaid", "120000.00"), ("7/passed-up", "0.00")],
    );
    let head = desk.settle("msk-programme", "2013/14", "2014-06-30", "now").await;
    assert_lines(
        &head,
        &[
            ("3.1/core", "20700000.00"),
            ("3.1/withheld", "2300000.00"),
            ("3.2/outcome-earned", "1656000.00"),
            ("3.2/outcome-forfeited", "644000.00"),
            ("5/own-cost", "6150000.00"),
            ("5/subcontract/sub-acute", "10278000.00"),
            ("5/subcontract/sub-surgery", "3225123.45"),
            ("5/subcontract/sub-physio", "2400000.00"),
            ("5/subcontract/sub-support", "175000.00"),
            ("6/pool-payment", "35000.00"),
            ("5/programme-cost", "22193123.45"),
            ("5/pool", "806876.55"),
            ("5/pool-share/county", "403438.28"),
            ("5/pool-share/msk-lead", "403438.27"),
            ("total/payable/county-to-msk-lead", "21952561.72"),
            ("total/payable/costly-patients-to-msk-lead", "35000.00"),
            ("total/result/msk-lead", "-240561.73"),
            ("total/result/county", "1047438.28"),
        ],
    );
    let mut results = domain::exact::Exact::zero();
    for (party, balance, result) in [
        ("county", "-21952561.72", "1047438.28"),
        ("msk-lead", "5909438.27", "-240561.73"),
        ("hospital", "10278000.00", "10278000.00"),
        ("surgery", "3225123.45", "3225123.45"),
        ("physio", "2400000.00", "2400000.00"),
        ("support", "175000.00", "175000.00"),
        ("costly-patients", "-35000.00", "-35000.00"),
    ] {
        let position = desk.position(party, "2014-06-30", "now").await;
        assert_eq!(position.net.to_string(), balance, "{position}");
        let own: Vec<_> = position.rows.iter().filter_map(|r| r.result).collect();
        assert_eq!(own.iter().map(ToString::to_string).collect::<Vec<_>>(), [result], "{position}");
        results = results + own[0].into();
    }
    assert_eq!(results.show(2), "16850000.00");
}

/// The sanction is not passed up, and half of it reaches the commissioner all the same: 12,000.00 / 2 =
/// 6,000.00.
#[tokio::test]
async fn half_of_a_sanction_that_is_not_passed_up_reaches_the_commissioner_through_the_pool() {
    let mut desk = programme().await;
    desk.done(
        "apply-sanction",
        r#"{"contract":"sub-acute","month":"2014-02","amount":"12000.00","reason":"waiting times again"}"#,
    )
    .await;
    let head = desk.settle("msk-programme", "2013/14", "2014-06-30", "now").await;
    // Pool 806,876.55 + 12,000.00 = 818,876.55, of which 409,438.28 goes back; 22,356,000.00 - 409,438.28.
    assert_lines(
        &head,
        &[
            ("5/pool", "818876.55"),
            ("5/pool-share/county", "409438.28"),
            ("total/payable/county-to-msk-lead", "21946561.72"),
        ],
    );
    let acute = desk.settle("sub-acute", "2013/14", "2014-06-30", "now").await;
    assert!(acute.line("sub-acute/7/through-the-pool").is_some(), "{acute}");
}

const TWO_TIERS: [&str; 2] = [
    r#"
contract: elderly
title: Care of the elderly
parties: {commissioner: county, lead: elderly-lead}
years: {kind: nhs, from: 2025/26, to: 2025/26}
rounding: {unit: 0.01, at: line}
pay:
  - {clause: "1", kind: core, budget: "3600000.00"}
  - clause: "2"
    kind: programme_pool
    of: core.budget
    cost: [subcontracts]
    gain: [{party: county, share: 50%}, {party: elderly-lead, share: 50%}]
    loss: [{party: elderly-lead, share: 100%}]
"#,
    r#"{contract: elderly-beds, under: elderly, title: Beds, parties: {lead: elderly-lead, provider: hospital},
  years: {kind: nhs, from: 2025/26, to: 2025/26}, rounding: {unit: 0.01, at: line},
  pay: [{clause: "4", kind: activity_at_price, plan: "1200000.00", cap: 0%}, {clause: "7", kind: sanctions}]}"#,
];

/// How sure an amount is follows it through cap, sanction, pool and share, up to the commissioner.
#[tokio::test]
async fn what_is_still_flex_is_followed_to_the_end() {
    let mut desk = Desk::new().await;
    for yaml in TWO_TIERS {
        desk.award(yaml).await;
    }
    for (month, stage, value) in [("2025-04", "freeze", "90000.00"), ("2025-05", "flex", "150000.00")] {
        let body = format!(
            r#"{{"contract":"elderly-beds","provider":"hospital","month":"{month}","flow":"local","stage":"{stage}","value":"{value}"}}"#
        );
        desk.done("report-activity", &body).await;
    }
    let april = desk.settle("elderly-beds", "2025/26", "2025-04-30", "now").await;
    assert_eq!(
        split(&april, "total/payable/elderly-lead-to-hospital"),
        ("90000.00", "90000.00", "0.00").into()
    );
    assert_eq!(april.stage.to_string(), "freeze");
    desk.done(
        "apply-sanction",
        r#"{"contract":"elderly-beds","month":"2025-05","amount":"5000.00","reason":"falls"}"#,
    )
    .await;
    let beds = desk.settle("elderly-beds", "2025/26", "2025-05-31", "now").await;
    for (id, expected) in [
        ("4/activity-value", ("240000.00", "90000.00", "150000.00")),
        // The cap of two twelfths of 1,200,000.00 bites: 200,000.00 in the proportions of the activity, 3 to
        // 5.
        ("4/activity-payable", ("200000.00", "75000.00", "125000.00")),
        ("4/unpaid", ("40000.00", "15000.00", "25000.00")),
        ("total/payable/elderly-lead-to-hospital", ("195000.00", "70000.00", "125000.00")),
    ] {
        assert_eq!(split(&beds, id), expected.into(), "{id} in\n{beds}");
    }
    assert_eq!(beds.stage.to_string(), "flex");
    let head = desk.settle("elderly", "2025/26", "2025-05-31", "now").await;
    for (id, expected) in [
        ("2/programme-cost", ("195000.00", "70000.00", "125000.00")),
        // 600,000.00 of budget to date less the cost: what is flex in the cost is flex in the gain, the other
        // way.
        ("2/pool", ("405000.00", "530000.00", "-125000.00")),
        ("2/pool-share/county", ("202500.00", "265000.00", "-62500.00")),
        ("total/payable/county-to-elderly-lead", ("397500.00", "335000.00", "62500.00")),
    ] {
        assert_eq!(split(&head, id), expected.into(), "{id} in\n{head}");
    }
    let position = desk.position("county", "2025-05-31", "now").await;
    let by_stage = position.rows[0].by_stage.unwrap();
    assert_eq!(
        (by_stage.frozen.to_string(), by_stage.flex.to_string()),
        ("-335000.00".into(), "-62500.00".into())
    );
}

/// A line's amount with its frozen and its flex part.
#[derive(Debug, PartialEq)]
struct Split(String, String, String);

impl From<(&str, &str, &str)> for Split {
    fn from((amount, frozen, flex): (&str, &str, &str)) -> Split {
        Split(amount.to_owned(), frozen.to_owned(), flex.to_owned())
    }
}

fn split(statement: &domain::statement::Statement, id: &str) -> Split {
    let id = format!("{}/{id}", statement.contract);
    let line = statement.line(&id).unwrap_or_else(|| panic!("no line {id} in\n{statement}"));
    let by_stage = line.by_stage.unwrap_or_else(|| panic!("{id} is not split in\n{statement}"));
    assert_eq!(by_stage.estimated.to_string(), "0.00");
    Split(line.value.clone().unwrap(), by_stage.frozen.to_string(), by_stage.flex.to_string())
}
