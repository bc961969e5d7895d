CREATE TABLE asset_groups (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    project_id TEXT NOT NULL,
    name TEXT NOT NULL,
    type TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE INDEX asset_groups_by_project ON asset_groups (project_id, seq);

-- Staged inputs that live beside tasks. One without a group is an upload; `expires_at` is when an asset ends.
CREATE TABLE assets (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    project_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('image', 'video', 'audio')),
    name TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('processing', 'active', 'failed')),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    group_id TEXT REFERENCES asset_groups (id) ON DELETE CASCADE,
    url TEXT NOT NULL,
    blob TEXT,
    facts TEXT,
    error TEXT,
    expires_at INTEGER,
    CHECK ((state = 'active') = (blob IS NOT NULL)),
    CHECK ((state = 'active') = (facts IS NOT NULL))
) STRICT;

CREATE INDEX assets_by_project ON assets (project_id, seq);
CREATE INDEX assets_by_group ON assets (group_id) WHERE group_id IS NOT NULL;
CREATE INDEX assets_by_blob ON assets (blob) WHERE blob IS NOT NULL;
CREATE INDEX assets_processing ON assets (seq) WHERE state = 'processing';
CREATE INDEX assets_ending ON assets (expires_at) WHERE expires_at IS NOT NULL;
