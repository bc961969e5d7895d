-- beside 0015
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

CREATE INDEX documents_by_project ON documents (project_id, created_at, id);
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
