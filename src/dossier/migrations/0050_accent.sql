-- The colour by which members know in which workspace they are: one of ACCENTS (workspaces/model.py).
ALTER TABLE workspaces ADD COLUMN IF NOT EXISTS accent text NOT NULL DEFAULT 'blue';
