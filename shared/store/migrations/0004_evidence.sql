-- Two statements that the hub has signed about its log, of which the later does not continue the
-- earlier: proof that something acknowledged was dropped or altered. Never deleted.
CREATE TABLE evidence (
    id      INTEGER PRIMARY KEY,
    kept    BLOB NOT NULL, -- the TreeHead that was verified and kept
    shown   BLOB NOT NULL, -- the TreeHead that was shown later, as it came first
    proof   BLOB NOT NULL, -- the hashes that came with it, 32 bytes each
    said    BLOB NOT NULL UNIQUE, -- hash over both but for their times: the same contradiction again is no new one
    first_ms INTEGER NOT NULL, -- own clock
    last_ms INTEGER NOT NULL,
    times   INTEGER NOT NULL DEFAULT 1
);

-- At the hub: roots of the log's complete blocks of 4,096 entries (RFC 6962). Made from the entries,
-- may be thrown away; without them the root of the log is made from all entries.
CREATE TABLE log_block (
    block INTEGER PRIMARY KEY, -- entries 4096 * block + 1 .. 4096 * (block + 1)
    root  BLOB NOT NULL CHECK (length(root) = 32)
);

-- Receipt files look for the receipt of an entry by the time that stands in both.
CREATE INDEX receipt_by_time ON receipt (at_ms);
