-- beside 0015
-- A project's files as they are listed: by the second of their making and by their ids, uploads by how these begin.
DROP INDEX documents_by_project;

-- only sqlite
CREATE INDEX documents_listed ON documents (project_id, (created_at / 1000), id);
CREATE INDEX assets_listed ON assets (project_id, substr(id, 1, 5), (created_at / 1000), id) WHERE group_id IS NULL;
-- only postgres
CREATE INDEX documents_listed ON documents (project_id, (created_at / 1000), id COLLATE "C");
CREATE INDEX assets_listed ON assets (project_id, substr(id, 1, 5), (created_at / 1000), id COLLATE "C")
    WHERE group_id IS NULL;
