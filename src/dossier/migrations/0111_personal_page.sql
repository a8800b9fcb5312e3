-- The page that gathers what is asked of a person: codes that were asked for, by what the browser that asked holds (its hash). `address`:
-- what only who has the server's keys can say of it; `sent_to`: the same, encrypted, to be written to and shown; `code`: sealed, "" until one
-- was sent, and where nothing is known of the address.
CREATE TABLE IF NOT EXISTS person_codes (
  workspace_id  uuid NOT NULL REFERENCES workspaces,
  hash          bytea NOT NULL,
  address       text COLLATE "C" NOT NULL,
  sent_to       bytea NOT NULL,
  locale        text NOT NULL,
  code          text COLLATE "C" NOT NULL,
  sent_at       timestamptz(3) NOT NULL,
  expires_at    timestamptz(3) NOT NULL,
  tries         integer NOT NULL,
  PRIMARY KEY (workspace_id, hash)
);
CREATE INDEX IF NOT EXISTS person_codes_of_address ON person_codes (workspace_id, address, sent_at);

-- Who came in to it, with which address.
CREATE TABLE IF NOT EXISTS person_sessions (
  workspace_id  uuid NOT NULL REFERENCES workspaces,
  hash          bytea NOT NULL,
  sent_to       bytea NOT NULL,
  created_at    timestamptz(3) NOT NULL,
  expires_at    timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, hash)
);

-- How often something was done from `since` on, by whom (sealed): counted before it is looked at.
CREATE TABLE IF NOT EXISTS person_counts (
  workspace_id  uuid NOT NULL REFERENCES workspaces,
  what          text NOT NULL,
  subject       text COLLATE "C" NOT NULL,
  since         timestamptz(3) NOT NULL,
  count         integer NOT NULL,
  PRIMARY KEY (workspace_id, what, subject, since)
);

DO $$
DECLARE each text;
BEGIN
  FOREACH each IN ARRAY ARRAY['person_codes', 'person_sessions', 'person_counts'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', each);
    EXECUTE format('DROP POLICY IF EXISTS workspace ON %I', each);
    EXECUTE format($policy$CREATE POLICY workspace ON %I USING (
      (SELECT visible_workspaces()) IS NULL OR workspace_id = ANY ((SELECT visible_workspaces())::uuid[]))$policy$, each);
  END LOOP;
END $$;

-- Sessions of forms that were begun on that page end with it.
ALTER TABLE form_sessions ADD COLUMN IF NOT EXISTS person bytea;
