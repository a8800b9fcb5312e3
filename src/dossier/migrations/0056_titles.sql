-- For the order of titles: a page of it is its first rows, however many cases there are. Built beside running traffic,
-- so outside of a transaction: each statement stands alone, and may be run again.
DROP INDEX CONCURRENTLY IF EXISTS cases_title;
-- squawk-ignore ban-concurrent-index-creation-in-transaction
CREATE INDEX CONCURRENTLY cases_title ON cases (workspace_id, title, id);
