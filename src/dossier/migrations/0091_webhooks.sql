-- Who is told of what happens to cases, and at which address. Secrets are encrypted. `after`: the position of the last
-- transaction that it is not told of; `address`: subscriptions to one address are sent to together.
CREATE TABLE IF NOT EXISTS webhooks (
  workspace_id      uuid NOT NULL REFERENCES workspaces,
  id                uuid NOT NULL,
  url               text NOT NULL,
  events            text[] NOT NULL,
  templates         uuid[] NOT NULL,
  condition         jsonb,
  content           text NOT NULL,
  description       text NOT NULL,
  enabled           boolean NOT NULL,
  disabled_reason   text,
  secret            bytea NOT NULL,
  secret_before     bytea,
  both_until        timestamptz(3),
  created_at        timestamptz(3) NOT NULL,
  updated_at        timestamptz(3) NOT NULL,
  last_success_at   timestamptz(3),
  failing_since     timestamptz(3),
  warned_at         timestamptz(3),
  after             bigint NOT NULL,
  PRIMARY KEY (workspace_id, id)
);

-- What is sent, or was: one row for each event and subscription, in the order of `number` for a case. Of those that wait only the
-- first of a case has a `next_at`; `leased_until` says that somebody is sending it (by the clock of the database, which nobody moves).
CREATE TABLE IF NOT EXISTS webhook_deliveries (
  workspace_id  uuid NOT NULL,
  id            uuid NOT NULL,
  webhook_id    uuid NOT NULL,
  number        bigint GENERATED ALWAYS AS IDENTITY,
  case_id       uuid,
  version       bigint,
  event_id      uuid NOT NULL,
  type          text NOT NULL,
  happened_at   timestamptz(3) NOT NULL,
  body          text,
  written       boolean NOT NULL,
  status        text NOT NULL,
  tries         integer NOT NULL,
  next_at       timestamptz(3),
  leased_until  timestamptz(3),
  attempts      jsonb NOT NULL,
  created_at    timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, webhook_id) REFERENCES webhooks (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS webhook_deliveries_listed ON webhook_deliveries (workspace_id, webhook_id, created_at, id);
CREATE INDEX IF NOT EXISTS webhook_deliveries_waiting ON webhook_deliveries (workspace_id, webhook_id, case_id, number) WHERE status = 'pending';
CREATE INDEX IF NOT EXISTS webhook_deliveries_due ON webhook_deliveries (workspace_id, webhook_id, next_at, number)
  WHERE status = 'pending' AND next_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS webhook_deliveries_leased ON webhook_deliveries (workspace_id, webhook_id) WHERE leased_until IS NOT NULL;
CREATE INDEX IF NOT EXISTS webhook_deliveries_of_case ON webhook_deliveries (workspace_id, case_id);

-- Up to where events were given to those who want them.
CREATE TABLE IF NOT EXISTS webhook_progress (
  one       boolean PRIMARY KEY CHECK (one),
  position  bigint NOT NULL,
  case_id   uuid NOT NULL,
  version   bigint NOT NULL
);

DO $$
DECLARE each text;
BEGIN
  FOREACH each IN ARRAY ARRAY['webhooks', 'webhook_deliveries'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', each);
    EXECUTE format('DROP POLICY IF EXISTS workspace ON %I', each);
    EXECUTE format($policy$CREATE POLICY workspace ON %I USING (
      (SELECT visible_workspaces()) IS NULL OR workspace_id = ANY ((SELECT visible_workspaces())::uuid[]))$policy$, each);
  END LOOP;
END $$;
