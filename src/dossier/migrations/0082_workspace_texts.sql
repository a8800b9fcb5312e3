-- The language of a workspace, for who is written to and says none.
ALTER TABLE workspaces ADD COLUMN IF NOT EXISTS language text COLLATE "C" NOT NULL DEFAULT 'en';

-- What messages of a workspace have in common, by name and language: its signature, its footer, and snippets for texts.
CREATE TABLE IF NOT EXISTS workspace_texts (
  workspace_id  uuid NOT NULL REFERENCES workspaces ON DELETE CASCADE,
  kind          text COLLATE "C" NOT NULL CHECK (kind IN ('closing', 'footer', 'snippet')),
  name          text COLLATE "C" NOT NULL,
  language      text COLLATE "C" NOT NULL,
  body          text NOT NULL,
  changed_at    timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, kind, name, language)
);
ALTER TABLE workspace_texts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS workspace ON workspace_texts;
CREATE POLICY workspace ON workspace_texts USING (
  (SELECT visible_workspaces()) IS NULL OR workspace_id = ANY ((SELECT visible_workspaces())::uuid[]));
