-- E-mails and texts to people, and from them. `due_at`: when the next attempt is to be made; while one is under way, when it is given up and made again.
-- `folded`: every address and number, as they are compared. `message_id`: of the e-mail, the same at each attempt. Of one that was erased
-- (`erased_at`) only is left that it was sent, and when.
CREATE TABLE IF NOT EXISTS messages (
  workspace_id  uuid NOT NULL REFERENCES workspaces,
  id            uuid NOT NULL,
  version       bigint NOT NULL,
  created_at    timestamptz(3) NOT NULL,
  updated_at    timestamptz(3) NOT NULL,
  actor_type    text NOT NULL CHECK (actor_type IN ('token', 'member', 'contact', 'system')),
  actor_id      uuid,
  case_id       uuid,
  step          text,
  channel       text NOT NULL CHECK (channel IN ('email', 'sms')),
  direction     text NOT NULL CHECK (direction IN ('out', 'in')),
  transport     text CHECK (transport IN ('outbox', 'smtp', 'sms', 'console', 'intake')),
  status        text NOT NULL CHECK (status IN ('pending', 'sent', 'failed', 'skipped', 'bounced', 'received')),
  sender        text,                              -- what people see it is from: a name, or of what came in the address
  reply_to      text,
  sent_to       text[] NOT NULL,
  copied_to     text[] NOT NULL,
  hidden_to     text[] NOT NULL,
  folded        text[] NOT NULL,
  contacts      uuid[] NOT NULL,                   -- whom it is to
  subject       text NOT NULL,
  body          text NOT NULL,
  html          text,
  attachments   uuid[] NOT NULL,
  at            timestamptz(3) NOT NULL,           -- not sent before
  due_at        timestamptz(3) NOT NULL,
  tries         integer NOT NULL DEFAULT 0,
  sent_at       timestamptz(3),
  message_id    text,
  error         text,
  attempts      jsonb NOT NULL DEFAULT '[]',
  erased_at     timestamptz(3),
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX IF NOT EXISTS messages_created ON messages (workspace_id, created_at, id);
CREATE INDEX IF NOT EXISTS messages_updated ON messages (workspace_id, updated_at, id);
CREATE INDEX IF NOT EXISTS messages_of_case ON messages (workspace_id, case_id, created_at) WHERE case_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS messages_due ON messages (workspace_id, due_at, id) WHERE status = 'pending';

-- Addresses that a message came back from: nobody is written to there again, until somebody sends that message once more.
CREATE TABLE IF NOT EXISTS message_bounces (
  workspace_id  uuid NOT NULL,
  identity      text NOT NULL,
  message_id    uuid NOT NULL,
  at            timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, identity),
  FOREIGN KEY (workspace_id, message_id) REFERENCES messages (workspace_id, id)
);
CREATE INDEX IF NOT EXISTS message_bounces_of ON message_bounces (workspace_id, message_id);
DO $$
DECLARE each text;
BEGIN
  FOREACH each IN ARRAY ARRAY['messages', 'message_bounces'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', each);
    EXECUTE format('DROP POLICY IF EXISTS workspace ON %I', each);
    EXECUTE format($policy$CREATE POLICY workspace ON %I USING (
      (SELECT visible_workspaces()) IS NULL OR workspace_id = ANY ((SELECT visible_workspaces())::uuid[]))$policy$, each);
  END LOOP;
END $$;
