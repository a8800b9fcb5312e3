-- What was uploaded: a row says what it is and where its content lies (`object`, in the folder or bucket of files). `key_number`:
-- which key its public address has; each time it is restricted it has had another. `verdict`: of a virus scanner.
CREATE TABLE IF NOT EXISTS files (
  workspace_id  uuid NOT NULL REFERENCES workspaces,
  id            uuid NOT NULL,
  version       bigint NOT NULL,
  created_at    timestamptz(3) NOT NULL,
  updated_at    timestamptz(3) NOT NULL,
  name          text NOT NULL,
  name_folded   text NOT NULL,
  type          text NOT NULL,
  scope         text NOT NULL CHECK (scope IN ('public', 'restricted')),
  key_number    integer NOT NULL DEFAULT 0,
  verdict       text NOT NULL DEFAULT 'none' CHECK (verdict IN ('none', 'pending', 'clean', 'infected', 'not_possible')),
  size          bigint NOT NULL CHECK (size > 0),
  sha256        bytea NOT NULL CHECK (length(sha256) = 32),
  width         integer,
  height        integer,
  object        text NOT NULL,
  actor_type    text NOT NULL CHECK (actor_type IN ('token', 'member', 'contact', 'system')),
  actor_id      uuid,
  goes_at       timestamptz(3) NOT NULL,           -- unless something holds it
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX IF NOT EXISTS files_created ON files (workspace_id, created_at, id);
CREATE INDEX IF NOT EXISTS files_updated ON files (workspace_id, updated_at, id);
CREATE INDEX IF NOT EXISTS files_going ON files (workspace_id, goes_at);
CREATE UNIQUE INDEX IF NOT EXISTS files_object ON files (workspace_id, object);

-- What holds a file, by kind and id, in its present or past: it cannot be deleted meanwhile.
CREATE TABLE IF NOT EXISTS file_holders (
  workspace_id  uuid NOT NULL,
  file_id       uuid NOT NULL,
  kind          text NOT NULL,
  holder_id     uuid NOT NULL,
  PRIMARY KEY (workspace_id, file_id, kind, holder_id),
  FOREIGN KEY (workspace_id, file_id) REFERENCES files (workspace_id, id)
);
CREATE INDEX IF NOT EXISTS file_holders_of ON file_holders (workspace_id, holder_id);

-- Bytes of all files of a workspace, for its quota: the row is also what uploads wait for, one after the other.
CREATE TABLE IF NOT EXISTS file_usage (
  workspace_id  uuid PRIMARY KEY REFERENCES workspaces,
  bytes         bigint NOT NULL CHECK (bytes >= 0)
);

-- Content whose row is gone: it is deleted some days after that, so that a backup from before can be restored whole.
CREATE TABLE IF NOT EXISTS file_objects_left (
  workspace_id  uuid NOT NULL REFERENCES workspaces,
  object        text NOT NULL,
  since         timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, object)
);
CREATE INDEX IF NOT EXISTS file_objects_left_since ON file_objects_left (workspace_id, since);

-- How often a public address was used, by day.
CREATE TABLE IF NOT EXISTS file_key_uses (
  workspace_id  uuid NOT NULL,
  file_id       uuid NOT NULL,
  day           date NOT NULL,
  count         bigint NOT NULL,
  PRIMARY KEY (workspace_id, file_id, day),
  FOREIGN KEY (workspace_id, file_id) REFERENCES files (workspace_id, id) ON DELETE CASCADE
);
DO $$
DECLARE each text;
BEGIN
  FOREACH each IN ARRAY ARRAY['files', 'file_holders', 'file_usage', 'file_objects_left', 'file_key_uses'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', each);
    EXECUTE format('DROP POLICY IF EXISTS workspace ON %I', each);
    EXECUTE format($policy$CREATE POLICY workspace ON %I USING (
      (SELECT visible_workspaces()) IS NULL OR workspace_id = ANY ((SELECT visible_workspaces())::uuid[]))$policy$, each);
  END LOOP;
END $$;
