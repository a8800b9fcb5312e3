-- What cases still have to be told of files that are called otherwise: past a hundred, a job tells them one after the other.
CREATE TABLE IF NOT EXISTS case_file_news (
  workspace_id  uuid NOT NULL,
  id            bigint GENERATED ALWAYS AS IDENTITY,
  case_id       uuid NOT NULL,
  old           jsonb NOT NULL,
  new           jsonb NOT NULL,
  actor_type    text NOT NULL,
  actor_id      uuid,
  via           text NOT NULL,
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, case_id) REFERENCES cases (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS case_file_news_of_case ON case_file_news (workspace_id, case_id);
ALTER TABLE case_file_news ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS workspace ON case_file_news;
CREATE POLICY workspace ON case_file_news USING (
  (SELECT visible_workspaces()) IS NULL OR workspace_id = ANY ((SELECT visible_workspaces())::uuid[]));
