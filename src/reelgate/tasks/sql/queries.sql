-- Every query that one text can serve on both databases. A query begins with its name and one sentence.
-- {task}, {attempt}, {event} and {ledger} stand for the columns of those records, in the record's order.

-- ping: answer at all.
SELECT 1;

-- create_migrations: remember which migrations a journal has seen.
CREATE TABLE IF NOT EXISTS migrations (number BIGINT PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL);

-- applied_migrations: the highest migration that this journal has seen, 0 for an empty one.
SELECT COALESCE(MAX(number), 0) FROM migrations;

-- note_migration: one migration was applied.
INSERT INTO migrations (number, name, applied_at) VALUES (:number, :name, :applied_at);

-- shared_value: what is kept under a name.
SELECT value FROM shared WHERE name = :name;

-- note_oldest: programs of an older schema than this may not work on the journal any more; it never goes back.
INSERT INTO shared (name, value) VALUES (:name, :value)
ON CONFLICT (name) DO UPDATE SET value = excluded.value
WHERE CAST(shared.value AS BIGINT) < CAST(excluded.value AS BIGINT);

-- note_restored: the journal is a copy that was taken for an original at that time; only the last time counts.
INSERT INTO shared (name, value) VALUES (:name, :value)
ON CONFLICT (name) DO UPDATE SET value = excluded.value
WHERE CAST(shared.value AS BIGINT) < CAST(excluded.value AS BIGINT)
RETURNING value;

-- get: the task with that id.
SELECT {task} FROM tasks WHERE id = :id;

-- list: a project's tasks, newest first; `states` is '' for any, or names between commas (',queued,running,').
SELECT {task} FROM tasks
WHERE project_id = :project_id
  AND seq < :before_seq
  AND created_at >= :created_from
  AND created_at < :created_to
  AND (:model = '' OR model = :model)
  AND (:states = '' OR :states LIKE '%,' || state || ',%')
  AND (:offpeak = -1 OR offpeak = :offpeak)
ORDER BY seq DESC
LIMIT :limit OFFSET :offset;

-- list_oldest: the same, oldest first; the cursor is the last one seen.
SELECT {task} FROM tasks
WHERE project_id = :project_id
  AND seq > :before_seq
  AND created_at >= :created_from
  AND created_at < :created_to
  AND (:model = '' OR model = :model)
  AND (:states = '' OR :states LIKE '%,' || state || ',%')
  AND (:offpeak = -1 OR offpeak = :offpeak)
ORDER BY seq
LIMIT :limit OFFSET :offset;

-- list_ended: a project's tasks that ended in a state, newest first; otherwise as list.
SELECT {task} FROM tasks
WHERE project_id = :project_id
  AND state = :state
  AND finished_at IS NOT NULL
  AND seq < :before_seq
  AND created_at >= :created_from
  AND created_at < :created_to
  AND (:model = '' OR model = :model)
  AND (:offpeak = -1 OR offpeak = :offpeak)
ORDER BY seq DESC
LIMIT :limit;

-- list_ended_oldest: the same, oldest first.
SELECT {task} FROM tasks
WHERE project_id = :project_id
  AND state = :state
  AND finished_at IS NOT NULL
  AND seq > :before_seq
  AND created_at >= :created_from
  AND created_at < :created_to
  AND (:model = '' OR model = :model)
  AND (:offpeak = -1 OR offpeak = :offpeak)
ORDER BY seq
LIMIT :limit;

-- list_open: the tasks in a state that have not ended, of the keys that a project has, newest first.
SELECT {task} FROM tasks
WHERE key_id IN (SELECT id FROM keys WHERE project_id = :project_id)
  AND state = :state
  AND finished_at IS NULL
  AND seq < :before_seq
  AND created_at >= :created_from
  AND created_at < :created_to
  AND (:model = '' OR model = :model)
  AND (:offpeak = -1 OR offpeak = :offpeak)
ORDER BY seq DESC
LIMIT :limit;

-- list_open_oldest: the same, oldest first.
SELECT {task} FROM tasks
WHERE key_id IN (SELECT id FROM keys WHERE project_id = :project_id)
  AND state = :state
  AND finished_at IS NULL
  AND seq > :before_seq
  AND created_at >= :created_from
  AND created_at < :created_to
  AND (:model = '' OR model = :model)
  AND (:offpeak = -1 OR offpeak = :offpeak)
ORDER BY seq
LIMIT :limit;

-- everywhere: of the next tasks of all projects those that an operator asks for; `states` as in list.
SELECT {task} FROM (SELECT * FROM tasks WHERE seq < :before_seq ORDER BY seq DESC LIMIT :looked) AS looked_at
WHERE (:project_id = '' OR project_id = :project_id)
  AND (:key_id = '' OR key_id = :key_id)
  AND (:provider = '' OR provider = :provider)
  AND (:model = '' OR model = :model)
  AND (:error_code = '' OR error_code = :error_code)
  AND (:states = '' OR :states LIKE '%,' || state || ',%')
  AND created_at >= :created_from
  AND created_at < :created_to
ORDER BY seq DESC
LIMIT :limit;

-- everywhere_end: the last task that such a page looks at, where it looks at as many as it may.
SELECT seq FROM tasks WHERE seq < :before_seq ORDER BY seq DESC LIMIT 1 OFFSET :looked;

-- count_all: how many tasks a project has; an index alone tells.
SELECT COUNT(*) FROM tasks WHERE project_id = :project_id;

-- count: how many tasks a list has on all its pages.
SELECT COUNT(*) FROM tasks
WHERE project_id = :project_id
  AND created_at >= :created_from
  AND created_at < :created_to
  AND (:model = '' OR model = :model)
  AND (:states = '' OR :states LIKE '%,' || state || ',%')
  AND (:offpeak = -1 OR offpeak = :offpeak);

-- tally_ended: of a project's tasks that ended in a state, how many of so many were looked at; an index alone tells.
SELECT COUNT(*) AS looked, COUNT(*) AS found
FROM (
    SELECT seq FROM tasks
    WHERE project_id = :project_id AND state = :state AND finished_at IS NOT NULL
    LIMIT :looked
) AS looked_at;

-- tally_ended_some: the same, newest first, and how many of them are made with a model in a time.
SELECT
    COUNT(*) AS looked,
    COALESCE(SUM(CASE WHEN (:model = '' OR model = :model) AND created_at >= :created_from AND created_at < :created_to
        THEN 1 ELSE 0 END), 0) AS found
FROM (
    SELECT model, created_at FROM tasks
    WHERE project_id = :project_id AND state = :state AND finished_at IS NOT NULL
    ORDER BY seq DESC
    LIMIT :looked
) AS looked_at;

-- tally_open: the same of the tasks in a state that have not ended, of the keys that the project has.
SELECT
    COUNT(*) AS looked,
    COALESCE(SUM(CASE WHEN (:model = '' OR model = :model) AND created_at >= :created_from AND created_at < :created_to
        THEN 1 ELSE 0 END), 0) AS found
FROM (
    SELECT model, created_at FROM tasks
    WHERE key_id IN (SELECT id FROM keys WHERE project_id = :project_id)
      AND state = :state
      AND finished_at IS NULL
    LIMIT :looked
) AS looked_at;

-- task_of_key: the task that a project's idempotency key made.
SELECT {task} FROM tasks WHERE project_id = :project_id AND idempotency_key = :idempotency_key;

-- latest_alike: the newest task that the same request made, sent with the same API key and without a key of its own.
SELECT {task} FROM tasks
WHERE fingerprint = :fingerprint AND created_at >= :since AND key_id = :key_id AND idempotency_key IS NULL
ORDER BY created_at DESC, seq DESC
LIMIT 1;

-- note_unheard: the answer to a create did not arrive.
INSERT INTO unheard (task_id, key_id, fingerprint, at) VALUES (:id, :key_id, :fingerprint, :at)
ON CONFLICT (task_id) DO UPDATE SET at = excluded.at
RETURNING task_id;

-- drop_unheard: what is long past says nothing of a create that comes now.
DELETE FROM unheard WHERE at < :before;

-- heard: the create came again, and was answered with its task.
DELETE FROM unheard WHERE task_id = :id;

-- unheard: the creates whose answer was lost lately.
SELECT key_id, fingerprint, task_id, at FROM unheard WHERE at >= :since ORDER BY at LIMIT :limit;

-- newest: the newest tasks of all projects.
SELECT {task} FROM tasks ORDER BY seq DESC LIMIT :limit;

-- leased: what an owner holds a lease on; `states` as in list.
SELECT {task} FROM tasks
WHERE lease_owner = :owner AND (:states = '' OR :states LIKE '%,' || state || ',%')
ORDER BY seq;

-- open_jobs: how many jobs a provider has in hand; one that nobody understands for long takes no place.
SELECT COUNT(*) FROM tasks
WHERE provider = :provider AND state IN ('submitting', 'running') AND due_at IS NOT NULL
  AND (odd_since IS NULL OR odd_since > :odd_before);

-- attempts_between: a provider's submissions of a time; no id is from before its time, so the older ones are not read.
SELECT {attempt} FROM attempts
WHERE id >= :first_id AND created_at BETWEEN :first AND :last AND provider = :provider
ORDER BY id;

-- held_too_long: tasks at a vendor whose hold should have ended, and that nobody has in hand.
SELECT {task} FROM tasks
WHERE hold_until < :before AND finished_at IS NULL AND (lease_until IS NULL OR lease_until <= :now)
  AND (:states LIKE '%,' || state || ',%')
ORDER BY hold_until
LIMIT :limit;

-- unknown_at: tasks of an account of which nobody knows whether it has them, the oldest first.
SELECT {task} FROM tasks WHERE provider = :provider AND state = 'unknown' AND due_at IS NOT NULL
ORDER BY seq
LIMIT :limit;

-- open_tasks: how many open tasks each provider's name has in each state.
SELECT provider, state, COUNT(*) FROM tasks WHERE due_at IS NOT NULL
GROUP BY provider, state ORDER BY provider, state;

-- open_ages: of the open tasks of each provider in each state how many, since when the oldest, since when one is due.
SELECT ages.provider, ages.state, ages.tasks, tasks.created_at, ages.due_at
FROM (
    SELECT provider, state, COUNT(*) AS tasks, MIN(seq) AS oldest, MIN(due_at) AS due_at
    FROM tasks WHERE due_at IS NOT NULL GROUP BY provider, state
) AS ages
JOIN tasks ON tasks.seq = ages.oldest
ORDER BY ages.provider, ages.state;

-- task_of_ref: whose job a provider's reference is.
SELECT task_id FROM attempts WHERE provider = :provider AND upstream_ref = :upstream_ref;

-- events: a task's moves, oldest first.
SELECT {event} FROM events WHERE task_id = :id ORDER BY number;

-- attempts: a task's submissions, oldest first.
SELECT {attempt} FROM attempts WHERE task_id = :id ORDER BY number;

-- ledger: a task's lines: the hold, the charge, what is given back.
SELECT {ledger} FROM ledger WHERE subject = :id
ORDER BY CASE kind WHEN 'hold' THEN 1 WHEN 'capture' THEN 2 ELSE 3 END;

-- blobs: the files that a task refers to.
SELECT name, blob FROM task_blobs WHERE task_id = :id ORDER BY name;

-- binned: the files that waited longest for removal.
SELECT blob FROM bin ORDER BY seq LIMIT :limit;

-- add_event: write down a move; the task's row is locked by the move itself, so numbers have no gaps.
INSERT INTO events (task_id, number, at, name, source, target, note)
SELECT :id, COALESCE(MAX(number), 0) + 1, :at, :name, :source, :target, :note FROM events WHERE task_id = :id;

-- move: make one edge, guarded by its source state and the fence; a task that starts over has nothing running.
UPDATE tasks
SET state = :target,
    progress = CASE WHEN :anew = 1 OR :progress > progress THEN :progress ELSE progress END,
    due_at = :due_at,
    started_at = COALESCE(started_at, :started_at),
    finished_at = :finished_at,
    lease_owner = CASE WHEN :release = 1 THEN NULL ELSE lease_owner END,
    lease_until = CASE WHEN :release = 1 THEN NULL ELSE lease_until END,
    attempts = attempts + :new_attempt,
    attempt_id = COALESCE(:attempt_id, attempt_id),
    hold_until = CASE WHEN :restart = 1 THEN NULL ELSE COALESCE(:hold_until, hold_until) END,
    provider = COALESCE(:provider, provider),
    upstream_ref = CASE WHEN :restart = 1 THEN NULL ELSE COALESCE(:upstream_ref, upstream_ref) END,
    request = COALESCE(:request, request),
    output = COALESCE(:output, output),
    error_code = CASE WHEN :made = 1 THEN NULL ELSE COALESCE(:error_code, error_code) END,
    error_message = CASE WHEN :made = 1 THEN NULL ELSE COALESCE(:error_message, error_message) END,
    charged_micros = :charged_micros
WHERE id = :id AND state = :source AND fence = :fence
RETURNING {task};

-- note_progress: record progress and the next look, guarded like a move.
UPDATE tasks
SET progress = CASE WHEN :progress > progress THEN :progress ELSE progress END,
    due_at = :due_at,
    odd_since = CASE CAST(:odd AS BIGINT)
        WHEN 1 THEN COALESCE(odd_since, CAST(:at AS BIGINT)) WHEN 0 THEN NULL ELSE odd_since
    END,
    lease_owner = CASE WHEN :release = 1 THEN NULL ELSE lease_owner END,
    lease_until = CASE WHEN :release = 1 THEN NULL ELSE lease_until END
WHERE id = :id AND state = :source AND fence = :fence AND finished_at IS NULL
RETURNING {task};

-- mark_cancel: cancel a task; it is due now, unless a worker holds it (see claim): that one sees the mark.
UPDATE tasks
SET cancel_requested = 1, due_at = CASE WHEN due_at >= lease_until THEN due_at ELSE :at END
WHERE id = :id AND state = :source AND fence = :fence
RETURNING {task};

-- renew: extend a lease; a task in hand (see claim) stays in hand.
UPDATE tasks
SET lease_until = :until, due_at = CASE WHEN due_at >= lease_until THEN :until ELSE due_at END
WHERE id = :id AND fence = :fence AND lease_owner = :owner
RETURNING seq;

-- unfreeze: tasks that wait longer than anything does, since a clock was ahead, are due now. Nothing waits longer than
-- `margin`, and than it has existed (`grown` = 1), but what somebody has in hand.
UPDATE tasks SET due_at = :now
WHERE finished_at IS NULL AND due_at > CAST(:now AS BIGINT) + CAST(:margin AS BIGINT) AND lease_owner IS NULL
  AND (CAST(:grown AS BIGINT) = 0 OR due_at - CAST(:now AS BIGINT) > CAST(:now AS BIGINT) - created_at)
RETURNING seq;

-- overdue_leases: leases that no living owner would have, since each renews its own for a moment at a time.
UPDATE tasks SET lease_owner = NULL, lease_until = NULL, due_at = :now, fence = fence + 1
WHERE finished_at IS NULL AND lease_until > :latest
RETURNING seq;

-- release_leases: give back all of an owner's leases; the new fence shuts out an owner that lives after all.
UPDATE tasks
SET lease_owner = NULL, lease_until = NULL, due_at = :now, fence = fence + 1
WHERE lease_owner = :owner
RETURNING seq;

-- add_attempt: write an attempt down, numbered by its task.
INSERT INTO attempts (id, task_id, number, provider, state, upstream_ref, created_at, updated_at)
SELECT :attempt_id, id, attempts, provider, :attempt_state, :upstream_ref, :at, :at FROM tasks WHERE id = :id
RETURNING id;

-- set_attempt: what is known of an attempt now.
UPDATE attempts
SET state = COALESCE(:attempt_state, state), upstream_ref = COALESCE(:upstream_ref, upstream_ref), updated_at = :at
WHERE id = :attempt_id AND task_id = :id
RETURNING id;

-- hear_ref: a provider told a reference for an attempt of which nobody knew whether it arrived; each is kept once.
UPDATE attempts SET heard = heard || CAST(:line AS TEXT)
WHERE id = :attempt_id AND state IN ('sending', 'unknown', 'lost') AND CAST(:line AS TEXT) <> ''
  AND REPLACE(heard, CAST(:line AS TEXT), '') = heard AND LENGTH(heard) < :most
RETURNING id;

-- hear_of: a provider spoke of an attempt; its task is due now, unless a worker has it in hand (see claim).
UPDATE tasks SET due_at = :at
WHERE id = (SELECT task_id FROM attempts WHERE id = :attempt_id) AND attempt_id = :attempt_id
  AND state IN ('unknown', 'running') AND due_at > :at AND (lease_until IS NULL OR due_at < lease_until)
RETURNING seq;

-- hears: whether a worker has the task of an attempt in hand (see claim), of which its provider is about to speak.
SELECT CASE
    WHEN tasks.state IN ('submitting', 'unknown', 'running') AND tasks.due_at >= tasks.lease_until THEN 'in hand'
    ELSE 'noted'
END
FROM attempts JOIN tasks ON tasks.id = attempts.task_id WHERE attempts.id = :attempt_id;

-- capture: charge at most what was held.
INSERT INTO ledger (subject, project_id, kind, micros, at, key_id, model, day, note)
SELECT subject, project_id, 'capture', CAST(:charged_micros AS BIGINT), :at, key_id, model, day, '' FROM ledger
WHERE subject = :id AND kind = 'hold' AND CAST(:charged_micros AS BIGINT) <= micros
RETURNING subject;

-- release: give back a hold, whole.
INSERT INTO ledger (subject, project_id, kind, micros, at, key_id, model, day, note)
SELECT subject, project_id, 'release', micros, :at, key_id, model, day, '' FROM ledger
WHERE subject = :id AND kind = 'hold'
RETURNING subject;

-- release_rest: give back what a charge has left of a hold.
INSERT INTO ledger (subject, project_id, kind, micros, at, key_id, model, day, note)
SELECT subject, project_id, 'release', micros - CAST(:charged_micros AS BIGINT), :at, key_id, model, day, '' FROM ledger
WHERE subject = :id AND kind = 'hold' AND micros > CAST(:charged_micros AS BIGINT);

-- bin_blobs: the files that a task may be about to lose; `binned` looks whether something still refers to them.
INSERT INTO bin (blob) SELECT blob FROM task_blobs WHERE task_id = :id ON CONFLICT (blob) DO NOTHING;

-- delete: remove an ended task with its events, attempts and file references.
DELETE FROM tasks WHERE id = :id AND finished_at IS NOT NULL RETURNING seq;

-- bin: a file that nothing refers to yet.
INSERT INTO bin (blob) VALUES (:blob) ON CONFLICT (blob) DO NOTHING;

-- bin_replaced: the file that another one is about to replace under its name.
INSERT INTO bin (blob) SELECT blob FROM task_blobs WHERE task_id = :id AND name = :name AND blob <> :blob
ON CONFLICT (blob) DO NOTHING;

-- add_blob: a task refers to a file.
INSERT INTO task_blobs (task_id, name, blob, added_at) SELECT id, :name, :blob, :at FROM tasks WHERE id = :id
ON CONFLICT (task_id, name) DO UPDATE SET blob = excluded.blob
RETURNING task_id;

-- spare_blobs: take what is referred to out of the bin.
DELETE FROM bin
WHERE EXISTS (SELECT 1 FROM task_blobs WHERE task_blobs.blob = bin.blob)
   OR EXISTS (SELECT 1 FROM assets WHERE assets.blob = bin.blob);

-- old_files: files of tasks that ended before a time, the oldest first; `others` are projects that are left out.
SELECT task_blobs.task_id, task_blobs.name
FROM task_blobs JOIN tasks ON tasks.id = task_blobs.task_id
WHERE task_blobs.added_at < :before AND tasks.finished_at < :before
  AND (task_blobs.name LIKE 'input-%') = (CAST(:inputs AS BIGINT) = 1)
  AND (:project_id = '' OR tasks.project_id = :project_id)
  AND :others NOT LIKE '%,' || tasks.project_id || ',%'
ORDER BY task_blobs.added_at
LIMIT :limit;

-- old_tasks: tasks that ended before a time, the oldest first; `others` as in old_files.
SELECT id FROM tasks
WHERE finished_at < :before
  AND (:project_id = '' OR project_id = :project_id)
  AND :others NOT LIKE '%,' || project_id || ',%'
ORDER BY finished_at
LIMIT :limit;

-- bin_file: a file that its task is about to give up.
INSERT INTO bin (blob) SELECT blob FROM task_blobs WHERE task_id = :id AND name = :name
ON CONFLICT (blob) DO NOTHING;

-- drop_file: a task gives up a file.
DELETE FROM task_blobs WHERE task_id = :id AND name = :name;

-- share: keep a value under a name unless there is one, and return the one that is kept.
INSERT INTO shared (name, value) VALUES (:name, :value)
ON CONFLICT (name) DO UPDATE SET name = excluded.name
RETURNING value;

-- unbin: a file is gone.
DELETE FROM bin WHERE blob = :blob;

-- durations: how long jobs of each sort took at each account, the newest last.
SELECT provider, sort, spans, at FROM (SELECT * FROM durations ORDER BY at DESC LIMIT :limit) AS newest ORDER BY at;

-- keep_durations: what was learned of a sort.
INSERT INTO durations (provider, sort, spans, at) VALUES (:provider, :sort, :spans, :at)
ON CONFLICT (provider, sort) DO UPDATE SET spans = excluded.spans, at = excluded.at;

-- drop_durations: of too many sorts the oldest are dropped.
DELETE FROM durations WHERE at < (SELECT at FROM durations ORDER BY at DESC LIMIT 1 OFFSET :limit);
