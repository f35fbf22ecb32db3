-- What the hub has read in the bundles of each incarnation: where its next return file begins.
CREATE TABLE bundle_peer (
    incarnation   BLOB PRIMARY KEY CHECK (length(incarnation) = 16),
    epoch         BLOB NOT NULL,   -- of the log that the cursor counts in; empty: none yet
    cursor        INTEGER NOT NULL, -- up to here the node holds its scopes
    acknowledged  BLOB NOT NULL,   -- a SignedHeads without signature: up to here it has receipts
    created_at_ms INTEGER NOT NULL -- by the node's clock: an older bundle does not move anything back
) WITHOUT ROWID;

-- Files of the last exports of an incarnation that were taken whole.
CREATE TABLE bundle_part (
    incarnation BLOB NOT NULL,
    export      BLOB NOT NULL,
    part        INTEGER NOT NULL,
    last        INTEGER NOT NULL, -- no file of the export comes after this one
    taken_at_ms INTEGER NOT NULL,
    PRIMARY KEY (incarnation, export, part)
) WITHOUT ROWID;
