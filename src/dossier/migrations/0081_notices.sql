-- What a member was told. `what` is a message that is said in their language when they look; `mailing`: whether it still has to be
-- sent by e-mail, “soon” or “daily”.
CREATE TABLE IF NOT EXISTS notices (
  workspace_id  uuid NOT NULL,
  id            uuid NOT NULL,
  member_id     uuid NOT NULL,
  kind          text NOT NULL,
  case_id       uuid,
  what          text NOT NULL,
  actor_name    text NOT NULL,
  at            timestamptz(3) NOT NULL,
  seen_at       timestamptz(3),
  mailing       text CHECK (mailing IN ('soon', 'daily')),
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, member_id) REFERENCES memberships (workspace_id, member_id) ON DELETE CASCADE,
  FOREIGN KEY (workspace_id, case_id) REFERENCES cases (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS notices_of_member ON notices (workspace_id, member_id, id);
CREATE INDEX IF NOT EXISTS notices_not_seen ON notices (workspace_id, member_id) WHERE seen_at IS NULL;
CREATE INDEX IF NOT EXISTS notices_of_case ON notices (workspace_id, case_id);
CREATE INDEX IF NOT EXISTS notices_to_mail ON notices (workspace_id, member_id, mailing) WHERE mailing IS NOT NULL;

-- How a member wants to be told of a kind of things; without a row, as usual.
CREATE TABLE IF NOT EXISTS notice_choices (
  workspace_id  uuid NOT NULL,
  member_id     uuid NOT NULL,
  kind          text NOT NULL,
  way           text NOT NULL CHECK (way IN ('mail', 'digest', 'bell', 'off')),
  PRIMARY KEY (workspace_id, member_id, kind),
  FOREIGN KEY (workspace_id, member_id) REFERENCES memberships (workspace_id, member_id) ON DELETE CASCADE
);

ALTER TABLE notices ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE notice_choices ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS workspace ON notices;
CREATE POLICY workspace ON notices USING (
  (SELECT visible_workspaces()) IS NULL OR workspace_id = ANY ((SELECT visible_workspaces())::uuid[]));
DROP POLICY IF EXISTS workspace ON notice_choices;
CREATE POLICY workspace ON notice_choices USING (
  (SELECT visible_workspaces()) IS NULL OR workspace_id = ANY ((SELECT visible_workspaces())::uuid[]));
