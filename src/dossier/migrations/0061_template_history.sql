-- Who changed what about a template, published and archived it, and when: append-only, one row a version of its history.
-- A template that was never published has only a draft: no table has both, so nothing is referred to but the workspace.
CREATE TABLE IF NOT EXISTS case_template_events (
  workspace_id  uuid NOT NULL REFERENCES workspaces,
  template_id   uuid NOT NULL,
  version       bigint NOT NULL,
  id            uuid NOT NULL,
  at            timestamptz(3) NOT NULL,
  kind          text NOT NULL,
  actor_type    text NOT NULL CHECK (actor_type IN ('token', 'member', 'contact', 'system')),
  actor_id      uuid,
  via           text NOT NULL,
  changes       jsonb NOT NULL,                    -- path -> {"old": …, "new": …}
  reason        text,
  PRIMARY KEY (workspace_id, template_id, version)
);
ALTER TABLE case_template_events ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS workspace ON case_template_events;
CREATE POLICY workspace ON case_template_events USING (
  (SELECT visible_workspaces()) IS NULL OR workspace_id = ANY ((SELECT visible_workspaces())::uuid[]));
