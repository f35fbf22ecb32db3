-- At the hub: logs that nodes say they have verified, and that are not the hub's own of that epoch:
-- it was rolled back or altered, or the node lies. Never deleted.
CREATE TABLE sighting (
    id       INTEGER PRIMARY KEY,
    node     TEXT NOT NULL,
    epoch    BLOB NOT NULL CHECK (length(epoch) = 16),
    size     INTEGER NOT NULL, -- of the log that the node has verified
    root     BLOB NOT NULL CHECK (length(root) = 32), -- its root, as the node says
    our_size INTEGER NOT NULL, -- of the hub's log when it was told first
    first_ms INTEGER NOT NULL, -- own clock
    last_ms  INTEGER NOT NULL,
    times    INTEGER NOT NULL DEFAULT 1,
    UNIQUE (node, epoch, size, root)
);
