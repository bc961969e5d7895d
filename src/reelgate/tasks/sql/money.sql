-- The queries about balances and payments, which one text can serve on both databases; see queries.sql.

-- balance: a project's running totals.
SELECT {balance} FROM accounts WHERE project_id = :project_id;

-- balances: every project's running totals.
SELECT {balance} FROM accounts ORDER BY project_id;

-- purse: what stands for and against another hold.
SELECT
    COALESCE(accounts.funds, 0),
    COALESCE(accounts.held + accounts.charged, 0),
    (SELECT COALESCE(SUM(held + charged), 0) FROM spending WHERE project_id = :project_id AND day = :day),
    (SELECT COALESCE(SUM(held + charged), 0) FROM spending WHERE key_id = :key_id),
    (SELECT COALESCE(SUM(held + charged), 0) FROM spending WHERE key_id = :key_id AND day = :day),
    projects.floor_micros,
    projects.spend_total_micros,
    projects.spend_day_micros,
    keys.spend_total_micros,
    keys.spend_day_micros
FROM (SELECT 1 AS one) AS one
LEFT JOIN projects ON projects.id = :project_id
LEFT JOIN accounts ON accounts.project_id = :project_id
LEFT JOIN keys ON keys.id = :key_id;

-- use_account: a project's money is about to move; its row is held, so that nothing else moves it in between.
UPDATE accounts SET funds = funds WHERE project_id = :project_id RETURNING project_id;

-- covers: whether a payment leaves the balance where it may be; what is paid in always does.
SELECT accounts.project_id FROM accounts LEFT JOIN projects ON projects.id = accounts.project_id
WHERE accounts.project_id = :project_id
  AND (
      projects.floor_micros IS NULL
      OR accounts.funds + CAST(:micros AS BIGINT) >= CASE
          WHEN CAST(:micros AS BIGINT) < 0 THEN projects.floor_micros
          ELSE accounts.funds
      END
  );

-- pay: write a payment, once.
INSERT INTO ledger (subject, project_id, kind, micros, at, key_id, model, day, note)
VALUES (:subject, :project_id, :kind, :micros, :at, '', '', :day, :note)
ON CONFLICT DO NOTHING
RETURNING subject;

-- payments: what an operator paid in and corrected, newest first.
SELECT {paid} FROM ledger
WHERE project_id = :project_id AND kind IN ('topup', 'adjustment')
ORDER BY at DESC, subject DESC;

-- spending: what the tasks of some days hold and were charged.
SELECT {spent} FROM spending
WHERE (:project_id = '' OR project_id = :project_id) AND day BETWEEN :first_day AND :last_day
ORDER BY day, project_id, key_id, model;

-- check_accounts: running totals that are not the sums of their lines.
SELECT 'account of ' || project_id || ': ' || class, SUM(expected), SUM(found)
FROM (
    SELECT project_id, 'outside' AS class, -micros AS expected, 0 AS found
    FROM ledger WHERE kind IN ('topup', 'adjustment')
    UNION ALL SELECT project_id, 'funds', CASE kind WHEN 'hold' THEN -micros ELSE micros END, 0
    FROM ledger WHERE kind <> 'capture'
    UNION ALL SELECT project_id, 'held', CASE kind WHEN 'hold' THEN micros ELSE -micros END, 0
    FROM ledger WHERE kind IN ('hold', 'release', 'capture')
    UNION ALL SELECT project_id, 'charged', micros, 0 FROM ledger WHERE kind = 'capture'
    UNION ALL SELECT project_id, 'outside', 0, outside FROM accounts
    UNION ALL SELECT project_id, 'funds', 0, funds FROM accounts
    UNION ALL SELECT project_id, 'held', 0, held FROM accounts
    UNION ALL SELECT project_id, 'charged', 0, charged FROM accounts
) AS both_sides
GROUP BY project_id, class
HAVING SUM(expected) <> SUM(found);

-- check_spending: the same for what was spent by day, key and model.
SELECT
    'spending of ' || project_id || ' on day ' || CAST(day AS TEXT) || ' with ' || key_id || ' for ' || model,
    SUM(expected), SUM(found)
FROM (
    SELECT project_id, day, key_id, model, SUM(CASE kind WHEN 'hold' THEN micros WHEN 'release' THEN -micros ELSE 0 END)
        AS expected, 0 AS found
    FROM ledger WHERE kind IN ('hold', 'release', 'capture') GROUP BY project_id, day, key_id, model
    UNION ALL SELECT project_id, day, key_id, model, 0, held + charged FROM spending
) AS both_sides
GROUP BY project_id, day, key_id, model
HAVING SUM(expected) <> SUM(found);

-- check_tasks: tasks whose lines do not fit them: the hold is the price; it is settled at the end, whole, and not before.
SELECT tasks.id, tasks.price_micros, COALESCE(lines.settled, 0)
FROM tasks
LEFT JOIN (
    SELECT
        subject,
        SUM(CASE kind WHEN 'hold' THEN micros ELSE 0 END) AS held,
        SUM(CASE WHEN kind IN ('release', 'capture') THEN micros ELSE 0 END) AS settled,
        SUM(CASE WHEN kind IN ('capture', 'late') THEN micros ELSE 0 END) AS charged,
        SUM(CASE WHEN kind IN ('release', 'capture') THEN 1 ELSE 0 END) AS ends
    FROM (
        SELECT subject, kind, micros FROM ledger WHERE subject NOT LIKE '%#late'
        UNION ALL SELECT REPLACE(subject, '#late', ''), 'late', micros FROM ledger
        WHERE subject LIKE '%#late' AND kind = 'capture'
    ) AS known
    GROUP BY subject
) AS lines ON lines.subject = tasks.id
WHERE lines.held IS NULL
   OR lines.held <> tasks.price_micros
   OR (tasks.finished_at IS NULL AND lines.ends > 0)
   OR (tasks.finished_at IS NOT NULL AND (lines.settled <> lines.held OR lines.charged <> tasks.charged_micros));
