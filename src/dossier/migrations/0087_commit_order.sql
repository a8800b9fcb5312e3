-- The order in which changes are told: that of transactions. A row says which one wrote it, and is told once every older one has ended, so
-- that none comes late (decision 43). The numbers of a database that was brought elsewhere begin anew there: what is added to them is put
-- up then (`migrations/order.py` writes both functions again), so that positions only ever grow.
CREATE OR REPLACE FUNCTION commit_position() RETURNS bigint LANGUAGE sql AS
  $$ SELECT pg_current_xact_id()::text::bigint + 0 $$;
CREATE OR REPLACE FUNCTION commits_settled() RETURNS bigint LANGUAGE sql STABLE AS
  $$ SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint + 0 $$;
-- A column without a default is added in no time; rows that were there have none, and are the oldest.
ALTER TABLE case_events ADD COLUMN IF NOT EXISTS position bigint;
ALTER TABLE case_events ALTER COLUMN position SET DEFAULT commit_position();
ALTER TABLE case_tombstones ADD COLUMN IF NOT EXISTS position bigint;
ALTER TABLE case_tombstones ALTER COLUMN position SET DEFAULT commit_position();

-- How far the order was at a time, every hour: from where on events are still told.
CREATE TABLE IF NOT EXISTS commit_marks (
  at        timestamptz(3) PRIMARY KEY,
  position  bigint NOT NULL
);
