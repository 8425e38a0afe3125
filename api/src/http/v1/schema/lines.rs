//! The schema of a line of activity.

use super::{Table, object};

pub(super) fn table() -> Table {
    let line = ["entry: Entry", "provider: Name", "flow: Text", "row: Whole", "clause: Text?", "stated: Any"];
    let meaning = "a line of activity as it was stated, and the clause that pays for it";
    vec![("ActivityLine", object(meaning, &line))]
}
