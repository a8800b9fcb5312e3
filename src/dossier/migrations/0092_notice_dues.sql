-- What members have to do by when, until they are told that it is due: steps under way that were given to them. It follows from the
-- cases.
CREATE TABLE IF NOT EXISTS notice_dues (
  workspace_id  uuid NOT NULL,
  case_id       uuid NOT NULL,
  step          text NOT NULL,
  title         text NOT NULL,
  member_id     uuid NOT NULL,
  due_at        timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, case_id, step),
  FOREIGN KEY (workspace_id, member_id) REFERENCES memberships (workspace_id, member_id) ON DELETE CASCADE,
  FOREIGN KEY (workspace_id, case_id) REFERENCES cases (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS notice_dues_by_time ON notice_dues (workspace_id, due_at);
CREATE INDEX IF NOT EXISTS notice_dues_of_member ON notice_dues (workspace_id, member_id);
ALTER TABLE notice_dues ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS workspace ON notice_dues;
CREATE POLICY workspace ON notice_dues USING (
  (SELECT visible_workspaces()) IS NULL OR workspace_id = ANY ((SELECT visible_workspaces())::uuid[]));
