-- When who uses a session last proved who they are; NULL: when it began.
ALTER TABLE sessions ADD COLUMN IF NOT EXISTS confirmed_at timestamptz(3);
