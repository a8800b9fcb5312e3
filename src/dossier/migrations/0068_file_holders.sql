-- How a thing holds a file now: it was put on it (`put`), and these of its fields name it. Neither: it held the file once, and its
-- history still does.
ALTER TABLE file_holders ADD COLUMN IF NOT EXISTS put boolean NOT NULL DEFAULT false;
ALTER TABLE file_holders ADD COLUMN IF NOT EXISTS fields text[] NOT NULL DEFAULT '{}';
-- When its content was erased although something held it: what is left is that there was such a file.
ALTER TABLE files ADD COLUMN IF NOT EXISTS erased_at timestamptz(3);
