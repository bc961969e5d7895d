-- The queries about projects, keys and their audit log, which one text can serve on both databases; see queries.sql.

-- project: the project with that id.
SELECT {project} FROM projects WHERE id = :id;

-- projects: projects, oldest first; `after` is '' or the last one seen.
SELECT {project} FROM projects
WHERE :after = '' OR (created_at, id) > (SELECT created_at, id FROM projects WHERE id = :after)
ORDER BY created_at, id
LIMIT :limit;

-- add_project: write a project down.
INSERT INTO projects ({project})
VALUES (
    :id, :name, :created_at, :multiplier_ppm, :floor_micros, :creates_per_minute, :tasks_at_once, :overflow,
    :priority, :weight, :spend_day_micros, :spend_total_micros, :budget_month_micros, :archived_at,
    :version
)
ON CONFLICT DO NOTHING
RETURNING id;

-- change_project: what a project is from now on, unless somebody else has changed it.
UPDATE projects
SET name = :name,
    multiplier_ppm = :multiplier_ppm,
    floor_micros = :floor_micros,
    creates_per_minute = :creates_per_minute,
    tasks_at_once = :tasks_at_once,
    overflow = :overflow,
    priority = :priority,
    weight = :weight,
    spend_day_micros = :spend_day_micros,
    spend_total_micros = :spend_total_micros,
    budget_month_micros = :budget_month_micros,
    archived_at = :archived_at,
    version = version + 1
WHERE id = :id AND version = :version
RETURNING id;

-- key: the key with that id.
SELECT {key} FROM keys WHERE id = :id;

-- keys: keys of a project, or of all where it is '', oldest first; `after` is '' or the last one seen.
SELECT {key} FROM keys
WHERE (:project_id = '' OR project_id = :project_id)
  AND (:after = '' OR (created_at, id) > (SELECT created_at, id FROM keys WHERE id = :after))
ORDER BY created_at, id
LIMIT :limit;

-- use_project: a project gets a key; its row is held, so that it can't be archived in between.
UPDATE projects SET version = version WHERE id = :project_id AND archived_at IS NULL RETURNING id;

-- add_key: keep a key by its hash.
INSERT INTO keys ({key})
VALUES (
    :id, :project_id, :name, :digest, :created_at, :revoked_at, :prefix, :scopes, :models, :expires_at,
    :creates_per_minute, :tasks_at_once, :spend_day_micros, :spend_total_micros, :former, :version, :strict
)
ON CONFLICT DO NOTHING
RETURNING id;

-- change_key: what a key is from now on, unless somebody else has changed it.
UPDATE keys
SET name = :name,
    digest = :digest,
    revoked_at = :revoked_at,
    prefix = :prefix,
    scopes = :scopes,
    models = :models,
    expires_at = :expires_at,
    creates_per_minute = :creates_per_minute,
    tasks_at_once = :tasks_at_once,
    spend_day_micros = :spend_day_micros,
    spend_total_micros = :spend_total_micros,
    former = :former,
    strict = :strict,
    version = version + 1
WHERE id = :id AND version = :version
RETURNING id;

-- add_audit: who changed what.
INSERT INTO audit (at, actor, action, project_id, subject, before, after)
VALUES (:at, :actor, :action, :project_id, :subject, :before, :after);

-- audit: lines of the audit log, newest first; '' is any.
SELECT {audit} FROM audit
WHERE seq < :before_seq
  AND (:project_id = '' OR project_id = :project_id)
  AND (:subject = '' OR subject = :subject)
  AND (:actor = '' OR actor = :actor)
ORDER BY seq DESC
LIMIT :limit;

-- changed_projects: what the audit log names after a line.
SELECT {project} FROM projects WHERE id IN (SELECT subject FROM audit WHERE seq > :since);

-- changed_keys: the same of keys.
SELECT {key} FROM keys WHERE id IN (SELECT subject FROM audit WHERE seq > :since);

-- revision: the newest line of the audit log, 0 for an empty one.
SELECT COALESCE(MAX(seq), 0) FROM audit;
