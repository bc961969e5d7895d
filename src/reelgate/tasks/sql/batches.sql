-- The queries about batches and documents, which one text can serve on both databases; see queries.sql.

-- add_document: keep a text; the same one again changes nothing.
INSERT INTO documents (id, project_id, purpose, name, bytes, created_at, expires_at, text)
VALUES (:id, :project_id, :purpose, :name, :bytes, :created_at, CAST(:expires_at AS BIGINT), :text)
ON CONFLICT (id) DO NOTHING;

-- document: what is known of a text.
SELECT {document} FROM documents WHERE id = :id;

-- document_text: the text itself.
SELECT text FROM documents WHERE id = :id;

-- delete_document: forget a text.
DELETE FROM documents WHERE id = :id RETURNING id;

-- expire_documents: forget the texts whose time is over.
DELETE FROM documents WHERE expires_at <= :now;

-- add_batch: write a batch down.
INSERT INTO batches ({batch}, lines)
VALUES (
    :id, :project_id, :key_id, :endpoint, :status, :input_file, :created_at, :expires_at, :total, :completed, :failed,
    :errors, :metadata, :keep_seconds, CAST(:cancelling_at AS BIGINT), CAST(:ended_at AS BIGINT), NULL, NULL, :lines
)
ON CONFLICT (id) DO NOTHING
RETURNING id;

-- batch: the batch with that id.
SELECT {batch} FROM batches WHERE id = :id;

-- batch_sent: its lines as they came.
SELECT lines FROM batches WHERE id = :id;

-- batches: a project's batches, newest first, behind one of them.
SELECT {batch} FROM batches
WHERE project_id = :project_id
  AND (created_at < CAST(:at AS BIGINT) OR (created_at = CAST(:at AS BIGINT) AND id < :before))
ORDER BY created_at DESC, id DESC
LIMIT :limit;

-- open_batches: one of the batches that go on.
SELECT id FROM batches WHERE ended_at IS NULL LIMIT 1;

-- batches_in_progress: those that begin further lines.
SELECT {batch} FROM batches WHERE ended_at IS NULL AND status = 'in_progress' ORDER BY created_at, id;

-- count_open_batches: how many of a project's go on.
SELECT COUNT(*) FROM batches WHERE ended_at IS NULL AND project_id = :project_id;

-- claim_batches: take what is open and in nobody else's hand.
UPDATE batches SET lease_owner = :owner, lease_until = :until
WHERE ended_at IS NULL AND (lease_until IS NULL OR lease_until <= :now OR lease_owner = :owner)
RETURNING {batch};

-- batch_lines: the lines that were begun.
SELECT {batch_line} FROM batch_lines WHERE batch_id = :batch_id ORDER BY number;

-- batch_lines_open: those of which nobody knows yet whether their video was made.
SELECT {batch_line} FROM batch_lines WHERE batch_id = :batch_id AND ok IS NULL ORDER BY number;

-- batch_next: the line that begins next: they begin in their order.
SELECT COALESCE(MAX(number) + 1, 0) FROM batch_lines WHERE batch_id = :batch_id;

-- put_batch_line: how a line stands; one that has ended stays as it is.
INSERT INTO batch_lines (batch_id, number, task_id, ok, answer)
VALUES (:batch_id, :number, :task_id, CAST(:ok AS BIGINT), :answer)
ON CONFLICT (batch_id, number) DO UPDATE SET ok = excluded.ok, answer = excluded.answer WHERE batch_lines.ok IS NULL;

-- count_batch: its counts, from its lines.
UPDATE batches SET
    completed = (SELECT COUNT(*) FROM batch_lines WHERE batch_id = :batch_id AND ok = 1),
    failed = (SELECT COUNT(*) FROM batch_lines WHERE batch_id = :batch_id AND ok = 0)
WHERE id = :batch_id;

-- turn_batch: give an open batch another status.
UPDATE batches SET status = :status, cancelling_at = COALESCE(cancelling_at, CAST(:cancelling_at AS BIGINT))
WHERE id = :id AND status = :source AND ended_at IS NULL
RETURNING id;

-- end_batch: it is over.
UPDATE batches SET status = :status, ended_at = CAST(:at AS BIGINT), output_file = CAST(:output AS TEXT),
    error_file = CAST(:errors AS TEXT), failed = :failed, completed = :completed, lease_owner = NULL, lease_until = NULL
WHERE id = :id AND ended_at IS NULL
RETURNING id;

-- documents_newest: a project's texts, the newest first, behind one of them.
SELECT {document} FROM documents
WHERE project_id = :project_id
  AND (:purpose = '' OR purpose = :purpose)
  AND (expires_at IS NULL OR expires_at > :now)
  AND created_at / 1000 <= :second
  AND (created_at / 1000 < :second OR id{bytewise} < :behind)
ORDER BY created_at / 1000 DESC, id{bytewise} DESC
LIMIT :limit;

-- documents_oldest: a project's texts, the oldest first, behind one of them.
SELECT {document} FROM documents
WHERE project_id = :project_id
  AND (:purpose = '' OR purpose = :purpose)
  AND (expires_at IS NULL OR expires_at > :now)
  AND created_at / 1000 >= :second
  AND (created_at / 1000 > :second OR id{bytewise} > :behind)
ORDER BY created_at / 1000, id{bytewise}
LIMIT :limit;
