//! The schemas of what the API takes and answers. The shapes are those of the views themselves: a test holds
//! every answer to its schema, in which each object lists all its fields and no others.

mod commands;
mod lines;
mod questions;
mod what_if;

use domain::worksheet::Step;
use serde_json::{Map, Value, json};

/// A reference to a schema by name.
pub fn named(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// Every schema by name.
pub fn all() -> Value {
    let mut all = Map::new();
    for table in [
        values(),
        statement(),
        lines(),
        explanation(),
        bridge(),
        what_if::table(),
        questions::table(),
        lines::table(),
        position(),
        over_time(),
        contracts(),
        lists(),
        commands::table(),
        commands::verdicts(),
    ] {
        all.extend(table.into_iter().map(|(name, schema)| (name.to_owned(), schema)));
    }
    Value::Object(all)
}

type Table = Vec<(&'static str, Value)>;

/// An object with exactly these fields. A field is `name: Schema`, `name: [Schema]` for a list, with `?`
/// after the schema where it may be null, and `name?` where it may be left out.
fn object(description: &str, fields: &[&str]) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for field in fields {
        let (name, schema) = field.split_once(": ").unwrap_or((field, "Any"));
        let name = match name.strip_suffix('?') {
            Some(optional) => optional,
            None => {
                required.push(name);
                name
            }
        };
        properties.insert(name.to_owned(), of(schema));
    }
    json!({
        "type": "object", "description": description, "properties": properties, "required": required,
        "additionalProperties": false,
    })
}

fn of(schema: &str) -> Value {
    if let Some(nullable) = schema.strip_suffix('?') {
        return json!({"anyOf": [of(nullable), {"type": "null"}]});
    }
    match schema.strip_prefix('[').and_then(|s| s.strip_suffix(']')) {
        Some(item) => json!({"type": "array", "items": of(item)}),
        None => named(schema),
    }
}

fn text(description: &str, example: &str) -> Value {
    json!({"type": "string", "description": description, "examples": [example]})
}

fn words(description: &str, words: &[&str]) -> Value {
    json!({"type": "string", "description": description, "enum": words})
}

fn values() -> Table {
    let steps: Vec<&str> = Step::ALL.iter().map(|row| row.1).collect();
    vec![
        ("Any", json!({"description": "any JSON"})),
        ("Text", json!({"type": "string"})),
        (
            "File",
            json!({"description": "a file", "type": "string", "contentMediaType": "application/octet-stream"}),
        ),
        ("Truth", json!({"type": "boolean"})),
        ("Flag", words("true or false", &["true", "false"])),
        ("Whole", json!({"type": "integer", "minimum": 0})),
        ("Limit", json!({"type": "integer", "minimum": 1, "maximum": 1000})),
        ("Name", text("the name of a contract or party", "pennine-msk")),
        ("Date", text("a date, or as a person types it (1/4/2025)", "2025-04-01")),
        ("Moment", text("a moment with its offset, RFC 3339", "2025-06-20T17:30:00.000000Z")),
        ("KnownAt", text("a date (its end), a moment, an entry such as @123, or now", "2025-06-30")),
        ("Year", text("April to March, a calendar year, or stated dates", "2025/26")),
        ("Month", text("a month", "2025-04")),
        ("Entry", json!({"type": "integer", "minimum": 0, "description": "a place in the log"})),
        ("Digest", text("the SHA-256 of an event", "sha256:9f86d0…")),
        ("Currency", words("the currency of amounts", &["GBP", "USD", "NZD"])),
        (
            "Money",
            json!({"type": "string", "pattern": "^-?[0-9]+\\.[0-9]{2}$", "description": "an amount to the penny or cent", "examples": ["5096000.00"]}),
        ),
        (
            "Exact",
            json!({"type": "string", "pattern": "^-?[0-9]+(\\.[0-9]+)?(/[0-9]+)?$", "description": "a number, decimal or fraction"}),
        ),
        ("Status", words("where a statement stands", &["draft", "drawn_up", "agreed", "restated"])),
        ("Which", words("which statement", &["draft", "in_force"])),
        ("Stage", words("how sure data is", &["estimated", "flex", "freeze", "after freeze"])),
        ("Step", words("the name of a line", &steps)),
        ("Actor", object("who gave a command", &["person: Text", "party: Name", "role: Text"])),
        ("Evidence", object("a file kept by its content", &["name: Text", "sha256: Text"])),
        (
            "ByStage",
            object(
                "an amount by how sure its parts are",
                &["frozen: Money", "flex: Money", "estimated: Money"],
            ),
        ),
    ]
}

fn statement() -> Table {
    vec![
        (
            "Statement",
            object(
                "the settlement of one contract year",
                &[
                    "contract: Name",
                    "under: Name?",
                    "title: Text",
                    "year: Year",
                    "as_of: Date",
                    "known_at: KnownAt",
                    "entry: Entry",
                    "status: Status",
                    "stage: Stage",
                    "complete: Truth",
                    "currency: Currency",
                    "terms_version: Whole",
                    "engine: Text",
                    "rounding: Rounding",
                    "notes: [Text]",
                    "lines: [Line]",
                    "payables: [Payable]",
                    "schedule: [Scheduled]",
                ],
            ),
        ),
        ("Rounding", object("the contract's rounding rule", &["unit: Text", "at: RoundedAt"])),
        ("RoundedAt", words("where money is rounded", &["line", "payable"])),
    ]
}

fn lines() -> Table {
    vec![
        (
            "Line",
            object(
                "one numbered line",
                &[
                    "id: Text",
                    "n: Whole",
                    "name: Step",
                    "subject: Text?",
                    "clause: Text",
                    "kind: LineKind",
                    "value: Text?",
                    "exact: Exact?",
                    "unit: Text?",
                    "by_stage: ByStage?",
                    "state: LineState",
                    "working: Working",
                    "sources: [Source]",
                ],
            ),
        ),
        ("LineKind", words("what a line measures", &["money", "rate", "count", "test", "note"])),
        (
            "LineState",
            words("whether there is an amount", &["ok", "not_reported", "not_measured", "not_yet_due"]),
        ),
        ("Working", object("how a line came about", &["text: Text", "expr: Expr?"])),
        (
            "Expr",
            json!({"description": "a line's id, a constant, or an operation on further expressions", "anyOf": [
                {"type": "string"},
                object("a constant", &["const: Exact"]),
                object("an operation", &["op: Op", "args: [Expr]"]),
            ]}),
        ),
        (
            "Op",
            json!({"type": "string", "description": "what is done with the arguments, such as add or allocate"}),
        ),
        (
            "Source",
            json!({"description": "an entry, or a line of another contract's statement", "anyOf": [
                named("Entry"), object("a line of another statement", &["line: Text", "statement: Text"]),
            ]}),
        ),
        (
            "Payable",
            object(
                "what is due between two parties",
                &["from: Name", "to: Name", "entitled: Money?", "paid: Money", "balance: Money?"],
            ),
        ),
        (
            "Scheduled",
            object(
                "one month of a stream of fixed payments",
                &["month: Month", "stream: Text", "amount: Money", "arrears: Money"],
            ),
        ),
    ]
}

fn explanation() -> Table {
    vec![
        (
            "Explanation",
            object(
                "a line with everything behind it",
                &[
                    "contract: Name",
                    "year: Year",
                    "as_of: Date",
                    "entry: Entry",
                    "line: Line",
                    "clause: Any",
                    "uses: [Explanation]",
                    "events: [Behind]",
                    "missing: Text?",
                ],
            ),
        ),
        (
            "Behind",
            object(
                "an event behind a figure",
                &[
                    "entry: Entry",
                    "recorded_at: Moment",
                    "event: Text",
                    "actor: Actor",
                    "key: Text",
                    "evidence: [Evidence]",
                    "hash: Digest",
                    "payload: Any",
                ],
            ),
        ),
        (
            "Happening",
            object(
                "one event",
                &[
                    "entry: Entry",
                    "recorded_at: Moment",
                    "event: Text",
                    "actor: Actor",
                    "key: Text",
                    "hash: Digest",
                    "payload: Any",
                ],
            ),
        ),
    ]
}

fn bridge() -> Table {
    vec![
        (
            "Bridge",
            object(
                "the difference between two statements, cause by cause",
                &[
                    "contract: Name",
                    "year: Year",
                    "currency: Currency",
                    "from: End",
                    "to: End",
                    "causes: [Cause]",
                ],
            ),
        ),
        (
            "End",
            object(
                "one end of a bridge, with its payables by line",
                &["as_of: Date", "known_at: KnownAt", "entry: Entry", "payables: Payables"],
            ),
        ),
        ("Payables", json!({"type": "object", "additionalProperties": of("Exact?")})),
        (
            "Cause",
            object(
                "what changed lines",
                &["entry: Entry?", "recorded_at: Moment?", "what: Text", "changes: [Change]"],
            ),
        ),
        (
            "Change",
            object(
                "how a line changed",
                &["line: Text", "name: Text", "payable: Truth", "before: Exact?", "after: Exact?"],
            ),
        ),
    ]
}

fn position() -> Table {
    vec![
        (
            "Position",
            object(
                "where a party stands; + is to be received",
                &[
                    "party: Name",
                    "as_of: Date",
                    "known_at: KnownAt",
                    "entry: Entry",
                    "currency: Currency",
                    "rows: [Row]",
                    "receivable: Money",
                    "payable: Money",
                    "net: Money",
                ],
            ),
        ),
        (
            "Row",
            object(
                "one contract year with one counterparty",
                &[
                    "contract: Name",
                    "year: Year",
                    "counterparty: Name",
                    "entitled: Money?",
                    "by_stage: ByStage?",
                    "disputed: Money",
                    "paid: Money",
                    "balance: Money?",
                    "accrued: Money",
                    "result: Money?",
                    "exposure: Exposure",
                ],
            ),
        ),
        (
            "Exposure",
            object(
                "what could still change",
                &["max_gain: Money", "max_loss: Money?", "unbounded: Truth", "reason: Text"],
            ),
        ),
    ]
}

fn over_time() -> Table {
    vec![
        (
            "OverTime",
            object(
                "a party's net position at the end of each month",
                &[
                    "party: Name",
                    "as_of: Date",
                    "known_at: KnownAt",
                    "entry: Entry",
                    "currency: Currency",
                    "months: [AtMonthEnd]",
                ],
            ),
        ),
        ("AtMonthEnd", object("one month", &["as_of: Date", "known_then: Money?", "known_now: Money?"])),
        (
            "Todo",
            object(
                "one thing to be done",
                &[
                    "contract: Name",
                    "year: Year",
                    "whose: Name",
                    "what: Text",
                    "by: Date?",
                    "overdue: Truth",
                    "worth: Money?",
                    "currency: Currency",
                    "entry: Entry?",
                ],
            ),
        ),
        (
            "Settlement",
            object(
                "one settlement between two parties",
                &[
                    "contract: Name",
                    "year: Year",
                    "from: Name",
                    "to: Name",
                    "payable: Money?",
                    "status: Status",
                    "entry: Entry",
                ],
            ),
        ),
    ]
}

const CONTRACT: &[&str] = &[
    "contract: Name",
    "under: Name?",
    "title: Text",
    "payer: Party",
    "payee: Party",
    "pool: Party?",
    "members: [Party]",
    "subcontracts: [Name]",
    "currency: Currency",
    "from: Year",
    "to: Year",
    "signed_on: Date",
    "awarded: Entry",
    "years: [ContractYear]",
];

fn contracts() -> Table {
    let detail = [
        &["as_of: Date", "known_at: KnownAt", "entry: Entry"],
        CONTRACT,
        &["clauses: [Clause]", "terms: Any"],
    ];
    vec![
        ("Contract", object("a contract, with what its years come to", CONTRACT)),
        ("ContractDetail", object("a contract with its terms", &detail.concat())),
        ("Party", object("an organisation", &["party: Name", "name: Text", "code: Text?"])),
        ("Clause", object("a paying clause in plain words", &["clause: Text", "kind: Text", "says: Text"])),
        (
            "ContractYear",
            object(
                "what a contract year comes to: of the statement in force, else of a draft",
                &[
                    "year: Year",
                    "status: Status",
                    "drawn_up: Entry?",
                    "stage: Stage",
                    "complete: Truth",
                    "plan: Money?",
                    "payable: Money?",
                    "cost_recorded: Truth",
                    "against_plan: Money?",
                    "paid: Money",
                    "balance: Money?",
                    "result: Money?",
                    "open: [Text]",
                ],
            ),
        ),
    ]
}

/// A page of a list of these.
fn list(item: &str) -> Value {
    let items = format!("items: [{item}]");
    let fields = ["as_of: Date", "known_at: KnownAt", "entry: Entry", &items, "next: Text?"];
    object("a page of a list; `next` is the cursor of the page after it", &fields)
}

fn lists() -> Table {
    vec![
        ("Contracts", list("Contract")),
        ("Parties", list("Party")),
        ("History", list("Happening")),
        ("Lines", list("ActivityLine")),
        ("Settlements", list("Settlement")),
        ("Reconciliation", list("Reconciled")),
        ("TodoList", list("Todo")),
        (
            "Looks",
            object(
                "who looked at prices of contracts that are not their party's",
                &["note: Text", "items: [Look]"],
            ),
        ),
        (
            "Look",
            object(
                "one look",
                &["at: Moment", "person: Text", "party: Name", "contract: Name", "what: Text", "face: Text"],
            ),
        ),
        ("Health", object("whether the program answers", &["status: Text"])),
        (
            "Ready",
            object("whether the ledger can be read", &["status: Text", "entry: Entry", "version: Text"]),
        ),
    ]
}
