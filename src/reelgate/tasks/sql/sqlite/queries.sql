-- What SQLite says in its own way.

-- add_task: write a task down, unless its id or its idempotency key is taken.
-- An id that was ever used stays taken, its ledger lines outlive the task.
INSERT INTO tasks (state, due_at, {new_columns})
SELECT 'queued', :created_at, {new_values}
WHERE NOT EXISTS (SELECT 1 FROM ledger WHERE subject = :id)
ON CONFLICT DO NOTHING
RETURNING seq;

-- hold: reserve a task's price, unless the balance or a limit on what may be spent stands against it.
INSERT INTO ledger (subject, project_id, kind, micros, at, key_id, model, day, note)
SELECT :id, :project_id, 'hold', :price_micros, :at, :key_id, :model, :day, ''
FROM (SELECT 1) AS one
LEFT JOIN projects ON projects.id = :project_id
LEFT JOIN accounts ON accounts.project_id = :project_id
LEFT JOIN keys ON keys.id = :key_id
WHERE :price_micros = 0 OR (
    (projects.floor_micros IS NULL OR accounts.funds - :price_micros >= projects.floor_micros)
    AND (
        projects.spend_total_micros IS NULL
        OR accounts.held + accounts.charged + :price_micros <= projects.spend_total_micros
    )
    AND (projects.spend_day_micros IS NULL OR :price_micros + (
        SELECT COALESCE(SUM(held + charged), 0) FROM spending WHERE project_id = :project_id AND day = :day
    ) <= projects.spend_day_micros)
    AND (keys.spend_day_micros IS NULL OR :price_micros + (
        SELECT COALESCE(SUM(held + charged), 0) FROM spending WHERE key_id = :key_id AND day = :day
    ) <= keys.spend_day_micros)
    AND (keys.spend_total_micros IS NULL OR :price_micros + (
        SELECT COALESCE(SUM(held + charged), 0) FROM spending WHERE key_id = :key_id
    ) <= keys.spend_total_micros)
)
RETURNING subject;

-- room: whether a project and its key, where they may not queue more, have no more open tasks than they may.
SELECT 1
FROM (SELECT 1) AS one
LEFT JOIN projects ON projects.id = :project_id
LEFT JOIN keys ON keys.id = :key_id
WHERE COALESCE(projects.tasks_at_once, keys.tasks_at_once) IS NULL
   OR projects.overflow = 'queue'
   OR (
        (projects.tasks_at_once IS NULL OR projects.tasks_at_once >= (
            SELECT COUNT(*) FROM tasks
            WHERE finished_at IS NULL AND key_id IN (SELECT id FROM keys WHERE project_id = :project_id)
        ))
        AND (keys.tasks_at_once IS NULL OR keys.tasks_at_once >= (
            SELECT COUNT(*) FROM tasks WHERE finished_at IS NULL AND key_id = :key_id
        ))
    );

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
)
RETURNING {task};

-- overdue: tasks that wait for a provider although their time is over, and that nobody has in hand.
SELECT {task} FROM tasks
WHERE provider = :provider AND state = 'queued' AND due_at <= :now
  AND (lease_until IS NULL OR lease_until <= :now)
  AND created_at + 1000 * COALESCE(json_extract(request, '$.expires_after'), :seconds) < :now
ORDER BY due_at
LIMIT :limit;

-- lock_project: one at a time counts what a project has in hand; SQLite has one writer anyway.
SELECT 1;

-- claim: lease due tasks, oldest due first. A task in hand is due when its lease ends, so nobody claims it twice.
UPDATE tasks
SET fence = fence + 1, lease_owner = :owner, lease_until = :until, due_at = :until
WHERE seq IN (
    SELECT due.seq
    FROM json_each(:states) AS wanted
    JOIN tasks AS due ON due.seq IN (
        SELECT seq FROM tasks
        WHERE provider = :provider AND state = wanted.value AND due_at <= :now
          AND (lease_until IS NULL OR lease_until <= :now OR lease_owner = :owner)
        ORDER BY due_at, seq
        LIMIT :limit
    )
    ORDER BY due.due_at, due.seq
    LIMIT :limit
)
RETURNING {task};

-- lock_audit: one change of projects and keys at a time; SQLite has one writer anyway.
SELECT 1;

-- add_blobs: a task refers to files; `blobs` is a JSON array of [name, blob].
INSERT INTO task_blobs (task_id, name, blob, added_at)
SELECT :id, json_extract(value, '$[0]'), json_extract(value, '$[1]'), :at FROM json_each(:blobs) WHERE true
ON CONFLICT (task_id, name) DO UPDATE SET blob = excluded.blob;

-- add_metadata: the client's own notes on a task, of which `metadata` is a JSON object.
INSERT INTO task_metadata (task, name, value, owner)
SELECT tasks.seq, noted.key, noted.value, tasks.project_id
FROM tasks, json_each(tasks.metadata) AS noted WHERE tasks.id = :id;

-- feed_last: the place of the last move; one thread writes, so places have no gaps that are filled later.
SELECT 0, place FROM feed;

-- feed: the next moves behind a place, of all projects.
SELECT 0, events.feed, events.name, events.target, events.at, {task}
FROM events JOIN tasks ON tasks.id = events.task_id
WHERE events.feed > :number AND :round = 0
ORDER BY events.feed
LIMIT :limit;

-- feed_of_project: the same of one project.
SELECT 0, events.feed, events.name, events.target, events.at, {task}
FROM events JOIN tasks ON tasks.id = events.task_id
WHERE events.feed > :number AND :round = 0 AND tasks.project_id = :project_id
ORDER BY events.feed
LIMIT :limit;

-- feed_of_task: the same of one task.
SELECT 0, events.feed, events.name, events.target, events.at, {task}
FROM events JOIN tasks ON tasks.id = events.task_id
WHERE events.task_id = :id AND events.feed > :number AND :round = 0
ORDER BY events.number
LIMIT :limit;

-- list_noted: as list, of the tasks whose client noted `value` under `name`; `others` is a JSON object of further notes.
SELECT {task} FROM task_metadata AS noted JOIN tasks ON tasks.seq = noted.task
WHERE noted.owner = :project_id AND noted.name = :name AND noted.value = :value
  AND noted.task < :before_seq
  AND created_at >= :created_from
  AND created_at < :created_to
  AND (:model = '' OR model = :model)
  AND (:states = '' OR :states LIKE '%,' || state || ',%')
  AND NOT EXISTS (
      SELECT 1 FROM json_each(:others) AS wanted
      WHERE NOT EXISTS (
          SELECT 1 FROM task_metadata AS other
          WHERE other.task = noted.task AND other.name = wanted.key AND other.value = wanted.value
      )
  )
ORDER BY noted.task DESC
LIMIT :limit OFFSET :offset;

-- list_ids: those of a list's tasks that are named by their ids, a JSON array; otherwise as list; the
-- plus signs keep the ids' own index in use.
SELECT {task} FROM tasks
WHERE id IN (SELECT value FROM json_each(:ids))
  AND +project_id = :project_id
  AND +created_at >= :created_from
  AND +created_at < :created_to
  AND (:model = '' OR model = :model)
  AND (:states = '' OR :states LIKE '%,' || state || ',%')
  AND (:offpeak = -1 OR offpeak = :offpeak)
  AND +seq < :before_seq
ORDER BY +seq DESC
LIMIT :limit OFFSET :offset;

-- list_ids_oldest: the same, oldest first.
SELECT {task} FROM tasks
WHERE id IN (SELECT value FROM json_each(:ids))
  AND +project_id = :project_id
  AND +created_at >= :created_from
  AND +created_at < :created_to
  AND (:model = '' OR model = :model)
  AND (:states = '' OR :states LIKE '%,' || state || ',%')
  AND (:offpeak = -1 OR offpeak = :offpeak)
  AND +seq > :before_seq
ORDER BY +seq
LIMIT :limit OFFSET :offset;

-- count_ids: how many there are.
SELECT COUNT(*) FROM tasks
WHERE id IN (SELECT value FROM json_each(:ids))
  AND +project_id = :project_id
  AND +created_at >= :created_from
  AND +created_at < :created_to
  AND (:model = '' OR model = :model)
  AND (:states = '' OR :states LIKE '%,' || state || ',%')
  AND (:offpeak = -1 OR offpeak = :offpeak);

-- hasten: look sooner at running jobs that nobody has in hand; `due` is a JSON array of [id, time].
UPDATE tasks
SET due_at = wanted.at
FROM (SELECT value ->> 0 AS id, CAST(value ->> 1 AS INTEGER) AS at FROM json_each(:due)) AS wanted
WHERE tasks.id = wanted.id AND tasks.state = 'running' AND tasks.lease_until IS NULL AND tasks.due_at > wanted.at;

-- feed_told: the next moves behind a place, up to another one, that somebody is to be told of.
SELECT 0, events.feed, events.name, events.source, events.target, events.at, {task}
FROM events JOIN tasks ON tasks.id = events.task_id
WHERE events.feed > :number AND events.feed <= :last_number AND :round <= :last_round
  AND (
      tasks.project_id IN (SELECT project_id FROM webhooks WHERE off_at IS NULL AND url <> '')
      OR instr(tasks.request, :mark) > 0
  )
ORDER BY events.feed
LIMIT :limit;

-- add_deliveries: what is to be told, a JSON array of rows; what is there already is left alone.
INSERT INTO deliveries (
    id, webhook_id, project_id, task_id, lane, url, shape, event, state, at, status, due_at, owner, fence, tried, tries,
    sent
)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
    value ->> 8, value ->> 9, 'waiting', :now, '', 0, 0, '[]', ''
FROM json_each(:rows) WHERE true
ON CONFLICT (id) DO NOTHING;

-- claim_deliveries: take in hand what is due in a lane; of a task's only the first that a webhook was not told.
UPDATE deliveries SET owner = :owner, fence = fence + 1, due_at = :until
WHERE seq IN (
    SELECT seq FROM deliveries AS due
    WHERE lane = :lane AND status = 'waiting' AND due_at <= :now AND NOT EXISTS (
        SELECT 1 FROM deliveries AS before
        WHERE before.webhook_id = due.webhook_id AND before.task_id = due.task_id AND before.status = 'waiting'
          AND before.seq < due.seq AND due.task_id <> ''
    )
    ORDER BY due_at, seq
    LIMIT :limit
)
RETURNING {delivery};

-- bin_orphans: put those of a JSON array of files into the bin that nothing refers to.
INSERT INTO bin (blob)
SELECT listed.value FROM json_each(:blobs) AS listed
WHERE NOT EXISTS (SELECT 1 FROM task_blobs WHERE task_blobs.blob = listed.value)
  AND NOT EXISTS (SELECT 1 FROM assets WHERE assets.blob = listed.value)
ON CONFLICT (blob) DO NOTHING
RETURNING blob;
