//! The worksheet by itself: what lines come to, what they say, which of them a reference means and what the
//! second path finds.

use domain::exact::Exact;
use domain::money::{Currency, Money};
use domain::rate::Rate;
use domain::terms::{RoundedAt, Rounding};
use domain::worksheet::{
    ByStage, Expr, Figure, Given, Line, LineState, NoValue, Stage, Step, Worksheet, audit, evaluate_with, sum,
};

fn money(text: &str) -> Money {
    text.parse().unwrap()
}

fn exact(text: &str) -> Exact {
    text.parse().unwrap()
}

fn rounding(at: RoundedAt) -> Rounding {
    Rounding { unit: "0.01".parse().unwrap(), at }
}

/// A sheet on which clause 1, a block, begins.
fn sheet(at: RoundedAt) -> Worksheet {
    let mut sheet = Worksheet::new("c".parse().unwrap(), Currency::Gbp, rounding(at));
    sheet.under(&"1".parse().unwrap(), "block");
    sheet
}

fn found(sheet: &Worksheet, figure: Option<Figure<Money>>) -> Option<String> {
    figure.map(|figure| sheet.amount(figure).to_string())
}

/// An expression over lines that are named by their numbers, what it comes to and what it says.
const OPERATIONS: &[(&str, &str, &str)] = &[
    (r#"{"op":"given","args":[{"const":"5"}]}"#, "5", "as recorded"),
    (r#"{"op":"given","args":[{"const":"5"},{"const":"6"}]}"#, "11", "the sum of 2 figures as recorded"),
    (r#"{"op":"add","args":[]}"#, "0", "nothing"),
    (r#"{"op":"add","args":["1"]}"#, "100", "line 1"),
    (r#"{"op":"add","args":["1","2"]}"#, "130", "line 1 plus line 2"),
    (r#"{"op":"add","args":["1","2","3"]}"#, "138", "the sum of lines 1 to 3"),
    (r#"{"op":"add","args":["1","3","4"]}"#, "113", "the sum of lines 1 and 3 to 4"),
    (r#"{"op":"add","args":["1","2","4"]}"#, "135", "the sum of lines 1 to 2 and 4"),
    (r#"{"op":"add","args":["1","2",{"const":"1"}]}"#, "131", "line 1 plus line 2 plus 1"),
    (r#"{"op":"sub","args":["1",{"op":"add","args":["2","3"]}]}"#, "62", "line 1 less (line 2 plus line 3)"),
    (r#"{"op":"mul","args":[{"const":"1"},"2"]}"#, "30", "line 2"),
    (r#"{"op":"mul","args":[{"const":"0.5"},"2"]}"#, "15", "50% of line 2"),
    (r#"{"op":"mul","args":[{"const":"-1"},"2"]}"#, "-30", "-100% of line 2"),
    (r#"{"op":"mul","args":[{"const":"2"},"2"]}"#, "60", "2 × line 2"),
    (r#"{"op":"mul","args":[{"const":"0.5"},"2","3"]}"#, "120", "0.5 × line 2 × line 3"),
    (r#"{"op":"mul","args":["4",{"op":"sub","args":["2","3"]}]}"#, "110", "line 4 × (line 2 less line 3)"),
    (r#"{"op":"div","args":["1","3"]}"#, "12.5", "line 1 ÷ line 3"),
    (r#"{"op":"min","args":["1","3","4"]}"#, "5", "the lesser of line 1 and line 3 and line 4"),
    (r#"{"op":"max","args":["3","1","4"]}"#, "100", "the greater of line 3 and line 1 and line 4"),
    (r#"{"op":"clamp","args":["1","3","2"]}"#, "30", "line 1, not below line 3 and not above line 2"),
    (r#"{"op":"clamp","args":["4","3","2"]}"#, "8", "line 4, not below line 3 and not above line 2"),
    (r#"{"op":"bands","args":["1",{"const":"0.25"}]}"#, "25", "line 1, slice by slice: 25% of all of it"),
    (
        r#"{"op":"allocate","args":["4",{"const":"0.01"},{"const":"2"},{"const":"1"},{"const":"1"},{"const":"6"}]}"#,
        "3.75",
        "75% of line 4, in shares that sum to it",
    ),
    (
        r#"{"op":"allocate","args":["4",{"const":"0.01"},{"const":"0"},"1","2"]}"#,
        "3.85",
        "its part of line 4 by weight, line 1, in shares that sum to it",
    ),
    (
        r#"{"op":"round","args":[{"const":"0.12345"},{"const":"4"}]}"#,
        "0.1235",
        "0.12345, held to 4 decimal places",
    ),
    (r#"{"op":"test","args":["2","3"]}"#, "22", "whether line 2 reaches line 3"),
];

/// Lines 1 to 4 are 100, 30, 8 and 5.
#[test]
fn every_operation_comes_to_an_amount_and_says_how() {
    for (json, comes_to, says) in OPERATIONS {
        let expr: Expr<String> = serde_json::from_str(json).unwrap();
        let amount = |id: &String| Ok(exact(["", "100", "30", "8", "5"][id.parse::<usize>().unwrap()]));
        assert_eq!(expr.evaluate(&amount), Ok(exact(comes_to)), "{json}");
        assert_eq!(expr.in_words(&|id| id.to_owned()), *says, "{json}");
    }
}

#[test]
fn a_price_is_held_to_twelve_places_at_the_most() {
    let held = |places: &str| {
        let json = format!(r#"{{"op":"round","args":[{{"const":"0.5"}},{{"const":"{places}"}}]}}"#);
        serde_json::from_str::<Expr<String>>(&json).unwrap().evaluate(&|_| Ok(Exact::zero()))
    };
    assert_eq!(held("12"), Ok(exact("0.5")));
    assert!(matches!(held("13"), Err(NoValue::WrongArguments(_))));
}

#[test]
fn a_reference_means_the_line_of_its_clause() {
    let mut sheet = sheet(RoundedAt::Line);
    sheet.stated(Step::Block, money("100.00"));
    sheet.line_of(Step::Block, "a part", money("1.00"));
    sheet.under(&"2".parse().unwrap(), "core");
    sheet.stated(Step::Block, money("7.00"));
    sheet.missing(Step::Budget, None, LineState::NotReported, "no budget");
    let find = |of: &str, step| found(&sheet, sheet.find(of, step));
    assert_eq!(find("1", Step::Block).as_deref(), Some("100"));
    assert_eq!(find("block", Step::Block).as_deref(), Some("100"));
    assert_eq!(find("2", Step::Block).as_deref(), Some("7"));
    assert_eq!(find("core", Step::Block).as_deref(), Some("7"));
    assert_eq!(find("3", Step::Block), None);
    assert_eq!(find("core", Step::Budget), None);
    assert_eq!(sheet.all(Step::Block).len(), 3);
    let of_present = |step| sheet.of_clause::<Money>(step).len();
    assert_eq!((of_present(Step::Block), of_present(Step::Target)), (1, 0));
    assert_eq!(sheet.all(Step::Budget).len(), 0);
    assert!(sheet.has(Step::Block, "a part"));
    assert!(!sheet.has(Step::Block, "another") && !sheet.has(Step::Budget, "a part"));
    assert!(sheet.lacks_a_report("core") && !sheet.lacks_a_report("block"));
}

#[test]
fn the_part_to_date_stands_for_the_year_once_asked_for() {
    let mut early = sheet(RoundedAt::Line);
    early.stated(Step::Block, money("12.00"));
    assert_eq!(found(&early, early.find("1", Step::BlockToDate)).as_deref(), Some("12"));
    assert_eq!(found(&early, early.find_to_date("1", Step::Block)).as_deref(), Some("12"));
    early.stated(Step::BlockToDate, money("3.00"));
    assert_eq!(found(&early, early.find("1", Step::Block)).as_deref(), Some("12"));
    assert_eq!(found(&early, early.find_to_date("1", Step::Block)).as_deref(), Some("3"));
    let mut only_to_date = sheet(RoundedAt::Line);
    only_to_date.stated(Step::BlockToDate, money("3.00"));
    assert_eq!(found(&only_to_date, only_to_date.find("1", Step::Block)), None);
}

#[test]
fn activity_is_found_as_challenges_leave_it() {
    let mut sheet = sheet(RoundedAt::Line);
    sheet.stated(Step::ActivityValue, money("10.00"));
    assert_eq!(found(&sheet, sheet.find("1", Step::ActivityValue)).as_deref(), Some("10"));
    sheet.stated(Step::AfterChallenges, money("9.00"));
    assert_eq!(found(&sheet, sheet.find("1", Step::ActivityValue)).as_deref(), Some("9"));
}

/// a owes b 10.00 less 3.00, b owes a 2.00 less 1.00, a owes c 5.00: between a and b 10 - 3 - 2 + 1 = 6.00.
#[test]
fn between_two_parties_there_is_one_debt() {
    let mut sheet = sheet(RoundedAt::Line);
    let [a, b, c] = ["a", "b", "c"].map(|name| name.parse().unwrap());
    let line = |sheet: &mut Worksheet, amount: &str| sheet.line_of(Step::Block, amount, money(amount));
    let [ten, three, two, one, five] =
        ["10.00", "3.00", "2.00", "1.00", "5.00"].map(|amount| line(&mut sheet, amount));
    sheet.owes(&a, &b, ten);
    sheet.owes_less(&a, &b, three);
    sheet.owes(&b, &a, two);
    sheet.owes_less(&b, &a, one);
    sheet.owes(&a, &c, five);
    let amounts =
        |lines: Vec<Figure<Money>>| lines.iter().map(|l| sheet.amount(*l).to_string()).collect::<Vec<_>>();
    let (lines, taken): (Vec<_>, Vec<_>) = sheet.owed_lines(&a, &b).into_iter().unzip();
    assert_eq!((amounts(lines), taken), (vec!["10".to_owned(), "3".to_owned()], vec![false, true]));
    let (added, taken) = sheet.owed_to(&b);
    assert_eq!([amounts(added), amounts(taken)], [["10", "1"], ["3", "2"]]);
    let between = [(&a, &b), (&b, &a), (&a, &c)].map(|(from, to)| sheet.owed_between(from, to).unwrap());
    assert!(sheet.owed_between(&b, &c).is_none());
    for (working, amount) in between.into_iter().zip(["6", "-6", "5"]) {
        let written = sheet.line_of(Step::Target, amount, working);
        assert_eq!(sheet.amount(written).to_string(), amount);
    }
}

#[test]
fn a_line_that_is_already_written_is_a_fault() {
    let mut twice = sheet(RoundedAt::Line);
    twice.stated(Step::Block, money("1.00"));
    twice.stated(Step::Block, money("1.00"));
    let fault = twice.finish().unwrap_err().to_string();
    assert_eq!(fault, "line c/1/block cannot be written: a line of this name is already written");
    let mut divided = sheet(RoundedAt::Line);
    let some = divided.stated(Step::Block, money("1.00"));
    let none = divided.stated(Step::Budget, Money::ZERO);
    divided.line(Step::Target, some / none * some);
    assert!(divided.finish().unwrap_err().to_string().ends_with("a division by zero"));
}

/// 100.00, of which 40.00 is flex, and 30.00 that cannot change: sums and differences take the stages as they
/// are (60 and 40), a part of them in proportion (half of 70.00 at 40/70: 20.00 flex).
#[test]
fn stages_follow_the_figures_they_come_from() {
    let mut sheet = sheet(RoundedAt::Line);
    let stages = |frozen: &str, flex: &str| {
        Some(ByStage { frozen: money(frozen), flex: money(flex), estimated: Money::ZERO })
    };
    let given =
        Given { by_stage: stages("60.00", "40.00"), ..Given::new(money("100.00"), "said", Vec::new()) };
    let activity: Figure<Money> = sheet.given(Step::ActivityValue, None, given);
    let block = sheet.stated(Step::Block, money("30.00"));
    let plus = sheet.line(Step::Target, activity + block);
    let less = sheet.line(Step::Deviation, activity - block);
    let half = sheet.line(Step::MarginalPayment, &Rate::of(exact("0.5")) * less);
    let rate = sheet.line(Step::MinimumRate, less / activity);
    let nothing = sheet.line(Step::Cap, block + block);
    let of = |figure: Figure<Money>| sheet.written(figure).unwrap().by_stage;
    assert_eq!(of(plus), stages("90.00", "40.00"));
    assert_eq!(of(less), stages("30.00", "40.00"));
    assert_eq!(of(half), stages("15.00", "20.00"));
    assert_eq!(of(nothing), None);
    assert_eq!(sheet.written(rate).unwrap().by_stage, None);
    assert_eq!(of(plus).unwrap().weakest(), Stage::Flex);
}

/// A sheet in whole pounds whose payables alone are rounded, with allocations in halves: amount, and who has
/// the halves.
fn in_halves(allocations: &[(&str, [&str; 2])]) -> Worksheet {
    let rounding = Rounding { unit: "1".parse().unwrap(), at: RoundedAt::Payable };
    let mut sheet = Worksheet::new("c".parse().unwrap(), Currency::Gbp, rounding);
    sheet.under(&"1".parse().unwrap(), "gain_loss_share");
    for (amount, parties) in allocations {
        let whole = sheet.line_of(Step::Pool, amount, money(amount));
        let weights = parties.map(|party| (format!("{party} of {amount}"), Rate::of(exact("0.5"))));
        for (party, half) in parties.iter().zip(sheet.shares(Step::PoolShare, whole, &weights)) {
            sheet.owes(&"payer".parse().unwrap(), &party.parse().unwrap(), half);
        }
    }
    sheet
}

/// What each of these parties is owed by the payer, as it is payable.
fn payable(mut sheet: Worksheet, parties: &[&str]) -> Vec<String> {
    let pairs = parties.iter().map(|party| ("payer".parse().unwrap(), party.parse().unwrap())).collect();
    let lines = sheet.payables(pairs, true);
    lines.into_iter().map(|(.., line)| sheet.amount(line.unwrap()).to_string()).collect()
}

/// b has half of one allocation, d half of another, and c of both: 0.50, 1.00 and 0.50 are 2 together, not
/// the 3 that they round to. What e and f share is nobody else's: 25.50 each is 26 and 25, whatever the
/// others have.
#[test]
fn a_party_of_two_allocations_brings_both_together_and_no_third() {
    let sheet = in_halves(&[("1.00", ["b", "c"]), ("1", ["c", "d"]), ("51.00", ["e", "f"])]);
    assert_eq!(payable(sheet, &["b", "c", "d", "e", "f"]), ["1", "1", "0", "26", "25"]);
}

/// b is owed 26.40. c owes 74.60 of which 25.50 are its half: what is owed both ways has no parts, and each
/// is rounded.
#[test]
fn payables_of_both_directions_are_rounded_one_by_one() {
    let mut sheet = in_halves(&[("51.00", ["b", "c"])]);
    let (more, back) = ("0.90", "100.10");
    let more = sheet.line_of(Step::Block, more, money(more));
    sheet.owes(&"payer".parse().unwrap(), &"b".parse().unwrap(), more);
    let back = sheet.line_of(Step::Block, back, money(back));
    sheet.owes_less(&"payer".parse().unwrap(), &"c".parse().unwrap(), back);
    assert_eq!(payable(sheet, &["b", "c"]), ["26", "-75"]);
}

/// Weights of nothing, such as turnovers of nought, part an amount into nothings, wherever the contract
/// rounds.
#[test]
fn nobody_has_a_part_by_weights_of_nothing() {
    for at in [RoundedAt::Line, RoundedAt::Payable] {
        let mut sheet = sheet(at);
        let whole = sheet.stated(Step::Pool, money("100.00"));
        let nothing = Rate::of(Exact::zero());
        let parts = sheet.shares(Step::PoolShare, whole, &[("a", nothing.clone()), ("b", nothing)]);
        let amounts: Vec<String> = parts.iter().map(|part| sheet.amount(*part).to_string()).collect();
        assert_eq!(amounts, ["0", "0"]);
        sheet.finish().unwrap();
    }
}

/// Half of 100.00, of which 30.00 is flex and 10.00 estimated, is 50.00 with half of either.
#[test]
fn half_of_an_estimate_is_estimated() {
    let mut sheet = sheet(RoundedAt::Line);
    let by_stage = |frozen: &str, flex: &str, estimated: &str| ByStage {
        frozen: money(frozen),
        flex: money(flex),
        estimated: money(estimated),
    };
    let whole = Some(by_stage("60.00", "30.00", "10.00"));
    let given = Given { by_stage: whole, ..Given::new(money("100.00"), "said", Vec::new()) };
    let activity: Figure<Money> = sheet.given(Step::ActivityValue, None, given);
    let half = sheet.line(Step::MarginalPayment, &Rate::of(exact("0.5")) * activity);
    assert_eq!(sheet.written(half).unwrap().by_stage, Some(by_stage("30.00", "15.00", "5.00")));
}

/// What is made of counts has no stages of its own, and is given the one of its report.
#[test]
fn a_line_may_be_all_at_one_stage() {
    let mut sheet = sheet(RoundedAt::Line);
    let line = sheet.stated(Step::Block, money("7.00"));
    let zero = Money::ZERO;
    for (stage, [frozen, flex, estimated]) in [
        (Stage::Freeze, [money("7.00"), zero, zero]),
        (Stage::Flex, [zero, money("7.00"), zero]),
        (Stage::Estimated, [zero, zero, money("7.00")]),
    ] {
        sheet.at_stage(line, stage);
        let split = sheet.written(line).unwrap().by_stage.unwrap();
        assert_eq!(split, ByStage { frozen, flex, estimated });
        assert_eq!(split.weakest(), stage);
    }
}

#[test]
fn every_name_of_a_line_has_its_meaning() {
    for (step, word, _, meaning) in Step::ALL {
        assert_eq!(step.meaning(), *meaning);
        assert_eq!(word.parse::<Step>().as_ref(), Ok(step));
    }
}

#[test]
fn money_is_rounded_where_the_contract_says() {
    let third = |at| {
        let mut sheet = sheet(at);
        let whole = sheet.stated(Step::Block, money("100.00"));
        let part = sheet.line(Step::Target, &Rate::of(Exact::ratio(1, 3)) * whole);
        let paid = sheet.line_of(Step::Payable, "a-to-b", &Rate::of(Exact::ratio(1, 3)) * whole);
        assert_eq!(
            sheet.rounded(&Exact::ratio(1, 3)),
            if at == RoundedAt::Line { exact("0.33") } else { Exact::ratio(1, 3) }
        );
        let shown = |figure| sheet.written(figure).unwrap().value.clone().unwrap();
        (shown(part), shown(paid), sheet.finish().unwrap().0)
    };
    let (part, paid, lines) = third(RoundedAt::Line);
    assert_eq!([part, paid], ["33.33", "33.33"]);
    assert_eq!(lines[1].carried(rounding(RoundedAt::Line)), Some(exact("33.33")));
    let (part, paid, lines) = third(RoundedAt::Payable);
    assert_eq!([part, paid], ["33.3333", "33.33"]);
    let at = rounding(RoundedAt::Payable);
    assert_eq!(lines.iter().map(|line| line.rounds(at)).collect::<Vec<_>>(), [false, false, true]);
    assert_eq!(lines[1].carried(at), Some(Exact::ratio(100, 3)));
}

/// A settled sheet: 100.00, a note, and a fifth of it.
fn written() -> Vec<Line> {
    let mut sheet = sheet(RoundedAt::Line);
    let whole = sheet.stated(Step::Block, money("100.00"));
    sheet.note(Step::NothingDue, "words");
    let fifth = sheet.line(Step::Target, &Rate::of(exact("0.2")) * whole);
    sheet.line(Step::MinimumRate, fifth / whole);
    sheet.finish().unwrap().0
}

#[test]
fn lines_are_numbered_and_say_their_unit() {
    let lines = written();
    assert_eq!(lines.iter().map(|line| line.n).collect::<Vec<_>>(), [1, 2, 3, 4]);
    let units: Vec<_> = lines.iter().map(|line| line.unit.as_deref()).collect();
    assert_eq!(units, [Some("GBP"), None, Some("GBP"), Some("%")]);
}

/// Whatever is changed in a line, the second path finds it.
#[test]
fn the_second_path_finds_what_does_not_follow() {
    let at = rounding(RoundedAt::Line);
    assert_eq!(audit(&written(), at), Ok(()));
    type Change = fn(&mut Line);
    let changes: [(usize, Change); 6] = [
        (2, |line| line.value = Some("20.01".to_owned())),
        (2, |line| line.exact = Some(Exact::from(21))),
        (2, |line| line.working.expr = None),
        (1, |line| line.value = Some("1.00".to_owned())),
        (1, |line| line.exact = Some(Exact::from(1))),
        (0, |line| line.id = "c/1/other".to_owned()),
    ];
    for (which, change) in changes {
        let mut lines = written();
        change(&mut lines[which]);
        let named = audit(&lines, at).expect_err("a line that does not follow").n;
        assert_eq!(named, if which == 0 { 3 } else { which as u32 + 1 });
    }
}

/// 100.00 given as 50.00: a fifth of it is 10.00.
#[test]
fn a_figure_given_otherwise_changes_what_uses_it() {
    let lines = written();
    let given = |line: &Line| (line.name == Step::Block).then(|| Exact::from(50));
    let amounts = evaluate_with(&lines, rounding(RoundedAt::Line), given).unwrap();
    assert_eq!(amounts["c/1/block"], Exact::from(50));
    assert_eq!(amounts["c/1/target"], Exact::from(10));
    assert_eq!(amounts.len(), 3);
}

/// 100.00 by 30.00, 8.00 and 5.00 of 43.00: 69.767.., 18.604.. and 11.627.. leave a penny, and the largest
/// remainder behind the pennies is the third's.
const DIVIDED: [&str; 3] = ["69.77", "18.60", "11.63"];

type Weights = Vec<(&'static str, Figure<Money>)>;

/// The amount, the sum of the weights and each of them.
fn weights(sheet: &mut Worksheet) -> (Figure<Money>, Figure<Money>, Weights) {
    let given = |text: &str| Given::new(money(text), "as recorded", Vec::new());
    let amount = sheet.given(Step::Pool, None, given("100.00"));
    let of = ["a", "b", "c"].into_iter().zip(["30.00", "8.00", "5.00"]);
    let weights: Weights =
        of.map(|(who, text)| (who, sheet.given(Step::Claim, Some(who.to_owned()), given(text)))).collect();
    let all = sheet.line(Step::Claims, sum(weights.iter().map(|(_, weight)| *weight)));
    (amount, all, weights)
}

/// The same parts as where each names every weight, and the same words; only the first part names the
/// weights.
#[test]
fn parts_beside_the_first_do_not_name_every_weight() {
    for at in [RoundedAt::Line, RoundedAt::Payable] {
        let (mut long, mut short) = (sheet(at), sheet(at));
        let (amount, _, each) = weights(&mut long);
        let one = long.shares_by(Step::PoolPayment, amount, &each);
        let (amount, all, each) = weights(&mut short);
        let other = short.shares_of_sum(Step::PoolPayment, amount, all, &each);
        for (k, (one, other)) in one.iter().zip(&other).enumerate() {
            assert_eq!(long.amount(*one), short.amount(*other));
            let names =
                |f: &Figure<Money>| short.written(*f).unwrap().working.expr.as_ref().unwrap().lines().len();
            match at {
                RoundedAt::Payable => assert_eq!(names(other), 3, "weight, their sum, amount"),
                RoundedAt::Line => {
                    assert_eq!(short.amount(*other), exact(DIVIDED[k]));
                    assert_eq!(names(other), if k == 0 { 4 } else { 3 });
                    let said = |sheet: &Worksheet, f| sheet.written(f).unwrap().working.text.clone();
                    assert_eq!(said(&long, *one), said(&short, *other));
                }
            }
        }
        assert_eq!(audit(&short.finish().unwrap().0, rounding(at)), Ok(()));
    }
}

/// A part says what is divided, by what and which part it is; where that is not what the first part divides
/// it has no value.
#[test]
fn a_part_that_is_not_of_what_the_first_divides_has_no_value() {
    let written = || {
        let mut sheet = sheet(RoundedAt::Line);
        let (amount, all, each) = weights(&mut sheet);
        sheet.shares_of_sum(Step::PoolPayment, amount, all, &each);
        sheet.finish().unwrap().0
    };
    let lines = written();
    let second = lines.iter().position(|line| line.id == "c/1/pool-payment/b").unwrap();
    let recorded = serde_json::to_string(lines[second].working.expr.as_ref().unwrap()).unwrap();
    assert_eq!(
        recorded,
        r#"{"op":"part","args":["c/1/pool-payment/a",{"const":"1"},"c/1/pool","c/1/claim/b"]}"#
    );
    let changes = [
        ("c/1/pool-payment/a", "c/1/claims"),
        (r#"{"const":"1"}"#, r#"{"const":"2"}"#),
        (r#"{"const":"1"}"#, r#"{"const":"3"}"#),
        (r#"{"const":"1"}"#, r#"{"const":"-1"}"#),
        (r#""c/1/pool","#, r#""c/1/claims","#),
        ("c/1/claim/b", "c/1/claim/c"),
        (r#","c/1/claim/b""#, ""),
    ];
    for (was, is) in changes {
        let mut lines = written();
        lines[second].working.expr = Some(serde_json::from_str(&recorded.replace(was, is)).unwrap());
        let mismatch = audit(&lines, rounding(RoundedAt::Line)).expect_err(is);
        assert_eq!(mismatch.comes_to, "Part has the wrong arguments", "{is}");
        assert_eq!(mismatch.line, "c/1/pool-payment/b");
    }
}

/// Of the amount 40.00 may still change, so of every part two fifths may, whichever line names the weights.
#[test]
fn parts_may_change_as_what_they_are_parts_of() {
    let mut sheet = sheet(RoundedAt::Line);
    let by_stage = ByStage { frozen: money("60.00"), flex: money("40.00"), estimated: Money::ZERO };
    let given = Given { by_stage: Some(by_stage), ..Given::new(money("100.00"), "as recorded", Vec::new()) };
    let (_, all, each) = weights(&mut sheet);
    let amount = sheet.given(Step::Budget, None, given);
    let parts = sheet.shares_of_sum(Step::PoolPayment, amount, all, &each);
    let flex = parts.iter().map(|part| sheet.written(*part).unwrap().by_stage.unwrap().flex.to_string());
    assert_eq!(flex.collect::<Vec<_>>(), ["27.91", "7.44", "4.65"]);
}
