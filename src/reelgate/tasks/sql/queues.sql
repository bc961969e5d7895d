-- The queries about waiting tasks and tasks at once, which one text can serve on both databases; see queries.sql.
-- The tasks of a project are those of its keys. In hand are those beyond the queue (`moving`), and queued ones that are
-- claimed, until their lease ends.

-- queues: for each key its due tasks at a provider, off-peak ones apart, and what is left of what its project may.
WITH RECURSIVE active (key_id) AS (
    SELECT MIN(key_id) FROM tasks WHERE finished_at IS NULL AND key_id > ''
    UNION ALL
    SELECT (SELECT MIN(key_id) FROM tasks WHERE finished_at IS NULL AND key_id > active.key_id)
    FROM active WHERE active.key_id IS NOT NULL
), queue (key_id, offpeak, due_at) AS (
    SELECT active.key_id, sort.offpeak, (
        SELECT MIN(due_at) FROM tasks
        WHERE finished_at IS NULL AND key_id = active.key_id AND state = 'queued' AND provider = :provider
          AND offpeak = sort.offpeak
    )
    FROM active CROSS JOIN (SELECT 0 AS offpeak UNION ALL SELECT 1) AS sort
    WHERE active.key_id IS NOT NULL
), ruled AS (
    SELECT
        COALESCE(keys.project_id, '') AS project_id, queue.key_id, queue.offpeak, queue.due_at,
        COALESCE(projects.priority, 0) AS priority, COALESCE(projects.weight, 1) AS weight,
        CASE WHEN projects.overflow = 'queue' THEN projects.tasks_at_once END AS project_at_once,
        CASE WHEN projects.overflow = 'queue' THEN keys.tasks_at_once END AS key_at_once
    FROM queue
    LEFT JOIN keys ON keys.id = queue.key_id
    LEFT JOIN projects ON projects.id = keys.project_id
    WHERE queue.due_at <= :now
)
SELECT
    ruled.project_id, ruled.key_id, ruled.offpeak, ruled.due_at, ruled.priority, ruled.weight, ruled.project_at_once,
    ruled.key_at_once,
    CASE WHEN ruled.project_at_once IS NOT NULL THEN ruled.project_at_once - CAST(
        (SELECT COALESCE(SUM(tasks), 0) FROM moving WHERE project_id = ruled.project_id)
        + (SELECT COUNT(*) FROM tasks WHERE lease_owner IS NOT NULL AND state = 'queued' AND lease_until > :now
           AND key_id IN (SELECT id FROM keys WHERE project_id = ruled.project_id))
    AS BIGINT) END,
    CASE WHEN ruled.key_at_once IS NOT NULL THEN ruled.key_at_once - CAST(
        (SELECT tasks FROM moving WHERE key_id = ruled.key_id)
        + (SELECT COUNT(*) FROM tasks WHERE lease_owner IS NOT NULL AND state = 'queued' AND lease_until > :now
           AND key_id = ruled.key_id)
    AS BIGINT) END
FROM ruled
ORDER BY ruled.due_at, ruled.key_id, ruled.offpeak;

-- line: the ids of tasks that wait for a provider, the first that was due first.
SELECT id FROM tasks
WHERE provider = :provider AND state = 'queued' AND due_at IS NOT NULL AND offpeak = :offpeak
ORDER BY due_at, seq
LIMIT :limit;

-- due: the providers with tasks that are due, and the states of those. It steps from one provider to the next.
WITH RECURSIVE named (provider) AS (
    SELECT MIN(provider) FROM tasks WHERE due_at IS NOT NULL
    UNION ALL
    SELECT (SELECT MIN(provider) FROM tasks WHERE due_at IS NOT NULL AND provider > named.provider)
    FROM named WHERE named.provider IS NOT NULL
), sorts (state) AS (
    SELECT 'queued' UNION ALL SELECT 'submitting' UNION ALL SELECT 'unknown' UNION ALL SELECT 'running'
    UNION ALL SELECT 'collecting'
)
SELECT named.provider, sorts.state
FROM named CROSS JOIN sorts
WHERE named.provider IS NOT NULL
  AND EXISTS (
    SELECT 1 FROM tasks WHERE provider = named.provider AND tasks.state = sorts.state AND due_at IS NOT NULL AND due_at <= :now
);

-- places: whether what a project and its key have in hand is not more than they may; one just claimed is counted.
SELECT 1
WHERE (CAST(:project_at_once AS BIGINT) IS NULL OR CAST(:project_at_once AS BIGINT) >=
        (SELECT COALESCE(SUM(tasks), 0) FROM moving WHERE project_id = :project_id)
        + (SELECT COUNT(*) FROM tasks WHERE lease_owner IS NOT NULL AND state = 'queued' AND lease_until > :now
           AND key_id IN (SELECT id FROM keys WHERE project_id = :project_id))
    )
  AND (CAST(:key_at_once AS BIGINT) IS NULL OR CAST(:key_at_once AS BIGINT) >=
        (SELECT tasks FROM moving WHERE key_id = :key_id)
        + (SELECT COUNT(*) FROM tasks WHERE lease_owner IS NOT NULL AND state = 'queued' AND lease_until > :now
           AND key_id = :key_id)
    );
