-- What somebody looked for among contacts, kept under a name, and which of these a member sees first: as for cases.
CREATE TABLE IF NOT EXISTS contact_views (
  workspace_id  uuid NOT NULL REFERENCES workspaces,
  id            uuid NOT NULL,
  member_id     uuid NOT NULL REFERENCES members,
  shared        boolean NOT NULL,
  name          text NOT NULL,
  parameters    jsonb NOT NULL,
  created_at    timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, id)
);
CREATE TABLE IF NOT EXISTS contact_view_defaults (
  workspace_id  uuid NOT NULL,
  member_id     uuid NOT NULL REFERENCES members,
  view_id       uuid NOT NULL,
  PRIMARY KEY (workspace_id, member_id),
  FOREIGN KEY (workspace_id, view_id) REFERENCES contact_views ON DELETE CASCADE
);
DO $$
DECLARE each text;
BEGIN
  FOREACH each IN ARRAY ARRAY['contact_views', 'contact_view_defaults'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', each);
    EXECUTE format('DROP POLICY IF EXISTS workspace ON %I', each);
    EXECUTE format($policy$CREATE POLICY workspace ON %I USING (
      (SELECT visible_workspaces()) IS NULL OR workspace_id = ANY ((SELECT visible_workspaces())::uuid[]))$policy$, each);
  END LOOP;
END $$;
