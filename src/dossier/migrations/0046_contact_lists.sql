-- The words of contacts, as those of cases (0004, 0009, 0015): of each, each distinct one, of what they are, and which
-- contacts changed since.
CREATE TABLE IF NOT EXISTS contact_words (
  workspace_id  uuid NOT NULL,
  word          text COLLATE "C" NOT NULL,
  contact_id    uuid NOT NULL,
  PRIMARY KEY (workspace_id, word, contact_id),
  FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS contact_words_of_contact ON contact_words (workspace_id, contact_id);
CREATE TABLE IF NOT EXISTS contact_search_words (
  workspace_id  uuid NOT NULL REFERENCES workspaces,
  word          text COLLATE "C" NOT NULL,
  letters       text COLLATE "C",
  PRIMARY KEY (workspace_id, word)
);
CREATE INDEX IF NOT EXISTS contact_search_words_likeness ON contact_search_words USING gin (letters gin_trgm_ops);
CREATE TABLE IF NOT EXISTS contact_search (
  workspace_id  uuid NOT NULL,
  contact_id    uuid NOT NULL,
  version       bigint NOT NULL,
  at            timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, contact_id),
  FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts (workspace_id, id) ON DELETE CASCADE
);
CREATE TABLE IF NOT EXISTS contact_search_queue (
  workspace_id  uuid NOT NULL REFERENCES workspaces,
  position      bigint GENERATED ALWAYS AS IDENTITY,
  contact_id    uuid NOT NULL,
  at            timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (workspace_id, position)
);

-- A trigger, so that every writer asks for it: an older Dossier that still serves, SQL by hand.
CREATE OR REPLACE FUNCTION contact_has_new_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO contact_search_queue (workspace_id, contact_id) VALUES (NEW.workspace_id, NEW.id);
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER contact_has_new_words AFTER INSERT OR UPDATE ON contacts
  FOR EACH ROW EXECUTE FUNCTION contact_has_new_words();
