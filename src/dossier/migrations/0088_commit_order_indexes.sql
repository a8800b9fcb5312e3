-- What happened in a workspace, in the order in which it is told; and the oldest, which know no position, by their time. Built beside running
-- traffic: each statement stands alone, and may be run again.
DROP INDEX CONCURRENTLY IF EXISTS case_events_position;
-- squawk-ignore ban-concurrent-index-creation-in-transaction
CREATE INDEX CONCURRENTLY case_events_position ON case_events (workspace_id, position) WHERE position IS NOT NULL;
DROP INDEX CONCURRENTLY IF EXISTS case_events_oldest;
-- squawk-ignore ban-concurrent-index-creation-in-transaction
CREATE INDEX CONCURRENTLY case_events_oldest ON case_events (workspace_id, at, case_id, version) WHERE position IS NULL;
DROP INDEX CONCURRENTLY IF EXISTS case_tombstones_position;
-- squawk-ignore ban-concurrent-index-creation-in-transaction
CREATE INDEX CONCURRENTLY case_tombstones_position ON case_tombstones (workspace_id, position) WHERE position IS NOT NULL;
