-- To which address people answer about a case: `case+<key>@…`, by a key that nobody guesses.
CREATE TABLE IF NOT EXISTS case_addresses (
  workspace_id  uuid NOT NULL,
  case_id       uuid NOT NULL,
  key           text COLLATE "C" NOT NULL,
  PRIMARY KEY (workspace_id, case_id),
  UNIQUE (workspace_id, key),
  FOREIGN KEY (workspace_id, case_id) REFERENCES cases (workspace_id, id) ON DELETE CASCADE
);
ALTER TABLE case_addresses ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS workspace ON case_addresses;
CREATE POLICY workspace ON case_addresses USING (
  (SELECT visible_workspaces()) IS NULL OR workspace_id = ANY ((SELECT visible_workspaces())::uuid[]));
