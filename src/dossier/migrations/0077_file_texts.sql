-- The beginning of the words in a file that has a text layer: the search finds by them the cases that show it.
CREATE TABLE IF NOT EXISTS file_texts (
  workspace_id  uuid NOT NULL,
  file_id       uuid NOT NULL,
  text          text NOT NULL,
  PRIMARY KEY (workspace_id, file_id),
  FOREIGN KEY (workspace_id, file_id) REFERENCES files (workspace_id, id) ON DELETE CASCADE
);
ALTER TABLE file_texts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS workspace ON file_texts;
CREATE POLICY workspace ON file_texts USING (
  (SELECT visible_workspaces()) IS NULL OR workspace_id = ANY ((SELECT visible_workspaces())::uuid[]));

-- With the content go its words, as its pictures do.
CREATE OR REPLACE FUNCTION file_content_is_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM file_previews WHERE workspace_id = NEW.workspace_id AND file_id = NEW.id;
  DELETE FROM file_texts WHERE workspace_id = NEW.workspace_id AND file_id = NEW.id;
  RETURN NULL;
END $$;
