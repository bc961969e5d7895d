-- Money in double entry: each line moves an amount from one class of accounts to another, as its kind says.
--   topup, adjustment  outside -> funds     what was paid in, or corrected (an adjustment may be negative)
--   hold               funds   -> held      a new task's price
--   release            held    -> funds     what an ended task is not charged
--   capture            held    -> charged   what a finished task is charged
-- `subject` is the task, or a payment's own reference: one line of each kind, so nothing is held, charged or paid in
-- twice. Key, model and the day (since 1970, UTC) are the hold's in all lines of a task. Lines outlive their task.
CREATE TABLE ledger_before AS SELECT task_id, project_id, kind, micros, at FROM ledger;

DROP TABLE ledger;

CREATE TABLE ledger (
    subject TEXT NOT NULL,
    project_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('topup', 'adjustment', 'hold', 'release', 'capture')),
    micros INTEGER NOT NULL CHECK (kind = 'adjustment' OR micros >= 0),
    at INTEGER NOT NULL,
    key_id TEXT NOT NULL,
    model TEXT NOT NULL,
    day INTEGER NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (subject, kind)
) STRICT, WITHOUT ROWID;

CREATE INDEX ledger_payments ON ledger (project_id, at) WHERE kind IN ('topup', 'adjustment');

INSERT INTO ledger (subject, project_id, kind, micros, at, key_id, model, day, note)
SELECT old.task_id, old.project_id, old.kind, old.micros, old.at, COALESCE(tasks.key_id, ''),
    COALESCE(tasks.model, ''), hold.at / 86400000, ''
FROM ledger_before AS old
JOIN ledger_before AS hold ON hold.task_id = old.task_id AND hold.kind = 'hold'
LEFT JOIN tasks ON tasks.id = old.task_id
WHERE old.kind <> 'release';

-- A release was the whole hold until now; from now on it is what a charge leaves of it.
INSERT INTO ledger (subject, project_id, kind, micros, at, key_id, model, day, note)
SELECT hold.subject, hold.project_id, 'release', hold.micros - COALESCE(capture.micros, 0), old.at, hold.key_id,
    hold.model, hold.day, ''
FROM ledger_before AS old
JOIN ledger AS hold ON hold.subject = old.task_id AND hold.kind = 'hold'
LEFT JOIN ledger AS capture ON capture.subject = old.task_id AND capture.kind = 'capture'
WHERE old.kind = 'release' AND (capture.micros IS NULL OR capture.micros < hold.micros);

DROP TABLE ledger_before;

-- The running totals of the ledger, by project and class. A check of the database's own keeps their sum at zero.
CREATE TABLE accounts (
    project_id TEXT PRIMARY KEY,
    outside INTEGER NOT NULL DEFAULT 0,
    funds INTEGER NOT NULL DEFAULT 0,
    held INTEGER NOT NULL DEFAULT 0 CHECK (held >= 0),
    charged INTEGER NOT NULL DEFAULT 0 CHECK (charged >= 0),
    CHECK (outside + funds + held + charged = 0)
) STRICT, WITHOUT ROWID;

-- What was spent, by the day on which its tasks were created.
CREATE TABLE spending (
    project_id TEXT NOT NULL,
    day INTEGER NOT NULL,
    key_id TEXT NOT NULL,
    model TEXT NOT NULL,
    tasks INTEGER NOT NULL,
    held INTEGER NOT NULL CHECK (held >= 0),
    charged INTEGER NOT NULL DEFAULT 0 CHECK (charged >= 0),
    PRIMARY KEY (project_id, day, key_id, model)
) STRICT, WITHOUT ROWID;

CREATE INDEX spending_by_key ON spending (key_id, day);

INSERT INTO accounts (project_id) SELECT id FROM projects;

INSERT INTO accounts (project_id, funds, held, charged)
SELECT
    project_id,
    SUM(CASE kind WHEN 'hold' THEN -micros WHEN 'release' THEN micros ELSE 0 END),
    SUM(CASE kind WHEN 'hold' THEN micros ELSE -micros END),
    SUM(CASE kind WHEN 'capture' THEN micros ELSE 0 END)
FROM ledger WHERE true
GROUP BY project_id
ON CONFLICT (project_id) DO UPDATE SET funds = excluded.funds, held = excluded.held, charged = excluded.charged;

INSERT INTO spending (project_id, day, key_id, model, tasks, held, charged)
SELECT
    project_id, day, key_id, model,
    SUM(CASE kind WHEN 'hold' THEN 1 ELSE 0 END),
    SUM(CASE kind WHEN 'hold' THEN micros ELSE -micros END),
    SUM(CASE kind WHEN 'capture' THEN micros ELSE 0 END)
FROM ledger
GROUP BY project_id, day, key_id, model;

-- `terms` is JSON: by which rule and rates a task was priced. `charged_micros` is what it was charged when it ended.
ALTER TABLE tasks ADD COLUMN terms TEXT;
ALTER TABLE tasks ADD COLUMN charged_micros INTEGER;

UPDATE tasks
SET charged_micros = COALESCE((SELECT micros FROM ledger WHERE subject = tasks.id AND kind = 'capture'), 0)
WHERE finished_at IS NOT NULL;

CREATE TRIGGER ledger_keeps_its_lines BEFORE DELETE ON ledger
BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only');
END;

CREATE TRIGGER ledger_keeps_its_amounts BEFORE UPDATE ON ledger
BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only');
END;

CREATE TRIGGER projects_have_accounts AFTER INSERT ON projects
BEGIN
    INSERT INTO accounts (project_id) VALUES (new.id) ON CONFLICT DO NOTHING;
END;

CREATE TRIGGER ledger_pays AFTER INSERT ON ledger WHEN new.kind IN ('topup', 'adjustment')
BEGIN
    INSERT INTO accounts (project_id, outside, funds) VALUES (new.project_id, -new.micros, new.micros)
    ON CONFLICT (project_id) DO UPDATE SET outside = outside + excluded.outside, funds = funds + excluded.funds;
END;

CREATE TRIGGER ledger_holds AFTER INSERT ON ledger WHEN new.kind = 'hold'
BEGIN
    INSERT INTO accounts (project_id, funds, held) VALUES (new.project_id, -new.micros, new.micros)
    ON CONFLICT (project_id) DO UPDATE SET funds = funds + excluded.funds, held = held + excluded.held;
    INSERT INTO spending (project_id, day, key_id, model, tasks, held)
    VALUES (new.project_id, new.day, new.key_id, new.model, 1, new.micros)
    ON CONFLICT (project_id, day, key_id, model)
    DO UPDATE SET tasks = tasks + 1, held = held + excluded.held;
END;

CREATE TRIGGER ledger_settles AFTER INSERT ON ledger WHEN new.kind IN ('release', 'capture')
BEGIN
    UPDATE accounts
    SET held = held - new.micros,
        funds = funds + CASE new.kind WHEN 'release' THEN new.micros ELSE 0 END,
        charged = charged + CASE new.kind WHEN 'capture' THEN new.micros ELSE 0 END
    WHERE project_id = new.project_id;
    UPDATE spending
    SET held = held - new.micros,
        charged = charged + CASE new.kind WHEN 'capture' THEN new.micros ELSE 0 END
    WHERE project_id = new.project_id AND day = new.day AND key_id = new.key_id AND model = new.model;
END;
