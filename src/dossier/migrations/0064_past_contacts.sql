-- Which cases once showed a contact, and do not now: in their histories somebody who is erased stands too. What shows a contact
-- today is in case_contacts.
CREATE TABLE IF NOT EXISTS case_contacts_past (
  workspace_id  uuid NOT NULL,
  contact_id    uuid NOT NULL,
  case_id       uuid NOT NULL,
  PRIMARY KEY (workspace_id, contact_id, case_id),
  FOREIGN KEY (workspace_id, case_id) REFERENCES cases ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS case_contacts_past_of_case ON case_contacts_past (workspace_id, case_id);
-- The workspaces whose histories of before were read for that, by a job; until then an erasure reads all of them.
CREATE TABLE IF NOT EXISTS case_contacts_past_read (
  workspace_id  uuid PRIMARY KEY REFERENCES workspaces,
  at            timestamptz(3) NOT NULL
);

-- A trigger, so that every writer keeps it: an older Dossier that still serves, SQL by hand. Not of a case that is erased itself.
CREATE OR REPLACE FUNCTION case_contact_was_taken_out() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO case_contacts_past (workspace_id, contact_id, case_id)
    SELECT OLD.workspace_id, OLD.contact_id, OLD.case_id FROM cases c
    WHERE c.workspace_id = OLD.workspace_id AND c.id = OLD.case_id
    ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER case_contact_was_taken_out AFTER DELETE ON case_contacts
  FOR EACH ROW EXECUTE FUNCTION case_contact_was_taken_out();
CREATE OR REPLACE TRIGGER case_contact_was_replaced AFTER UPDATE ON case_contacts FOR EACH ROW
  WHEN (OLD.contact_id IS DISTINCT FROM NEW.contact_id) EXECUTE FUNCTION case_contact_was_taken_out();

ALTER TABLE case_contacts_past ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS workspace ON case_contacts_past;
CREATE POLICY workspace ON case_contacts_past USING (
  (SELECT visible_workspaces()) IS NULL OR workspace_id = ANY ((SELECT visible_workspaces())::uuid[]));
ALTER TABLE case_contacts_past_read ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS workspace ON case_contacts_past_read;
CREATE POLICY workspace ON case_contacts_past_read USING (
  (SELECT visible_workspaces()) IS NULL OR workspace_id = ANY ((SELECT visible_workspaces())::uuid[]));
