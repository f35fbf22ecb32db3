-- Lives of this data folder that have ended: it was restored from an older copy, or copied, or
-- found to write beside another folder under one name. The present life is in meta.
CREATE TABLE life (
    incarnation BLOB PRIMARY KEY CHECK (length(incarnation) = 16),
    successor   BLOB NOT NULL CHECK (length(successor) = 16),
    reason      TEXT NOT NULL, -- see lives.rs
    ended_at_ms INTEGER NOT NULL,
    succession  BLOB NOT NULL, -- the Succession that introduces the successor, signed by both keys
    settled     INTEGER NOT NULL DEFAULT 0 -- 1: what the hub held of this life has been received
) WITHOUT ROWID;

-- Own entries in whose places the hub holds others, as they were. Their changes were written again
-- by a later life, on the heads that their author had seen.
CREATE TABLE rewritten (
    id           INTEGER PRIMARY KEY,
    incarnation  BLOB NOT NULL,
    scope        TEXT NOT NULL,
    seq          INTEGER NOT NULL,
    hash         BLOB NOT NULL,
    body         BLOB NOT NULL,
    stored_at_ms INTEGER NOT NULL,
    rewritten_at_ms INTEGER NOT NULL
);

-- Two folders of one node each have a life: what was last heard belongs to the life.
CREATE TABLE contact_of_life (
    incarnation     BLOB PRIMARY KEY,
    node            TEXT NOT NULL,
    last_contact_ms INTEGER NOT NULL,
    complete_to_ms  INTEGER, -- at that moment the node had nothing left to send
    pending         INTEGER NOT NULL, -- entries it said it still had
    clock_offset_ms INTEGER NOT NULL,
    software        TEXT NOT NULL,
    live            INTEGER NOT NULL -- a session is open
) WITHOUT ROWID;
INSERT INTO contact_of_life (incarnation, node, last_contact_ms, complete_to_ms, pending, clock_offset_ms, software, live)
    SELECT incarnation, node, last_contact_ms, complete_to_ms, pending, clock_offset_ms, software, live FROM contact;
DROP TABLE contact;
ALTER TABLE contact_of_life RENAME TO contact;

-- At a hub that lost entries: what came back, from whom, under which epoch.
CREATE TABLE recovered (
    epoch   TEXT NOT NULL,
    node    TEXT NOT NULL, -- who brought them
    author  BLOB NOT NULL, -- the incarnation that had written them
    entries INTEGER NOT NULL,
    PRIMARY KEY (epoch, node, author)
) WITHOUT ROWID;
