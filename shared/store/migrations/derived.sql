-- Derived: made from the entries by the projector; dropped and made again when DERIVED_VERSION
-- changes, or by hand, to equal bytes.

CREATE TABLE projection (
    one      INTEGER PRIMARY KEY CHECK (one = 1),
    position INTEGER NOT NULL -- lsn of the last entry that documents and views contain
);
INSERT INTO projection VALUES (1, 0);

-- One Automerge document a record.
CREATE TABLE document (
    record BLOB PRIMARY KEY CHECK (length(record) = 16),
    kind   TEXT NOT NULL,
    scope  TEXT NOT NULL,
    owner  TEXT NOT NULL,
    heads  BLOB NOT NULL, -- sorted, 32 bytes each
    bytes  BLOB NOT NULL
);
CREATE INDEX document_by_kind ON document (kind);

-- Which entry carries a change.
CREATE TABLE change (
    hash   BLOB PRIMARY KEY,
    record BLOB NOT NULL,
    lsn    INTEGER NOT NULL
) WITHOUT ROWID;

CREATE INDEX change_by_record ON change (record, lsn);

-- Changes whose cause is not here yet; tried again with whatever comes for their record.
CREATE TABLE waiting (
    change BLOB PRIMARY KEY,
    record BLOB NOT NULL,
    lsn    INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX waiting_by_record ON waiting (record);

-- A record as it reads: fields with contests, as JSON of keng_domain::field::Fields.
CREATE TABLE view_record (
    record BLOB PRIMARY KEY,
    kind   TEXT NOT NULL,
    scope  TEXT NOT NULL,
    owner  TEXT NOT NULL,
    model  BLOB,          -- of a point: its model; of a merged model: the one it went into; of others: what they belong to
    lookup TEXT NOT NULL, -- name key of a model; unit and place key of a point; hash of a document's file; unit and period, quarter, year of others
    fields TEXT NOT NULL,
    withdrawn INTEGER NOT NULL DEFAULT 0 -- a model or point that is in no list, count or report
);
CREATE INDEX view_record_by_kind ON view_record (kind, lookup);
CREATE INDEX view_record_by_model ON view_record (model) WHERE model IS NOT NULL;

CREATE TABLE view_contest (
    id      TEXT PRIMARY KEY, -- from record, field and the candidates' changes
    record  BLOB NOT NULL,
    field   TEXT NOT NULL,
    contest TEXT NOT NULL -- JSON of keng_domain::field::Contest
) WITHOUT ROWID;
CREATE INDEX view_contest_by_record ON view_contest (record);

-- Different fields of one record, written by people who did not know of each other. A line goes
-- away with the next edit that has seen them all.
CREATE TABLE view_parallel (
    record  BLOB PRIMARY KEY,
    written TEXT NOT NULL -- JSON: a list of keng_domain::field::Parallel
) WITHOUT ROWID;

-- The register of nodes: who stands behind an incarnation.
CREATE TABLE view_author (
    incarnation BLOB PRIMARY KEY,
    node        TEXT NOT NULL,
    unit        TEXT NOT NULL,
    catalogue   TEXT, -- in which the unit is one; NULL: the first that has the code
    public_key  BLOB NOT NULL,
    is_hub      INTEGER NOT NULL,
    revoked_at     TEXT, -- RFC 3339; NULL: not revoked
    revoked_reason TEXT
) WITHOUT ROWID;
CREATE INDEX view_author_by_node ON view_author (node);

-- Keys of persons' records that were erased: their files go from this data folder, and none comes again.
CREATE TABLE view_erased (
    hash BLOB PRIMARY KEY
) WITHOUT ROWID;

-- What the points of a model come to, before merges, for the years for which there are ratings.
-- Kept by adding and taking away.
CREATE TABLE view_tally (
    year      INTEGER NOT NULL,
    model     BLOB NOT NULL,    -- as the points name it; empty: none
    records   INTEGER NOT NULL, -- points that name it
    rated     INTEGER NOT NULL, -- of these, with a rating for the year
    points    INTEGER NOT NULL, -- this and what follows: keng_domain::explanation::Tally
    eligible  INTEGER NOT NULL,
    effective INTEGER NOT NULL,
    unrated   INTEGER NOT NULL,
    contested INTEGER NOT NULL,
    PRIMARY KEY (year, model)
) WITHOUT ROWID;

-- Verdicts of the years for which there are ratings, after merges.
CREATE TABLE view_verdict (
    year      INTEGER NOT NULL,
    model     BLOB NOT NULL,
    judgement TEXT NOT NULL, -- JSON of keng_domain::explanation::Judgement
    PRIMARY KEY (year, model)
) WITHOUT ROWID;
