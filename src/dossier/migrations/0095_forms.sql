-- What was asked of whom: a form keeps the version of the template it was made with, and what holds of it, whatever becomes of the preset.
-- `data`: what was given beforehand, as sent; `filled`: what of it fits an element, as that stores it; `link`: the number of its link.
CREATE TABLE IF NOT EXISTS forms (
  workspace_id             uuid NOT NULL REFERENCES workspaces,
  id                       uuid NOT NULL,
  version                  bigint NOT NULL,
  created_at               timestamptz(3) NOT NULL,
  updated_at               timestamptz(3) NOT NULL,
  reference                text COLLATE "C" NOT NULL,
  status                   text COLLATE "C" NOT NULL CHECK (status IN ('draft', 'pending', 'completed', 'declined', 'processed')),
  archived_at              timestamptz(3),
  processed_at             timestamptz(3),
  active_from              timestamptz(3),
  active_until             timestamptz(3),
  expired_at               timestamptz(3),
  template_id              uuid NOT NULL,
  template_version         integer NOT NULL,
  preset_id                uuid NOT NULL,
  slug                     text COLLATE "C" NOT NULL,
  name                     text NOT NULL,
  case_id                  uuid,
  step                     text,
  internal                 boolean NOT NULL,
  contact_id               uuid,
  owner_id                 uuid REFERENCES members,
  email                    text,
  email_folded             text COLLATE "C",
  phone                    text COLLATE "C",
  given_name               text,
  given_name_folded        text COLLATE "C",
  family_name              text,
  family_name_folded       text COLLATE "C",
  company_name             text COLLATE "C",
  internal_ref             text COLLATE "C",
  locale                   text COLLATE "C",
  anonymous                boolean NOT NULL,
  data                     jsonb NOT NULL,
  filled                   jsonb NOT NULL,
  external_args            jsonb NOT NULL,
  options                  jsonb NOT NULL,
  redirect_url             text COLLATE "C",
  branding                 text COLLATE "C",
  webhooks                 jsonb NOT NULL,
  access                   text NOT NULL CHECK (access IN ('direct', 'email_code', 'sms_code', 'password')),
  password_hash            text,
  decline                  boolean NOT NULL,
  link                     integer NOT NULL,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, reference),
  FOREIGN KEY (workspace_id, case_id) REFERENCES cases (workspace_id, id) ON DELETE CASCADE,
  FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts (workspace_id, id) ON DELETE SET NULL (contact_id)
);
CREATE INDEX IF NOT EXISTS forms_created ON forms (workspace_id, created_at, id);
CREATE INDEX IF NOT EXISTS forms_updated ON forms (workspace_id, updated_at, id);
CREATE INDEX IF NOT EXISTS forms_slug ON forms (workspace_id, slug, created_at, id);
CREATE INDEX IF NOT EXISTS forms_status ON forms (workspace_id, status, created_at, id);
CREATE INDEX IF NOT EXISTS forms_case ON forms (workspace_id, case_id) WHERE case_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS forms_contact ON forms (workspace_id, contact_id) WHERE contact_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS forms_owner ON forms (workspace_id, owner_id, created_at, id) WHERE owner_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS forms_email ON forms (workspace_id, email_folded, created_at, id) WHERE email_folded IS NOT NULL;
CREATE INDEX IF NOT EXISTS forms_open ON forms (workspace_id, active_until) WHERE status = 'pending' AND expired_at IS NULL;

-- Which secret leads to which form, by the hash of the secret: none of them is kept.
CREATE TABLE IF NOT EXISTS form_links (
  hash          bytea PRIMARY KEY,
  workspace_id  uuid NOT NULL,
  form_id       uuid NOT NULL,
  FOREIGN KEY (workspace_id, form_id) REFERENCES forms (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS form_links_of_form ON form_links (workspace_id, form_id);

-- What happened to a form, append-only, one row a version; nothing in it says who was asked or what was answered.
CREATE TABLE IF NOT EXISTS form_events (
  workspace_id  uuid NOT NULL,
  form_id       uuid NOT NULL,
  version       bigint NOT NULL,
  id            uuid NOT NULL,
  at            timestamptz(3) NOT NULL,
  kind          text NOT NULL,
  actor_type    text NOT NULL CHECK (actor_type IN ('token', 'member', 'contact', 'system')),
  actor_id      uuid,
  via           text NOT NULL,
  changes       jsonb NOT NULL,
  reason        text,
  position      bigint NOT NULL DEFAULT commit_position(),
  PRIMARY KEY (workspace_id, form_id, version),
  FOREIGN KEY (workspace_id, form_id) REFERENCES forms (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS form_events_position ON form_events (workspace_id, position);

-- What was answered; the newest one of a form, by number, counts. `asked`: the elements that it asks, null for all; `put_aside`: elements
-- that a condition hid when it was handed in; `answered_by`: who it was then, as the form has them.
CREATE TABLE IF NOT EXISTS form_responses (
  workspace_id     uuid NOT NULL,
  id               uuid NOT NULL,
  form_id          uuid NOT NULL,
  number           integer NOT NULL,
  created_at       timestamptz(3) NOT NULL,
  updated_at       timestamptz(3) NOT NULL,
  completed_at     timestamptz(3),
  declined_at      timestamptz(3),
  reason           text,
  rating           text,
  asked            text[],
  put_aside        text[] NOT NULL,
  answered_by      jsonb NOT NULL,
  locale           text,
  ip               text,
  user_agent       text,
  accept_language  text,
  PRIMARY KEY (workspace_id, id),
  UNIQUE (workspace_id, form_id, number),
  FOREIGN KEY (workspace_id, form_id) REFERENCES forms (workspace_id, id) ON DELETE CASCADE
);

-- One row for each element that was answered, so that devices merge by element. `value`: what counts, null where it was emptied; `typed`:
-- what was typed wrongly, and is only shown again; `position`: the transaction that wrote it.
CREATE TABLE IF NOT EXISTS form_answers (
  workspace_id  uuid NOT NULL,
  response_id   uuid NOT NULL,
  element       text COLLATE "C" NOT NULL,
  version       bigint NOT NULL,
  value         jsonb,
  typed         jsonb,
  at            timestamptz(3) NOT NULL,
  actor_type    text NOT NULL CHECK (actor_type IN ('token', 'member', 'contact', 'system')),
  actor_id      uuid,
  position      bigint NOT NULL DEFAULT commit_position(),
  PRIMARY KEY (workspace_id, response_id, element),
  FOREIGN KEY (workspace_id, response_id) REFERENCES form_responses (workspace_id, id) ON DELETE CASCADE
);

DO $$
DECLARE each text;
BEGIN
  FOREACH each IN ARRAY ARRAY['forms', 'form_events', 'form_responses', 'form_answers'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', each);
    EXECUTE format('DROP POLICY IF EXISTS workspace ON %I', each);
    EXECUTE format($policy$CREATE POLICY workspace ON %I USING (
      (SELECT visible_workspaces()) IS NULL OR workspace_id = ANY ((SELECT visible_workspaces())::uuid[]))$policy$, each);
  END LOOP;
END $$;
