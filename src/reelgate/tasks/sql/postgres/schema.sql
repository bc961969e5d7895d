-- The whole schema as a reader wants it: the sum of the migrations beside it, which a test proves.

CREATE TABLE migrations (number BIGINT PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL);

CREATE TABLE tasks (
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    project_id TEXT NOT NULL,
    key_id TEXT NOT NULL,
    dialect TEXT NOT NULL,
    model TEXT NOT NULL,
    provider TEXT NOT NULL,
    request_id TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN (
        'queued', 'submitting', 'unknown', 'running', 'collecting', 'succeeded', 'failed', 'cancelled', 'expired'
    )),
    progress BIGINT NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
    request TEXT NOT NULL,
    price_micros BIGINT NOT NULL CHECK (price_micros >= 0),
    created_at BIGINT NOT NULL,
    due_at BIGINT,
    started_at BIGINT,
    finished_at BIGINT,
    lease_owner TEXT,
    lease_until BIGINT,
    fence BIGINT NOT NULL DEFAULT 0,
    cancel_requested BIGINT NOT NULL DEFAULT 0 CHECK (cancel_requested IN (0, 1)),
    attempts BIGINT NOT NULL DEFAULT 0,
    attempt_id TEXT,
    upstream_ref TEXT,
    output TEXT,
    error_code TEXT,
    error_message TEXT,
    idempotency_key TEXT,
    fingerprint TEXT,
    CHECK ((lease_owner IS NULL) = (lease_until IS NULL)),
    CHECK ((finished_at IS NOT NULL) = (state IN ('succeeded', 'failed', 'cancelled', 'expired'))),
    CHECK (finished_at IS NULL OR (due_at IS NULL AND lease_owner IS NULL))
);

CREATE INDEX tasks_by_project ON tasks (project_id, seq);
CREATE INDEX tasks_due ON tasks (provider, state, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX tasks_leased ON tasks (lease_owner) WHERE lease_owner IS NOT NULL;
CREATE UNIQUE INDEX tasks_by_idempotency_key ON tasks (project_id, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX tasks_by_fingerprint ON tasks (fingerprint, created_at) WHERE fingerprint IS NOT NULL;

CREATE TABLE attempts (
    id TEXT PRIMARY KEY,
    task_id TEXT NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    provider TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('sending', 'accepted', 'rejected', 'unknown', 'lost', 'done')),
    upstream_ref TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (task_id, number)
);

CREATE TABLE events (
    task_id TEXT NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    at BIGINT NOT NULL,
    name TEXT NOT NULL,
    source TEXT,
    target TEXT NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (task_id, number)
);

-- A hold is positive, the release that ends it is its negative, a capture is what is charged after that. One line of
-- each kind and task: nothing can be held, settled or charged twice. Lines outlive their task.
CREATE TABLE ledger (
    task_id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('hold', 'release', 'capture')),
    micros BIGINT NOT NULL CHECK (CASE kind WHEN 'release' THEN micros <= 0 ELSE micros >= 0 END),
    at BIGINT NOT NULL,
    PRIMARY KEY (task_id, kind)
);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the % is append-only', TG_TABLE_NAME;
END
$$;

CREATE TRIGGER ledger_keeps_its_lines BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TABLE task_blobs (
    task_id TEXT NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    blob TEXT NOT NULL,
    added_at BIGINT NOT NULL,
    PRIMARY KEY (task_id, name)
);

CREATE INDEX task_blobs_by_blob ON task_blobs (blob);

-- Files that lost a reference. Whoever empties the bin asks first whether another reference is left.
CREATE TABLE bin (
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    blob TEXT NOT NULL UNIQUE
);

-- `scopes`, `models` and `former` are JSON: what a key may do, globs of models, secrets that it had before.
CREATE TABLE keys (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    name TEXT NOT NULL,
    digest TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT,
    prefix TEXT NOT NULL DEFAULT '',
    scopes TEXT NOT NULL DEFAULT '["create","read"]',
    models TEXT NOT NULL DEFAULT '[]',
    expires_at BIGINT,
    requests_per_minute BIGINT CHECK (requests_per_minute >= 0),
    tasks_at_once BIGINT CHECK (tasks_at_once >= 0),
    spend_day_micros BIGINT CHECK (spend_day_micros >= 0),
    spend_total_micros BIGINT CHECK (spend_total_micros >= 0),
    former TEXT NOT NULL DEFAULT '[]',
    version BIGINT NOT NULL DEFAULT 1
);

CREATE INDEX keys_by_age ON keys (created_at, id);

CREATE TABLE asset_groups (
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    project_id TEXT NOT NULL,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE INDEX asset_groups_by_project ON asset_groups (project_id, seq);

-- Staged inputs that live beside tasks. One without a group is an upload; `expires_at` is when an asset ends.
CREATE TABLE assets (
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    project_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('image', 'video', 'audio')),
    name TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('processing', 'active', 'failed')),
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    group_id TEXT REFERENCES asset_groups (id) ON DELETE CASCADE,
    url TEXT NOT NULL,
    blob TEXT,
    facts TEXT,
    error TEXT,
    expires_at BIGINT,
    CHECK ((state = 'active') = (blob IS NOT NULL)),
    CHECK ((state = 'active') = (facts IS NOT NULL))
);

CREATE INDEX assets_by_project ON assets (project_id, seq);
CREATE INDEX assets_by_group ON assets (group_id) WHERE group_id IS NOT NULL;
CREATE INDEX assets_by_blob ON assets (blob) WHERE blob IS NOT NULL;
CREATE INDEX assets_processing ON assets (seq) WHERE state = 'processing';
CREATE INDEX assets_ending ON assets (expires_at) WHERE expires_at IS NOT NULL;

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
