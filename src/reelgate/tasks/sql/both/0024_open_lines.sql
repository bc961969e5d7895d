-- beside 0015
-- The lines of a batch that go on, a few among thousands that have ended.
CREATE INDEX batch_lines_open ON batch_lines (batch_id, number) WHERE ok IS NULL;
