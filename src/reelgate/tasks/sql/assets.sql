-- The queries about assets, which one text can serve on both databases; see queries.sql.

-- asset: the asset with that id.
SELECT {asset} FROM assets WHERE id = :id;

-- assets: a library's assets, newest first; `name` is a part of the name, `groups` is '' for any, or ids between commas.
SELECT {asset} FROM assets
WHERE project_id = :project_id
  AND group_id IS NOT NULL
  AND (:name = '' OR REPLACE(name, :name, '') <> name)
  AND (:groups = '' OR :groups LIKE '%,' || group_id || ',%')
  AND (:group_type = '' OR group_id IN (SELECT id FROM asset_groups WHERE type = :group_type))
ORDER BY seq DESC
LIMIT :limit OFFSET :offset;

-- count_assets: how many assets a list has on all its pages.
SELECT COUNT(*) FROM assets
WHERE project_id = :project_id
  AND group_id IS NOT NULL
  AND (:name = '' OR REPLACE(name, :name, '') <> name)
  AND (:groups = '' OR :groups LIKE '%,' || group_id || ',%')
  AND (:group_type = '' OR group_id IN (SELECT id FROM asset_groups WHERE type = :group_type));

-- processing_assets: what is still to be fetched, oldest first.
SELECT {asset} FROM assets WHERE state = 'processing' AND created_at < :before ORDER BY seq;

-- group: the group with that id.
SELECT {asset_group} FROM asset_groups WHERE id = :id;

-- groups: a project's groups, newest first; `groups` as in assets.
SELECT {asset_group} FROM asset_groups
WHERE project_id = :project_id
  AND (:name = '' OR REPLACE(name, :name, '') <> name)
  AND (:groups = '' OR :groups LIKE '%,' || id || ',%')
  AND (:group_type = '' OR type = :group_type)
ORDER BY seq DESC
LIMIT :limit OFFSET :offset;

-- count_groups: how many groups a list has on all its pages.
SELECT COUNT(*) FROM asset_groups
WHERE project_id = :project_id
  AND (:name = '' OR REPLACE(name, :name, '') <> name)
  AND (:groups = '' OR :groups LIKE '%,' || id || ',%')
  AND (:group_type = '' OR type = :group_type);

-- add_asset: write an asset down.
INSERT INTO assets (
    id, project_id, kind, name, state, created_at, updated_at, group_id, url, blob, facts, error, expires_at
)
VALUES (
    :id, :project_id, :kind, :name, :state, :created_at, :updated_at, :group_id, :url, :blob, :facts, :error,
    :expires_at
)
ON CONFLICT (id) DO NOTHING
RETURNING seq;

-- settle_asset: what became of a fetch.
UPDATE assets SET state = :state, blob = :blob, facts = :facts, error = :error, updated_at = :at
WHERE id = :id AND state = 'processing'
RETURNING seq;

-- rename_asset: another name.
UPDATE assets SET name = :name, updated_at = :at WHERE id = :id RETURNING seq;

-- bin_asset: the file that an asset is about to lose.
INSERT INTO bin (blob) SELECT blob FROM assets WHERE id = :id AND blob IS NOT NULL ON CONFLICT (blob) DO NOTHING;

-- delete_asset: remove an asset.
DELETE FROM assets WHERE id = :id RETURNING seq;

-- bin_ended_assets: the files of assets whose time is over.
INSERT INTO bin (blob) SELECT DISTINCT blob FROM assets WHERE expires_at <= :now AND blob IS NOT NULL
ON CONFLICT (blob) DO NOTHING;

-- delete_ended_assets: remove the assets whose time is over.
DELETE FROM assets WHERE expires_at <= :now;

-- add_group: write a group down.
INSERT INTO asset_groups (id, project_id, name, type, created_at, updated_at)
VALUES (:id, :project_id, :name, :type, :created_at, :updated_at)
ON CONFLICT (id) DO NOTHING
RETURNING seq;

-- use_group: a group gets an asset; its row is held, so that it can't be removed in between.
UPDATE asset_groups SET updated_at = :at WHERE id = :id RETURNING seq;

-- rename_group: another name.
UPDATE asset_groups SET name = :name, updated_at = :at WHERE id = :id RETURNING seq;

-- bin_group: the files that a group's assets are about to lose.
INSERT INTO bin (blob) SELECT DISTINCT blob FROM assets WHERE group_id = :id AND blob IS NOT NULL
ON CONFLICT (blob) DO NOTHING;

-- delete_group: remove a group with its assets.
DELETE FROM asset_groups WHERE id = :id RETURNING seq;

-- uploads_newest: a project's inputs of no library whose ids begin so, the newest first, behind one of them.
SELECT {asset} FROM assets
WHERE project_id = :project_id AND group_id IS NULL AND substr(id, 1, 5) = :prefix AND state = 'active'
  AND (expires_at IS NULL OR expires_at > :now)
  AND created_at / 1000 <= :second
  AND (created_at / 1000 < :second OR id{bytewise} < :behind)
ORDER BY created_at / 1000 DESC, id{bytewise} DESC
LIMIT :limit;

-- uploads_oldest: a project's inputs of no library whose ids begin so, the oldest first, behind one of them.
SELECT {asset} FROM assets
WHERE project_id = :project_id AND group_id IS NULL AND substr(id, 1, 5) = :prefix AND state = 'active'
  AND (expires_at IS NULL OR expires_at > :now)
  AND created_at / 1000 >= :second
  AND (created_at / 1000 > :second OR id{bytewise} > :behind)
ORDER BY created_at / 1000, id{bytewise}
LIMIT :limit;
