-- Creates whose answer did not arrive, for a minute: whichever server gets the same create again knows its task.
CREATE TABLE unheard (
    task_id TEXT PRIMARY KEY,
    key_id TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    at BIGINT NOT NULL
);

CREATE INDEX unheard_by_time ON unheard (at);
