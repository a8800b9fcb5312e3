-- Workspaces, who may act in them, and the cases they hold.
-- workspace_id leads every key of workspace content, so that a cluster can distribute by it.

CREATE TABLE workspaces (
  id          uuid PRIMARY KEY,
  slug        text COLLATE "C" NOT NULL UNIQUE,
  name        text NOT NULL,
  time_zone   text NOT NULL DEFAULT 'UTC',
  created_at  timestamptz(3) NOT NULL
);

CREATE TABLE members (
  id                  uuid PRIMARY KEY,
  email               text NOT NULL,
  email_folded        text COLLATE "C" NOT NULL UNIQUE,
  given_name          text,
  given_name_folded   text COLLATE "C",
  family_name         text,
  family_name_folded  text COLLATE "C",
  created_at          timestamptz(3) NOT NULL
);

CREATE TABLE memberships (
  workspace_id  uuid NOT NULL REFERENCES workspaces,
  member_id     uuid NOT NULL REFERENCES members,
  role          text NOT NULL CHECK (role IN ('administrator', 'handler', 'limited')),
  created_at    timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, member_id)
);
CREATE INDEX memberships_of_member ON memberships (member_id);

CREATE TABLE tokens (
  id            uuid PRIMARY KEY,
  hash          bytea NOT NULL UNIQUE,
  name          text NOT NULL,
  description   text,
  created_by    uuid REFERENCES members,
  created_at    timestamptz(3) NOT NULL,
  expires_at    timestamptz(3),
  last_used_at  timestamptz(3),
  revoked_at    timestamptz(3)
);

CREATE TABLE token_workspaces (
  token_id      uuid NOT NULL REFERENCES tokens,
  workspace_id  uuid NOT NULL REFERENCES workspaces,
  PRIMARY KEY (token_id, workspace_id)
);
CREATE INDEX token_workspaces_of_workspace ON token_workspaces (workspace_id);

CREATE TABLE contacts (
  workspace_id        uuid NOT NULL REFERENCES workspaces,
  id                  uuid NOT NULL,
  email               text,
  email_folded        text COLLATE "C",
  given_name          text,
  given_name_folded   text COLLATE "C",
  family_name         text,
  family_name_folded  text COLLATE "C",
  phone               text COLLATE "C",
  created_at          timestamptz(3) NOT NULL,
  updated_at          timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, id)
);
CREATE UNIQUE INDEX contacts_email ON contacts (workspace_id, email_folded);
CREATE INDEX contacts_family_name ON contacts (workspace_id, family_name_folded);
CREATE INDEX contacts_given_name ON contacts (workspace_id, given_name_folded);

CREATE TABLE case_templates (
  workspace_id     uuid NOT NULL REFERENCES workspaces,
  id               uuid NOT NULL,
  current_version  integer NOT NULL,
  owner_id         uuid REFERENCES members,
  archived_at      timestamptz(3),
  created_at       timestamptz(3) NOT NULL,
  updated_at       timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, id)
);

-- A published version never changes; a case stays on the one it was made with.
CREATE TABLE case_template_versions (
  workspace_id  uuid NOT NULL,
  template_id   uuid NOT NULL,
  version       integer NOT NULL,
  title         text COLLATE "C" NOT NULL,
  document      jsonb NOT NULL,
  published_at  timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, template_id, version),
  FOREIGN KEY (workspace_id, template_id) REFERENCES case_templates
);

CREATE TABLE cases (
  workspace_id         uuid NOT NULL REFERENCES workspaces,
  id                   uuid NOT NULL,
  version              bigint NOT NULL,
  template_id          uuid,
  template_version     integer,
  title                text COLLATE "C" NOT NULL,
  description          text COLLATE "C",
  locale               text COLLATE "C",
  reference            text COLLATE "C",
  reference_generated  boolean NOT NULL DEFAULT false,
  status               text COLLATE "C" NOT NULL,
  parent_status        text COLLATE "C" NOT NULL CHECK (parent_status IN ('draft', 'pending', 'in_progress', 'closed')),
  waiting_for          text COLLATE "C" NOT NULL CHECK (waiting_for IN ('none', 'owner', 'contact')),
  owner_id             uuid REFERENCES members,
  archived_at          timestamptz(3),
  created_at           timestamptz(3) NOT NULL,
  updated_at           timestamptz(3) NOT NULL,
  data                 jsonb NOT NULL,             -- field key -> value; a null value is an absent key
  own_fields           jsonb NOT NULL DEFAULT '[]',  -- field definitions that only this case has
  steps                jsonb NOT NULL DEFAULT '{}',  -- step key -> {status, data, started_at, started_by, …}
  fired                text[] NOT NULL DEFAULT '{}', -- statuses whose transition says "once" and has fired
  PRIMARY KEY (workspace_id, id),
  FOREIGN KEY (workspace_id, template_id, template_version) REFERENCES case_template_versions
);
CREATE INDEX cases_live ON cases (workspace_id, created_at, id) WHERE archived_at IS NULL;
CREATE INDEX cases_created ON cases (workspace_id, created_at, id);
CREATE INDEX cases_updated ON cases (workspace_id, updated_at, id);
CREATE INDEX cases_status ON cases (workspace_id, status, created_at, id);
CREATE INDEX cases_parent_status ON cases (workspace_id, parent_status, created_at, id);
CREATE INDEX cases_waiting_for ON cases (workspace_id, waiting_for, created_at, id);
CREATE INDEX cases_owner ON cases (workspace_id, owner_id, created_at, id);
CREATE INDEX cases_template ON cases (workspace_id, template_id, created_at, id);
CREATE INDEX cases_reference ON cases (workspace_id, reference, created_at, id);
CREATE UNIQUE INDEX cases_generated_reference ON cases (workspace_id, reference) WHERE reference_generated;

-- What is left of a deleted case: that it was, and who ended it. No personal data.
CREATE TABLE case_tombstones (
  workspace_id  uuid NOT NULL REFERENCES workspaces,
  id            uuid NOT NULL,
  deleted_at    timestamptz(3) NOT NULL,
  actor_type    text NOT NULL,
  actor_id      uuid,
  PRIMARY KEY (workspace_id, id)
);

CREATE TABLE case_contacts (
  workspace_id  uuid NOT NULL,
  case_id       uuid NOT NULL,
  slot          text COLLATE "C" NOT NULL,
  label         text,                              -- the slot's name on a case without a template
  contact_id    uuid NOT NULL,
  PRIMARY KEY (workspace_id, case_id, slot),
  FOREIGN KEY (workspace_id, case_id) REFERENCES cases ON DELETE CASCADE,
  FOREIGN KEY (workspace_id, contact_id) REFERENCES contacts
);
CREATE INDEX case_contacts_of_contact ON case_contacts (workspace_id, contact_id, case_id);

-- The history: append-only, one row a version of the case.
CREATE TABLE case_events (
  workspace_id  uuid NOT NULL,
  case_id       uuid NOT NULL,
  version       bigint NOT NULL,
  id            uuid NOT NULL,
  at            timestamptz(3) NOT NULL,
  kind          text NOT NULL,
  actor_type    text NOT NULL CHECK (actor_type IN ('token', 'member', 'contact', 'system')),
  actor_id      uuid,
  via           text NOT NULL,
  changes       jsonb NOT NULL,                    -- path -> {"old": …, "new": …}; a field's path is data.<key>
  reason        text,
  PRIMARY KEY (workspace_id, case_id, version),
  FOREIGN KEY (workspace_id, case_id) REFERENCES cases ON DELETE CASCADE
);

-- How many cases a workspace has: what was folded, plus what has happened since.
CREATE TABLE case_counts (
  workspace_id  uuid NOT NULL REFERENCES workspaces,
  archived      boolean NOT NULL,
  count         bigint NOT NULL,
  PRIMARY KEY (workspace_id, archived)
);
CREATE TABLE case_count_deltas (
  workspace_id  uuid NOT NULL REFERENCES workspaces,
  id            bigint GENERATED ALWAYS AS IDENTITY,
  archived      boolean NOT NULL,
  delta         integer NOT NULL,
  PRIMARY KEY (workspace_id, id)
);

-- Fields that a template marks "indexed"; ready once every case of the workspace is in case_field_values.
CREATE TABLE indexed_fields (
  workspace_id  uuid NOT NULL REFERENCES workspaces,
  field         text COLLATE "C" NOT NULL,
  ready         boolean NOT NULL DEFAULT false,
  PRIMARY KEY (workspace_id, field)
);
-- A value of an indexed field; one row a member where the value is an array. Text is cut at 200
-- code points, so a match is a candidate that the case's own data confirms. A date is its ISO
-- text, whose code point order is that of time.
CREATE TABLE case_field_values (
  workspace_id  uuid NOT NULL,
  field         text COLLATE "C" NOT NULL,
  case_id       uuid NOT NULL,
  position      integer NOT NULL,
  text_value    text COLLATE "C",
  number_value  numeric,
  PRIMARY KEY (workspace_id, case_id, field, position),
  FOREIGN KEY (workspace_id, case_id) REFERENCES cases ON DELETE CASCADE
);
CREATE INDEX case_field_texts ON case_field_values (workspace_id, field, text_value, case_id) WHERE text_value IS NOT NULL;
CREATE INDEX case_field_numbers ON case_field_values (workspace_id, field, number_value, case_id) WHERE number_value IS NOT NULL;

-- Answers of requests that carried an Idempotency-Key, kept for a day.
CREATE TABLE idempotency_keys (
  actor_id      uuid NOT NULL,
  key           text COLLATE "C" NOT NULL,
  fingerprint   bytea NOT NULL,                    -- SHA-256 of method, path, query and body
  status        integer NOT NULL,
  headers       jsonb NOT NULL,
  body          bytea NOT NULL,
  case_id       uuid,                              -- whose data the answer holds: erased with it
  created_at    timestamptz(3) NOT NULL,
  PRIMARY KEY (actor_id, key)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);
CREATE INDEX idempotency_keys_case ON idempotency_keys (case_id) WHERE case_id IS NOT NULL;
