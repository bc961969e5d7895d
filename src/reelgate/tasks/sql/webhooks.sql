-- The queries about webhooks and what they are to be told, which one text can serve on both databases.

-- add_webhook: a new one, as long as the project has fewer than `most`.
INSERT INTO webhooks (
    id, project_id, url, events, note, created_at, secret, former, failing_since, off_at, off_reason, version
)
SELECT CAST(:id AS TEXT), CAST(:project_id AS TEXT), CAST(:url AS TEXT), CAST(:events AS TEXT), CAST(:note AS TEXT),
    CAST(:created_at AS BIGINT), CAST(:secret AS BIGINT), CAST(:former AS TEXT), NULL, NULL, '', 1
WHERE (SELECT COUNT(*) FROM webhooks WHERE project_id = :project_id) < CAST(:most AS BIGINT)
ON CONFLICT DO NOTHING
RETURNING id;

-- webhook: the one with that id.
SELECT {webhook} FROM webhooks WHERE id = :id;

-- webhooks: those of a project, or of all, oldest first.
SELECT {webhook} FROM webhooks
WHERE (:project_id = '' OR project_id = :project_id) AND url <> ''
ORDER BY created_at, id;

-- webhooks_on: those of a project that are to be told.
SELECT {webhook} FROM webhooks WHERE project_id = :project_id AND off_at IS NULL AND url <> '' ORDER BY id;

-- change_webhook: what its owner, or a rotation, changes.
UPDATE webhooks
SET url = :url, events = :events, note = :note, secret = :secret, former = :former, off_at = CAST(:off_at AS BIGINT),
    off_reason = :off_reason, failing_since = CAST(:failing_since AS BIGINT), version = version + 1
WHERE id = :id AND version = :version
RETURNING id;

-- delete_webhook: forget one.
DELETE FROM webhooks WHERE id = :id RETURNING id;

-- delete_deliveries: with all that it was told.
DELETE FROM deliveries WHERE webhook_id = :id;

-- note_failing: since when nothing has arrived at a webhook.
UPDATE webhooks SET failing_since = CAST(:at AS BIGINT) WHERE id = :webhook_id AND failing_since IS NULL;

-- note_working: something has.
UPDATE webhooks SET failing_since = NULL WHERE id = :webhook_id AND failing_since IS NOT NULL;

-- switch_off: tell a webhook nothing more, once.
UPDATE webhooks SET off_at = CAST(:at AS BIGINT), off_reason = :reason, version = version + 1
WHERE id = :id AND off_at IS NULL AND (
    CAST(:dead_since AS BIGINT) IS NULL OR failing_since <= CAST(:dead_since AS BIGINT)
)
RETURNING id;

-- drop_waiting: give up what a webhook was yet to be told.
UPDATE deliveries SET status = 'failed', due_at = NULL, ended_at = CAST(:at AS BIGINT)
WHERE webhook_id = :id AND status = 'waiting';

-- outbox_place: up to where moves have become deliveries.
SELECT round, number FROM outbox;

-- advance_outbox: go on from a place; of several servers that stand there, one does.
UPDATE outbox SET round = CAST(:round AS BIGINT), number = CAST(:number AS BIGINT)
WHERE round = :old_round AND number = :old_number
RETURNING number;

-- lanes: the next receivers after `lane` for whom something is due; a step in the index for each.
WITH RECURSIVE lanes (lane, n) AS (
    SELECT MIN(deliveries.lane), 1 FROM deliveries WHERE status = 'waiting' AND lane > :after
    UNION ALL
    SELECT (SELECT MIN(deliveries.lane) FROM deliveries WHERE status = 'waiting' AND deliveries.lane > lanes.lane), n + 1
    FROM lanes WHERE lanes.lane IS NOT NULL AND n < :limit
)
SELECT lane, (
    SELECT COUNT(*) FROM (
        SELECT 1 FROM deliveries
        WHERE status = 'waiting' AND deliveries.lane = lanes.lane AND due_at <= :now LIMIT 1
    ) AS found
) FROM lanes WHERE lane IS NOT NULL;

-- settle_delivery: what came of a try.
UPDATE deliveries
SET status = :status, due_at = CAST(:due_at AS BIGINT), ended_at = CAST(:ended_at AS BIGINT), tried = tried + 1,
    tries = :tries, sent = :sent, owner = ''
WHERE id = :id AND fence = :fence AND status = 'waiting'
RETURNING id;

-- release_deliveries: those that a server had in hand are due again.
UPDATE deliveries SET due_at = CAST(:now AS BIGINT), owner = '', fence = fence + 1
WHERE owner = :owner AND status = 'waiting'
RETURNING id;

-- delivery: the one with that id.
SELECT {delivery} FROM deliveries WHERE id = :id;

-- deliveries: those of a project, newest first; '' is any.
SELECT {delivery} FROM deliveries
WHERE project_id = :project_id AND seq < :before
  AND (:webhook_id = '' OR webhook_id = :webhook_id)
  AND (:task_id = '' OR task_id = :task_id)
  AND (:status = '' OR status = :status)
ORDER BY seq DESC
LIMIT :limit;

-- replay: send one again, with the tries of a new one.
UPDATE deliveries
SET status = 'waiting', due_at = CAST(:now AS BIGINT), ended_at = NULL, tried = 0, owner = '', fence = fence + 1
WHERE id = :id AND owner = ''
RETURNING {delivery};

-- replay_failed: send again what a webhook was not told since then, at most `limit`.
UPDATE deliveries
SET status = 'waiting', due_at = CAST(:now AS BIGINT), ended_at = NULL, tried = 0, owner = '', fence = fence + 1
WHERE seq IN (
    SELECT seq FROM deliveries
    WHERE project_id = :project_id AND webhook_id = :webhook_id AND status = 'failed' AND at >= :since
    ORDER BY seq LIMIT :limit
)
RETURNING id;

-- waiting_deliveries: how many have yet to arrive, and since when.
SELECT COUNT(*), MIN(at) FROM deliveries WHERE status = 'waiting';

-- forget_deliveries: drop what ended long ago.
DELETE FROM deliveries WHERE seq IN (
    SELECT seq FROM deliveries WHERE ended_at IS NOT NULL AND ended_at < :before ORDER BY ended_at LIMIT :limit
)
RETURNING id;
