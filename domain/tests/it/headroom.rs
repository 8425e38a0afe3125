//! Worked example 09: what a programme of £23,000,000.00 leaves at plan, at forecast and at worst.

use domain::headroom::Headroom;

use crate::cases::Desk;

const SUBCONTRACTS: &[(&str, &str, Option<&str>)] = &[
    ("acute", r#"kind: activity_at_price, plan: "9800000.00", cap: 5%"#, Some("10150000.00")),
    ("isp", r#"kind: activity_at_price, plan: "3100000.00""#, Some("3220000.00")),
    ("physio", r#"kind: block, amount: "2400000.00""#, None),
    ("vcs", r#"kind: block, amount: "200000.00""#, None),
];

fn programme(subcontracts: &[(&str, &str, Option<&str>)], items: &[(&str, &str)]) -> Headroom {
    let mut desk = Desk::default();
    let contract = |name: &str, parties: &str, pay: &str| {
        format!(
            "contract: {name}\ntitle: {name}\n{parties}\nyears: {{kind: nhs, from: 2025/26, to: 2025/26}}\n\
             rounding: {{unit: 0.01, at: line}}\n\
             pay: [{{clause: \"1\", {pay}}}]\n"
        )
    };
    let head = r#"kind: core, budget: "23000000.00", withheld: 10%"#;
    desk.award(&contract("head", "parties: {commissioner: ccg, lead: lead}", head));
    for (item, amount) in items {
        let body = format!(
            r#"{{"contract":"head","year":"2025/26","item":"{item}","plan":"{amount}","amount":"{amount}"}}"#
        );
        desk.run("forecast", &body).unwrap();
    }
    for (name, pay, forecast) in subcontracts {
        let parties = format!("under: head\nparties: {{lead: lead, provider: {name}-provider}}");
        desk.award(&contract(name, &parties, pay));
        if let Some(amount) = forecast {
            let body = format!(r#"{{"contract":"{name}","year":"2025/26","amount":"{amount}"}}"#);
            desk.run("forecast", &body).unwrap();
        }
    }
    Headroom::of(&desk.book, &"head".parse().unwrap(), "2025/26".parse().unwrap()).unwrap()
}

const ITEMS: &[(&str, &str)] = &[("own service", "6200000.00"), ("overhead", "700000.00")];

fn shown(headroom: &Headroom) -> [String; 3] {
    [&headroom.at_plan, &headroom.at_forecast, &headroom.at_worst]
        .map(|figure| figure.as_ref().map_or_else(|| "none".to_owned(), |figure| figure.show(2)))
}

#[test]
fn an_uncapped_subcontract_is_named_and_not_guessed() {
    let headroom = programme(SUBCONTRACTS, ITEMS);
    assert_eq!(shown(&headroom), ["600000.00", "130000.00", "none"]);
    assert_eq!(headroom.unbounded(), ["isp"]);
    let most =
        |what: &str| headroom.rows.iter().find(|r| r.what == what).unwrap().most.clone().unwrap().show(2);
    assert_eq!(["acute", "physio", "vcs"].map(most), ["10290000.00", "2400000.00", "200000.00"]);
}

#[test]
fn headroom_at_plan_at_forecast_and_at_worst() {
    // Without the uncapped one: 23,000,000 - 6,900,000 - 12,400,000 = 3,700,000; forecast 350,000 less; worst
    // 490,000 less.
    let capped = [SUBCONTRACTS[0], SUBCONTRACTS[2], SUBCONTRACTS[3]];
    assert_eq!(shown(&programme(&capped, ITEMS)), ["3700000.00", "3350000.00", "3210000.00"]);
    // Blocks alone: 23,000,000 - 2,600,000; a block is forecast at its sum.
    assert_eq!(shown(&programme(&SUBCONTRACTS[2..], &[])), ["20400000.00"; 3]);
    // A capped contract without a forecast leaves that headroom without a figure: plan 13,200,000, worst
    // 12,710,000.
    let unforecast = [("acute", SUBCONTRACTS[0].1, None)];
    assert_eq!(shown(&programme(&unforecast, &[])), ["13200000.00", "none", "12710000.00"]);
    // Activity without a plan has none, and no limit either.
    let unplanned = [("isp", "kind: activity_at_price", Some("3220000.00"))];
    assert_eq!(shown(&programme(&unplanned, &[])), ["none", "19780000.00", "none"]);
    // Nothing committed: the envelope.
    assert_eq!(shown(&programme(&[], &[])), ["23000000.00"; 3]);
}

#[test]
fn the_plan_of_a_contract_stands_in_its_terms() {
    let mut desk = Desk::default();
    desk.award(
        "contract: head\ntitle: head\nparties: {commissioner: ccg, lead: lead}\n\
         years: {kind: nhs, from: 2025/26, to: 2025/26}\nrounding: {unit: 0.01, at: line}\n\
         pay: [{clause: \"1\", kind: block, amount: \"1.00\"}]\n",
    );
    let body = r#"{"contract":"head","year":"2025/26","plan":"1.00","amount":"1.00"}"#;
    assert!(desk.run("forecast", body).unwrap_err().to_string().contains("stands in its terms"));
}

/// A block of 2,400,000.00 varied by 120,000.00 a year from October: 60,000.00 in the year, at plan and at
/// worst.
#[test]
fn a_variation_takes_its_part_of_the_headroom() {
    let mut desk = Desk::default();
    let years = "years: {kind: nhs, from: 2025/26, to: 2025/26}\nrounding: {unit: 0.01, at: line}";
    desk.award(&format!(
        "contract: head\ntitle: head\nparties: {{commissioner: ccg, lead: lead}}\n{years}\n\
         pay: [{{clause: \"1\", kind: core, budget: \"3000000.00\"}}]\n"
    ));
    desk.award(&format!(
        "contract: physio\ntitle: physio\nunder: head\nparties: {{lead: lead, provider: physio-provider}}\n{years}\n\
         pay: [{{clause: \"1\", kind: block, amount: \"2400000.00\"}}]\n"
    ));
    let body = r#"{"contract":"physio","number":1,"signed_on":"2025-12-10","effective_from":"2025-10-01","clause":"1","full_year_effect":"120000.00"}"#;
    desk.run("vary-contract", body).unwrap();
    let headroom = Headroom::of(&desk.book, &"head".parse().unwrap(), "2025/26".parse().unwrap()).unwrap();
    // 3,000,000 - 2,460,000
    assert_eq!(shown(&headroom), ["540000.00"; 3]);
}
