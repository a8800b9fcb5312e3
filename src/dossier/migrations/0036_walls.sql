-- The workspaces that a connection may see, as `foundation/database.py` says for each transaction; NULL: all of them.
-- A connection that never said anything is a person at psql, a backup, or an older Dossier.
CREATE OR REPLACE FUNCTION visible_workspaces() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN coalesce(nullif(current_setting('dossier.scope', true), ''), '*') = '*' THEN NULL
              ELSE current_setting('dossier.scope')::uuid[] END
$$;
