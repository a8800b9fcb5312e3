-- How many pages a file has, and whether pictures of them can be made: NULL as long as nobody tried.
ALTER TABLE files ADD COLUMN IF NOT EXISTS pages integer;
ALTER TABLE files ADD COLUMN IF NOT EXISTS drawn boolean;

-- Pictures that we made of files: of a page, its longer side so many pixels. Page 0: the file itself without place and device,
-- as those see it who have its public address. They lie in the storage, and count for the quota.
CREATE TABLE IF NOT EXISTS file_previews (
  workspace_id  uuid NOT NULL,
  file_id       uuid NOT NULL,
  page          integer NOT NULL,
  size          integer NOT NULL,
  object        text NOT NULL,
  bytes         bigint NOT NULL CHECK (bytes > 0),
  sha256        bytea NOT NULL CHECK (length(sha256) = 32),
  PRIMARY KEY (workspace_id, file_id, page, size),
  FOREIGN KEY (workspace_id, file_id) REFERENCES files (workspace_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX IF NOT EXISTS file_previews_object ON file_previews (workspace_id, object);

-- Triggers, so that whoever takes a file out, or its content, takes out what was made of it: the picture of a page says as much as the page.
CREATE OR REPLACE FUNCTION file_preview_is_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO file_objects_left (workspace_id, object, since) VALUES (OLD.workspace_id, OLD.object, now());
  UPDATE file_usage SET bytes = greatest(bytes - OLD.bytes, 0) WHERE workspace_id = OLD.workspace_id;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER file_preview_is_gone AFTER DELETE ON file_previews
  FOR EACH ROW EXECUTE FUNCTION file_preview_is_gone();
CREATE OR REPLACE FUNCTION file_content_is_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM file_previews WHERE workspace_id = NEW.workspace_id AND file_id = NEW.id;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER file_content_is_gone AFTER UPDATE ON files FOR EACH ROW
  WHEN (OLD.object IS DISTINCT FROM NEW.object OR (OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL) OR (NEW.verdict = 'infected' AND OLD.verdict <> 'infected'))
  EXECUTE FUNCTION file_content_is_gone();

ALTER TABLE file_previews ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS workspace ON file_previews;
CREATE POLICY workspace ON file_previews USING (
  (SELECT visible_workspaces()) IS NULL OR workspace_id = ANY ((SELECT visible_workspaces())::uuid[]));
