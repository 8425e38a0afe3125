//! The schemas of a what-if answer.

use super::{Table, object};

pub(super) fn table() -> Table {
    let whole = [
        "contract: Name",
        "year: Year",
        "as_of: Date",
        "known_at: KnownAt",
        "entry: Entry",
        "currency: Currency",
        "changed: [Changed]",
        "causes: [Because]",
        "payables: [PairAmounts]",
        "parties: [PartyAmounts]",
        "left_out: [LeftOut]",
    ];
    let changed = ["change: Text", "entry: Entry", "event: Text", "was: Text?"];
    let amounts = ["before: Money?", "after: Money?", "difference: Money?"];
    let pair = ["contract: Name", "from: Name", "to: Name", "payable: Amounts"];
    vec![
        ("WhatIf", object("a contract year as it is and as it would be, both as drafts", &whole)),
        ("Changed", object("a change, the event it is made to and the value recorded there", &changed)),
        ("Because", object("what one change does to the statement", &["because: Text", "changes: [Change]"])),
        ("Amounts", object("an amount as it is and as it would be", &amounts)),
        ("PairAmounts", object("what is payable between two parties", &pair)),
        (
            "PartyAmounts",
            object(
                "what a party comes to",
                &["party: Name", "entitled: Amounts", "result: Amounts", "cost_recorded: Truth"],
            ),
        ),
        (
            "LeftOut",
            object(
                "recorded facts that the changes would have had refused",
                &["event: Text", "why: Text", "entries: [Entry]"],
            ),
        ),
    ]
}
