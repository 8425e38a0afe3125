//! The schemas of questions that are answered with a list: headroom, months, spend, returns, challenges,
//! exposures, balances and what explains their differences.

use super::{Table, list, object, words};

pub(super) fn table() -> Table {
    [headroom(), months(), spend(), returns(), challenges(), exposures(), balances(), reconciliation()]
        .concat()
}

fn headroom() -> Table {
    let asked = [
        "contract: Name",
        "year: Year",
        "known_at: KnownAt",
        "entry: Entry",
        "currency: Currency",
        "envelope: Exact",
        "rows: [Commitment]",
        "at_plan: Exact?",
        "at_forecast: Exact?",
        "at_worst: Exact?",
        "pending: [Pending]",
        "after_pending: Exact?",
        "unbounded: [Text]",
        "not_forecast: [Text]",
    ];
    let pending = ["contract: Name", "item: Text", "kind: Text", "probability: Text?", "effect: Exact"];
    let row = ["what: Text", "subcontract: Truth", "plan: Exact?", "forecast: Exact?", "most: Exact?"];
    vec![
        (
            "Headroom",
            object("what a programme's budget leaves; no figure where one it needs is missing", &asked),
        ),
        (
            "Commitment",
            object("an item or a subcontract of a programme; no most where there is no limit", &row),
        ),
        (
            "Pending",
            object("a variation expected or a saving not made, and what it does to the headroom", &pending),
        ),
    ]
}

fn months() -> Table {
    let months = [
        "contract: Name",
        "year: Year",
        "known_at: KnownAt",
        "entry: Entry",
        "currency: Currency",
        "months: [MonthOfYear]",
    ];
    let month = [
        "as_of: Date",
        "payable: Money?",
        "paid: Money",
        "balance: Money?",
        "off: Exact?",
        "before: Money?",
        "change: Money?",
    ];
    vec![
        ("Months", object("payer and payee of a contract year at the end of each month", &months)),
        ("MonthOfYear", object("from the beginning of the contract year; + is due to the payee", &month)),
    ]
}

fn spend() -> Table {
    let spend = [
        "contract: Name",
        "as_of: Date",
        "known_at: KnownAt",
        "entry: Entry",
        "currency: Currency",
        "years: [SpendOfYear]",
        "change: Exact?",
    ];
    let of_year = [
        "year: Year",
        "months: Whole",
        "entitled: Money?",
        "population: Exact",
        "per_head: Exact?",
        "per_head_and_month: Exact?",
        "activity: Exact?",
        "per_unit: Exact?",
    ];
    vec![
        ("Spend", object("a contract year and the year it is held against, in this order", &spend)),
        ("SpendOfYear", object("what the months of a year that had ended came to", &of_year)),
    ]
}

fn returns() -> Table {
    let fields = [
        "provider: Name",
        "month: Month",
        "acm: Money?",
        "plcm: Money?",
        "drplcm: Money?",
        "deplcm: Money?",
        "difference: Money?",
        "invoiced: Money?",
        "invoice_difference: Money?",
    ];
    vec![
        ("Flows", list("Returns")),
        ("Returns", object("the returns of one provider for one month", &fields)),
    ]
}

fn challenges() -> Table {
    let fields = [
        "contract: Name",
        "challenge: Text",
        "month: Month",
        "amount: Money",
        "reason: Text",
        "entry: Entry",
        "raised_on: Date",
        "resolved_on: Date?",
        "days: Whole",
        "answer_by: Date?",
        "overdue: Truth",
        "upheld: Money?",
        "to_act: Name?",
    ];
    vec![
        ("Challenges", list("Challenge")),
        ("Challenge", object("part of a month's activity in dispute", &fields)),
    ]
}

fn exposures() -> Table {
    let fields = [
        "contract: Name",
        "party: Name",
        "max_gain: Money?",
        "max_loss: Money?",
        "unbounded: Truth",
        "reason: Text",
    ];
    let meaning = "what a party can gain and lose in a full year, against what the contract plans";
    vec![("Exposures", list("Exposed")), ("Exposed", object(meaning, &fields))]
}

fn balances() -> Table {
    let fields = [
        "contract: Name",
        "year: Year",
        "basis: Basis",
        "party: Name",
        "counterparty: Name",
        "receivable: Said?",
        "payable: Said?",
        "mismatch: Money",
    ];
    vec![
        ("Balances", list("Balance")),
        ("Balance", object("one balance, as who is to receive it and who is to pay it state it", &fields)),
        ("Basis", words("which balance", &["receivable", "income"])),
        ("Said", object("what a party says", &["amount: Money", "as_of: Date", "entry: Entry"])),
    ]
}

fn reconciliation() -> Table {
    vec![
        (
            "Reconciled",
            object(
                "what two parties and the ledger say of one balance, from the first party's side",
                &[
                    "contract: Name",
                    "year: Year",
                    "basis: Text",
                    "as_of: Date",
                    "ledger: Exact?",
                    "first: Claimed?",
                    "second: Claimed?",
                ],
            ),
        ),
        (
            "Claimed",
            object(
                "what a party says, and why the ledger says something else",
                &[
                    "party: Name",
                    "says: Exact",
                    "as_of: Date",
                    "entry: Entry",
                    "explained: [Explained]",
                    "unexplained: Exact",
                ],
            ),
        ),
        (
            "Explained",
            object("what explains part of a difference", &["entry: Entry?", "what: Text", "amount: Exact"]),
        ),
    ]
}
