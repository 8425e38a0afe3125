-- Signed checkpoints: the length and the root of a ledger at one moment, under its keeper's key (C2SP tlog-checkpoint).
-- A checkpoint can be made again from the key and the events, and proves more where somebody else keeps a copy.
CREATE TABLE checkpoint (
    ledger TEXT NOT NULL,
    entry BIGINT NOT NULL,
    origin TEXT NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (ledger, entry, origin)
);
