-- beside 0015
-- The W3C `traceparent` of a task's create, so that work after a restart belongs to the same trace; NULL: not traced.
ALTER TABLE tasks ADD COLUMN trace TEXT;
