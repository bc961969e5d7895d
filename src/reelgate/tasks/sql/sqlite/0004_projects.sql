-- Who owns tasks, assets and money. An amount or number that is NULL is no limit; without a floor a project is post-paid.
CREATE TABLE projects (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    multiplier_ppm INTEGER NOT NULL DEFAULT 1000000 CHECK (multiplier_ppm >= 0),
    floor_micros INTEGER,
    requests_per_minute INTEGER CHECK (requests_per_minute >= 0),
    tasks_at_once INTEGER CHECK (tasks_at_once >= 0),
    overflow TEXT NOT NULL DEFAULT 'refuse' CHECK (overflow IN ('refuse', 'queue')),
    priority INTEGER NOT NULL DEFAULT 0,
    weight INTEGER NOT NULL DEFAULT 1 CHECK (weight > 0),
    spend_day_micros INTEGER CHECK (spend_day_micros >= 0),
    spend_total_micros INTEGER CHECK (spend_total_micros >= 0),
    archived_at INTEGER,
    version INTEGER NOT NULL DEFAULT 1
) STRICT, WITHOUT ROWID;

CREATE INDEX projects_by_age ON projects (created_at, id);

-- Every project that a journal has used so far.
INSERT INTO projects (id, name, created_at)
SELECT project_id, project_id, MIN(at) FROM (
    SELECT project_id, created_at AS at FROM tasks
    UNION ALL SELECT project_id, created_at FROM keys
    UNION ALL SELECT project_id, created_at FROM assets
    UNION ALL SELECT project_id, created_at FROM asset_groups
    UNION ALL SELECT project_id, at FROM ledger
) AS used
GROUP BY project_id;

-- `scopes`, `models` and `former` are JSON: what a key may do, globs of models, secrets that it had before.
ALTER TABLE keys ADD COLUMN prefix TEXT NOT NULL DEFAULT '';
ALTER TABLE keys ADD COLUMN scopes TEXT NOT NULL DEFAULT '["create","read"]';
ALTER TABLE keys ADD COLUMN models TEXT NOT NULL DEFAULT '[]';
ALTER TABLE keys ADD COLUMN expires_at INTEGER;
ALTER TABLE keys ADD COLUMN requests_per_minute INTEGER CHECK (requests_per_minute >= 0);
ALTER TABLE keys ADD COLUMN tasks_at_once INTEGER CHECK (tasks_at_once >= 0);
ALTER TABLE keys ADD COLUMN spend_day_micros INTEGER CHECK (spend_day_micros >= 0);
ALTER TABLE keys ADD COLUMN spend_total_micros INTEGER CHECK (spend_total_micros >= 0);
ALTER TABLE keys ADD COLUMN former TEXT NOT NULL DEFAULT '[]';
ALTER TABLE keys ADD COLUMN version INTEGER NOT NULL DEFAULT 1;

CREATE INDEX keys_by_age ON keys (created_at, id);

-- The first key is its operator's.
UPDATE keys SET scopes = '["create","read","admin"]'
WHERE id = (SELECT id FROM keys WHERE revoked_at IS NULL ORDER BY created_at, id LIMIT 1);

-- Who changed what of projects and keys, in the change's own transaction; `before` and `after` are JSON without secrets.
CREATE TABLE audit (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    project_id TEXT NOT NULL,
    subject TEXT NOT NULL,
    before TEXT,
    after TEXT
) STRICT;

CREATE INDEX audit_by_project ON audit (project_id, seq);

CREATE TRIGGER audit_keeps_its_lines BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit is append-only');
END;

CREATE TRIGGER audit_keeps_its_words BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit is append-only');
END;
