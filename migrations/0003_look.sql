-- The access log: who looked at the prices of a contract of which their party is neither side. It stands beside the ledger
-- and is no part of it: nothing in it is sealed, exported, or counted in any figure.
CREATE TABLE look (
    ledger TEXT NOT NULL,
    id TEXT NOT NULL,
    looked_at BIGINT NOT NULL,
    person TEXT NOT NULL,
    party TEXT NOT NULL,
    contract TEXT NOT NULL,
    what TEXT NOT NULL,
    face TEXT NOT NULL,
    PRIMARY KEY (ledger, id)
);
