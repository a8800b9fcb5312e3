-- How many cases stand where: what was folded, plus what has happened since, as `case_counts` has it for all of them.
CREATE TABLE IF NOT EXISTS case_state_counts (
  workspace_id   uuid NOT NULL REFERENCES workspaces,
  archived       boolean NOT NULL,
  parent_status  text COLLATE "C" NOT NULL,
  status         text COLLATE "C" NOT NULL,
  waiting_for    text COLLATE "C" NOT NULL,
  count          bigint NOT NULL,
  PRIMARY KEY (workspace_id, archived, parent_status, status, waiting_for)
);
CREATE TABLE IF NOT EXISTS case_state_deltas (
  workspace_id   uuid NOT NULL REFERENCES workspaces,
  id             bigint GENERATED ALWAYS AS IDENTITY,
  archived       boolean NOT NULL,
  parent_status  text COLLATE "C" NOT NULL,
  status         text COLLATE "C" NOT NULL,
  waiting_for    text COLLATE "C" NOT NULL,
  delta          bigint NOT NULL,
  PRIMARY KEY (workspace_id, id)
);
-- The workspaces whose cases of before were counted, by a job; until then they are counted when they are looked at.
CREATE TABLE IF NOT EXISTS case_states_counted (
  workspace_id   uuid PRIMARY KEY REFERENCES workspaces,
  at             timestamptz(3) NOT NULL
);

-- A trigger, so that every writer keeps them: an older Dossier that still serves, SQL by hand. Only appended: no row is hot.
CREATE OR REPLACE FUNCTION case_state_was_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    INSERT INTO case_state_deltas (workspace_id, archived, parent_status, status, waiting_for, delta)
    VALUES (OLD.workspace_id, OLD.archived_at IS NOT NULL, OLD.parent_status, OLD.status, OLD.waiting_for, -1);
  END IF;
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO case_state_deltas (workspace_id, archived, parent_status, status, waiting_for, delta)
    VALUES (NEW.workspace_id, NEW.archived_at IS NOT NULL, NEW.parent_status, NEW.status, NEW.waiting_for, 1);
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER case_state_was_made AFTER INSERT OR DELETE ON cases
  FOR EACH ROW EXECUTE FUNCTION case_state_was_changed();
CREATE OR REPLACE TRIGGER case_state_was_changed AFTER UPDATE ON cases FOR EACH ROW
  WHEN ((OLD.archived_at IS NULL, OLD.parent_status, OLD.status, OLD.waiting_for)
        IS DISTINCT FROM (NEW.archived_at IS NULL, NEW.parent_status, NEW.status, NEW.waiting_for))
  EXECUTE FUNCTION case_state_was_changed();
