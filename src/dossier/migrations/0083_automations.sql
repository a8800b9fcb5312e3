-- Rules of templates: whose turn it is to get a case by a rule, what rules did to a case, and when they look at it next.
CREATE TABLE IF NOT EXISTS automation_turns (
  workspace_id  uuid NOT NULL,
  template_id   uuid NOT NULL,
  rule          text COLLATE "C" NOT NULL,
  taken         bigint NOT NULL,
  PRIMARY KEY (workspace_id, template_id, rule),
  FOREIGN KEY (workspace_id, template_id) REFERENCES case_templates (workspace_id, id) ON DELETE CASCADE
);
ALTER TABLE automation_turns ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS workspace ON automation_turns;
CREATE POLICY workspace ON automation_turns USING (
  (SELECT visible_workspaces()) IS NULL OR workspace_id = ANY ((SELECT visible_workspaces())::uuid[]));

-- `run`: the version of the case that the rule's first entry made; `actions`: what is done after the change, and how far it is.
CREATE TABLE IF NOT EXISTS automation_runs (
  workspace_id  uuid NOT NULL,
  case_id       uuid NOT NULL,
  rule          text COLLATE "C" NOT NULL,
  run           bigint NOT NULL,
  at            timestamptz(3) NOT NULL,
  outcome       text NOT NULL,
  actions       jsonb NOT NULL,
  PRIMARY KEY (workspace_id, case_id, rule, run),
  FOREIGN KEY (workspace_id, case_id) REFERENCES cases (workspace_id, id) ON DELETE CASCADE
);
ALTER TABLE automation_runs ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS workspace ON automation_runs;
CREATE POLICY workspace ON automation_runs USING (
  (SELECT visible_workspaces()) IS NULL OR workspace_id = ANY ((SELECT visible_workspaces())::uuid[]));

-- `due_at`: when a rule of time looks at the case next, if it does; `value`: the day for which; `done`: the days for which it has.
CREATE TABLE IF NOT EXISTS automation_times (
  workspace_id  uuid NOT NULL,
  case_id       uuid NOT NULL,
  rule          text COLLATE "C" NOT NULL,
  due_at        timestamptz(3),
  value         text,
  done          text[] NOT NULL DEFAULT '{}',
  PRIMARY KEY (workspace_id, case_id, rule),
  FOREIGN KEY (workspace_id, case_id) REFERENCES cases (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS automation_times_due ON automation_times (workspace_id, due_at) WHERE due_at IS NOT NULL;
ALTER TABLE automation_times ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS workspace ON automation_times;
CREATE POLICY workspace ON automation_times USING (
  (SELECT visible_workspaces()) IS NULL OR workspace_id = ANY ((SELECT visible_workspaces())::uuid[]));
