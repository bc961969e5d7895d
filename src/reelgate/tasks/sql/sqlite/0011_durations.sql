-- How long jobs took at each account: of the newest of each sort, between which seconds it ended (JSON).
CREATE TABLE durations (
    provider TEXT NOT NULL,
    sort TEXT NOT NULL,
    spans TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (provider, sort)
) STRICT, WITHOUT ROWID;

CREATE INDEX durations_by_time ON durations (at);
