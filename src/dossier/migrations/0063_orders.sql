-- For the orders of lists: a page of each is its first rows, however many cases or contacts there are; and what is archived is
-- found among much that is not. Built beside running traffic, so outside of a transaction: each statement stands alone, and may be run again.
DROP INDEX CONCURRENTLY IF EXISTS cases_by_status;
-- squawk-ignore ban-concurrent-index-creation-in-transaction
CREATE INDEX CONCURRENTLY cases_by_status ON cases (workspace_id, status, id);
DROP INDEX CONCURRENTLY IF EXISTS cases_by_waiting;
-- squawk-ignore ban-concurrent-index-creation-in-transaction
CREATE INDEX CONCURRENTLY cases_by_waiting ON cases (workspace_id, waiting_for, id);
DROP INDEX CONCURRENTLY IF EXISTS cases_by_reference;
-- squawk-ignore ban-concurrent-index-creation-in-transaction
CREATE INDEX CONCURRENTLY cases_by_reference ON cases (workspace_id, coalesce(reference, ''), id);
DROP INDEX CONCURRENTLY IF EXISTS cases_archived;
-- squawk-ignore ban-concurrent-index-creation-in-transaction
CREATE INDEX CONCURRENTLY cases_archived ON cases (workspace_id, id) WHERE archived_at IS NOT NULL;
DROP INDEX CONCURRENTLY IF EXISTS contacts_by_address;
-- squawk-ignore ban-concurrent-index-creation-in-transaction
CREATE INDEX CONCURRENTLY contacts_by_address ON contacts (workspace_id, coalesce(email_folded, ''), id);
DROP INDEX CONCURRENTLY IF EXISTS contacts_by_phone;
-- squawk-ignore ban-concurrent-index-creation-in-transaction
CREATE INDEX CONCURRENTLY contacts_by_phone ON contacts (workspace_id, phone);
-- The first two answer what these did, in less room.
DROP INDEX CONCURRENTLY IF EXISTS cases_status;
DROP INDEX CONCURRENTLY IF EXISTS cases_waiting_for;
