//! The verbs about terms: what a terms file may hold, and what it says.

use std::path::{Path, PathBuf};

use domain::mechanism::Mechanism;
use domain::terms::Document;
use serde_json::{Value, json};

use crate::binary::Place;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every terms file of the examples, with its text.
fn examples() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for folder in std::fs::read_dir(root().join("examples")).unwrap() {
        let Ok(files) = std::fs::read_dir(folder.unwrap().path().join("terms")) else { continue };
        for file in files {
            let path = file.unwrap().path();
            found.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
        }
    }
    assert!(found.len() >= 5, "only {} terms files were found", found.len());
    found
}

/// A document as another program reads it: with numbers where they may be meant.
fn as_read(document: &Document, numbers: bool) -> Value {
    match document {
        Document::Text(text) => match serde_json::from_str::<Value>(text) {
            Ok(number) if numbers && number.is_number() => number,
            _ => json!(text),
        },
        Document::List(items) => items.iter().map(|item| as_read(item, numbers)).collect(),
        Document::Map(map) => {
            Value::Object(map.iter().map(|(name, value)| (name.clone(), as_read(value, numbers))).collect())
        }
    }
}

struct Schema(boon::Schemas, boon::SchemaIndex);

impl Schema {
    fn published() -> Schema {
        let text = std::fs::read_to_string(root().join("docs/terms.schema.json")).unwrap();
        let (mut schemas, mut compiler) = (boon::Schemas::new(), boon::Compiler::new());
        compiler.add_resource("terms.schema.json", serde_json::from_str(&text).unwrap()).unwrap();
        let index = compiler.compile("terms.schema.json", &mut schemas).unwrap();
        Schema(schemas, index)
    }

    fn faults(&self, document: &Value) -> Option<String> {
        self.0.validate(document, self.1).err().map(|error| error.to_string())
    }
}

/// `docs/terms.schema.json` is what the verb prints. With `RISKSHARE_TEST_WRITE` set the test writes it
/// instead.
#[test]
fn the_published_schema_is_that_of_the_readers() {
    let path = root().join("docs/terms.schema.json");
    let printed = Place::new().answer(&["terms", "schema"]);
    if std::env::var_os("RISKSHARE_TEST_WRITE").is_some() {
        std::fs::write(&path, &printed).unwrap();
    }
    assert!(
        std::fs::read_to_string(&path).unwrap_or_default() == printed,
        "docs/terms.schema.json is out of date"
    );
}

#[test]
fn every_example_s_terms_are_valid_under_the_schema() {
    let schema = Schema::published();
    for (name, text) in examples() {
        let (document, _) = Document::from_yaml(&text).unwrap();
        for numbers in [false, true] {
            assert_eq!(schema.faults(&as_read(&document, numbers)), None, "{name}");
        }
    }
}

/// Every name of every example, misspelt: each is one that the schema does not know.
#[test]
fn a_misspelt_field_is_not_valid() {
    fn misspelt(value: &Value) -> Vec<Value> {
        match value {
            Value::Object(map) => {
                let renamed = map.keys().map(|name| {
                    let mut other = map.clone();
                    let field = other.remove(name).unwrap();
                    other.insert(format!("{name}x"), field);
                    Value::Object(other)
                });
                let below = map.iter().flat_map(|(name, field)| {
                    misspelt(field).into_iter().map(|field| {
                        let mut other = map.clone();
                        other.insert(name.clone(), field);
                        Value::Object(other)
                    })
                });
                renamed.chain(below).collect()
            }
            Value::Array(items) => (0..items.len())
                .flat_map(|i| {
                    misspelt(&items[i]).into_iter().map(move |item| {
                        let mut other = items.clone();
                        other[i] = item;
                        Value::Array(other)
                    })
                })
                .collect(),
            _ => Vec::new(),
        }
    }
    let schema = Schema::published();
    let (mut tried, mut kinds) = (0, std::collections::BTreeSet::new());
    for (name, text) in examples() {
        let (document, _) = Document::from_yaml(&text).unwrap();
        let document = as_read(&document, false);
        kinds.extend(document["pay"].as_array().unwrap().iter().map(|c| c["kind"].to_string()));
        for wrong in misspelt(&document) {
            assert!(schema.faults(&wrong).is_some(), "{name}: {wrong}");
            tried += 1;
        }
    }
    assert!(tried > 100 && kinds.len() > 3, "{tried} misspellings of {kinds:?}");
}

#[test]
fn a_field_that_must_be_there_is_missed() {
    let schema = Schema::published();
    let terms = |clause: Value| {
        json!({"contract": "c", "title": "C", "parties": {"commissioner": "n", "lead": "f"},
            "years": {"kind": "nhs", "from": "2025/26", "to": "2025/26"},
            "rounding": {"unit": "0.01", "at": "line"}, "pay": [clause]})
    };
    let valid = json!({"clause": "1", "kind": "block", "amount": "10.00"});
    assert_eq!(schema.faults(&terms(valid)), None);
    for kind in Mechanism::KINDS {
        let bare = schema.faults(&terms(json!({"clause": "1", "kind": kind})));
        // A sanctions clause and activity at its stated value need nothing more; a unit_price clause needs
        // `prices` or a `price_list`, which its reader says.
        let bare_is_valid = ["sanctions", "activity_at_price", "unit_price"].contains(kind);
        assert_eq!(bare.is_none(), bare_is_valid, "{kind}: {bare:?}");
    }
    let percent = json!({"clause": "1", "kind": "core", "budget": 10, "withheld": 10});
    assert!(schema.faults(&terms(percent)).is_some(), "a rate without its percent sign");
}

/// The contract of the example, told: 23,000,000.00 with 10% withheld, a pool shared half and half, and a
/// stop-loss pool of 150,000.00. The commissioner can gain what is withheld and half of the budget: 2,300,000
/// + 11,500,000.
#[test]
fn a_contract_is_explained_in_plain_words() {
    let file = root().join("examples/pennine-msk/terms/pennine-msk.yaml");
    let told = Place::new().answer(&["terms", "explain", file.to_str().unwrap()]);
    insta::assert_snapshot!(told);
    assert!(told.contains("northmoor can gain £13,800,000.00 at most; can lose nothing"), "{told}");
    for (name, text) in examples() {
        let terms =
            domain::terms::Terms::from_yaml(&text).unwrap_or_else(|faults| panic!("{name}: {faults:?}"));
        let written = terms.document().to_yaml();
        let (read, _) = domain::terms::Document::from_yaml(&written).unwrap();
        assert_eq!(read, *terms.document(), "{name}: {written}");
        for clause in &terms.pay {
            let words = clause.words(&terms, &domain::names::Names::default());
            let plain = words.ends_with('.') && !words.contains("  ") && !words.contains('{');
            assert!(plain, "{name}, clause {}: {words}", clause.clause);
        }
    }
}

#[test]
fn every_form_of_contract_passes_the_check() {
    let place = Place::new();
    let list = place.answer(&["new", "contract", "--list"]);
    let forms: Vec<&str> = list.lines().map(|line| line.split(':').next().unwrap()).collect();
    assert!(forms.len() >= 12, "{forms:?}");
    for form in forms {
        let terms = place.answer(&["new", "contract", form]);
        assert!(
            terms.starts_with("# ") && terms.lines().filter(|l| l.contains('#')).count() > 1,
            "{form} has no comments"
        );
        place.write("terms.yaml", &terms);
        let checked = place.answer(&["terms", "check", "terms.yaml"]);
        assert!(checked.contains("no fault, no caution"), "{form}: {checked}");
    }
}

/// The contracts that `docs/COMMANDS.md` speaks of, as far as its facts need them.
const SPOKEN_OF: &[&str] = &[
    "contract: acute
title: Acute
parties: {commissioner: northmoor, lead: fellside}
years: {kind: nhs, from: 2025/26, to: 2025/26}
rounding: {unit: 0.01, at: line}
pay:
  - {clause: \"1\", kind: activity_at_price}
  - {clause: \"2\", kind: sanctions, standards: [{standard: ae-4h, breaches: ae breaches, rate: \"120.00\"}]}
",
    "contract: community-nursing
title: Community nursing
parties: {commissioner: northmoor, lead: fellside, pool: {party: the-pool, host: northmoor}}
years: {kind: nhs, from: 2025/26, to: 2025/26}
rounding: {unit: 0.01, at: line}
outcomes: [{indicator: programme-score, direction: higher, floor: 0, target: 1}]
pay:
  - {clause: \"3\", kind: core, budget: \"1000000.00\", withheld: 10%}
  - {clause: \"4\", kind: outcome_pot, of: core.withheld, score: programme-score, deadline: 90 days, late: zero}
  - {clause: \"5\", kind: stop_loss, pool: the-pool, per: patient-year, threshold: \"50000.00\"}
  - {clause: \"6\", kind: milestones, late: 50%, milestones: [{milestone: first clinic, value: \"10.00\", due: 2025-10-01}]}
  - {clause: \"7\", kind: paid_outside, of: core.core}
",
    "contract: maternity
title: Maternity
parties: {commissioner: northmoor, lead: fellside}
years: {kind: nhs, from: 2025/26, to: 2025/26}
rounding: {unit: 0.01, at: line}
pay: [{clause: \"1\", kind: pathway_bundle, price: \"1850.00\", instalments: [{stage: booked, share: 100%}]}]
",
];

/// The example row of every table is carried out as it stands; sent again, it is known.
#[test]
fn the_row_of_every_table_can_be_applied() {
    let place = Place::new();
    let list = place.answer(&["template", "--list"]);
    let parties = ["westmoor", "westmoor-hospital", "fellside", "fellside-holdings", "the-pool"];
    let rows: String = parties.iter().map(|party| format!("{party},The {party}\n")).collect();
    // The organisation that the first table registers is the payer of every contract.
    for (i, (noun, command)) in list.lines().map(|line| line.split_once(": ").unwrap()).enumerate() {
        if i == 1 {
            place.write("others.csv", format!("party,name\n{rows}"));
            let said = place.answer(&["apply", "others.csv", "--command", "register-party"]);
            assert!(said.ends_with("5 accepted, 0 recorded before, 0 rejected\n"), "{said}");
            for terms in SPOKEN_OF {
                place.write("terms.yaml", terms);
                let run = place.run(&["award", "terms.yaml", "--signed-on", "2025-03-20"]);
                assert_eq!(run.exit, 0, "{}", run.err);
            }
        }
        place.write("table.csv", place.answer(&["template", noun]));
        let said = place.run(&["apply", "table.csv", "--command", command]);
        assert!(
            said.out.ends_with("1 accepted, 0 recorded before, 0 rejected\n"),
            "{noun}: {}{}",
            said.out,
            said.err
        );
        let again = place.answer(&["apply", "table.csv", "--command", command]);
        assert!(again.ends_with("0 accepted, 1 recorded before, 0 rejected\n"), "{noun}: {again}");
    }
}

#[test]
fn a_table_with_a_wrong_row_records_all_or_nothing() {
    let place = Place::new();
    place.write("parties.csv", "party,name\none,The one\none,Another\n");
    let atomic = place.run(&["apply", "parties.csv", "--command", "register-party", "--atomic"]);
    assert_eq!(atomic.exit, 1);
    assert!(atomic.out.contains("line 3: rejected\nparties.csv:3:1: error: "), "{}", atomic.out);
    assert!(
        atomic.out.ends_with("nothing was recorded: a line was rejected, and the whole is atomic\n"),
        "{}",
        atomic.out
    );
    let each = place.run(&["apply", "parties.csv", "--command", "register-party"]);
    assert!(each.out.ends_with("1 accepted, 0 recorded before, 1 rejected\n"), "{}", each.out);
}
