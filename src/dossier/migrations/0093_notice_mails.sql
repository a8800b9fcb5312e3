-- Of which cases an e-mail to a member tells, so that nothing of one that is erased is left in it. Without a reference to the case: it
-- is asked when the case is gone.
CREATE TABLE IF NOT EXISTS notice_mails (
  workspace_id  uuid NOT NULL,
  case_id       uuid NOT NULL,
  message_id    uuid NOT NULL,
  PRIMARY KEY (workspace_id, case_id, message_id),
  FOREIGN KEY (workspace_id, message_id) REFERENCES messages (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS notice_mails_of_message ON notice_mails (workspace_id, message_id);
ALTER TABLE notice_mails ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS workspace ON notice_mails;
CREATE POLICY workspace ON notice_mails USING (
  (SELECT visible_workspaces()) IS NULL OR workspace_id = ANY ((SELECT visible_workspaces())::uuid[]));
