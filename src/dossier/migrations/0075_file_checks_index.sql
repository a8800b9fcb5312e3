-- Few files wait for a virus scanner, among all that there are. Built beside running traffic: each statement stands alone, and may be run again.
DROP INDEX CONCURRENTLY IF EXISTS files_pending;
-- squawk-ignore ban-concurrent-index-creation-in-transaction
CREATE INDEX CONCURRENTLY files_pending ON files (workspace_id, asked_at NULLS FIRST, id) WHERE verdict = 'pending';
