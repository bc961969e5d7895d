-- beside 0015
-- The client's own notes on a task (JSON), and a row for each of them, by which tasks are found.
ALTER TABLE tasks ADD COLUMN metadata TEXT;

CREATE TABLE task_metadata (
    task {integer} NOT NULL REFERENCES tasks (seq) ON DELETE CASCADE,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    owner TEXT NOT NULL,
    PRIMARY KEY (task, name)
){keyed};

CREATE INDEX task_metadata_by_value ON task_metadata (owner, name, value, task);
