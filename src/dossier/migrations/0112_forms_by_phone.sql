-- The forms of a telephone number. Built beside running traffic: each statement stands alone, and may be run again.
DROP INDEX CONCURRENTLY IF EXISTS forms_phone;
-- squawk-ignore ban-concurrent-index-creation-in-transaction
CREATE INDEX CONCURRENTLY forms_phone ON forms (workspace_id, phone, created_at, id) WHERE phone IS NOT NULL;
