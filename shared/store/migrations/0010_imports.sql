-- Imports at this machine, so that each can be taken back as one act. What an import wrote travels
-- as ordinary edits; that it was an import, and what stood there before, is of this machine alone.
CREATE TABLE import (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    file         TEXT NOT NULL,
    officer      TEXT NOT NULL,
    at_ms        INTEGER NOT NULL, -- own clock
    lsn          INTEGER NOT NULL, -- of its last entry; what is written later is not its own
    counts       TEXT NOT NULL,    -- JSON: rows, new, changed, unchanged, rejected
    undone_at_ms INTEGER,
    undone_by    TEXT
);

-- What an import did to each record, in the order of its rows.
CREATE TABLE import_deed (
    import  INTEGER NOT NULL REFERENCES import (id),
    n       INTEGER NOT NULL,
    record  BLOB NOT NULL CHECK (length(record) = 16),
    created INTEGER NOT NULL,
    before  TEXT NOT NULL, -- JSON: key to value; a key of `after` that is missing was contested
    after   TEXT NOT NULL, -- JSON: key to value
    base    TEXT,          -- what import_base held
    PRIMARY KEY (import, n)
) WITHOUT ROWID;

-- What officers have said once of files: which column is which, which name means which model.
CREATE TABLE import_memory (
    kind  TEXT NOT NULL,
    key   TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (kind, key)
) WITHOUT ROWID;
