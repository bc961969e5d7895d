-- beside 0015
-- A project's ended tasks by their state, so that few are found and counted among a million others. A task is written
-- into it once, when it ends.
CREATE INDEX tasks_ended ON tasks (project_id, state, seq) WHERE finished_at IS NOT NULL;
