-- Moves of all tasks stand in one order, so that a reader goes on where it stopped. Moves from before have no place.
-- Transactions end in another order than they begin, so a place is the number of its transaction, then its own: what
-- stands before the oldest transaction under way is complete.
ALTER TABLE events ADD COLUMN feed BIGINT;
ALTER TABLE events ADD COLUMN feed_round BIGINT;

CREATE SEQUENCE feed_places;

ALTER TABLE events ALTER COLUMN feed SET DEFAULT nextval('feed_places');
ALTER TABLE events ALTER COLUMN feed_round SET DEFAULT CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT);

CREATE INDEX events_feed ON events (feed_round, feed) WHERE feed IS NOT NULL;
