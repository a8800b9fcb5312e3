-- What a webhook that is made (or switched on) must not be told although it comes behind `after`: what was kept already, while
-- something older was under way. By case, up to which version; gone once everything of then was given out.
CREATE TABLE IF NOT EXISTS webhook_kept_before (
  workspace_id  uuid NOT NULL,
  webhook_id    uuid NOT NULL,
  case_id       uuid NOT NULL,
  version       bigint NOT NULL,
  position      bigint NOT NULL,
  PRIMARY KEY (workspace_id, webhook_id, case_id),
  FOREIGN KEY (workspace_id, webhook_id) REFERENCES webhooks (workspace_id, id) ON DELETE CASCADE
);
ALTER TABLE webhook_kept_before ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS workspace ON webhook_kept_before;
CREATE POLICY workspace ON webhook_kept_before USING (
  (SELECT visible_workspaces()) IS NULL OR workspace_id = ANY ((SELECT visible_workspaces())::uuid[]));

-- Secrets of an answer, encrypted, for who repeats the request under its key.
ALTER TABLE idempotency_keys ADD COLUMN IF NOT EXISTS sealed bytea;
