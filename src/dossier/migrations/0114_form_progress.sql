-- How many questions a form asks by now and how many of these are answered, kept with each answer that is saved: lists are ordered by it.
-- A constant default rewrites no row; the index is built beside running traffic, so outside of a transaction: each statement stands
-- alone, and may be run again. Forms that were begun before count from their next answer on.
ALTER TABLE forms ADD COLUMN IF NOT EXISTS questions integer NOT NULL DEFAULT 0, ADD COLUMN IF NOT EXISTS answers integer NOT NULL DEFAULT 0;
CREATE OR REPLACE FUNCTION form_progress(status text, questions integer, answers integer) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN status IN ('completed', 'processed') THEN 1000 WHEN questions > 0 THEN 999 * least(answers, questions) / questions ELSE -1 END
$$;
DROP INDEX CONCURRENTLY IF EXISTS forms_by_progress;
-- squawk-ignore ban-concurrent-index-creation-in-transaction
CREATE INDEX CONCURRENTLY forms_by_progress ON forms (workspace_id, form_progress(status, questions, answers), id);
