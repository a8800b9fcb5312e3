-- The picture by which members know their workspace. Served under its hash, which changes with it.
CREATE TABLE IF NOT EXISTS workspace_logos (
  workspace_id  uuid PRIMARY KEY REFERENCES workspaces ON DELETE CASCADE,
  kind          text NOT NULL,
  hash          text COLLATE "C" NOT NULL,
  content       bytea NOT NULL CHECK (octet_length(content) <= 262144),
  changed_at    timestamptz(3) NOT NULL
);
ALTER TABLE workspace_logos ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS workspace ON workspace_logos;
CREATE POLICY workspace ON workspace_logos USING (
  (SELECT visible_workspaces()) IS NULL OR workspace_id = ANY ((SELECT visible_workspaces())::uuid[]));

-- A stored answer tells about a thing of any kind. Nothing is released yet: no older server reads the names that were.
DO $$ BEGIN
  IF EXISTS (SELECT FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = 'idempotency_keys' AND column_name = 'case_id') THEN
    ALTER TABLE idempotency_keys RENAME COLUMN case_id TO about;
    ALTER INDEX idempotency_keys_case RENAME TO idempotency_keys_about;
  END IF;
END $$;
