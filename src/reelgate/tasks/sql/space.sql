-- What lies in the media store: whose it is, how large it is, and what its client has fetched.

-- unsized: files whose size was not looked at yet.
SELECT blob FROM task_blobs
WHERE NOT EXISTS (SELECT 1 FROM file_sizes WHERE file_sizes.blob = task_blobs.blob)
UNION
SELECT blob FROM assets
WHERE blob IS NOT NULL AND NOT EXISTS (SELECT 1 FROM file_sizes WHERE file_sizes.blob = assets.blob)
LIMIT :limit;

-- note_size: a file is so large.
INSERT INTO file_sizes (blob, bytes) VALUES (:blob, :bytes) ON CONFLICT (blob) DO NOTHING;

-- forget_size: a file is gone.
DELETE FROM file_sizes WHERE blob = :blob;

-- held: what each project holds, or one, by kind; a file counts once for each kind, however many tasks refer to it.
SELECT holdings.project_id, holdings.kind, COUNT(*), CAST(COALESCE(SUM(file_sizes.bytes), 0) AS BIGINT)
FROM (
    SELECT DISTINCT tasks.project_id AS project_id,
        CASE WHEN task_blobs.name LIKE 'input-%' THEN 'inputs' ELSE 'results' END AS kind, task_blobs.blob AS blob
    FROM task_blobs JOIN tasks ON tasks.id = task_blobs.task_id
    WHERE :project_id = '' OR tasks.project_id = :project_id
    UNION
    SELECT project_id, 'assets', blob FROM assets
    WHERE blob IS NOT NULL AND (:project_id = '' OR project_id = :project_id)
) AS holdings
LEFT JOIN file_sizes ON file_sizes.blob = holdings.blob
GROUP BY holdings.project_id, holdings.kind
ORDER BY holdings.project_id, holdings.kind;

-- oldest_files: files of a project's ended tasks, the oldest first, with their sizes.
SELECT task_blobs.task_id, task_blobs.name, CAST(COALESCE(file_sizes.bytes, 0) AS BIGINT)
FROM task_blobs
JOIN tasks ON tasks.id = task_blobs.task_id
LEFT JOIN file_sizes ON file_sizes.blob = task_blobs.blob
WHERE tasks.project_id = :project_id AND tasks.finished_at IS NOT NULL
ORDER BY task_blobs.added_at, task_blobs.task_id, task_blobs.name
LIMIT :limit;

-- fetched_files: results that were fetched whole before a time, the oldest first; `others` as in old_files.
SELECT task_blobs.task_id, task_blobs.name
FROM downloads
JOIN tasks ON tasks.id = downloads.task_id
JOIN task_blobs ON task_blobs.task_id = downloads.task_id
WHERE downloads.at < :before AND tasks.finished_at IS NOT NULL
  AND task_blobs.name NOT LIKE 'input-%'
  AND (:project_id = '' OR tasks.project_id = :project_id)
  AND :others NOT LIKE '%,' || tasks.project_id || ',%'
ORDER BY downloads.at
LIMIT :limit;

-- note_download: a task's client has fetched its result; the first time counts.
INSERT INTO downloads (task_id, at) SELECT id, :at FROM tasks WHERE id = :id ON CONFLICT (task_id) DO NOTHING;
