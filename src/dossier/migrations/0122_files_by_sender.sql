-- What was sent to a form by who holds its link, counted before more is kept. Built beside running traffic: each statement stands alone, and
-- may be run again.
DROP INDEX CONCURRENTLY IF EXISTS files_of_sender;
-- squawk-ignore ban-concurrent-index-creation-in-transaction
CREATE INDEX CONCURRENTLY files_of_sender ON files (workspace_id, actor_id) INCLUDE (size) WHERE actor_type = 'contact';
