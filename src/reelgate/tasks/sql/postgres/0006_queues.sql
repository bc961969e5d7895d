-- Waiting tasks are handed out key by key, those that may wait for off-peak hours apart; open tasks are counted by key.
ALTER TABLE tasks ADD COLUMN offpeak BIGINT NOT NULL DEFAULT 0 CHECK (offpeak IN (0, 1));

UPDATE tasks SET offpeak = 1 WHERE request LIKE '%"offpeak":true%';

CREATE INDEX tasks_open ON tasks (key_id, state, provider, offpeak, due_at, seq) WHERE finished_at IS NULL;

-- How many tasks of each key are beyond the queue.
CREATE VIEW moving AS
SELECT keys.id AS key_id, keys.project_id, (
    SELECT COUNT(*) FROM tasks
    WHERE finished_at IS NULL AND tasks.key_id = keys.id
      AND state IN ('submitting', 'unknown', 'running', 'collecting')
) AS tasks
FROM keys;
