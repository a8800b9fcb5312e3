-- What the app keeps: searchable words, saved views, changes of many cases, drafts of templates, and more of sign-in.

CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS unaccent;

ALTER TABLE members ADD COLUMN language text;                          -- null: as the browser asks
ALTER TABLE memberships ADD COLUMN studio boolean NOT NULL DEFAULT false; -- may design templates

-- half: the password was right, the second factor is still to come.
ALTER TABLE sessions ADD COLUMN half boolean NOT NULL DEFAULT false;
ALTER TABLE sessions ADD COLUMN client text;
ALTER TABLE sessions ADD COLUMN seen_at timestamptz(3);

CREATE TABLE member_second_factors (
  member_id     uuid PRIMARY KEY REFERENCES members,
  secret        bytea NOT NULL,        -- encrypted with the server's key
  confirmed_at  timestamptz(3),
  last_step     bigint NOT NULL DEFAULT 0  -- of RFC 6238: a code is good once
);
CREATE TABLE member_recovery_codes (
  hash       bytea PRIMARY KEY,
  member_id  uuid NOT NULL REFERENCES members
);
CREATE INDEX member_recovery_codes_of_member ON member_recovery_codes (member_id);

-- Who a member is at an identity provider.
CREATE TABLE member_identities (
  issuer     text COLLATE "C" NOT NULL,
  subject    text COLLATE "C" NOT NULL,
  member_id  uuid NOT NULL REFERENCES members,
  PRIMARY KEY (issuer, subject)
);

-- The document of a template that is being worked on; its template may not exist yet.
CREATE TABLE case_template_drafts (
  workspace_id  uuid NOT NULL REFERENCES workspaces,
  template_id   uuid NOT NULL,
  based_on      integer NOT NULL,      -- version of the template; 0: none yet
  revision      bigint NOT NULL,
  document      jsonb NOT NULL,
  updated_at    timestamptz(3) NOT NULL,
  updated_by    uuid REFERENCES members,
  PRIMARY KEY (workspace_id, template_id)
);

-- What a member looks at again and again: a name for the list's parameters.
CREATE TABLE case_views (
  workspace_id  uuid NOT NULL REFERENCES workspaces,
  id            uuid NOT NULL,
  member_id     uuid NOT NULL REFERENCES members,
  shared        boolean NOT NULL,
  name          text NOT NULL,
  parameters    jsonb NOT NULL,
  created_at    timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, id)
);

-- One change of many cases, and what came of it for each (outcome null: still to do).
CREATE TABLE bulk_changes (
  workspace_id  uuid NOT NULL REFERENCES workspaces,
  id            uuid NOT NULL,
  member_id     uuid NOT NULL REFERENCES members,
  kind          text NOT NULL,
  value         text,
  created_at    timestamptz(3) NOT NULL,
  finished_at   timestamptz(3),
  PRIMARY KEY (workspace_id, id)
);
CREATE TABLE bulk_results (
  workspace_id  uuid NOT NULL,
  bulk_id       uuid NOT NULL,
  position      integer NOT NULL,
  case_id       uuid NOT NULL,
  outcome       text CHECK (outcome IN ('changed', 'unchanged', 'refused')),
  detail        text,
  PRIMARY KEY (workspace_id, bulk_id, position),
  FOREIGN KEY (workspace_id, bulk_id) REFERENCES bulk_changes ON DELETE CASCADE
);

-- The words of each case, folded (lower case, no accents), and each distinct word once for the search by likeness.
CREATE TABLE case_words (
  workspace_id  uuid NOT NULL,
  word          text COLLATE "C" NOT NULL,
  case_id       uuid NOT NULL,
  PRIMARY KEY (workspace_id, word, case_id),
  FOREIGN KEY (workspace_id, case_id) REFERENCES cases ON DELETE CASCADE
);
CREATE INDEX case_words_of_case ON case_words (workspace_id, case_id);
CREATE TABLE search_words (
  workspace_id  uuid NOT NULL REFERENCES workspaces,
  word          text COLLATE "C" NOT NULL,
  PRIMARY KEY (workspace_id, word)
);
CREATE INDEX search_words_likeness ON search_words USING gin (word gin_trgm_ops);
-- Which version of a case its words are from, and when they were taken (contacts change by themselves).
CREATE TABLE case_search (
  workspace_id  uuid NOT NULL,
  case_id       uuid NOT NULL,
  version       bigint NOT NULL,
  at            timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, case_id),
  FOREIGN KEY (workspace_id, case_id) REFERENCES cases ON DELETE CASCADE
);
-- Until when the words of a workspace are up to date.
CREATE TABLE search_progress (
  workspace_id  uuid PRIMARY KEY REFERENCES workspaces,
  at            timestamptz(3) NOT NULL
);
