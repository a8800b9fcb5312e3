-- When a second factor was begun that no code has confirmed yet; NULL: by an older release, and so too long ago.
ALTER TABLE member_second_factors ADD COLUMN IF NOT EXISTS begun_at timestamptz(3);

-- Addresses are the same by email_identity alone; that another one folds to the same letters must tell nobody that it is there.
-- The table has a row for each member: an index of it is made in a moment.
-- squawk-ignore ban-drop-constraint
ALTER TABLE members DROP CONSTRAINT IF EXISTS members_email_folded_key;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX IF NOT EXISTS members_email_folded ON members (email_folded);
