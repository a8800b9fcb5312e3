-- Built beside running traffic, so outside of a transaction: each statement stands alone, and may be run again.

DROP INDEX CONCURRENTLY IF EXISTS contacts_updated;
-- squawk-ignore ban-concurrent-index-creation-in-transaction
CREATE INDEX CONCURRENTLY contacts_updated ON contacts (workspace_id, updated_at);
DROP INDEX CONCURRENTLY IF EXISTS cases_states;
-- squawk-ignore ban-concurrent-index-creation-in-transaction
CREATE INDEX CONCURRENTLY cases_states ON cases (workspace_id, parent_status, status, waiting_for) WHERE archived_at IS NULL;
