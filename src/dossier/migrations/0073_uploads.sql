-- Files on their way, in as many goes as it takes (tus). `size` was announced and counts in `file_usage`; `received` bytes are on the disk for good;
-- the file in the making lies at `place`, and what was written to it in another run of the machine (`boot`) counts only as far as `received`.
CREATE TABLE IF NOT EXISTS file_uploads (
  workspace_id  uuid NOT NULL REFERENCES workspaces,
  id            uuid NOT NULL,                     -- of the file that it becomes
  created_at    timestamptz(3) NOT NULL,
  actor_type    text NOT NULL CHECK (actor_type IN ('token', 'member', 'contact')),
  actor_id      uuid NOT NULL,
  name          text NOT NULL,
  type          text NOT NULL,
  scope         text NOT NULL CHECK (scope IN ('public', 'restricted')),
  case_id       uuid,                              -- the case that it is put on when it is whole
  metadata      text NOT NULL,                     -- as it was sent
  size          bigint NOT NULL CHECK (size > 0),
  received      bigint NOT NULL DEFAULT 0 CHECK (received BETWEEN 0 AND size),
  place         text,
  boot          text,
  goes_at       timestamptz(3) NOT NULL,           -- unless more comes
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX IF NOT EXISTS file_uploads_of ON file_uploads (workspace_id, actor_id);
CREATE INDEX IF NOT EXISTS file_uploads_going ON file_uploads (workspace_id, goes_at);
ALTER TABLE file_uploads ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS workspace ON file_uploads;
CREATE POLICY workspace ON file_uploads USING (
  (SELECT visible_workspaces()) IS NULL OR workspace_id = ANY ((SELECT visible_workspaces())::uuid[]));
