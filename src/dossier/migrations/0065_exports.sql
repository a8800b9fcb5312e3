-- Files of lists that a job makes: who asked for what, how far it is, and for a day the file itself, in chunks. In the database, so that
-- every server answers for every file, and no half one is ever seen (decision 38).
CREATE TABLE IF NOT EXISTS exports (
  workspace_id  uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  id            uuid NOT NULL,
  member_id     uuid NOT NULL REFERENCES members,
  kind          text NOT NULL,
  address       text NOT NULL,
  language      text NOT NULL,
  state         text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'working', 'done', 'failed')),
  total         bigint NOT NULL,
  rows          bigint NOT NULL DEFAULT 0,
  columns       int NOT NULL DEFAULT 0,
  cut           bigint NOT NULL DEFAULT 0,
  size          bigint NOT NULL DEFAULT 0,
  only_owner    uuid,
  problem       text,
  asked_at      timestamptz(3) NOT NULL,
  finished_at   timestamptz(3),
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX IF NOT EXISTS exports_of_member ON exports (workspace_id, member_id);
CREATE TABLE IF NOT EXISTS export_chunks (
  workspace_id  uuid NOT NULL,
  export_id     uuid NOT NULL,
  number        int NOT NULL,
  content       bytea NOT NULL,
  PRIMARY KEY (workspace_id, export_id, number),
  FOREIGN KEY (workspace_id, export_id) REFERENCES exports ON DELETE CASCADE
);
ALTER TABLE export_chunks ALTER COLUMN content SET STORAGE EXTERNAL;  -- compressed already
DO $$
DECLARE each text;
BEGIN
  FOREACH each IN ARRAY ARRAY['exports', 'export_chunks'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', each);
    EXECUTE format('DROP POLICY IF EXISTS workspace ON %I', each);
    EXECUTE format($policy$CREATE POLICY workspace ON %I USING (
      (SELECT visible_workspaces()) IS NULL OR workspace_id = ANY ((SELECT visible_workspaces())::uuid[]))$policy$, each);
  END LOOP;
END $$;
