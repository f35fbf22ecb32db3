-- Readers of the log want the entries of their scopes: what others write costs them nothing.
CREATE INDEX entry_by_feed ON entry (feed, lsn);
CREATE INDEX feed_by_scope ON feed (scope);
