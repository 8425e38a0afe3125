//! A provider's local codes are read through the map in force in the month of care, as far as it was
//! recorded.

use domain::worksheet::Source;

use crate::cases::Desk;
use crate::paying::{check, contract};

const PRICED: &str = r#"pay: [{clause: "1", kind: unit_price, when: {pod: [DC]},
    prices: [{tariff_code: BZ34B, pod: DC, from: 2025-04-01, price: "700.00"}]}]"#;

fn publish(desk: &mut Desk, more: &str, from: &str, codes: &[(&str, &str)]) -> Result<(), String> {
    let codes: Vec<String> =
        codes.iter().map(|(l, s)| format!(r#"{{"local":"{l}","standard":"{s}"}}"#)).collect();
    let body = format!(r#"{{"provider":"trust",{more}"from":"{from}","codes":[{}]}}"#, codes.join(","));
    desk.run("publish-code-map", &body).map_err(|refusal| refusal.code)
}

fn operate(desk: &mut Desk, month: &str, pod: &str, code: &str) {
    let body = format!(
        r#"{{"contract":"c","provider":"trust","month":"{month}","flow":"PLCM","stage":"freeze","value":"650.00",
          "lines":[{{"pod":"{pod}","tariff_code":"{code}","count":"1","value":"650.00"}}]}}"#
    );
    desk.run("report-activity", &body).unwrap();
}

const TARIFF: &str = r#""column":"tariff_code","#;

/// September has no map: `CAT-A` has no price. October has one, recorded after the report: known only from
/// then.
#[test]
fn a_map_recorded_late_is_known_only_from_then() {
    let mut desk = contract(PRICED);
    operate(&mut desk, "2025-09", "DC", "CAT-A");
    operate(&mut desk, "2025-10", "DC", "CAT-A");
    let before = Desk { book: desk.book.clone() };
    publish(&mut desk, TARIFF, "2025-10-01", &[("CAT-A", "BZ34B")]).unwrap();
    assert_eq!(before.payable("2025-10-31"), "none");
    let statement = desk.statement("2025-10-31");
    check(&statement, &[("1/priced-activity", "700.00")]);
    let priced = statement.lines.iter().find(|l| l.working.text.starts_with("BZ34B at DC")).unwrap();
    // The report of October and the map.
    let cited = |entry: u64| priced.sources.contains(&Source::Entry(domain::time::Entry(entry)));
    assert!(cited(desk.book.entry.0 - 1) && cited(desk.book.entry.0), "{:?}", priced.sources);
}

/// The map recorded last of those in force counts, whole; one of the contract goes before one for all
/// contracts. A code that a map does not name means itself.
#[test]
fn one_map_of_a_column_is_in_force() {
    let mut desk = contract(PRICED);
    operate(&mut desk, "2025-04", "DAY", "CAT-A");
    operate(&mut desk, "2025-05", "DAY", "CAT-B");
    publish(&mut desk, r#""column":"pod","#, "2025-04-01", &[("DAY", "DC")]).unwrap();
    publish(&mut desk, TARIFF, "2025-04-01", &[("CAT-A", "BZ34B"), ("CAT-B", "BZ34B")]).unwrap();
    check(&desk.statement("2025-05-31"), &[("1/priced-activity", "1400.00")]);
    publish(&mut desk, TARIFF, "2025-05-01", &[("CAT-C", "BZ34B")]).unwrap();
    check(&desk.statement("2025-05-31"), &[("1/priced-activity", "700.00")]);
    publish(&mut desk, r#""contract":"c","column":"tariff_code","#, "2025-05-01", &[("CAT-B", "BZ34B")])
        .unwrap();
    publish(&mut desk, TARIFF, "2025-05-01", &[("CAT-C", "BZ34B")]).unwrap();
    check(&desk.statement("2025-05-31"), &[("1/priced-activity", "1400.00")]);
}

fn refused(code: &str) -> Result<(), String> {
    Err(code.to_owned())
}

#[test]
fn what_is_no_map_is_refused() {
    let mut desk = contract(PRICED);
    let one: &[(&str, &str)] = &[("A", "B")];
    assert_eq!(publish(&mut desk, TARIFF, "2025-04-15", one), refused("not-a-whole-month"));
    assert_eq!(publish(&mut desk, TARIFF, "2025-04-01", &[]), refused("no-codes"));
    assert_eq!(publish(&mut desk, TARIFF, "2025-04-01", &[("A", "B"), ("A", "C")]), refused("code-twice"));
    assert_eq!(
        publish(&mut desk, r#""column":"provider","#, "2025-04-01", one),
        refused("column-not-mapped")
    );
    let unknown = r#""contract":"nobody-s","column":"pod","#;
    assert_eq!(publish(&mut desk, unknown, "2025-04-01", one), refused("unknown-contract"));
    desk.run("register-party", r#"{"party":"stranger","name":"A stranger"}"#).unwrap();
    let stranger = r#"{"provider":"stranger","contract":"c","column":"pod","from":"2025-04-01","codes":[{"local":"A","standard":"B"}]}"#;
    assert_eq!(desk.run("publish-code-map", stranger).unwrap_err().code, "not-a-party");
}
