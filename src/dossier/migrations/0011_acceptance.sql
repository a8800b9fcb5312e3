-- A membership is a proposal until the person accepts it; those of before hold.
ALTER TABLE memberships ADD COLUMN accepted_at timestamptz(3);
ALTER TABLE memberships ADD COLUMN given_name text;
ALTER TABLE memberships ADD COLUMN family_name text;
UPDATE memberships SET accepted_at = created_at;

-- When the server's operator, or an identity provider, vouched for who uses the account.
ALTER TABLE members ADD COLUMN proved_at timestamptz(3);
-- The address as mail systems compare it: how a member is found.
ALTER TABLE members ADD COLUMN email_identity text COLLATE "C";
