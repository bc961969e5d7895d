-- Addresses at which projects are told of their tasks; of '' are the addresses that tasks name themselves. `secret` is
-- the number of the current secret, which is made from the server's own and kept nowhere; `former` (JSON) holds the
-- numbers of those that sign beside it, and until when. `off_at`: since when nothing is sent there, `off_reason` why.
CREATE TABLE webhooks (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    url TEXT NOT NULL,
    events TEXT NOT NULL,
    note TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    secret BIGINT NOT NULL,
    former TEXT NOT NULL,
    failing_since BIGINT,
    off_at BIGINT,
    off_reason TEXT NOT NULL,
    version BIGINT NOT NULL
);

CREATE INDEX webhooks_of_project ON webhooks (project_id, id);

-- What is to be told, was told, or could not be. Those of one task to one webhook go out in the order of `seq`, one after
-- another; `lane` names who receives them: a lane that is slow holds up no other. `due_at` is when one is sent next, and
-- while one is being sent, when that is given up for lost. `tries` (JSON) says what was answered, `sent` what was sent.
CREATE TABLE deliveries (
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    webhook_id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    task_id TEXT NOT NULL,
    lane TEXT NOT NULL,
    url TEXT NOT NULL,
    shape TEXT NOT NULL,
    event TEXT NOT NULL,
    state TEXT NOT NULL,
    at BIGINT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('waiting', 'delivered', 'failed')),
    due_at BIGINT,
    owner TEXT NOT NULL,
    fence BIGINT NOT NULL,
    tried BIGINT NOT NULL,
    tries TEXT NOT NULL,
    sent TEXT NOT NULL,
    ended_at BIGINT,
    CHECK ((status = 'waiting') = (due_at IS NOT NULL)),
    CHECK ((status = 'waiting') = (ended_at IS NULL))
);

CREATE INDEX deliveries_in_lanes ON deliveries (lane, due_at) WHERE status = 'waiting';
CREATE INDEX deliveries_in_order ON deliveries (webhook_id, task_id, seq) WHERE status = 'waiting';
CREATE INDEX deliveries_of_project ON deliveries (project_id, seq);
CREATE INDEX deliveries_by_end ON deliveries (ended_at) WHERE ended_at IS NOT NULL;

-- One row: the place in the feed up to which moves have become deliveries.
CREATE TABLE outbox (round BIGINT NOT NULL, number BIGINT NOT NULL);

INSERT INTO outbox (round, number)
SELECT COALESCE(MAX(feed_round), 0), COALESCE(MAX(feed), 0) FROM events WHERE feed IS NOT NULL;
