-- Moves of all tasks stand in one order, so that a reader goes on where it stopped. Moves from before have no place.
ALTER TABLE events ADD COLUMN feed INTEGER;

CREATE INDEX events_feed ON events (feed) WHERE feed IS NOT NULL;

-- One row: the last place that was given. A deleted task's places are not given again.
CREATE TABLE feed (place INTEGER NOT NULL) STRICT;

INSERT INTO feed (place) VALUES (0);

CREATE TRIGGER events_take_places AFTER INSERT ON events
BEGIN
    UPDATE feed SET place = place + 1;
    UPDATE events SET feed = (SELECT place FROM feed) WHERE task_id = new.task_id AND number = new.number;
END;
