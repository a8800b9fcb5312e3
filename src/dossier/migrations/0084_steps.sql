-- Working time of a workspace: `country region customs days opens closes`; null: Monday to Friday, 8 to 19, no holidays.
ALTER TABLE workspaces ADD COLUMN IF NOT EXISTS working_time jsonb;

-- What is to be done with the steps of cases at a time. It follows from the cases; jobs find it here.
CREATE TABLE IF NOT EXISTS case_step_dues (
  workspace_id  uuid NOT NULL,
  case_id       uuid NOT NULL,
  step          text COLLATE "C" NOT NULL,
  what          text NOT NULL,
  at            timestamptz(3) NOT NULL,
  tries         int NOT NULL DEFAULT 0,
  PRIMARY KEY (workspace_id, case_id, step, what),
  FOREIGN KEY (workspace_id, case_id) REFERENCES cases (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS case_step_dues_at ON case_step_dues (workspace_id, at);
ALTER TABLE case_step_dues ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS workspace ON case_step_dues;
CREATE POLICY workspace ON case_step_dues USING (
  (SELECT visible_workspaces()) IS NULL OR workspace_id = ANY ((SELECT visible_workspaces())::uuid[]));
