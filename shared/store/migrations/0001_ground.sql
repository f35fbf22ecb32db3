-- Ground: what is exchanged and kept for ever. It migrates; it is never made again.
-- Derived tables stand in derived.sql and are thrown away freely.

CREATE TABLE meta (
    key   TEXT PRIMARY KEY, -- see open.rs for the keys
    value TEXT NOT NULL
) WITHOUT ROWID;

-- One append-only sequence of one (incarnation, scope), with its head.
CREATE TABLE feed (
    id          INTEGER PRIMARY KEY,
    incarnation BLOB NOT NULL CHECK (length(incarnation) = 16),
    scope       TEXT NOT NULL,
    seq         INTEGER NOT NULL, -- of the last entry
    hash        BLOB NOT NULL CHECK (length(hash) = 32), -- chain hash there
    receipt_seq  INTEGER NOT NULL DEFAULT 0, -- at a node: up to here the hub has given receipts
    receipt_hash BLOB,
    UNIQUE (incarnation, scope)
);

-- An entry is never updated but for the hub's position, and never deleted.
CREATE TABLE entry (
    lsn          INTEGER PRIMARY KEY, -- this replica's own order, without gaps; at the hub, the log
    feed         INTEGER NOT NULL REFERENCES feed (id),
    seq          INTEGER NOT NULL CHECK (seq >= 1),
    hash         BLOB NOT NULL CHECK (length(hash) = 32),
    body         BLOB NOT NULL, -- an EntryBody as it was written
    withheld     INTEGER NOT NULL DEFAULT 0, -- so many entries just before it lie in quarantine
    stored_at_ms INTEGER NOT NULL, -- when this replica committed it
    hub_lsn      INTEGER, -- NULL: no receipt yet; 0: the hub refused it
    hub_at_ms    INTEGER, -- when the hub received it
    UNIQUE (feed, seq)
);
CREATE INDEX entry_without_receipt ON entry (lsn) WHERE hub_lsn IS NULL;

-- Entries of a signed chain that may not enter the log, or whose content was refused: kept with
-- the reason, applied nowhere.
CREATE TABLE quarantine (
    id          INTEGER PRIMARY KEY,
    node        TEXT NOT NULL, -- who sent it, by certificate
    incarnation BLOB NOT NULL,
    scope       TEXT NOT NULL,
    seq         INTEGER NOT NULL,
    hash        BLOB NOT NULL,
    code        TEXT NOT NULL,
    detail      TEXT NOT NULL,
    body        BLOB NOT NULL,
    at_ms       INTEGER NOT NULL,
    lsn         INTEGER -- set when the entry is in the log and only its content was refused
);
CREATE INDEX quarantine_by_feed ON quarantine (incarnation, scope, seq);

-- Pushes that were refused as a whole: forged, altered, forked. Nothing vouches for them.
CREATE TABLE refused_push (
    id          INTEGER PRIMARY KEY,
    node        TEXT NOT NULL,
    incarnation BLOB NOT NULL,
    scope       TEXT NOT NULL,
    seq         INTEGER NOT NULL,
    code        TEXT NOT NULL,
    detail      TEXT NOT NULL,
    body        BLOB NOT NULL,
    at_ms       INTEGER NOT NULL
);
CREATE INDEX refused_push_by_feed ON refused_push (incarnation, scope, seq);

-- Signatures of incarnations over the heads of their feeds, as evidence.
CREATE TABLE signed_heads (
    incarnation BLOB NOT NULL,
    at_ms       INTEGER NOT NULL,
    message     BLOB NOT NULL -- a SignedHeads
);

-- The hub's receipts as the node got them, as evidence.
CREATE TABLE receipt (
    id      INTEGER PRIMARY KEY,
    at_ms   INTEGER NOT NULL,
    message BLOB NOT NULL -- a Receipt
);

-- One-time join tokens, by the hash of their secret.
CREATE TABLE token (
    secret_hash BLOB PRIMARY KEY,
    unit        TEXT NOT NULL,
    expires_at_ms INTEGER NOT NULL,
    used_by     TEXT -- the node that used it
) WITHOUT ROWID;

-- What the hub last heard from each node.
CREATE TABLE contact (
    node            TEXT PRIMARY KEY,
    incarnation     BLOB NOT NULL,
    last_contact_ms INTEGER NOT NULL,
    complete_to_ms  INTEGER, -- at that moment the node had nothing left to send
    pending         INTEGER NOT NULL, -- entries it said it still had
    clock_offset_ms INTEGER NOT NULL,
    software        TEXT NOT NULL,
    live            INTEGER NOT NULL -- a session is open
) WITHOUT ROWID;

-- What the last import of a spreadsheet said of a point: the next import of a corrected file
-- changes just what the file has changed since.
CREATE TABLE import_base (
    record BLOB PRIMARY KEY,
    fields TEXT NOT NULL -- JSON: key to value
) WITHOUT ROWID;
