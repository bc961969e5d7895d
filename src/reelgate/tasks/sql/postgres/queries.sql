-- What PostgreSQL says in its own way.

-- create: write a group of tasks with their holds and first events; each parameter is an array. A task whose id or
-- idempotency key is taken is left out. An id that was ever used stays taken, its ledger lines outlive the task.
WITH born AS (
    INSERT INTO tasks (
        id, project_id, key_id, dialect, model, provider, request_id, state, request, price_micros, created_at, due_at,
        idempotency_key, fingerprint
    )
    SELECT
        new.id, project_id, key_id, dialect, model, provider, request_id, 'queued', request, price_micros, at, at,
        idempotency_key, fingerprint
    FROM unnest(
        CAST(:id AS TEXT[]), CAST(:project_id AS TEXT[]), CAST(:key_id AS TEXT[]), CAST(:dialect AS TEXT[]),
        CAST(:model AS TEXT[]), CAST(:provider AS TEXT[]), CAST(:request_id AS TEXT[]), CAST(:request AS TEXT[]),
        CAST(:price_micros AS BIGINT[]), CAST(:at AS BIGINT[]),
        CAST(:idempotency_key AS TEXT[]), CAST(:fingerprint AS TEXT[])
    ) AS new (
        id, project_id, key_id, dialect, model, provider, request_id, request, price_micros, at,
        idempotency_key, fingerprint
    )
    WHERE NOT EXISTS (SELECT 1 FROM ledger WHERE ledger.task_id = new.id)
    ON CONFLICT DO NOTHING
    RETURNING seq, id, project_id, price_micros, created_at
), held AS (
    INSERT INTO ledger (task_id, project_id, kind, micros, at)
    SELECT id, project_id, 'hold', price_micros, created_at FROM born
), told AS (
    INSERT INTO events (task_id, number, at, name, source, target, note)
    SELECT id, 1, created_at, 'create', NULL, 'queued', '' FROM born
), kept AS (
    INSERT INTO task_blobs (task_id, name, blob, added_at)
    SELECT born.id, pair ->> 0, pair ->> 1, born.created_at
    FROM unnest(CAST(:id AS TEXT[]), CAST(:blobs AS TEXT[])) AS new (id, blobs)
    JOIN born ON born.id = new.id
    CROSS JOIN LATERAL json_array_elements(CAST(new.blobs AS JSON)) AS pair
    ON CONFLICT (task_id, name) DO NOTHING
)
SELECT id, seq FROM born;

-- claim: lease due tasks, oldest due first. A task in hand is due when its lease ends, so nobody claims it twice.
WITH due AS MATERIALIZED (
    SELECT found.seq
    FROM json_array_elements_text(CAST(:states AS JSON)) AS wanted (state)
    CROSS JOIN LATERAL (
        SELECT seq, due_at FROM tasks
        WHERE provider = :provider AND tasks.state = wanted.state AND due_at <= :now
          AND (lease_until IS NULL OR lease_until <= :now OR lease_owner = :owner)
        ORDER BY due_at, seq
        LIMIT :limit
        FOR UPDATE SKIP LOCKED
    ) AS found
    ORDER BY found.due_at, found.seq
    LIMIT :limit
)
UPDATE tasks
SET fence = fence + 1, lease_owner = :owner, lease_until = :until, due_at = :until
WHERE seq IN (SELECT seq FROM due)
RETURNING {task};

-- lock_migrations: one process migrates at a time, until its transaction ends.
SELECT pg_advisory_xact_lock(7235420);

-- lock_audit: one change of projects and keys at a time, until its transaction ends.
SELECT pg_advisory_xact_lock(7235421);

-- add_blobs: a task refers to files; `blobs` is a JSON array of [name, blob].
INSERT INTO task_blobs (task_id, name, blob, added_at)
SELECT :id, pair ->> 0, pair ->> 1, :at FROM json_array_elements(CAST(:blobs AS JSON)) AS pair
ON CONFLICT (task_id, name) DO UPDATE SET blob = excluded.blob;
