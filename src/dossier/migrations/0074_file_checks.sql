-- What a virus scanner still has to look at: `asked_at`, when it was last asked about a file. `released_at`: since when the content
-- of a file that it could not look at is given nevertheless.
ALTER TABLE files ADD COLUMN IF NOT EXISTS asked_at timestamptz(3);
ALTER TABLE files ADD COLUMN IF NOT EXISTS released_at timestamptz(3);
