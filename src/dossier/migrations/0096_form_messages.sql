-- How long a form stays open from when it is sent, where nobody said until when; and to which hosts a workspace lets people go on afterwards.
ALTER TABLE forms ADD COLUMN IF NOT EXISTS expires_after text;
ALTER TABLE workspaces ADD COLUMN IF NOT EXISTS redirect_hosts text[] NOT NULL DEFAULT '{}';

-- Who is asked may be erased, and then is to be found in forms still: nothing takes the id out of them before.
-- squawk-ignore ban-drop-constraint
ALTER TABLE forms DROP CONSTRAINT IF EXISTS forms_workspace_id_contact_id_fkey;

-- What is written about a form, planned or sent. `place`: which of the template's reminders; `message_id`: the message, once there is one.
CREATE TABLE IF NOT EXISTS form_notifications (
  workspace_id  uuid NOT NULL,
  id            uuid NOT NULL,
  form_id       uuid NOT NULL,
  kind          text NOT NULL,
  channel       text NOT NULL CHECK (channel IN ('email', 'sms')),
  place         integer,
  at            timestamptz(3) NOT NULL,
  status        text NOT NULL CHECK (status IN ('pending', 'sent', 'failed', 'skipped')),
  recipient     text,
  sender        text,
  system        boolean NOT NULL,
  locale        text,
  variables     jsonb,
  error         text,
  message_id    uuid,
  header_id     text,
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, form_id) REFERENCES forms (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS form_notifications_of_form ON form_notifications (workspace_id, form_id, at);
CREATE INDEX IF NOT EXISTS form_notifications_due ON form_notifications (workspace_id, at) WHERE status = 'pending' AND message_id IS NULL;
CREATE INDEX IF NOT EXISTS form_notifications_of_message ON form_notifications (workspace_id, message_id) WHERE message_id IS NOT NULL;

-- Calls to the addresses that forms name themselves. Of those that wait for a form and address, the one with the lowest `number` is next.
-- `body`: as it is sent at each try, once it is written; without a reference to the form: the last call tells that it is gone.
CREATE TABLE IF NOT EXISTS form_deliveries (
  workspace_id  uuid NOT NULL REFERENCES workspaces,
  id            uuid NOT NULL,
  form_id       uuid NOT NULL,
  url           text NOT NULL,
  number        bigint GENERATED ALWAYS AS IDENTITY,
  events        text[] NOT NULL,
  subject       text NOT NULL CHECK (subject IN ('requests', 'responses')),
  subject_id    uuid NOT NULL,
  body          text,
  written       boolean NOT NULL,
  status        text NOT NULL CHECK (status IN ('pending', 'delivered', 'dead', 'cancelled')),
  tries         integer NOT NULL,
  next_at       timestamptz(3) NOT NULL,
  latest_at     timestamptz(3),
  leased_until  timestamptz(3),
  attempts      jsonb NOT NULL,
  created_at    timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX IF NOT EXISTS form_deliveries_of_form ON form_deliveries (workspace_id, form_id, url, number);
CREATE INDEX IF NOT EXISTS form_deliveries_waiting ON form_deliveries (workspace_id, next_at) WHERE status = 'pending';

-- Addresses that said of a form that they are gone (410): nothing of it is told them any more.
CREATE TABLE IF NOT EXISTS form_addresses_gone (
  workspace_id  uuid NOT NULL,
  form_id       uuid NOT NULL,
  url           text NOT NULL,
  PRIMARY KEY (workspace_id, form_id, url),
  FOREIGN KEY (workspace_id, form_id) REFERENCES forms (workspace_id, id) ON DELETE CASCADE
);

DO $$
DECLARE each text;
BEGIN
  FOREACH each IN ARRAY ARRAY['form_notifications', 'form_deliveries', 'form_addresses_gone'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', each);
    EXECUTE format('DROP POLICY IF EXISTS workspace ON %I', each);
    EXECUTE format($policy$CREATE POLICY workspace ON %I USING (
      (SELECT visible_workspaces()) IS NULL OR workspace_id = ANY ((SELECT visible_workspaces())::uuid[]))$policy$, each);
  END LOOP;
END $$;
