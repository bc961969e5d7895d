-- Who owns tasks, assets and money. An amount or number that is NULL is no limit; without a floor a project is post-paid.
CREATE TABLE projects (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    multiplier_ppm BIGINT NOT NULL DEFAULT 1000000 CHECK (multiplier_ppm >= 0),
    floor_micros BIGINT,
    requests_per_minute BIGINT CHECK (requests_per_minute >= 0),
    tasks_at_once BIGINT CHECK (tasks_at_once >= 0),
    overflow TEXT NOT NULL DEFAULT 'refuse' CHECK (overflow IN ('refuse', 'queue')),
    priority BIGINT NOT NULL DEFAULT 0,
    weight BIGINT NOT NULL DEFAULT 1 CHECK (weight > 0),
    spend_day_micros BIGINT CHECK (spend_day_micros >= 0),
    spend_total_micros BIGINT CHECK (spend_total_micros >= 0),
    archived_at BIGINT,
    version BIGINT NOT NULL DEFAULT 1
);

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
ALTER TABLE keys ADD COLUMN expires_at BIGINT;
ALTER TABLE keys ADD COLUMN requests_per_minute BIGINT CHECK (requests_per_minute >= 0);
ALTER TABLE keys ADD COLUMN tasks_at_once BIGINT CHECK (tasks_at_once >= 0);
ALTER TABLE keys ADD COLUMN spend_day_micros BIGINT CHECK (spend_day_micros >= 0);
ALTER TABLE keys ADD COLUMN spend_total_micros BIGINT CHECK (spend_total_micros >= 0);
ALTER TABLE keys ADD COLUMN former TEXT NOT NULL DEFAULT '[]';
ALTER TABLE keys ADD COLUMN version BIGINT NOT NULL DEFAULT 1;

CREATE INDEX keys_by_age ON keys (created_at, id);

-- The first key is its operator's.
UPDATE keys SET scopes = '["create","read","admin"]'
WHERE id = (SELECT id FROM keys WHERE revoked_at IS NULL ORDER BY created_at, id LIMIT 1);

-- Who changed what of projects and keys, in the change's own transaction; `before` and `after` are JSON without secrets.
CREATE TABLE audit (
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    project_id TEXT NOT NULL,
    subject TEXT NOT NULL,
    before TEXT,
    after TEXT
);

CREATE INDEX audit_by_project ON audit (project_id, seq);

CREATE TRIGGER audit_keeps_its_lines BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
