//! What is wrong with a contract's terms beside each other, and what its parties are told before they sign.

use domain::terms::{Fault, Terms};

/// Terms of one contract from 2025/26 to 2026/27 with these clauses.
fn with(pay: &str) -> String {
    format!(
        "contract: c\ntitle: C\nparties: {{commissioner: northmoor, lead: fellside}}\n\
         years: {{kind: nhs, from: 2025/26, to: 2026/27}}\nrounding: {{unit: 0.01, at: line}}\npay:\n{pay}"
    )
}

fn messages(faults: &[Fault]) -> Vec<(usize, &str)> {
    faults.iter().map(|f| (f.place.expect("a place").0, f.message.as_str())).collect()
}

fn cautions(pay: &str) -> Vec<Fault> {
    Terms::checked(&with(pay)).unwrap_or_else(|faults| panic!("{faults:#?}")).1
}

fn faults(pay: &str) -> Vec<Fault> {
    Terms::from_yaml(&with(pay)).unwrap_err()
}

#[test]
fn clauses_that_use_each_other_s_lines_contradict() {
    let circle = "\
- {clause: \"1\", kind: paid_outside, of: \"2.sanction\"}
- {clause: \"2\", kind: sanctions, cap: 2%, cap_of: \"1.paid-outside\"}
- {clause: \"3\", kind: paid_outside, of: \"3.paid-outside\"}
";
    let found = faults(circle);
    assert_eq!(
        messages(&found),
        [
            (7, "clauses 1 and 2 depend on each other"),
            (8, "clauses 2 and 1 depend on each other"),
            (9, "clause 3 depends on itself"),
        ]
    );
}

#[test]
fn a_line_is_used_only_after_it_is_written() {
    // Sanctions come before risk shares, wherever the contract lists them.
    let found = faults(
        "- {clause: \"1\", kind: block, amount: \"10.00\"}
- {clause: \"2\", kind: sanctions, cap: 2%, cap_of: \"3.pool\"}
- {clause: \"3\", kind: programme_pool, of: 1.block, cost: [own],
   gain: [{party: northmoor, share: 100%}], loss: [{party: northmoor, share: 100%}]}
",
    );
    assert_eq!(messages(&found), [(8, "clause 2 is settled before clause 3, whose line it uses")]);
}

/// A reference to a line that its clause never writes would settle to nothing without a word.
#[test]
fn a_line_that_no_clause_writes_cannot_be_used() {
    let found = faults(
        "- {clause: \"1\", kind: core, budget: \"100.00\"}
- {clause: \"2\", kind: paid_outside, of: core.payable}
- {clause: \"3\", kind: sanctions, cap: 2%, cap_of: core.withheld}
- {clause: \"4\", kind: sanctions, cap: 2%, cap_of: core.core-to-date}
",
    );
    assert_eq!(
        messages(&found),
        [
            (8, "clause 1 (core) as it stands here has no line `payable`"),
            (9, "clause 1 (core) as it stands here has no line `withheld`"),
        ]
    );
    assert!(found[0].hint.ends_with("budget, budget-to-date, core, core-to-date"), "{}", found[0].hint);
}

/// Section 5 of the rules: terms say to what unit money is rounded, and where.
#[test]
fn terms_say_how_money_is_rounded() {
    let block = "- {clause: \"1\", kind: block, amount: \"10.00\"}\n";
    let silent = with(block).replace("rounding: {unit: 0.01, at: line}\n", "");
    let found = Terms::from_yaml(&silent).unwrap_err();
    assert_eq!(found.iter().map(|f| f.message.as_str()).collect::<Vec<_>>(), ["`rounding` is missing"]);
    // A ledger that holds such terms can still be read.
    let (document, _) = domain::terms::Document::from_yaml(&silent).unwrap();
    assert!(Terms::read(document).is_ok());
}

#[test]
fn two_clauses_that_can_mean_the_same_line_are_told() {
    let found = cautions(
        "- {clause: \"1\", kind: activity_at_price, when: {pod: [NEL, EL]}, unbounded: accepted}
- {clause: \"2\", kind: activity_at_price, when: {pod: [EL], tfc: [\"110\"]}, unbounded: accepted}
- {clause: \"3\", kind: activity_at_price, when: {tfc: [\"110\"]}, unbounded: accepted}
- {clause: \"4\", kind: activity_at_price, when: {pod: [OPFA], tfc: [\"120\"]}, unbounded: accepted}
- {clause: \"5\", kind: activity_at_price, unbounded: accepted}
",
    );
    assert_eq!(
        messages(&found),
        [
            (8, "clause 2 never pays: every line it is about is taken by clause 1, which comes first"),
            (9, "clauses 1 and 3 can mean the same line: it is paid under clause 1, which comes first"),
            (9, "clauses 2 and 3 can mean the same line: it is paid under clause 2, which comes first"),
        ]
    );
}

#[test]
fn days_without_a_price_are_told() {
    let list = |prices: &str| {
        format!("- {{clause: \"1\", kind: unit_price, unbounded: accepted, prices: [{prices}]}}\n")
    };
    let price = |code: &str, from: &str, to: &str| {
        format!("{{tariff_code: {code}, pod: EL, from: {from}, {to} price: \"10.00\"}}")
    };
    let whole = [price("A", "2025-04-01", "to: 2026-03-31,"), price("A", "2026-04-01", "")].join(", ");
    assert_eq!(cautions(&list(&whole)), []);
    let begins_late = cautions(&list(&price("A", "2025-05-01", "")));
    assert_eq!(messages(&begins_late), [(7, "A at EL has no price from 2025-04-01 to 2025-04-30")]);
    let ends_early = cautions(&list(&price("A", "2020-04-01", "to: 2027-03-30,")));
    assert_eq!(messages(&ends_early), [(7, "A at EL has no price from 2027-03-31 to 2027-03-31")]);
    let between = [price("A", "2025-04-01", "to: 2025-06-30,"), price("A", "2025-10-01", "")].join(", ");
    let hole = cautions(&list(&between));
    assert_eq!(messages(&hole), [(7, "A at EL has no price from 2025-07-01 to 2025-09-30")]);
}

#[test]
fn an_exposure_without_a_limit_is_named_as_such() {
    let found = cautions("- {clause: \"1\", kind: activity_at_price}\n");
    assert_eq!(
        messages(&found),
        [(7, "clause 1 leaves `northmoor` without a limit: activity is paid without a cap")]
    );
    assert_eq!(cautions("- {clause: \"1\", kind: activity_at_price, unbounded: accepted}\n"), []);
    let limited = faults("- {clause: \"1\", kind: block, amount: \"10.00\", unbounded: accepted}\n");
    assert_eq!(messages(&limited), [(7, "clause 1 has a limit: there is nothing unbounded to accept")]);
}

/// Where the last band of a loss is all the provider's, an overspend is without a limit for it alone; a point
/// below, for its payer too.
#[test]
fn a_corridor_names_who_bears_its_last_band() {
    let without = |last: &str| {
        let corridor = format!(
            "- {{clause: \"1\", kind: risk_corridor, target: \"100.00\", on: cost, first: provider,\n   \
             loss: [{{up_to: 2%, share: 50%}}, {{share: {last}}}], gain: [{{share: 50%}}]}}\n"
        );
        let payers = Terms::from_yaml(&with(&corridor)).unwrap().pay[0].mechanism.unbounded();
        let told = cautions(&corridor).into_iter().map(|fault| fault.message);
        let named = told.filter_map(|told| Some(told.split('`').nth(1)?.to_owned())).collect::<Vec<_>>();
        (named.join(" and "), payers.is_some())
    };
    assert_eq!(without("100%"), ("fellside".to_owned(), false));
    assert_eq!(without("99%"), ("northmoor and fellside".to_owned(), true));
    assert_eq!(without("0%"), ("northmoor".to_owned(), true));
}

/// A corridor on price is measured on a line that another clause writes, before it.
#[test]
fn a_corridor_on_price_needs_a_line_that_is_written() {
    let found = faults(
        "- {clause: \"1\", kind: activity_at_price, plan: \"100.00\"}
- {clause: \"2\", kind: risk_corridor, target: \"100.00\", on: price, of: 1.withheld, first: provider,
   loss: [{share: 50%}], gain: [{share: 50%}]}
",
    );
    assert_eq!(
        messages(&found),
        [(8, "clause 1 (activity_at_price) as it stands here has no line `withheld`")]
    );
}
