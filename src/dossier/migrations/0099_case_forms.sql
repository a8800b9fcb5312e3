-- How much is asked of people in the forms of a case, how much of it has come, and how much somebody has accepted: `asked`, `received`,
-- `accepted`. It follows from the forms. A constant default rewrites no row; the index is built beside running traffic, so outside of a
-- transaction: each statement stands alone, and may be run again.
ALTER TABLE cases ADD COLUMN IF NOT EXISTS forms jsonb NOT NULL DEFAULT '{}';
CREATE OR REPLACE FUNCTION forms_completeness(forms jsonb) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN (forms ->> 'asked')::int > 0
    THEN 50 * ((forms ->> 'received')::int + (forms ->> 'accepted')::int) / (forms ->> 'asked')::int ELSE -1 END
$$;
DROP INDEX CONCURRENTLY IF EXISTS cases_by_completeness;
-- squawk-ignore ban-concurrent-index-creation-in-transaction
CREATE INDEX CONCURRENTLY cases_by_completeness ON cases (workspace_id, forms_completeness(forms), id);
