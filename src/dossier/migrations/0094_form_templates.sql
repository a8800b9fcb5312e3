-- What people outside are asked: form templates with their versions, drafts, history and presets, and lists of options that
-- several of them share. `current_version` 0: there is only a draft; the short name is taken from then on.
CREATE TABLE IF NOT EXISTS form_templates (
  workspace_id     uuid NOT NULL REFERENCES workspaces,
  id               uuid NOT NULL,
  slug             text COLLATE "C" NOT NULL,
  current_version  integer NOT NULL,
  archived_at      timestamptz(3),
  created_at       timestamptz(3) NOT NULL,
  updated_at       timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, id),
  CONSTRAINT form_templates_slug UNIQUE (workspace_id, slug)
);

CREATE TABLE IF NOT EXISTS form_template_versions (
  workspace_id  uuid NOT NULL,
  template_id   uuid NOT NULL,
  version       integer NOT NULL,
  title         text NOT NULL,
  locale        text NOT NULL,
  document      jsonb NOT NULL,
  published_at  timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, template_id, version),
  FOREIGN KEY (workspace_id, template_id) REFERENCES form_templates (workspace_id, id)
);

CREATE TABLE IF NOT EXISTS form_template_drafts (
  workspace_id  uuid NOT NULL,
  template_id   uuid NOT NULL,
  based_on      integer NOT NULL,
  revision      bigint NOT NULL,
  document      jsonb NOT NULL,
  updated_at    timestamptz(3) NOT NULL,
  updated_by    uuid REFERENCES members,
  PRIMARY KEY (workspace_id, template_id),
  FOREIGN KEY (workspace_id, template_id) REFERENCES form_templates (workspace_id, id)
);

-- Append-only, one row a version of the history.
CREATE TABLE IF NOT EXISTS form_template_events (
  workspace_id  uuid NOT NULL REFERENCES workspaces,
  template_id   uuid NOT NULL,
  version       bigint NOT NULL,
  id            uuid NOT NULL,
  at            timestamptz(3) NOT NULL,
  kind          text NOT NULL,
  actor_type    text NOT NULL CHECK (actor_type IN ('token', 'member', 'contact', 'system')),
  actor_id      uuid,
  via           text NOT NULL,
  changes       jsonb NOT NULL,
  reason        text,
  PRIMARY KEY (workspace_id, template_id, version)
);

-- A way in which a template is used, and what programs list as a form template. `overrides`: access, decline and expires_after where
-- they are not the template's. One that a version left out is kept with `removed_at`, so that its id comes back with its key.
CREATE TABLE IF NOT EXISTS form_presets (
  workspace_id  uuid NOT NULL,
  id            uuid NOT NULL,
  template_id   uuid NOT NULL,
  key           text COLLATE "C" NOT NULL,
  name          text NOT NULL,
  position      integer NOT NULL,
  enabled       boolean NOT NULL,
  options       jsonb NOT NULL,
  overrides     jsonb NOT NULL,
  removed_at    timestamptz(3),
  created_at    timestamptz(3) NOT NULL,
  updated_at    timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, id),
  CONSTRAINT form_presets_key UNIQUE (workspace_id, template_id, key),
  FOREIGN KEY (workspace_id, template_id) REFERENCES form_templates (workspace_id, id)
);

-- `options` as an element has them; `texts`: language -> value -> label.
CREATE TABLE IF NOT EXISTS form_option_lists (
  workspace_id  uuid NOT NULL REFERENCES workspaces,
  id            uuid NOT NULL,
  slug          text COLLATE "C" NOT NULL,
  title         text NOT NULL,
  options       jsonb NOT NULL,
  texts         jsonb NOT NULL,
  version       integer NOT NULL,
  created_at    timestamptz(3) NOT NULL,
  updated_at    timestamptz(3) NOT NULL,
  PRIMARY KEY (workspace_id, id),
  CONSTRAINT form_option_lists_slug UNIQUE (workspace_id, slug)
);

DO $$
DECLARE each text;
BEGIN
  FOREACH each IN ARRAY ARRAY['form_templates', 'form_template_versions', 'form_template_drafts', 'form_template_events',
                              'form_presets', 'form_option_lists'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', each);
    EXECUTE format('DROP POLICY IF EXISTS workspace ON %I', each);
    EXECUTE format($policy$CREATE POLICY workspace ON %I USING (
      (SELECT visible_workspaces()) IS NULL OR workspace_id = ANY ((SELECT visible_workspaces())::uuid[]))$policy$, each);
  END LOOP;
END $$;
