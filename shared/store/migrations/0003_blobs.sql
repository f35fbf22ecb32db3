-- Files of documents. Only the bookkeeping is here; the bytes lie in the folder `blobs`, each
-- under its hash. In the database they would be written twice (the journal, then the pages),
-- push the figures out of its cache, and hold the writing thread for as long as a disk takes.

CREATE TABLE blob (
    hash          BLOB PRIMARY KEY CHECK (length(hash) = 32), -- SHA-256 of the content
    bytes         INTEGER NOT NULL CHECK (bytes > 0),
    here          INTEGER NOT NULL, -- 1: whole and verified in this data folder
    stored_at_ms  INTEGER NOT NULL, -- when it was first heard of here
    node          TEXT NOT NULL DEFAULT '', -- at the hub: who brought it
    hub_have      INTEGER NOT NULL DEFAULT 0, -- at a node: so many bytes the hub said it holds
    receipt_epoch BLOB, -- of the hub's log: a hub that was restored is asked again
    receipt_at_ms INTEGER, -- by the hub's clock
    receipt       BLOB -- a BlobReceipt, as evidence
) WITHOUT ROWID;
CREATE INDEX blob_by_node ON blob (node);

-- Files of which a part has come. The file in `blobs/partial` may be longer than `durable`: what
-- is beyond it may not have survived a power cut, and is cut off when the file is opened again.
CREATE TABLE blob_arrival (
    hash    BLOB NOT NULL CHECK (length(hash) = 32),
    node    TEXT NOT NULL, -- who brings it; '' at a node that fetches
    bytes   INTEGER NOT NULL, -- of the whole file
    durable INTEGER NOT NULL,
    at_ms   INTEGER NOT NULL,
    PRIMARY KEY (hash, node)
) WITHOUT ROWID;
CREATE INDEX blob_arrival_by_node ON blob_arrival (node);
