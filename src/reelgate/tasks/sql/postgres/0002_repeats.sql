-- By what a create that is sent again is known: the client's own key, unique in its project, and a hash of the request.
-- Both are columns of the task: they are written with it, and a task that is deleted frees its key.
ALTER TABLE tasks ADD COLUMN idempotency_key TEXT;
ALTER TABLE tasks ADD COLUMN fingerprint TEXT;

CREATE UNIQUE INDEX tasks_by_idempotency_key ON tasks (project_id, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX tasks_by_fingerprint ON tasks (fingerprint, created_at) WHERE fingerprint IS NOT NULL;
