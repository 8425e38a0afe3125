//! Every statement there is, in one text for both engines, and the few words in which the engines differ.
//!
//! Parameters are first mentioned in ascending order, so that an engine that counts them as it meets them
//! counts the same.

/// The words that differ.
#[derive(Debug)]
pub(crate) struct Dialect {
    /// Begins a transaction that is going to write.
    pub begin: &'static str,
    /// Ends the statement that locks a row; empty where the transaction holds the whole file.
    pub for_update: &'static str,
}

#[cfg(feature = "sqlite")]
pub(crate) const SQLITE: Dialect = Dialect { begin: "BEGIN IMMEDIATE", for_update: "" };

#[cfg(feature = "postgres")]
pub(crate) const POSTGRES: Dialect = Dialect { begin: "BEGIN", for_update: " FOR UPDATE" };

pub(crate) const COMMIT: &str = "COMMIT";
pub(crate) const ROLLBACK: &str = "ROLLBACK";

pub(crate) const SCHEMA: &str = "SELECT COALESCE(MAX(version), 0) FROM schema_version";
pub(crate) const SET_SCHEMA: &str = "INSERT INTO schema_version (version) VALUES ($1)";

pub(crate) const NEW_HEAD: &str = "INSERT INTO head (ledger, entry, recorded_at, frontier) VALUES ($1, 0, 0, $2) \
                                   ON CONFLICT DO NOTHING";
pub(crate) const HEAD: &str = "SELECT entry, recorded_at, frontier FROM head WHERE ledger = $1";
pub(crate) const SET_HEAD: &str =
    "UPDATE head SET entry = $1, recorded_at = $2, frontier = $3 WHERE ledger = $4";

/// Followed by [`list`] of the keys, from `$2`.
pub(crate) const COMMANDS: &str = "SELECT command_key, digest, first_entry, last_entry FROM command \
                                   WHERE ledger = $1 AND command_key IN ";
/// Followed by [`rows`] of 5.
pub(crate) const NEW_COMMANDS: &str =
    "INSERT INTO command (ledger, command_key, digest, first_entry, last_entry) VALUES ";

/// The last version of each stream, one step into an index each; followed by [`rows`] of 1, from `$2`, and a
/// `)`.
pub(crate) const VERSIONS: &str = "SELECT asked.column1, COALESCE((SELECT MAX(version) FROM event WHERE ledger = $1 AND stream = asked.column1), 0) \
     FROM (VALUES ";

/// Followed by [`rows`] of [`EVENT_COLUMNS`].
pub(crate) const NEW_EVENTS: &str = "INSERT INTO event (ledger, entry, stream, version, recorded_at, person, party, \
                                     role, command_key, kind, v, envelope, hash) VALUES ";
pub(crate) const EVENT_COLUMNS: usize = 13;

pub(crate) const READ: &str = "SELECT entry, envelope, hash FROM event WHERE ledger = $1 AND entry > $2 \
                               AND entry <= $3 ORDER BY entry";
pub(crate) const READ_COLUMNS: &str = "SELECT entry, stream, version, recorded_at, person, party, role, command_key, kind, v, envelope, hash FROM event \
     WHERE ledger = $1 AND entry > $2 AND entry <= $3 ORDER BY entry";
pub(crate) const HASHES: &str = "SELECT entry, hash FROM event WHERE ledger = $1 AND entry > $2 AND entry <= $3 \
                                 ORDER BY entry";
pub(crate) const ENTRY_AT: &str = "SELECT entry FROM event WHERE ledger = $1 AND recorded_at <= $2 \
                                   ORDER BY recorded_at DESC, entry DESC LIMIT 1";

pub(crate) const PUT_CHECKPOINT: &str =
    "INSERT INTO checkpoint (ledger, entry, origin, note) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
pub(crate) const CHECKPOINTS: &str =
    "SELECT entry, note FROM checkpoint WHERE ledger = $1 ORDER BY entry, origin";

/// Followed by [`rows`] of [`LOOK_COLUMNS`].
pub(crate) const NEW_LOOKS: &str =
    "INSERT INTO look (ledger, id, looked_at, person, party, contract, what, face) VALUES ";
pub(crate) const LOOK_COLUMNS: usize = 8;
pub(crate) const LOOKS: &str = "SELECT looked_at, person, party, contract, what, face FROM look WHERE ledger = $1 \
                                ORDER BY looked_at, id";

pub(crate) const ALL_COMMANDS: &str =
    "SELECT command_key, digest, first_entry, last_entry FROM command WHERE ledger = $1";
pub(crate) const ALL_FILES: &str = "SELECT sha256 FROM file WHERE ledger = $1 ORDER BY sha256";
/// Followed by [`list`] of the hashes, from `$2`.
pub(crate) const KEPT_FILES: &str = "SELECT sha256 FROM file WHERE ledger = $1 AND sha256 IN ";
pub(crate) const PUT_FILE: &str =
    "INSERT INTO file (ledger, sha256, content) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
pub(crate) const GET_FILE: &str = "SELECT content FROM file WHERE ledger = $1 AND sha256 = $2";

/// `($1, $2), ($3, $4)`: `count` rows of `width` parameters, the first of them `$from`.
pub(crate) fn rows(count: usize, width: usize, from: usize) -> String {
    let row = |r: usize| list(width, from + r * width);
    (0..count).map(row).collect::<Vec<_>>().join(", ")
}

/// `($2, $3, $4)`: one list of `count` parameters, the first of them `$from`.
pub(crate) fn list(count: usize, from: usize) -> String {
    let parameters: Vec<String> = (from..from + count).map(|n| format!("${n}")).collect();
    format!("({})", parameters.join(", "))
}

/// Cuts `items` into parts of 64, 32, 16 and so on down to 1, so that a statement has one of seven texts,
/// which an engine prepares once, and never more parameters than it takes.
pub(crate) fn parts<T>(items: &[T]) -> impl Iterator<Item = &[T]> {
    let mut rest = items;
    std::iter::from_fn(move || {
        let size = 1usize << rest.len().checked_ilog2()?.min(6);
        let (part, after) = rest.split_at(size);
        rest = after;
        Some(part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_counted_across_rows() {
        assert_eq!(rows(2, 3, 1), "($1, $2, $3), ($4, $5, $6)");
        assert_eq!(list(2, 2), "($2, $3)");
    }

    #[test]
    fn parts_are_powers_of_two_and_make_the_whole() {
        let items: Vec<u32> = (0..203).collect();
        let lengths: Vec<usize> = parts(&items).map(<[u32]>::len).collect();
        assert_eq!(lengths, [64, 64, 64, 8, 2, 1]);
        assert_eq!(parts(&items).flatten().copied().collect::<Vec<_>>(), items);
        assert_eq!(parts::<u32>(&[]).count(), 0);
    }
}
