-- What calls to other systems prove themselves with: encrypted under the server's key, and shown to nobody again.
CREATE TABLE IF NOT EXISTS workspace_secrets (
  workspace_id  uuid NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  name          text COLLATE "C" NOT NULL,
  encrypted     bytea NOT NULL,
  created_at    timestamptz(3) NOT NULL,
  updated_at    timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, name)
);
ALTER TABLE workspace_secrets ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS workspace ON workspace_secrets;
CREATE POLICY workspace ON workspace_secrets USING (
  (SELECT visible_workspaces()) IS NULL OR workspace_id = ANY ((SELECT visible_workspaces())::uuid[]));
