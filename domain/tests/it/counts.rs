//! `counts`: which lines a contract is about, the pathway each belongs to, and what is wrong between the
//! rules.

#![allow(clippy::disallowed_methods, reason = "the domain reads no files, but its tests do")]

use domain::terms::{Fault, Terms};

use crate::cases::{Desk, value};
use crate::paying::{check, contract, terms};

/// Two pathways: eyes by their own treatment function but for one site, everything else of the commissioner
/// by price.
const TWO: &str = r#"
counts:
  - {clause: "2.1", pathway: msk, when: {commissioner: [ZZ01], tfc: ["110", "410"]}}
  - {clause: "2.2", pathway: eyes, when: {tfc: ["130"], site: [RTH08]}}
  - {clause: "2.3", pathway: eyes, when: {local_contract: [EYE-2]}, price_line: BZ34B}
pay:
  - {clause: "4.1", kind: activity_at_price, pathway: msk, unbounded: accepted}
  - {clause: "4.2", kind: unit_price, pathway: [eyes], unbounded: accepted,
     prices: [{tariff_code: BZ34B, pod: DC, from: 2025-04-01, price: "700.00"}]}
"#;

const LINES: &str = r#"
    {"pod":"EL","tfc":"110","commissioner":"icb","count":"2","value":"1000.00"},
    {"pod":"EL","tfc":"110","commissioner":"other","count":"1","value":"400.00"},
    {"pod":"DC","tfc":"130","site":"RTH08","tariff_code":"BZ34B","commissioner":"icb","count":"3","value":"2000.00"},
    {"pod":"DC","tfc":"130","site":"RTH09","tariff_code":"BZ34B","commissioner":"icb","count":"1","value":"650.00"},
    {"pod":"DC","local_contract":"EYE-2","tariff_code":"LOCAL","count":"1","value":"690.00"}"#;

fn report(desk: &mut Desk, month: &str, value: &str, lines: &str) {
    let body = format!(
        r#"{{"contract":"c","provider":"trust","month":"{month}","flow":"PLCM","stage":"freeze","value":"{value}","lines":[{lines}]}}"#
    );
    desk.run("report-activity", &body).unwrap();
}

/// A desk with a contract of these terms whose commissioner has the code ZZ01.
fn coded(clauses: &str) -> Desk {
    let mut desk = Desk::default();
    desk.run("register-party", r#"{"party":"icb","name":"The board","code":"ZZ01"}"#).unwrap();
    desk.award(&terms(clauses));
    desk
}

/// 1,000 of msk at its stated value; 3 + 1 eyes at 700 are 2,800, the last by the price line of its rule; 400
/// of another commissioner and 650 at another site are outside.
#[test]
fn a_line_is_paid_under_the_pathway_that_counts_it() {
    let mut desk = coded(TWO);
    report(&mut desk, "2025-04", "4740.00", LINES);
    let statement = desk.statement("2025-04-30");
    check(
        &statement,
        &[
            ("4.1/activity-value", "1000.00"),
            ("4.2/priced-activity", "2800.00"),
            ("total/outside-contract/2025-04", "1050.00"),
            ("total/payable/icb-to-trust", "3800.00"),
        ],
    );
    let outside = statement.line("c/total/outside-contract/2025-04").unwrap();
    assert!(outside.working.text.starts_with("lines: 2, units: 2,"), "{}", outside.working.text);
}

/// A clause that chooses for itself chooses among what counts, and the one that takes the rest takes what is
/// left of it.
#[test]
fn clauses_choose_among_the_lines_that_count() {
    let mut desk = coded(
        r#"
counts: [{clause: "2", pathway: care, when: {commissioner: [icb]}}]
pay:
  - {clause: "4.1", kind: activity_at_price, when: {tfc: ["110"]}}
  - {clause: "4.2", kind: activity_at_price}
"#,
    );
    report(&mut desk, "2025-04", "4740.00", LINES);
    check(
        &desk.statement("2025-04-30"),
        &[
            ("4.1/activity-value", "1000.00"),
            ("4.2/activity-value", "2650.00"),
            ("total/outside-contract/2025-04", "1090.00"),
        ],
    );
}

/// Nobody knows what of a report without lines counts: it has no amount, and none is guessed.
#[test]
fn a_report_without_lines_cannot_be_counted() {
    let mut desk = coded(
        r#"counts: [{clause: "2", pathway: care}]
pay: [{clause: "4", kind: activity_at_price}]"#,
    );
    desk.activity("2025-04", "100.00", 1);
    let statement = desk.statement("2025-04-30");
    assert!(!statement.complete && statement.payables[0].entitled.is_none(), "{statement}");
    let told = &statement.line("c/4/not-reported/2025-04").unwrap().working.text;
    assert_eq!(told, "the activity of 2025-04 is reported without lines that state a value");
}

/// A contract that pays nothing by activity still says what is not its own.
#[test]
fn a_contract_that_only_counts_shows_what_does_not() {
    let mut desk = coded(
        r#"counts: [{clause: "2.1", pathway: msk, when: {tfc: ["110"]}}]
pay: [{clause: "3", kind: block, amount: "1200.00"}]"#,
    );
    report(&mut desk, "2025-04", "4740.00", LINES);
    assert_eq!(value(&desk.statement("2025-04-30"), "c/total/outside-contract/2025-04"), "3340.00");
}

/// From October the other commissioner's lines count too, by a variation signed in December: September stays
/// as it was, and October is another as known from then on.
#[test]
fn the_rules_in_force_when_care_was_given_count() {
    let text = |counts: &str| {
        terms(&format!("counts: {counts}\npay: [{{clause: \"4\", kind: activity_at_price, pathway: care}}]"))
    };
    let rule = |who: &str| format!("[{{clause: \"2\", pathway: care, when: {{commissioner: [{who}]}}}}]");
    let mut desk = Desk::default();
    desk.award(&text(&rule("icb")));
    report(&mut desk, "2025-09", "4740.00", LINES);
    report(&mut desk, "2025-10", "4740.00", LINES);
    let before = Desk { book: desk.book.clone() };
    let dated = format!(
        "[{{from: 2025-04-01, value: {}}}, {{from: 2025-10-01, value: {}}}]",
        rule("icb"),
        rule("icb, other")
    );
    let varied = |yaml: &str| {
        let terms = serde_json::to_string(&Terms::from_yaml(yaml).unwrap()).unwrap();
        format!(
            r#"{{"contract":"c","number":1,"signed_on":"2025-12-10","effective_from":"2025-10-01","terms":{terms}}}"#
        )
    };
    desk.run("vary-contract", &varied(&text(&dated))).unwrap();
    for (asked, october) in [(&before, "3650.00"), (&desk, "4050.00")] {
        check(
            &asked.statement("2025-10-31"),
            &[("4/activity-value/2025-09", "3650.00"), ("4/activity-value/2025-10", october)],
        );
    }
    let earlier = format!(
        "[{{from: 2025-04-01, value: {}}}, {{from: 2025-09-01, value: {}}}]",
        rule("icb"),
        rule("icb, other")
    );
    let past = Desk { book: before.book.clone() }.run("vary-contract", &varied(&text(&earlier))).unwrap_err();
    assert_eq!(past.code, "changes-the-past");
}

fn told(found: &[Fault]) -> Vec<(usize, &str)> {
    found.iter().map(|f| (f.place.expect("a place").0, f.message.as_str())).collect()
}

#[test]
fn rules_that_hide_each_other_are_told() {
    let text = terms(
        r#"counts:
  - {clause: "2.1", pathway: a, when: {tfc: ["110", "120"]}}
  - {clause: "2.2", pathway: b, when: {tfc: ["120"], pod: [EL]}}
  - {clause: "2.3", pathway: b, when: {pod: [EL]}}
  - {clause: "2.4", pathway: c, when: {pod: [DC], tfc: ["130"]}}
  - {clause: "2.5", pathway: b}
  - {clause: "2.6", pathway: c, when: {provider: [trust]}}
pay:
  - {clause: "4", kind: activity_at_price, pathway: [a, b, d], unbounded: accepted}"#,
    );
    let faults = Terms::from_yaml(&text).unwrap_err();
    assert_eq!(
        told(&faults),
        [
            (8, "rule 2 of `counts` never counts a line: rule 1 counts every one"),
            (12, "rule 6 of `counts` never counts a line: rule 5 counts every one"),
            (16, "nothing counts to the pathway `d`"),
        ]
    );
    let dated = terms(
        r#"counts:
  - {from: 2025-04-01, value: [{clause: "2", pathway: a}]}
  - from: 2025-10-01
    value:
      - {clause: "2.1", pathway: a, when: {tfc: ["110"]}}
      - {clause: "2.2", pathway: b, when: {pod: [EL]}}
      - {clause: "2.3", pathway: c, when: {pod: [DC], tfc: ["120"]}}
      - {clause: "2.4", pathway: b}
pay:
  - {clause: "4", kind: activity_at_price, pathway: [a, b], unbounded: accepted}"#,
    );
    let (_, cautions) = Terms::checked(&dated).unwrap();
    assert_eq!(
        told(&cautions),
        [
            (11, "rules 1 and 2 of `counts` can mean the same line: it counts to a, as the earlier says"),
            (6, "no clause pays for the pathway `c`: its lines are shown, not paid"),
        ]
    );
}

/// No earlier rule alone takes every line of the third, but the two together do; the fourth is left lines of
/// no code.
#[test]
fn rules_that_hide_a_later_one_together_are_told() {
    let text = terms(
        r#"counts:
  - {clause: "2.1", pathway: a, when: {pod: [EL], tfc: ["110", "120"]}}
  - {clause: "2.2", pathway: a, when: {pod: [DC]}}
  - {clause: "2.3", pathway: a, when: {pod: [EL, DC], tfc: ["110"]}}
  - {clause: "2.4", pathway: a, when: {pod: [EL, DC]}}
  - {clause: "2.5", pathway: a, when: {pod: [EL], flags: [urgent]}}
pay:
  - {clause: "4", kind: activity_at_price, pathway: a, unbounded: accepted}"#,
    );
    let faults = Terms::from_yaml(&text).unwrap_err();
    assert_eq!(
        told(&faults),
        [
            (9, "rule 3 of `counts` never counts a line: the rules before it together count every one"),
            (11, "rule 5 of `counts` never counts a line: rule 4 counts every one"),
        ]
    );
}

#[test]
fn what_counts_is_told() {
    let terms = Terms::from_yaml(&terms(TWO)).unwrap();
    let told: Vec<String> =
        terms.counts_told().into_iter().map(|(clause, says)| format!("{clause}: {says}")).collect();
    assert_eq!(
        told,
        [
            "2.1: It counts to the pathway msk: activity (tfc 110 or 410; commissioner ZZ01).",
            "2.2: It counts to the pathway eyes: activity (tfc 130; site RTH08).",
            "2.3: It counts to the pathway eyes: activity (local contract EYE-2), at the price of BZ34B.",
        ]
    );
    let words = terms.pay[0].words(&terms, &domain::names::Names::default());
    assert!(words.contains("activity (pathway msk)"), "{words}");
}

/// The sample of the rules, section 9, can be read as it stands.
#[test]
fn the_sample_of_the_rules_is_readable() {
    let Ok(rules) =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/interfaces.md"))
    else {
        println!("NOT RUN: there is no text of the rules here");
        return;
    };
    let section = rules.split("## 9.").nth(1).expect("section 9");
    let sample =
        section.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("a sample");
    let terms = Terms::from_yaml(sample).unwrap_or_else(|faults| panic!("{faults:#?}"));
    assert_eq!(terms.counts_told().len(), 1);
}

#[test]
fn a_contract_without_rules_pays_as_before() {
    let mut desk = contract(r#"pay: [{clause: "4", kind: activity_at_price}]"#);
    report(&mut desk, "2025-04", "4740.00", LINES);
    assert_eq!(desk.payable("2025-04-30"), "4740.00");
}

/// A report that carries no lines is paid whole by the clause that chooses none. A clause that chooses lines
/// cannot know what of it is its own, and says that nothing is reported.
#[test]
fn a_report_without_lines_belongs_to_the_clause_that_chooses_none() {
    let mut desk = crate::paying::contract(
        r#"pay:
  - {clause: "1", kind: marginal_rate, when: {pod: [NEL]}, baseline: "12000.00", rate: 30%}
  - {clause: "2", kind: activity_at_price}
"#,
    );
    desk.activity("2025-04", "300.00", 3);
    let statement = desk.statement("2025-04-30");
    check(
        &statement,
        &[
            ("1/not-reported/2025-04", "none"),
            ("2/activity-value/2025-04", "300.00"),
            ("total/payable/icb-to-trust", "300.00"),
        ],
    );
    assert!(!statement.complete && statement.line("c/2/not-reported/2025-04").is_none(), "{statement}");
}

/// Where no clause chooses lines a report's own value is paid, though its lines state none.
#[test]
fn a_report_s_value_is_paid_though_its_lines_state_none() {
    let mut desk = crate::paying::contract(r#"pay: [{clause: "1", kind: activity_at_price}]"#);
    let report = r#"{"contract":"c","provider":"trust","month":"2025-04","flow":"local","stage":"freeze",
        "value":"300.00","lines":[{"pod":"NEL","count":"2"},{"pod":"EL","count":"1"}]}"#;
    desk.run("report-activity", report).unwrap();
    check(&desk.statement("2025-04-30"), &[("total/payable/icb-to-trust", "300.00")]);
}

/// Which activity a clause that chooses none is about, in plain words: all of it, what counts, or what is
/// left.
#[test]
fn a_clause_tells_which_activity_it_is_about() {
    let told = |clauses: &str, clause: usize| {
        let terms = Terms::from_yaml(&terms(clauses)).unwrap();
        let words = terms.pay[clause].words(&terms, &domain::names::Names::default());
        words.strip_prefix("icb pays trust for ").unwrap().split_once(", at").unwrap().0.to_owned()
    };
    let counts = "counts: [{clause: \"2\", pathway: msk, when: {tfc: [\"110\"]}}]\npay:";
    let plain = "\n  - {clause: \"1\", kind: activity_at_price}\n";
    let choosing = "  - {clause: \"3\", kind: activity_at_price, when: {pod: [EL, DC]}}\n";
    assert_eq!(told(plain, 0), "the activity reported");
    assert_eq!(told(&format!("{counts}{plain}"), 0), "the activity that counts");
    assert_eq!(told(&format!("{plain}{choosing}"), 0), "activity that no other clause is about");
    assert_eq!(told(&format!("{plain}{choosing}"), 1), "activity (pod EL or DC)");
}
