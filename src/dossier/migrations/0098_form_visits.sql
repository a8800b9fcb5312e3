-- How many forms were begun by a public link on a day, for each network that they came from (what only who has the server's keys can say
-- of it), and in all: then `network` is empty.
CREATE TABLE IF NOT EXISTS form_visits (
  workspace_id  uuid NOT NULL REFERENCES workspaces,
  preset_id     uuid NOT NULL,
  day           date NOT NULL,
  network       text COLLATE "C" NOT NULL,
  count         integer NOT NULL,
  PRIMARY KEY (workspace_id, preset_id, day, network)
);
ALTER TABLE form_visits ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS workspace ON form_visits;
CREATE POLICY workspace ON form_visits USING (
  (SELECT visible_workspaces()) IS NULL OR workspace_id = ANY ((SELECT visible_workspaces())::uuid[]));
