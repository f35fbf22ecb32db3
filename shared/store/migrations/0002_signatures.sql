-- Which signature stands for which entry: by the hash chain, one over the last entry of a feed
-- covers all before it. Readers of the log get it with the entries, so that nobody has to take
-- the hub's word for what a unit wrote (I4).

CREATE TABLE signed_heads_kept (
    id          INTEGER PRIMARY KEY,
    incarnation BLOB NOT NULL,
    at_ms       INTEGER NOT NULL,
    message     BLOB NOT NULL -- a SignedHeads
);
INSERT INTO signed_heads_kept (incarnation, at_ms, message)
    SELECT incarnation, at_ms, message FROM signed_heads ORDER BY rowid;
DROP TABLE signed_heads;
ALTER TABLE signed_heads_kept RENAME TO signed_heads;

CREATE TABLE feed_signature (
    feed   INTEGER NOT NULL REFERENCES feed (id),
    seq    INTEGER NOT NULL, -- signed up to here
    signed INTEGER NOT NULL REFERENCES signed_heads (id),
    PRIMARY KEY (feed, seq)
) WITHOUT ROWID;
CREATE INDEX feed_signature_by_message ON feed_signature (signed);
