-- Who came in to a form, and in which browser: by the hash of the session's secret, under the number of the link that they came by. A new
-- link ends the sessions of the old one.
CREATE TABLE IF NOT EXISTS form_sessions (
  workspace_id  uuid NOT NULL,
  form_id       uuid NOT NULL,
  hash          bytea NOT NULL,
  link          integer NOT NULL,
  created_at    timestamptz(3) NOT NULL,
  expires_at    timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, form_id, hash),
  FOREIGN KEY (workspace_id, form_id) REFERENCES forms (workspace_id, id) ON DELETE CASCADE
);

-- Codes that were sent, or would have been: `address` and `code` are what only who has the server's keys can say of them; `tries`: how
-- often it was tried, counted before it is looked at.
CREATE TABLE IF NOT EXISTS form_codes (
  workspace_id  uuid NOT NULL,
  form_id       uuid NOT NULL,
  id            uuid NOT NULL,
  link          integer NOT NULL,
  address       text COLLATE "C" NOT NULL,
  code          text COLLATE "C" NOT NULL,
  sent_at       timestamptz(3) NOT NULL,
  expires_at    timestamptz(3) NOT NULL,
  tries         integer NOT NULL,
  PRIMARY KEY (workspace_id, form_id, id),
  FOREIGN KEY (workspace_id, form_id) REFERENCES forms (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS form_codes_of_address ON form_codes (workspace_id, address, sent_at);

-- How often something wrong was entered at a form under a number of its link: thirty times, and it is locked until there is a new one.
CREATE TABLE IF NOT EXISTS form_entries (
  workspace_id  uuid NOT NULL,
  form_id       uuid NOT NULL,
  link          integer NOT NULL,
  wrong         integer NOT NULL,
  PRIMARY KEY (workspace_id, form_id, link),
  FOREIGN KEY (workspace_id, form_id) REFERENCES forms (workspace_id, id) ON DELETE CASCADE
);

DO $$
DECLARE each text;
BEGIN
  FOREACH each IN ARRAY ARRAY['form_sessions', 'form_codes', 'form_entries'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', each);
    EXECUTE format('DROP POLICY IF EXISTS workspace ON %I', each);
    EXECUTE format($policy$CREATE POLICY workspace ON %I USING (
      (SELECT visible_workspaces()) IS NULL OR workspace_id = ANY ((SELECT visible_workspaces())::uuid[]))$policy$, each);
  END LOOP;
END $$;
