-- The log: one row per event, and beside it what an append has to look up.
--
-- One text for PostgreSQL and SQLite. Only TEXT, BIGINT and BYTEA (SQLite keeps a blob as it is under any column
-- type), everything NOT NULL, the ledger first in every key so that a ledger can be moved to a shard of its own. No
-- sequences, triggers, foreign keys or savepoints. Moments are microseconds since 1970, in UTC.
--
-- Nothing here is ever updated or deleted but the head. On PostgreSQL give the role that serves people SELECT and
-- INSERT on every table and UPDATE on head alone; the role that migrates owns the tables.

-- The migrations this database has had.
CREATE TABLE schema_version (
    version BIGINT NOT NULL PRIMARY KEY
);

-- One row per ledger. An append locks it first, takes its entries from it and updates it last: that makes entries
-- gapless and their order the order of commits. The frontier is what the Merkle tree needs in order to grow: the
-- hashes of its complete subtrees, largest first, 32 bytes each. recorded_at means nothing while entry is 0.
CREATE TABLE head (
    ledger TEXT NOT NULL,
    entry BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    frontier BYTEA NOT NULL,
    PRIMARY KEY (ledger)
);

-- The envelope is the event: canonical JSON (RFC 8785), the very bytes that were hashed. The hash is its leaf hash
-- (RFC 6962). Every other column is a copy of something in the envelope, there to be searched.
CREATE TABLE event (
    ledger TEXT NOT NULL,
    entry BIGINT NOT NULL,
    stream TEXT NOT NULL,
    version BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    person TEXT NOT NULL,
    party TEXT NOT NULL,
    role TEXT NOT NULL,
    command_key TEXT NOT NULL,
    kind TEXT NOT NULL,
    v BIGINT NOT NULL,
    envelope BYTEA NOT NULL,
    hash BYTEA NOT NULL,
    PRIMARY KEY (ledger, entry),
    UNIQUE (ledger, stream, version)
);

-- The last entry recorded by a moment: what "as known at" asks.
CREATE INDEX event_by_time ON event (ledger, recorded_at, entry);

-- The commands that were carried out, for ever: a key that comes again answers with what it recorded first. The
-- digest is the SHA-256 of the command's canonical body. A command that recorded no event has last before first.
CREATE TABLE command (
    ledger TEXT NOT NULL,
    command_key TEXT NOT NULL,
    digest BYTEA NOT NULL,
    first_entry BIGINT NOT NULL,
    last_entry BIGINT NOT NULL,
    PRIMARY KEY (ledger, command_key)
);

-- Files that support a fact, and blocks of activity lines, by the SHA-256 of their content.
CREATE TABLE file (
    ledger TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    content BYTEA NOT NULL,
    PRIMARY KEY (ledger, sha256)
);
