-- The words of forms, as those of contacts (0046), and what somebody looked for among forms, kept under a name (0060).
CREATE TABLE IF NOT EXISTS form_words (
  workspace_id  uuid NOT NULL,
  word          text COLLATE "C" NOT NULL,
  form_id       uuid NOT NULL,
  PRIMARY KEY (workspace_id, word, form_id),
  FOREIGN KEY (workspace_id, form_id) REFERENCES forms (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS form_words_of_form ON form_words (workspace_id, form_id);
CREATE TABLE IF NOT EXISTS form_search_words (
  workspace_id  uuid NOT NULL REFERENCES workspaces,
  word          text COLLATE "C" NOT NULL,
  letters       text COLLATE "C",
  PRIMARY KEY (workspace_id, word)
);
CREATE INDEX IF NOT EXISTS form_search_words_likeness ON form_search_words USING gin (letters gin_trgm_ops);
CREATE TABLE IF NOT EXISTS form_search (
  workspace_id  uuid NOT NULL,
  form_id       uuid NOT NULL,
  version       bigint NOT NULL,
  at            timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, form_id),
  FOREIGN KEY (workspace_id, form_id) REFERENCES forms (workspace_id, id) ON DELETE CASCADE
);
CREATE TABLE IF NOT EXISTS form_search_queue (
  workspace_id  uuid NOT NULL REFERENCES workspaces,
  position      bigint GENERATED ALWAYS AS IDENTITY,
  form_id       uuid NOT NULL,
  at            timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (workspace_id, position)
);

CREATE OR REPLACE FUNCTION form_has_new_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO form_search_queue (workspace_id, form_id) VALUES (NEW.workspace_id, NEW.id);
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER form_has_new_words AFTER INSERT OR UPDATE ON forms
  FOR EACH ROW EXECUTE FUNCTION form_has_new_words();

CREATE TABLE IF NOT EXISTS form_views (
  workspace_id  uuid NOT NULL REFERENCES workspaces,
  id            uuid NOT NULL,
  member_id     uuid NOT NULL REFERENCES members,
  shared        boolean NOT NULL,
  name          text NOT NULL,
  parameters    jsonb NOT NULL,
  created_at    timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, id)
);
CREATE TABLE IF NOT EXISTS form_view_defaults (
  workspace_id  uuid NOT NULL,
  member_id     uuid NOT NULL REFERENCES members,
  view_id       uuid NOT NULL,
  PRIMARY KEY (workspace_id, member_id),
  FOREIGN KEY (workspace_id, view_id) REFERENCES form_views ON DELETE CASCADE
);

DO $$
DECLARE each text;
BEGIN
  FOREACH each IN ARRAY ARRAY['form_words', 'form_search_words', 'form_search', 'form_search_queue', 'form_views', 'form_view_defaults'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', each);
    EXECUTE format('DROP POLICY IF EXISTS workspace ON %I', each);
    EXECUTE format($policy$CREATE POLICY workspace ON %I USING (
      (SELECT visible_workspaces()) IS NULL OR workspace_id = ANY ((SELECT visible_workspaces())::uuid[]))$policy$, each);
  END LOOP;
END $$;
