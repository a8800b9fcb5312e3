-- What somebody said of an answer: accepted, or refused and why. Of the response that was handed in; what is accepted goes along with the
-- answers to the next one. `actor_name`: as it was then.
CREATE TABLE IF NOT EXISTS form_reviews (
  workspace_id  uuid NOT NULL,
  response_id   uuid NOT NULL,
  element       text COLLATE "C" NOT NULL,
  state         text NOT NULL CHECK (state IN ('accepted', 'refused')),
  reason        text,
  actor_type    text NOT NULL CHECK (actor_type IN ('token', 'member', 'system')),
  actor_id      uuid,
  actor_name    text NOT NULL,
  at            timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, response_id, element),
  FOREIGN KEY (workspace_id, response_id) REFERENCES form_responses (workspace_id, id) ON DELETE CASCADE
);

-- Forms that were asked for together; a job makes them, so many a minute (`pace`), until `cancelled_at`.
CREATE TABLE IF NOT EXISTS form_batches (
  workspace_id  uuid NOT NULL REFERENCES workspaces,
  id            uuid NOT NULL,
  created_at    timestamptz(3) NOT NULL,
  actor_type    text NOT NULL CHECK (actor_type IN ('token', 'member', 'system')),
  actor_id      uuid,
  actor_name    text NOT NULL,
  preset_id     uuid NOT NULL,
  slug          text COLLATE "C" NOT NULL,
  pace          integer CHECK (pace > 0),
  next_at       timestamptz(3),
  cancelled_at  timestamptz(3),
  PRIMARY KEY (workspace_id, id)
);
CREATE INDEX IF NOT EXISTS form_batches_due ON form_batches (workspace_id, next_at) WHERE next_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS form_batches_newest ON form_batches (workspace_id, created_at, id);

-- A row: what was given for one person, emptied once the form is there; `form_id`: the form that was made, `error`: why none was.
CREATE TABLE IF NOT EXISTS form_batch_rows (
  workspace_id  uuid NOT NULL,
  batch_id      uuid NOT NULL,
  place         integer NOT NULL,
  given         jsonb NOT NULL,
  state         text NOT NULL CHECK (state IN ('waiting', 'made', 'failed', 'cancelled')),
  form_id       uuid,
  error         text,
  PRIMARY KEY (workspace_id, batch_id, place),
  FOREIGN KEY (workspace_id, batch_id) REFERENCES form_batches (workspace_id, id) ON DELETE CASCADE,
  FOREIGN KEY (workspace_id, form_id) REFERENCES forms (workspace_id, id) ON DELETE SET NULL (form_id)
);
CREATE INDEX IF NOT EXISTS form_batch_rows_of_form ON form_batch_rows (workspace_id, form_id) WHERE form_id IS NOT NULL;

DO $$
DECLARE each text;
BEGIN
  FOREACH each IN ARRAY ARRAY['form_reviews', 'form_batches', 'form_batch_rows'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', each);
    EXECUTE format('DROP POLICY IF EXISTS workspace ON %I', each);
    EXECUTE format($policy$CREATE POLICY workspace ON %I USING (
      (SELECT visible_workspaces()) IS NULL OR workspace_id = ANY ((SELECT visible_workspaces())::uuid[]))$policy$, each);
  END LOOP;
END $$;

-- Responses as papers (PDF), made when somebody first asked for one. `made_of`: what it says it was made of; another one is made when that
-- has changed.
CREATE TABLE IF NOT EXISTS form_papers (
  workspace_id  uuid NOT NULL,
  response_id   uuid NOT NULL,
  made_of       text NOT NULL,
  content       bytea NOT NULL,
  PRIMARY KEY (workspace_id, response_id),
  FOREIGN KEY (workspace_id, response_id) REFERENCES form_responses (workspace_id, id) ON DELETE CASCADE
);
ALTER TABLE form_papers ALTER COLUMN content SET STORAGE EXTERNAL;
ALTER TABLE form_papers ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS workspace ON form_papers;
CREATE POLICY workspace ON form_papers USING (
  (SELECT visible_workspaces()) IS NULL OR workspace_id = ANY ((SELECT visible_workspaces())::uuid[]));
