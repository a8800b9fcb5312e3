-- Who changed what about a contact, and when: append-only, one row a version. A contact from before this is at version 0.
ALTER TABLE contacts ADD COLUMN IF NOT EXISTS version bigint NOT NULL DEFAULT 0;

CREATE TABLE IF NOT EXISTS contact_events (
  workspace_id  uuid NOT NULL,
  contact_id    uuid NOT NULL,
  version       bigint NOT NULL,
  id            uuid NOT NULL,
  at            timestamptz(3) NOT NULL,
  kind          text NOT NULL,
  actor_type    text NOT NULL CHECK (actor_type IN ('token', 'member', 'contact', 'system')),
  actor_id      uuid,
  via           text NOT NULL,
  changes       jsonb NOT NULL,                    -- path -> {"old": …, "new": …}
  reason        text,
  PRIMARY KEY (workspace_id, contact_id, version),
  FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts (workspace_id, id) ON DELETE CASCADE
);
ALTER TABLE contact_events ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS workspace ON contact_events;
CREATE POLICY workspace ON contact_events USING (
  (SELECT visible_workspaces()) IS NULL OR workspace_id = ANY ((SELECT visible_workspaces())::uuid[]));
