-- The whole schema as a reader wants it: the sum of the migrations beside it, which a test proves.

-- only sqlite
CREATE TABLE migrations (number BIGINT PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL);
-- only postgres
CREATE TABLE migrations (number {integer} PRIMARY KEY, name TEXT NOT NULL, applied_at {integer} NOT NULL);
-- both

CREATE TABLE tasks (
    seq {serial},
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
    progress {integer} NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 100),
    request TEXT NOT NULL,
    price_micros {integer} NOT NULL CHECK (price_micros >= 0),
    created_at {integer} NOT NULL,
    due_at {integer},
    started_at {integer},
    finished_at {integer},
    lease_owner TEXT,
    lease_until {integer},
    fence {integer} NOT NULL DEFAULT 0,
    cancel_requested {integer} NOT NULL DEFAULT 0 CHECK (cancel_requested IN (0, 1)),
    attempts {integer} NOT NULL DEFAULT 0,
    attempt_id TEXT,
    upstream_ref TEXT,
    output TEXT,
    error_code TEXT,
    error_message TEXT,
    idempotency_key TEXT,
    fingerprint TEXT,
    terms TEXT,
    charged_micros {integer},
    offpeak {integer} NOT NULL DEFAULT 0 CHECK (offpeak IN (0, 1)),
    hold_until {integer},
    odd_since {integer},
    trace TEXT,
    metadata TEXT,
    CHECK ((lease_owner IS NULL) = (lease_until IS NULL)),
    CHECK ((finished_at IS NOT NULL) = (state IN ('succeeded', 'failed', 'cancelled', 'expired'))),
    CHECK (finished_at IS NULL OR (due_at IS NULL AND lease_owner IS NULL))
){strict};

CREATE INDEX tasks_by_project ON tasks (project_id, seq);
CREATE INDEX tasks_due ON tasks (provider, state, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX tasks_leased ON tasks (lease_owner) WHERE lease_owner IS NOT NULL;
CREATE UNIQUE INDEX tasks_by_idempotency_key ON tasks (project_id, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX tasks_by_fingerprint ON tasks (fingerprint, created_at) WHERE fingerprint IS NOT NULL;
-- only sqlite
CREATE INDEX tasks_open ON tasks (key_id, state, provider, offpeak, due_at) WHERE finished_at IS NULL;
-- only postgres
CREATE INDEX tasks_open ON tasks (key_id, state, provider, offpeak, due_at, seq) WHERE finished_at IS NULL;
-- both
CREATE INDEX tasks_ended ON tasks (project_id, state, seq) WHERE finished_at IS NOT NULL;
-- `hold_until` is when a hold ends at the latest, as things stand (ms); NULL while that follows from other times.
CREATE INDEX tasks_by_hold ON tasks (hold_until) WHERE hold_until IS NOT NULL AND finished_at IS NULL;
CREATE INDEX tasks_by_end ON tasks (finished_at) WHERE finished_at IS NOT NULL;

-- The client's own notes on each task, by which tasks are found; `owner` is its project.
CREATE TABLE task_metadata (
    task {integer} NOT NULL REFERENCES tasks (seq) ON DELETE CASCADE,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    owner TEXT NOT NULL,
    PRIMARY KEY (task, name)
){keyed};

CREATE INDEX task_metadata_by_value ON task_metadata (owner, name, value, task);

CREATE TABLE attempts (
    id TEXT PRIMARY KEY,
    task_id TEXT NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    number {integer} NOT NULL,
    provider TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('sending', 'accepted', 'rejected', 'unknown', 'lost', 'done')),
    upstream_ref TEXT,
    created_at {integer} NOT NULL,
    updated_at {integer} NOT NULL,
    heard TEXT NOT NULL DEFAULT '',
    UNIQUE (task_id, number)
){keyed};

-- only postgres
-- Moves of all tasks stand in one order: a place is the number of its transaction, then its own.
CREATE SEQUENCE feed_places;

-- both
CREATE TABLE events (
    task_id TEXT NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    number {integer} NOT NULL,
    at {integer} NOT NULL,
    name TEXT NOT NULL,
    source TEXT,
    target TEXT NOT NULL,
    note TEXT NOT NULL,
-- only sqlite
    feed {integer},
-- only postgres
    feed {integer} DEFAULT nextval('feed_places'),
    feed_round {integer} DEFAULT CAST(CAST(pg_current_xact_id() AS TEXT) AS {integer}),
-- both
    PRIMARY KEY (task_id, number)
){keyed};

-- only sqlite
CREATE INDEX events_feed ON events (feed) WHERE feed IS NOT NULL;

-- One row: the last place that was given. A deleted task's places are not given again.
CREATE TABLE feed (place {integer} NOT NULL){strict};

INSERT INTO feed (place) VALUES (0);

CREATE TRIGGER events_take_places AFTER INSERT ON events
BEGIN
    UPDATE feed SET place = place + 1;
    UPDATE events SET feed = (SELECT place FROM feed) WHERE task_id = new.task_id AND number = new.number;
END;
-- only postgres
CREATE INDEX events_feed ON events (feed_round, feed) WHERE feed IS NOT NULL;
-- both

-- Money in double entry: each line moves an amount from one class of accounts to another, as its kind says.
--   topup, adjustment  outside -> funds     what was paid in, or corrected (an adjustment may be negative)
--   hold               funds   -> held      a new task's price
--   release            held    -> funds     what an ended task is not charged
--   capture            held    -> charged   what a finished task is charged
-- `subject` is the task, or a payment's own reference: one line of each kind, so nothing is held, charged or paid in
-- twice. Key, model and the day (since 1970, UTC) are the hold's in all lines of a task. Lines outlive their task.
CREATE TABLE ledger (
    subject TEXT NOT NULL,
    project_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('topup', 'adjustment', 'hold', 'release', 'capture')),
    micros {integer} NOT NULL CHECK (kind = 'adjustment' OR micros >= 0),
    at {integer} NOT NULL,
    key_id TEXT NOT NULL,
    model TEXT NOT NULL,
    day {integer} NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (subject, kind)
){keyed};

CREATE INDEX ledger_payments ON ledger (project_id, at) WHERE kind IN ('topup', 'adjustment');

-- only sqlite
CREATE TRIGGER ledger_keeps_its_lines BEFORE DELETE ON ledger
-- only postgres
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
-- both
BEGIN
-- only sqlite
    SELECT RAISE(ABORT, 'the ledger is append-only');
END;
-- only postgres
    RAISE EXCEPTION 'the % is append-only', TG_TABLE_NAME;
END
$$;
-- both

-- only sqlite
CREATE TRIGGER ledger_keeps_its_amounts BEFORE UPDATE ON ledger
BEGIN
    SELECT RAISE(ABORT, 'the ledger is append-only');
END;
-- only postgres
CREATE TRIGGER ledger_keeps_its_lines BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- both

CREATE TABLE task_blobs (
    task_id TEXT NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    blob TEXT NOT NULL,
    added_at {integer} NOT NULL,
    PRIMARY KEY (task_id, name)
){keyed};

CREATE INDEX task_blobs_by_blob ON task_blobs (blob);
CREATE INDEX task_blobs_by_age ON task_blobs (added_at);

-- Files that lost a reference. Whoever empties the bin asks first whether another reference is left.
CREATE TABLE bin (
    seq {number},
    blob TEXT NOT NULL UNIQUE
){strict};

-- `scopes`, `models` and `former` are JSON: what a key may do, globs of models, secrets that it had before.
CREATE TABLE keys (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    name TEXT NOT NULL,
    digest TEXT NOT NULL UNIQUE,
    created_at {integer} NOT NULL,
    revoked_at {integer},
    prefix TEXT NOT NULL DEFAULT '',
    scopes TEXT NOT NULL DEFAULT '["create","read"]',
    models TEXT NOT NULL DEFAULT '[]',
    expires_at {integer},
    creates_per_minute {integer} CHECK (creates_per_minute >= 0),
    tasks_at_once {integer} CHECK (tasks_at_once >= 0),
    spend_day_micros {integer} CHECK (spend_day_micros >= 0),
    spend_total_micros {integer} CHECK (spend_total_micros >= 0),
    former TEXT NOT NULL DEFAULT '[]',
    version {integer} NOT NULL DEFAULT 1,
    strict {integer} NOT NULL DEFAULT 0 CHECK (strict IN (0, 1))
){keyed};

CREATE INDEX keys_by_age ON keys (created_at, id);

-- How many tasks of each key are beyond the queue.
CREATE VIEW moving AS
SELECT keys.id AS key_id, keys.project_id, (
    SELECT COUNT(*) FROM tasks
    WHERE finished_at IS NULL AND tasks.key_id = keys.id
      AND state IN ('submitting', 'unknown', 'running', 'collecting')
) AS tasks
FROM keys;

CREATE TABLE asset_groups (
    seq {serial},
    id TEXT NOT NULL UNIQUE,
    project_id TEXT NOT NULL,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    created_at {integer} NOT NULL,
    updated_at {integer} NOT NULL
){strict};

CREATE INDEX asset_groups_by_project ON asset_groups (project_id, seq);

-- Staged inputs that live beside tasks. One without a group is an upload; `expires_at` is when an asset ends.
CREATE TABLE assets (
    seq {serial},
    id TEXT NOT NULL UNIQUE,
    project_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('image', 'video', 'audio')),
    name TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('processing', 'active', 'failed')),
    created_at {integer} NOT NULL,
    updated_at {integer} NOT NULL,
    group_id TEXT REFERENCES asset_groups (id) ON DELETE CASCADE,
    url TEXT NOT NULL,
    blob TEXT,
    facts TEXT,
    error TEXT,
    expires_at {integer},
    CHECK ((state = 'active') = (blob IS NOT NULL)),
    CHECK ((state = 'active') = (facts IS NOT NULL))
){strict};

CREATE INDEX assets_by_project ON assets (project_id, seq);
CREATE INDEX assets_by_group ON assets (group_id) WHERE group_id IS NOT NULL;
CREATE INDEX assets_by_blob ON assets (blob) WHERE blob IS NOT NULL;
CREATE INDEX assets_processing ON assets (seq) WHERE state = 'processing';
CREATE INDEX assets_ending ON assets (expires_at) WHERE expires_at IS NOT NULL;
-- only sqlite
CREATE INDEX assets_listed ON assets (project_id, substr(id, 1, 5), (created_at / 1000), id) WHERE group_id IS NULL;
-- only postgres
CREATE INDEX assets_listed ON assets (project_id, substr(id, 1, 5), (created_at / 1000), id COLLATE "C")
    WHERE group_id IS NULL;
-- both

-- Who owns tasks, assets and money. An amount or number that is NULL is no limit; without a floor a project is post-paid.
CREATE TABLE projects (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    created_at {integer} NOT NULL,
    multiplier_ppm {integer} NOT NULL DEFAULT 1000000 CHECK (multiplier_ppm >= 0),
    floor_micros {integer},
    creates_per_minute {integer} CHECK (creates_per_minute >= 0),
    tasks_at_once {integer} CHECK (tasks_at_once >= 0),
    overflow TEXT NOT NULL DEFAULT 'refuse' CHECK (overflow IN ('refuse', 'queue')),
    priority {integer} NOT NULL DEFAULT 0,
    weight {integer} NOT NULL DEFAULT 1 CHECK (weight > 0),
    spend_day_micros {integer} CHECK (spend_day_micros >= 0),
    spend_total_micros {integer} CHECK (spend_total_micros >= 0),
    archived_at {integer},
    version {integer} NOT NULL DEFAULT 1,
    budget_month_micros {integer} CHECK (budget_month_micros >= 0)
){keyed};

CREATE INDEX projects_by_age ON projects (created_at, id);

-- Who changed what of projects and keys, in the change's own transaction; `before` and `after` are JSON without secrets.
CREATE TABLE audit (
    seq {serial},
    at {integer} NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    project_id TEXT NOT NULL,
    subject TEXT NOT NULL,
    before TEXT,
    after TEXT
){strict};

CREATE INDEX audit_by_project ON audit (project_id, seq);

-- only sqlite
CREATE TRIGGER audit_keeps_its_lines BEFORE DELETE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit is append-only');
END;

CREATE TRIGGER audit_keeps_its_words BEFORE UPDATE ON audit
BEGIN
    SELECT RAISE(ABORT, 'the audit is append-only');
END;
-- only postgres
CREATE TRIGGER audit_keeps_its_lines BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- both

-- The running totals of the ledger, by project and class. A check of the database's own keeps their sum at zero.
CREATE TABLE accounts (
    project_id TEXT PRIMARY KEY,
    outside {integer} NOT NULL DEFAULT 0,
    funds {integer} NOT NULL DEFAULT 0,
    held {integer} NOT NULL DEFAULT 0 CHECK (held >= 0),
    charged {integer} NOT NULL DEFAULT 0 CHECK (charged >= 0),
    CHECK (outside + funds + held + charged = 0)
){keyed};

-- What was spent, by the day on which its tasks were created.
CREATE TABLE spending (
    project_id TEXT NOT NULL,
    day {integer} NOT NULL,
    key_id TEXT NOT NULL,
    model TEXT NOT NULL,
    tasks {integer} NOT NULL,
    held {integer} NOT NULL CHECK (held >= 0),
    charged {integer} NOT NULL DEFAULT 0 CHECK (charged >= 0),
    PRIMARY KEY (project_id, day, key_id, model)
){keyed};

CREATE INDEX spending_by_key ON spending (key_id, day);

-- only postgres
CREATE FUNCTION open_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO accounts (project_id) VALUES (NEW.id) ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;

-- both
CREATE TRIGGER projects_have_accounts AFTER INSERT ON projects
-- only postgres
FOR EACH ROW EXECUTE FUNCTION open_account();

CREATE FUNCTION move_money() RETURNS trigger LANGUAGE plpgsql AS $$
-- both
BEGIN
-- only sqlite
    INSERT INTO accounts (project_id) VALUES (new.id) ON CONFLICT DO NOTHING;
END;
-- only postgres
    INSERT INTO accounts AS a (project_id, outside, funds, held)
    SELECT
        project_id,
        SUM(CASE kind WHEN 'hold' THEN 0 ELSE -micros END),
        SUM(CASE kind WHEN 'hold' THEN -micros ELSE micros END),
        SUM(CASE kind WHEN 'hold' THEN micros ELSE 0 END)
    FROM lines WHERE kind IN ('topup', 'adjustment', 'hold')
    GROUP BY project_id ORDER BY project_id
    ON CONFLICT (project_id) DO UPDATE
    SET outside = a.outside + excluded.outside, funds = a.funds + excluded.funds, held = a.held + excluded.held;
-- both

-- only sqlite
CREATE TRIGGER ledger_pays AFTER INSERT ON ledger WHEN new.kind IN ('topup', 'adjustment')
BEGIN
    INSERT INTO accounts (project_id, outside, funds) VALUES (new.project_id, -new.micros, new.micros)
    ON CONFLICT (project_id) DO UPDATE SET outside = outside + excluded.outside, funds = funds + excluded.funds;
END;
-- only postgres
    INSERT INTO spending AS s (project_id, day, key_id, model, tasks, held)
    SELECT project_id, day, key_id, model, COUNT(*), SUM(micros) FROM lines WHERE kind = 'hold'
    GROUP BY project_id, day, key_id, model ORDER BY project_id, day, key_id, model
    ON CONFLICT (project_id, day, key_id, model) DO UPDATE
    SET tasks = s.tasks + excluded.tasks, held = s.held + excluded.held;
-- both

-- only sqlite
CREATE TRIGGER ledger_holds AFTER INSERT ON ledger WHEN new.kind = 'hold'
BEGIN
    INSERT INTO accounts (project_id, funds, held) VALUES (new.project_id, -new.micros, new.micros)
    ON CONFLICT (project_id) DO UPDATE SET funds = funds + excluded.funds, held = held + excluded.held;
    INSERT INTO spending (project_id, day, key_id, model, tasks, held)
    VALUES (new.project_id, new.day, new.key_id, new.model, 1, new.micros)
    ON CONFLICT (project_id, day, key_id, model)
    DO UPDATE SET tasks = tasks + 1, held = held + excluded.held;
END;
-- only postgres
    UPDATE accounts AS a
    SET held = a.held - ended.micros, funds = a.funds + ended.released, charged = a.charged + ended.captured
    FROM (
        SELECT
            project_id, SUM(micros) AS micros,
            SUM(CASE kind WHEN 'release' THEN micros ELSE 0 END) AS released,
            SUM(CASE kind WHEN 'capture' THEN micros ELSE 0 END) AS captured
        FROM lines WHERE kind IN ('release', 'capture') GROUP BY project_id
    ) AS ended
    WHERE a.project_id = ended.project_id;
-- both

-- only sqlite
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
-- only postgres
    UPDATE spending AS s
    SET held = s.held - ended.micros, charged = s.charged + ended.captured
    FROM (
        SELECT
            project_id, day, key_id, model, SUM(micros) AS micros,
            SUM(CASE kind WHEN 'capture' THEN micros ELSE 0 END) AS captured
        FROM lines WHERE kind IN ('release', 'capture') GROUP BY project_id, day, key_id, model
    ) AS ended
    WHERE s.project_id = ended.project_id AND s.day = ended.day
      AND s.key_id = ended.key_id AND s.model = ended.model;
    RETURN NULL;
END
$$;

CREATE TRIGGER ledger_moves_money AFTER INSERT ON ledger
REFERENCING NEW TABLE AS lines FOR EACH STATEMENT EXECUTE FUNCTION move_money();
-- both

-- Creates whose answer did not arrive, for a minute: whichever server gets the same create again knows its task.
CREATE TABLE unheard (
    task_id TEXT PRIMARY KEY,
    key_id TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    at {integer} NOT NULL
){keyed};

CREATE INDEX unheard_by_time ON unheard (at);

-- Submissions whose task has ended although nobody knows whether a vendor took them, and so may have to be paid for. They
-- outlive their task. `due_at` is when one is looked for again, NULL once that is left to the operator; `outcome` is ''
-- while it is open.
CREATE TABLE parked (
    attempt_id TEXT PRIMARY KEY,
    task_id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    provider TEXT NOT NULL,
    model TEXT NOT NULL,
    sent_at {integer} NOT NULL,
    parked_at {integer} NOT NULL,
    due_at {integer},
    upstream_ref TEXT,
    outcome TEXT NOT NULL CHECK (outcome IN ('', 'late', 'failed', 'not_taken', 'written_off')),
    settled_at {integer},
    owed_micros {integer},
    CHECK ((outcome = '') = (settled_at IS NULL)),
    CHECK (settled_at IS NULL OR due_at IS NULL)
){keyed};

CREATE INDEX parked_due ON parked (provider, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX parked_open ON parked (parked_at) WHERE outcome = '';

-- What vendors are owed for, and no client paid: one line for each submission, which outlives its task. `micros` is NULL
-- where the catalog does not know the vendor's price.
CREATE TABLE losses (
    attempt_id TEXT PRIMARY KEY,
    task_id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    provider TEXT NOT NULL,
    model TEXT NOT NULL,
    micros {integer} CHECK (micros >= 0),
    at {integer} NOT NULL,
    reason TEXT NOT NULL
){keyed};

CREATE INDEX losses_by_age ON losses (at);

-- only sqlite
CREATE TRIGGER losses_keep_their_lines BEFORE DELETE ON losses
BEGIN
    SELECT RAISE(ABORT, 'the losses are append-only');
END;

CREATE TRIGGER losses_keep_their_amounts BEFORE UPDATE ON losses
BEGIN
    SELECT RAISE(ABORT, 'the losses are append-only');
END;
-- only postgres
CREATE TRIGGER losses_keep_their_lines BEFORE UPDATE OR DELETE OR TRUNCATE ON losses
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- both

-- How long jobs took at each account: of the newest of each sort, between which seconds it ended (JSON).
CREATE TABLE durations (
    provider TEXT NOT NULL,
    sort TEXT NOT NULL,
    spans TEXT NOT NULL,
    at {integer} NOT NULL,
    PRIMARY KEY (provider, sort)
){keyed};

CREATE INDEX durations_by_time ON durations (at);

-- Addresses at which projects are told of their tasks; of '' are the addresses that tasks name themselves. `secret` is
-- the number of the current secret, which is made from the server's own and kept nowhere; `former` (JSON) holds the
-- numbers of those that sign beside it, and until when. `off_at`: since when nothing is sent there, `off_reason` why.
CREATE TABLE webhooks (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    url TEXT NOT NULL,
    events TEXT NOT NULL,
    note TEXT NOT NULL,
    created_at {integer} NOT NULL,
    secret {integer} NOT NULL,
    former TEXT NOT NULL,
    failing_since {integer},
    off_at {integer},
    off_reason TEXT NOT NULL,
    version {integer} NOT NULL
){keyed};

CREATE INDEX webhooks_of_project ON webhooks (project_id, id);

-- What is to be told, was told, or could not be. Those of one task to one webhook go out in the order of `seq`, one after
-- another; `lane` names who receives them: a lane that is slow holds up no other. `due_at` is when one is sent next, and
-- while one is being sent, when that is given up for lost. `tries` (JSON) says what was answered, `sent` what was sent.
CREATE TABLE deliveries (
    seq {serial},
    id TEXT NOT NULL UNIQUE,
    webhook_id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    task_id TEXT NOT NULL,
    lane TEXT NOT NULL,
    url TEXT NOT NULL,
    shape TEXT NOT NULL,
    event TEXT NOT NULL,
    state TEXT NOT NULL,
    at {integer} NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('waiting', 'delivered', 'failed')),
    due_at {integer},
    owner TEXT NOT NULL,
    fence {integer} NOT NULL,
    tried {integer} NOT NULL,
    tries TEXT NOT NULL,
    sent TEXT NOT NULL,
    ended_at {integer},
    CHECK ((status = 'waiting') = (due_at IS NOT NULL)),
    CHECK ((status = 'waiting') = (ended_at IS NULL))
){strict};

CREATE INDEX deliveries_in_lanes ON deliveries (lane, due_at) WHERE status = 'waiting';
CREATE INDEX deliveries_in_order ON deliveries (webhook_id, task_id, seq) WHERE status = 'waiting';
CREATE INDEX deliveries_of_project ON deliveries (project_id, seq);
CREATE INDEX deliveries_by_end ON deliveries (ended_at) WHERE ended_at IS NOT NULL;

-- One row: the place in the feed up to which moves have become deliveries.
CREATE TABLE outbox (round {integer} NOT NULL, number {integer} NOT NULL){strict};

-- only sqlite
INSERT INTO outbox (round, number) SELECT 0, place FROM feed;
-- only postgres
INSERT INTO outbox (round, number)
SELECT COALESCE(MAX(feed_round), 0), COALESCE(MAX(feed), 0) FROM events WHERE feed IS NOT NULL;
-- both

-- What all servers of a journal have in common and no one may make anew, such as the secret that signs links.
CREATE TABLE shared (name TEXT PRIMARY KEY, value TEXT NOT NULL){strict};

-- Accounts that an operator has paused, for every server of the journal: nothing is sent there, what is there goes on.
CREATE TABLE pauses (account TEXT PRIMARY KEY, at {integer} NOT NULL, actor TEXT NOT NULL, reason TEXT NOT NULL){keyed};

-- Batches of creates: a line of the file that each came from is one create. Texts, such as those files, are kept here.
CREATE TABLE documents (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    purpose TEXT NOT NULL,
    name TEXT NOT NULL,
    bytes {integer} NOT NULL,
    created_at {integer} NOT NULL,
    expires_at {integer},
    text TEXT NOT NULL
){strict};

-- only sqlite
CREATE INDEX documents_listed ON documents (project_id, (created_at / 1000), id);
-- only postgres
CREATE INDEX documents_listed ON documents (project_id, (created_at / 1000), id COLLATE "C");
-- both
CREATE INDEX documents_ending ON documents (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE batches (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    key_id TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    status TEXT NOT NULL,
    input_file TEXT NOT NULL,
    created_at {integer} NOT NULL,
    expires_at {integer} NOT NULL,
    total {integer} NOT NULL,
    completed {integer} NOT NULL,
    failed {integer} NOT NULL,
    errors TEXT NOT NULL,
    metadata TEXT NOT NULL,
    keep_seconds {integer} NOT NULL,
    cancelling_at {integer},
    ended_at {integer},
    output_file TEXT,
    error_file TEXT,
    lines TEXT NOT NULL,
    lease_owner TEXT,
    lease_until {integer}
){strict};

CREATE INDEX batches_by_project ON batches (project_id, created_at, id);
CREATE INDEX batches_open ON batches (id) WHERE ended_at IS NULL;

-- The lines that were begun: `ok` is 1 where the video was made, 0 where it was not, NULL while nobody knows.
CREATE TABLE batch_lines (
    batch_id TEXT NOT NULL REFERENCES batches (id) ON DELETE CASCADE,
    number {integer} NOT NULL,
    task_id TEXT,
    ok {integer},
    answer TEXT NOT NULL,
    PRIMARY KEY (batch_id, number)
){keyed};

CREATE INDEX batch_lines_open ON batch_lines (batch_id, number) WHERE ok IS NULL;

-- How large each file is, found out after it was stored; and which results their clients have fetched whole.
CREATE TABLE file_sizes (blob TEXT PRIMARY KEY, bytes {integer} NOT NULL){keyed};

CREATE TABLE downloads (
    task_id TEXT PRIMARY KEY REFERENCES tasks (id) ON DELETE CASCADE,
    at {integer} NOT NULL
){keyed};

CREATE INDEX downloads_by_age ON downloads (at);
