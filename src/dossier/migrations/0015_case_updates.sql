-- When a case was last changed stands beside it: `cases` has no index on what every update changes, so that an update
-- of data writes no index at all (a heap-only tuple).
CREATE TABLE IF NOT EXISTS case_updates (
  workspace_id  uuid NOT NULL,
  id            uuid NOT NULL,  -- of the case
  updated_at    timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, id) REFERENCES cases ON DELETE CASCADE
);
-- The cases whose words must be taken anew, in the order they were changed. Written with the change, taken with the words.
CREATE TABLE IF NOT EXISTS search_queue (
  workspace_id  uuid NOT NULL REFERENCES workspaces,
  position      bigint GENERATED ALWAYS AS IDENTITY,
  case_id       uuid NOT NULL,
  at            timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (workspace_id, position)
);

-- Triggers, so that every writer keeps both: an older Dossier that still serves, a bulk change, SQL by hand.
CREATE OR REPLACE FUNCTION case_was_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO case_updates (workspace_id, id, updated_at) VALUES (NEW.workspace_id, NEW.id, NEW.updated_at)
    ON CONFLICT (workspace_id, id) DO UPDATE SET updated_at = excluded.updated_at;
  INSERT INTO search_queue (workspace_id, case_id) VALUES (NEW.workspace_id, NEW.id);
  RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION contact_was_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO search_queue (workspace_id, case_id) SELECT DISTINCT l.workspace_id, l.case_id FROM case_contacts l
    WHERE l.workspace_id = NEW.workspace_id AND l.contact_id = NEW.id;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER case_was_made AFTER INSERT ON cases FOR EACH ROW EXECUTE FUNCTION case_was_changed();
CREATE OR REPLACE TRIGGER case_was_changed AFTER UPDATE ON cases FOR EACH ROW
  WHEN (OLD.version IS DISTINCT FROM NEW.version) EXECUTE FUNCTION case_was_changed();
CREATE OR REPLACE TRIGGER contact_was_changed AFTER UPDATE ON contacts FOR EACH ROW EXECUTE FUNCTION contact_was_changed();
