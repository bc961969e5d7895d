-- When a task's hold ends at the latest, as things stand (ms); NULL while that follows from its other times.
ALTER TABLE tasks ADD COLUMN hold_until BIGINT;

CREATE INDEX tasks_by_hold ON tasks (hold_until) WHERE hold_until IS NOT NULL AND finished_at IS NULL;

-- Submissions whose task has ended although nobody knows whether a vendor took them, and so may have to be paid for. They
-- outlive their task. `due_at` is when one is looked for again, NULL once that is left to the operator; `outcome` is ''
-- while it is open.
CREATE TABLE parked (
    attempt_id TEXT PRIMARY KEY,
    task_id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    provider TEXT NOT NULL,
    model TEXT NOT NULL,
    sent_at BIGINT NOT NULL,
    parked_at BIGINT NOT NULL,
    due_at BIGINT,
    upstream_ref TEXT,
    outcome TEXT NOT NULL CHECK (outcome IN ('', 'late', 'failed', 'not_taken', 'written_off')),
    settled_at BIGINT,
    CHECK ((outcome = '') = (settled_at IS NULL)),
    CHECK (settled_at IS NULL OR due_at IS NULL)
);

CREATE INDEX parked_due ON parked (provider, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX parked_open ON parked (parked_at) WHERE outcome = '';

-- What vendors are owed for, and no client paid: one line for each submission, which outlives its task. `micros` is NULL
-- where the catalog does not know the vendor's price.
CREATE TABLE losses (
    attempt_id TEXT PRIMARY KEY,
    task_id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    provider TEXT NOT NULL,
    model TEXT NOT NULL,
    micros BIGINT CHECK (micros >= 0),
    at BIGINT NOT NULL,
    reason TEXT NOT NULL
);

CREATE INDEX losses_by_age ON losses (at);

CREATE TRIGGER losses_keep_their_lines BEFORE UPDATE OR DELETE OR TRUNCATE ON losses
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
