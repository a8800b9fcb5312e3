-- The sites that may show the forms of a workspace inside their own pages.
ALTER TABLE workspaces ADD COLUMN IF NOT EXISTS embed_origins text[] NOT NULL DEFAULT '{}';
