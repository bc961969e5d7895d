-- What PostgreSQL says in its own way.

-- create: write a group of tasks with their holds and first events; each parameter but `locked` is an array. A task
-- whose id or idempotency key is taken is left out. An id that was ever used stays taken, its ledger lines outlive the
-- task. Left out too is what the balance does not cover beside all others of the group, and, unless the accounts are
-- locked already, everything that a limit on spending or on tasks at once may stand against: sums over rows are as old
-- as the statement.
WITH given AS MATERIALIZED (
    SELECT * FROM unnest(
        {new_arrays}, CAST(:day AS BIGINT[]), CAST(:blobs AS TEXT[])
    ) WITH ORDINALITY AS new ({new_columns}, day, blobs, n)
), purse AS MATERIALIZED (
    SELECT project_id, funds, held + charged AS spent FROM accounts
    WHERE project_id = ANY(CAST(:project_id AS TEXT[]))
    ORDER BY project_id
    FOR UPDATE
), judged AS MATERIALIZED (
    SELECT given.*, given.price_micros = 0 OR (
        (
            projects.floor_micros IS NULL
            OR purse.funds - SUM(given.price_micros) OVER (PARTITION BY given.project_id ORDER BY given.n)
                >= projects.floor_micros
        )
        AND (
            COALESCE(
                projects.spend_day_micros, projects.spend_total_micros, keys.spend_day_micros, keys.spend_total_micros
            ) IS NULL
            OR CAST(:locked AS BIGINT) = 1
            AND (
                projects.spend_total_micros IS NULL
                OR purse.spent + given.price_micros <= projects.spend_total_micros
            )
            AND (projects.spend_day_micros IS NULL OR given.price_micros + (
                SELECT COALESCE(SUM(held + charged), 0) FROM spending
                WHERE spending.project_id = given.project_id AND spending.day = given.day
            ) <= projects.spend_day_micros)
            AND (keys.spend_day_micros IS NULL OR given.price_micros + (
                SELECT COALESCE(SUM(held + charged), 0) FROM spending
                WHERE spending.key_id = given.key_id AND spending.day = given.day
            ) <= keys.spend_day_micros)
            AND (keys.spend_total_micros IS NULL OR given.price_micros + (
                SELECT COALESCE(SUM(held + charged), 0) FROM spending WHERE spending.key_id = given.key_id
            ) <= keys.spend_total_micros)
        )
    ) AS affordable, COALESCE(projects.tasks_at_once, keys.tasks_at_once) IS NULL OR projects.overflow = 'queue' OR (
        CAST(:locked AS BIGINT) = 1
        AND (projects.tasks_at_once IS NULL OR projects.tasks_at_once > (
            SELECT COUNT(*) FROM tasks
            WHERE finished_at IS NULL AND key_id IN (SELECT id FROM keys WHERE project_id = given.project_id)
        ))
        AND (keys.tasks_at_once IS NULL OR keys.tasks_at_once > (
            SELECT COUNT(*) FROM tasks WHERE finished_at IS NULL AND key_id = given.key_id
        ))
    ) AS fits
    FROM given
    LEFT JOIN purse ON purse.project_id = given.project_id
    LEFT JOIN projects ON projects.id = given.project_id
    LEFT JOIN keys ON keys.id = given.key_id
), born AS (
    INSERT INTO tasks (state, due_at, {new_columns})
    SELECT 'queued', created_at, {new_columns}
    FROM judged
    WHERE affordable AND fits AND NOT EXISTS (SELECT 1 FROM ledger WHERE ledger.subject = judged.id)
    ORDER BY n
    ON CONFLICT DO NOTHING
    RETURNING seq, id, project_id, key_id, model, price_micros, created_at
), reserved AS (
    INSERT INTO ledger (subject, project_id, kind, micros, at, key_id, model, day, note)
    SELECT id, project_id, 'hold', price_micros, created_at, key_id, model, created_at / 86400000, '' FROM born
), told AS (
    INSERT INTO events (task_id, number, at, name, source, target, note)
    SELECT id, 1, created_at, 'create', NULL, 'queued', '' FROM born
), kept AS (
    INSERT INTO task_blobs (task_id, name, blob, added_at)
    SELECT born.id, pair ->> 0, pair ->> 1, born.created_at
    FROM given
    JOIN born ON born.id = given.id
    CROSS JOIN LATERAL json_array_elements(CAST(given.blobs AS JSON)) AS pair
    ON CONFLICT (task_id, name) DO NOTHING
), noted AS (
    INSERT INTO task_metadata (task, name, value, owner)
    SELECT born.seq, note.key, note.value, born.project_id
    FROM given
    JOIN born ON born.id = given.id
    CROSS JOIN LATERAL json_each_text(CAST(given.metadata AS JSON)) AS note (key, value)
    WHERE given.metadata IS NOT NULL
)
SELECT judged.id, born.seq, judged.affordable, judged.fits FROM judged LEFT JOIN born ON born.id = judged.id ORDER BY judged.n;

-- lock_accounts: keep everybody else from spending a project's money until the transaction ends.
SELECT project_id FROM accounts WHERE project_id = ANY(CAST(:project_id AS TEXT[])) ORDER BY project_id FOR UPDATE;

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

-- take: lease the tasks of a queue that have been due longest; otherwise as claim.
UPDATE tasks
SET fence = fence + 1, lease_owner = :owner, lease_until = :until, due_at = :until
WHERE seq IN (
    SELECT seq FROM tasks
    WHERE finished_at IS NULL AND key_id = :key_id AND state = 'queued' AND provider = :provider
      AND offpeak = :offpeak AND due_at <= :now
      AND (lease_until IS NULL OR lease_until <= :now OR lease_owner = :owner)
    ORDER BY due_at, seq
    LIMIT :limit
    FOR UPDATE SKIP LOCKED
)
RETURNING {task};

-- overdue: tasks that wait for a provider although their time is over, and that nobody has in hand.
SELECT {task} FROM tasks
WHERE provider = :provider AND state = 'queued' AND due_at <= :now
  AND (lease_until IS NULL OR lease_until <= :now)
  AND created_at + 1000 * COALESCE(CAST(substring(request FROM '"expires_after":([0-9]+)') AS BIGINT), CAST(:seconds AS BIGINT)) < :now
ORDER BY due_at
LIMIT :limit;

-- lock_project: one at a time counts what a project has in hand, until its transaction ends.
SELECT id FROM projects WHERE id = :project_id FOR UPDATE;

-- lock_migrations: one process migrates at a time, until its transaction ends.
SELECT pg_advisory_xact_lock(7235420);

-- lock_audit: one change of projects and keys at a time, until its transaction ends.
SELECT pg_advisory_xact_lock(7235421);

-- add_blobs: a task refers to files; `blobs` is a JSON array of [name, blob].
INSERT INTO task_blobs (task_id, name, blob, added_at)
SELECT :id, pair ->> 0, pair ->> 1, :at FROM json_array_elements(CAST(:blobs AS JSON)) AS pair
ON CONFLICT (task_id, name) DO UPDATE SET blob = excluded.blob;

-- feed_last: the place of the last move that no transaction under way can precede.
SELECT feed_round, feed FROM events
WHERE feed IS NOT NULL AND events.feed_round < CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT)
ORDER BY feed_round DESC, feed DESC
LIMIT 1;

-- feed: the next moves behind a place, of all projects.
SELECT events.feed_round, events.feed, events.name, events.target, events.at, {task}
FROM events JOIN tasks ON tasks.id = events.task_id
WHERE events.feed IS NOT NULL
  AND (events.feed_round, events.feed) > (CAST(:round AS BIGINT), CAST(:number AS BIGINT))
  AND events.feed_round < CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT)
ORDER BY events.feed_round, events.feed
LIMIT :limit;

-- feed_of_project: the next moves behind a place, of one project.
SELECT events.feed_round, events.feed, events.name, events.target, events.at, {task}
FROM events JOIN tasks ON tasks.id = events.task_id
WHERE events.feed IS NOT NULL
  AND (events.feed_round, events.feed) > (CAST(:round AS BIGINT), CAST(:number AS BIGINT))
  AND events.feed_round < CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT)
  AND tasks.project_id = :project_id
ORDER BY events.feed_round, events.feed
LIMIT :limit;

-- feed_of_task: the next moves behind a place, of one task.
SELECT events.feed_round, events.feed, events.name, events.target, events.at, {task}
FROM events JOIN tasks ON tasks.id = events.task_id
WHERE events.feed IS NOT NULL
  AND (events.feed_round, events.feed) > (CAST(:round AS BIGINT), CAST(:number AS BIGINT))
  AND events.feed_round < CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT)
  AND events.task_id = :id
ORDER BY events.feed_round, events.feed
LIMIT :limit;

-- feed_rebase: a restored dump may hold transaction numbers that this server has yet to reach; they count as its first.
UPDATE events SET feed_round = 0
WHERE feed IS NOT NULL AND feed_round >= CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS TEXT) AS BIGINT);

-- list_noted: as list, of the tasks whose client noted `value` under `name`; `others` is a JSON object of further notes.
SELECT {task} FROM task_metadata AS noted JOIN tasks ON tasks.seq = noted.task
WHERE noted.owner = :project_id AND noted.name = :name AND noted.value = :value
  AND noted.task < :before_seq
  AND created_at >= :created_from
  AND created_at < :created_to
  AND (:model = '' OR model = :model)
  AND (:states = '' OR :states LIKE '%,' || state || ',%')
  AND NOT EXISTS (
      SELECT 1 FROM json_each_text(CAST(:others AS JSON)) AS wanted (key, value)
      WHERE NOT EXISTS (
          SELECT 1 FROM task_metadata AS other
          WHERE other.task = noted.task AND other.name = wanted.key AND other.value = wanted.value
      )
  )
ORDER BY noted.task DESC
LIMIT :limit OFFSET :offset;

-- list_ids: those of a list's tasks that are named by their ids, a JSON array; otherwise as list.
SELECT {task} FROM tasks
WHERE id IN (SELECT json_array_elements_text(CAST(:ids AS JSON)))
  AND project_id = :project_id
  AND created_at >= :created_from
  AND created_at < :created_to
  AND (:model = '' OR model = :model)
  AND (:states = '' OR :states LIKE '%,' || state || ',%')
  AND (:offpeak = -1 OR offpeak = :offpeak)
  AND seq < :before_seq
ORDER BY seq DESC
LIMIT :limit OFFSET :offset;

-- list_ids_oldest: the same, oldest first.
SELECT {task} FROM tasks
WHERE id IN (SELECT json_array_elements_text(CAST(:ids AS JSON)))
  AND project_id = :project_id
  AND created_at >= :created_from
  AND created_at < :created_to
  AND (:model = '' OR model = :model)
  AND (:states = '' OR :states LIKE '%,' || state || ',%')
  AND (:offpeak = -1 OR offpeak = :offpeak)
  AND seq > :before_seq
ORDER BY seq
LIMIT :limit OFFSET :offset;

-- count_ids: how many there are.
SELECT COUNT(*) FROM tasks
WHERE id IN (SELECT json_array_elements_text(CAST(:ids AS JSON)))
  AND project_id = :project_id
  AND created_at >= :created_from
  AND created_at < :created_to
  AND (:model = '' OR model = :model)
  AND (:states = '' OR :states LIKE '%,' || state || ',%')
  AND (:offpeak = -1 OR offpeak = :offpeak);

-- hasten: look sooner at running jobs that nobody has in hand; `due` is a JSON array of [id, time].
UPDATE tasks
SET due_at = wanted.at
FROM (SELECT pair ->> 0 AS id, CAST(pair ->> 1 AS BIGINT) AS at FROM json_array_elements(CAST(:due AS JSON)) AS pair) AS wanted
WHERE tasks.id = wanted.id AND tasks.state = 'running' AND tasks.lease_until IS NULL AND tasks.due_at > wanted.at;

-- feed_told: the next moves behind a place, up to another one, that somebody is to be told of.
SELECT events.feed_round, events.feed, events.name, events.source, events.target, events.at, {task}
FROM events JOIN tasks ON tasks.id = events.task_id
WHERE events.feed IS NOT NULL
  AND (events.feed_round, events.feed) > (CAST(:round AS BIGINT), CAST(:number AS BIGINT))
  AND (events.feed_round, events.feed) <= (CAST(:last_round AS BIGINT), CAST(:last_number AS BIGINT))
  AND (
      tasks.project_id IN (SELECT project_id FROM webhooks WHERE off_at IS NULL AND url <> '')
      OR strpos(tasks.request, CAST(:mark AS TEXT)) > 0
  )
ORDER BY events.feed_round, events.feed
LIMIT :limit;

-- add_deliveries: what is to be told, a JSON array of rows; what is there already is left alone.
INSERT INTO deliveries (
    id, webhook_id, project_id, task_id, lane, url, shape, event, state, at, status, due_at, owner, fence, tried, tries,
    sent
)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
    value ->> 8, CAST(value ->> 9 AS BIGINT), 'waiting', CAST(:now AS BIGINT), '', 0, 0, '[]', ''
FROM json_array_elements(CAST(:rows AS JSON)) WITH ORDINALITY AS given (value, n)
ORDER BY n
ON CONFLICT (id) DO NOTHING;

-- claim_deliveries: take in hand what is due in a lane; of a task's only the first that a webhook was not told.
UPDATE deliveries SET owner = :owner, fence = fence + 1, due_at = CAST(:until AS BIGINT)
WHERE seq IN (
    SELECT seq FROM deliveries AS due
    WHERE lane = :lane AND status = 'waiting' AND due_at <= :now AND NOT EXISTS (
        SELECT 1 FROM deliveries AS before
        WHERE before.webhook_id = due.webhook_id AND before.task_id = due.task_id AND before.status = 'waiting'
          AND before.seq < due.seq AND due.task_id <> ''
    )
    ORDER BY due_at, seq
    LIMIT :limit
    FOR UPDATE SKIP LOCKED
)
RETURNING {delivery};

-- outbox_rebase: where a restored dump's feed was rebased, the outbox stands there too.
UPDATE outbox SET round = 0
WHERE round >= CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS TEXT) AS BIGINT);

-- bin_orphans: put those of a JSON array of files into the bin that nothing refers to.
INSERT INTO bin (blob)
SELECT listed.value FROM json_array_elements_text(CAST(:blobs AS JSON)) AS listed (value)
WHERE NOT EXISTS (SELECT 1 FROM task_blobs WHERE task_blobs.blob = listed.value)
  AND NOT EXISTS (SELECT 1 FROM assets WHERE assets.blob = listed.value)
ON CONFLICT (blob) DO NOTHING
RETURNING blob;
