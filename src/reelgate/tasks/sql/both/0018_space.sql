-- beside 0015
-- How large each file is, found out after it was stored; and which results their clients have fetched whole.
CREATE TABLE file_sizes (blob TEXT PRIMARY KEY, bytes {integer} NOT NULL){keyed};

CREATE TABLE downloads (
    task_id TEXT PRIMARY KEY REFERENCES tasks (id) ON DELETE CASCADE,
    at {integer} NOT NULL
){keyed};

CREATE INDEX downloads_by_age ON downloads (at);
