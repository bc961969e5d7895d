-- What is kept for a time only is found by its age.
CREATE INDEX tasks_by_end ON tasks (finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX task_blobs_by_age ON task_blobs (added_at);
