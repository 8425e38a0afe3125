//! Reports whose lines are kept in blocks: what is refused, what is recorded, and how little room totals
//! take. That they settle as lines do is held in `cases.rs`, for everything any test settles.

use std::sync::Arc;

use domain::columns::{Column, Columns, Values};
use domain::refusal::Refusal;
use domain::verb::activity::{ActivityLine, ActivityReported, Block, Blocks, Totals};
use domain::verb::{Command, Event};

use crate::cases::giver;
use crate::paying::contract;

/// Blocks whose totals are those of a block, as if it had been read.
pub fn of(totals: &Columns) -> Blocks {
    let lines =
        vec![Block { sha256: "b1".repeat(32), lines: 40 }, Block { sha256: "b2".repeat(32), lines: 2 }];
    let of_totals = Block { sha256: "a0".repeat(32), lines: totals.lines as u64 };
    let mut blocks = Blocks::new(lines, of_totals, "c0".repeat(32));
    blocks.attach(Arc::new(Totals::read(totals).unwrap()));
    blocks
}

fn lines() -> Vec<ActivityLine> {
    serde_json::from_str(
        r#"[{"pod":"EL","tfc":"110","tariff_code":"HN22A","count":"3","unit_price":"100.00","value":"300.00"},
            {"pod":"NEL","commissioner":"icb","site":"RXA01","local_contract":"A","count":"1.5","value":"-20.50"}]"#,
    )
    .unwrap()
}

fn report(blocks: Blocks) -> ActivityReported {
    let body = r#"{"contract":"c","provider":"trust","month":"2025-04","flow":"PLCM","stage":"freeze",
        "value":"279.50","count":"4.5"}"#;
    ActivityReported { blocks: Some(blocks), ..serde_json::from_str(body).unwrap() }
}

fn decided(report: ActivityReported) -> Result<Event, Refusal> {
    let desk = contract("\n  - {clause: \"1\", kind: activity_at_price, plan: \"12000.00\"}\n");
    Command::ActivityReported(report).decide(&desk.book, &giver("a.tester@tests"))
}

#[test]
fn a_report_names_its_blocks_and_never_its_totals() {
    let event = decided(report(of(&Totals::block(&lines()).unwrap()))).unwrap();
    let payload = event.payload().unwrap();
    let expected = serde_json::json!({
        "contract": "c", "provider": "trust", "month": "2025-04", "flow": "PLCM", "stage": "freeze",
        "value": "279.50", "count": "4.5",
        "blocks": {
            "lines": [{"sha256": "b1".repeat(32), "lines": 40}, {"sha256": "b2".repeat(32), "lines": 2}],
            "totals": {"sha256": "a0".repeat(32), "lines": 2},
            "content": "c0".repeat(32),
        },
    });
    assert_eq!(payload, expected);
    let again = Event::decode("activity-reported", 1, payload).unwrap();
    assert_eq!(again.blocks().unwrap().attached(), None);
    assert_eq!(again.blocks().unwrap().count(), 42);
}

#[test]
fn totals_that_are_not_the_reports_are_refused() {
    let block = Totals::block(&lines()).unwrap();
    let refused = |report: ActivityReported| {
        let refusal = decided(report).unwrap_err();
        (refusal.code.clone(), refusal.message)
    };
    let unread = Blocks::new(Vec::new(), Block { sha256: "a0".repeat(32), lines: 2 }, String::new());
    let (code, message) = refused(report(unread));
    assert_eq!(code, "block-missing");
    assert!(message.contains(&"a0".repeat(32)), "{message}");
    let value = ActivityReported { value: "279.51".parse().unwrap(), ..report(of(&block)) };
    let value = refused(value);
    assert_eq!(value.1, "the totals sum to 279.50, the report states 279.51");
    let count = ActivityReported { count: Some("5".parse().unwrap()), ..report(of(&block)) };
    assert_eq!(refused(count).1, "the totals count 4.5 units, the report states 5");
    let mut fewer = of(&block);
    fewer.totals.lines = 3;
    assert_eq!(refused(report(fewer)).1, "the block has 2 totals, not 3");
    let twice = ActivityReported { lines: lines(), ..report(of(&block)) };
    assert_eq!(refused(twice).0, "lines-twice");
    let uncounted = ActivityReported { count: None, ..report(of(&block)) };
    assert!(decided(uncounted).is_ok());
}

#[test]
fn a_block_that_holds_no_totals_says_why() {
    let whole = Totals::block(&lines()).unwrap();
    let said = |change: &dyn Fn(&mut Columns)| {
        let mut block = whole.clone();
        change(&mut block);
        Totals::read(&block).unwrap_err()
    };
    let place = |name: &str| whole.columns.iter().position(|column| column.name == name).unwrap();
    let without = |name: &'static str| {
        said(&move |block: &mut Columns| block.columns.retain(|column| column.name != name))
    };
    assert_eq!(without("tariff_code"), "it has no column `tariff_code`");
    assert_eq!(without("value"), "it has no column `value`");
    let put = |name: &'static str, values: Values| {
        said(&|block: &mut Columns| {
            block.columns[place(name)] = Column { name: name.into(), values: values.clone() }
        })
    };
    assert_eq!(put("pod", Values::Number(vec![1, 2])), "its column `pod` is no text");
    let nothing = || Values::Coded { codes: vec![0, 0], values: vec![String::new()] };
    assert_eq!(put("pod", nothing()), "a total has no point of delivery");
    let units = vec![Some(1), None];
    assert_eq!(put("value", Values::Decimal { scale: 2, units }), "a total states no `value`");
    let fine = Values::Decimal { scale: 3, units: vec![Some(1), Some(2)] };
    assert_eq!(put("value", fine), "`value` has 3 places, and money has 2");
    let nobody = Values::Coded { codes: vec![0, 0], values: vec!["no party!".to_owned()] };
    assert_eq!(put("commissioner", nobody), "`no party!` is no name of a party");
    let unstated: Vec<ActivityLine> = serde_json::from_str(r#"[{"pod":"EL","count":"1"}]"#).unwrap();
    assert_eq!(Totals::block(&unstated).unwrap_err(), "a total states no value");
}
