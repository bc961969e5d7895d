-- The queries about submissions that were given up, and about losses, which one text can serve on both databases.

-- park: a submission whose task ends here although nobody knows whether a vendor took it.
INSERT INTO parked (
    attempt_id, task_id, project_id, provider, model, sent_at, parked_at, due_at, upstream_ref, outcome, settled_at,
    owed_micros
)
SELECT attempts.id, tasks.id, tasks.project_id, tasks.provider, tasks.model, attempts.created_at, CAST(:at AS BIGINT),
    CAST(:look_at AS BIGINT), attempts.upstream_ref, '', NULL, CAST(:owed_micros AS BIGINT)
FROM tasks JOIN attempts ON attempts.id = tasks.attempt_id
WHERE tasks.id = :id
ON CONFLICT DO NOTHING
RETURNING attempt_id;

-- parked: one submission that was given up.
SELECT {parked} FROM parked WHERE attempt_id = :attempt_id;

-- parked_of_task: the same by its task, the last one.
SELECT {parked} FROM parked WHERE task_id = :id ORDER BY sent_at DESC LIMIT 1;

-- parked_open: those of which nobody knows yet what became of them, of one account or of all, the oldest first;
-- 1 for `unclear` leaves out what is known to be at the vendor, and followed there.
SELECT {parked} FROM parked
WHERE outcome = '' AND (:provider = '' OR provider = :provider)
  AND (:unclear = 0 OR upstream_ref IS NULL OR due_at IS NULL)
ORDER BY parked_at, attempt_id
LIMIT :limit;

-- count_parked: how many of them each account has.
SELECT provider, COUNT(*) FROM parked WHERE outcome = '' GROUP BY provider ORDER BY provider;

-- count_unclear: how many of them are not known to be at the vendor, or are left to the operator.
SELECT provider, COUNT(*) FROM parked
WHERE outcome = '' AND (upstream_ref IS NULL OR due_at IS NULL)
GROUP BY provider ORDER BY provider;

-- claim_parked: take those that are due; one comes due again at `until`, whatever becomes of who took it.
UPDATE parked SET due_at = :until
WHERE attempt_id IN (
    SELECT attempt_id FROM parked WHERE provider = :provider AND due_at <= :now ORDER BY due_at LIMIT :limit
) AND due_at <= :now
RETURNING {parked};

-- put_off_parked: look again at that time, or leave it to the operator (NULL); what is known of it is kept.
UPDATE parked SET due_at = CAST(:due_at AS BIGINT), upstream_ref = COALESCE(CAST(:upstream_ref AS TEXT), upstream_ref)
WHERE attempt_id = :attempt_id AND outcome = ''
RETURNING attempt_id;

-- hear_parked: a vendor spoke of one; what it told stands with the attempt, as long as there is one.
UPDATE parked SET due_at = :at, upstream_ref = COALESCE(upstream_ref, CASE
    WHEN EXISTS (SELECT 1 FROM attempts WHERE attempts.id = parked.attempt_id) THEN NULL
    ELSE CAST(:upstream_ref AS TEXT)
END)
WHERE attempt_id = :attempt_id AND outcome = ''
RETURNING attempt_id;

-- settle_parked: it is known, or decided, what became of one.
UPDATE parked SET outcome = :outcome, settled_at = :at, due_at = NULL
WHERE attempt_id = :attempt_id AND outcome = ''
RETURNING attempt_id;

-- forget_parked: of a task that is about to be deleted, what is settled: the others are kept until they are.
DELETE FROM parked WHERE outcome <> '' AND attempt_id IN (SELECT id FROM attempts WHERE task_id = :id);

-- forget_settled: one whose task was deleted before it was settled; its loss stays.
DELETE FROM parked
WHERE attempt_id = :attempt_id AND outcome <> '' AND NOT EXISTS (SELECT 1 FROM tasks WHERE tasks.id = parked.task_id);

-- add_loss: what a vendor is owed for and no client pays, once for each submission.
INSERT INTO losses (attempt_id, task_id, project_id, provider, model, micros, at, reason)
VALUES (:attempt_id, :task_id, :project_id, :provider, :model, CAST(:micros AS BIGINT), :at, :reason)
ON CONFLICT DO NOTHING;

-- losses: what was lost from a time on, the oldest first: not what an open task may still pay for, or has paid.
SELECT {loss} FROM losses
WHERE at >= :since
  AND NOT EXISTS (SELECT 1 FROM tasks WHERE tasks.id = losses.task_id AND tasks.finished_at IS NULL)
  AND NOT EXISTS (
      SELECT 1 FROM ledger WHERE subject IN (losses.task_id, losses.task_id || '#late') AND kind = 'capture'
  )
ORDER BY at, attempt_id;

-- late_hold: hold what a late success is charged, as far as the balance and the limits on spending let it.
INSERT INTO ledger (subject, project_id, kind, micros, at, key_id, model, day, note)
SELECT ledger.subject || '#late', ledger.project_id, 'hold', CAST(:charged_micros AS BIGINT), CAST(:at AS BIGINT),
    ledger.key_id, ledger.model, ledger.day, ''
FROM ledger
LEFT JOIN accounts ON accounts.project_id = ledger.project_id
LEFT JOIN projects ON projects.id = ledger.project_id
LEFT JOIN keys ON keys.id = ledger.key_id
WHERE ledger.subject = :id AND ledger.kind = 'hold'
  AND (projects.floor_micros IS NULL OR accounts.funds - CAST(:charged_micros AS BIGINT) >= projects.floor_micros)
  AND (
      projects.spend_total_micros IS NULL
      OR accounts.held + accounts.charged + CAST(:charged_micros AS BIGINT) <= projects.spend_total_micros
  )
  AND (projects.spend_day_micros IS NULL OR CAST(:charged_micros AS BIGINT) + (
      SELECT COALESCE(SUM(held + charged), 0) FROM spending
      WHERE spending.project_id = ledger.project_id AND spending.day = ledger.day
  ) <= projects.spend_day_micros)
  AND (keys.spend_day_micros IS NULL OR CAST(:charged_micros AS BIGINT) + (
      SELECT COALESCE(SUM(held + charged), 0) FROM spending
      WHERE spending.key_id = ledger.key_id AND spending.day = ledger.day
  ) <= keys.spend_day_micros)
  AND (keys.spend_total_micros IS NULL OR CAST(:charged_micros AS BIGINT) + (
      SELECT COALESCE(SUM(held + charged), 0) FROM spending WHERE spending.key_id = ledger.key_id
  ) <= keys.spend_total_micros)
RETURNING subject;

-- late_capture: charge it.
INSERT INTO ledger (subject, project_id, kind, micros, at, key_id, model, day, note)
SELECT subject, project_id, 'capture', micros, CAST(:at AS BIGINT), key_id, model, day, '' FROM ledger
WHERE subject = CAST(:id AS TEXT) || '#late' AND kind = 'hold'
RETURNING subject;
