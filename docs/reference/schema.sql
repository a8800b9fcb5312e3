CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;

COMMENT ON EXTENSION pg_trgm IS 'text similarity measurement and index searching based on trigrams';

CREATE EXTENSION IF NOT EXISTS unaccent WITH SCHEMA public;

COMMENT ON EXTENSION unaccent IS 'text search dictionary that removes accents';

CREATE FUNCTION public.case_contact_was_taken_out() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  INSERT INTO case_contacts_past (workspace_id, contact_id, case_id)
    SELECT OLD.workspace_id, OLD.contact_id, OLD.case_id FROM cases c
    WHERE c.workspace_id = OLD.workspace_id AND c.id = OLD.case_id
    ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;

CREATE FUNCTION public.case_state_was_changed() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    INSERT INTO case_state_deltas (workspace_id, archived, parent_status, status, waiting_for, delta)
    VALUES (OLD.workspace_id, OLD.archived_at IS NOT NULL, OLD.parent_status, OLD.status, OLD.waiting_for, -1);
  END IF;
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO case_state_deltas (workspace_id, archived, parent_status, status, waiting_for, delta)
    VALUES (NEW.workspace_id, NEW.archived_at IS NOT NULL, NEW.parent_status, NEW.status, NEW.waiting_for, 1);
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION public.case_was_changed() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  INSERT INTO case_updates (workspace_id, id, updated_at) VALUES (NEW.workspace_id, NEW.id, NEW.updated_at)
    ON CONFLICT (workspace_id, id) DO UPDATE SET updated_at = excluded.updated_at;
  INSERT INTO search_queue (workspace_id, case_id) VALUES (NEW.workspace_id, NEW.id);
  RETURN NULL;
END $$;

CREATE FUNCTION public.commit_position() RETURNS bigint
    LANGUAGE sql
    AS $$ SELECT pg_current_xact_id()::text::bigint + 0 $$;

CREATE FUNCTION public.commits_settled() RETURNS bigint
    LANGUAGE sql STABLE
    AS $$ SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint + 0 $$;

CREATE FUNCTION public.contact_has_new_words() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  INSERT INTO contact_search_queue (workspace_id, contact_id) VALUES (NEW.workspace_id, NEW.id);
  RETURN NULL;
END $$;

CREATE FUNCTION public.contact_was_changed() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  INSERT INTO search_queue (workspace_id, case_id) SELECT DISTINCT l.workspace_id, l.case_id FROM case_contacts l
    WHERE l.workspace_id = NEW.workspace_id AND l.contact_id = NEW.id;
  RETURN NULL;
END $$;

CREATE FUNCTION public.file_content_is_gone() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  DELETE FROM file_previews WHERE workspace_id = NEW.workspace_id AND file_id = NEW.id;
  DELETE FROM file_texts WHERE workspace_id = NEW.workspace_id AND file_id = NEW.id;
  RETURN NULL;
END $$;

CREATE FUNCTION public.file_preview_is_gone() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  INSERT INTO file_objects_left (workspace_id, object, since) VALUES (OLD.workspace_id, OLD.object, now());
  UPDATE file_usage SET bytes = greatest(bytes - OLD.bytes, 0) WHERE workspace_id = OLD.workspace_id;
  RETURN NULL;
END $$;

CREATE FUNCTION public.form_has_new_words() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  INSERT INTO form_search_queue (workspace_id, form_id) VALUES (NEW.workspace_id, NEW.id);
  RETURN NULL;
END $$;

CREATE FUNCTION public.form_progress(status text, questions integer, answers integer) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  SELECT CASE WHEN status IN ('completed', 'processed') THEN 1000 WHEN questions > 0 THEN 999 * least(answers, questions) / questions ELSE -1 END
$$;

CREATE FUNCTION public.forms_completeness(forms jsonb) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  SELECT CASE WHEN (forms ->> 'asked')::int > 0
    THEN 50 * ((forms ->> 'received')::int + (forms ->> 'accepted')::int) / (forms ->> 'asked')::int ELSE -1 END
$$;

CREATE FUNCTION public.visible_workspaces() RETURNS uuid[]
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
  SELECT CASE WHEN coalesce(nullif(current_setting('dossier.scope', true), ''), '*') = '*' THEN NULL
              ELSE current_setting('dossier.scope')::uuid[] END
$$;

CREATE TABLE public.audit_entries (
    id uuid NOT NULL,
    at timestamp(3) with time zone NOT NULL,
    workspace_id uuid,
    actor_type text NOT NULL,
    actor_id uuid,
    actor_name text NOT NULL,
    via text NOT NULL,
    client text NOT NULL,
    request text NOT NULL,
    act text NOT NULL COLLATE pg_catalog."C",
    subject text NOT NULL,
    result text NOT NULL,
    details jsonb NOT NULL
);

CREATE TABLE public.automation_runs (
    workspace_id uuid NOT NULL,
    case_id uuid NOT NULL,
    rule text NOT NULL COLLATE pg_catalog."C",
    run bigint NOT NULL,
    at timestamp(3) with time zone NOT NULL,
    outcome text NOT NULL,
    actions jsonb NOT NULL
);

ALTER TABLE ONLY public.automation_runs FORCE ROW LEVEL SECURITY;

CREATE TABLE public.automation_times (
    workspace_id uuid NOT NULL,
    case_id uuid NOT NULL,
    rule text NOT NULL COLLATE pg_catalog."C",
    due_at timestamp(3) with time zone,
    value text,
    done text[] DEFAULT '{}'::text[] NOT NULL
);

ALTER TABLE ONLY public.automation_times FORCE ROW LEVEL SECURITY;

CREATE TABLE public.automation_turns (
    workspace_id uuid NOT NULL,
    template_id uuid NOT NULL,
    rule text NOT NULL COLLATE pg_catalog."C",
    taken bigint NOT NULL
);

ALTER TABLE ONLY public.automation_turns FORCE ROW LEVEL SECURITY;

CREATE TABLE public.backups (
    id bigint NOT NULL,
    at timestamp(3) with time zone NOT NULL,
    bytes bigint NOT NULL
);

ALTER TABLE public.backups ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.backups_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.bulk_changes (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    member_id uuid NOT NULL,
    kind text NOT NULL,
    value text,
    created_at timestamp(3) with time zone NOT NULL,
    finished_at timestamp(3) with time zone,
    record text DEFAULT 'case'::text NOT NULL
);

ALTER TABLE ONLY public.bulk_changes FORCE ROW LEVEL SECURITY;

CREATE TABLE public.bulk_results (
    workspace_id uuid NOT NULL,
    bulk_id uuid NOT NULL,
    "position" integer NOT NULL,
    record_id uuid NOT NULL,
    outcome text,
    detail text,
    version bigint,
    CONSTRAINT bulk_results_outcome_check CHECK ((outcome = ANY (ARRAY['changed'::text, 'unchanged'::text, 'refused'::text])))
);

ALTER TABLE ONLY public.bulk_results FORCE ROW LEVEL SECURITY;

CREATE TABLE public.case_addresses (
    workspace_id uuid NOT NULL,
    case_id uuid NOT NULL,
    key text NOT NULL COLLATE pg_catalog."C"
);

ALTER TABLE ONLY public.case_addresses FORCE ROW LEVEL SECURITY;

CREATE TABLE public.case_contact_news (
    workspace_id uuid NOT NULL,
    id bigint NOT NULL,
    case_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    old jsonb NOT NULL,
    new jsonb NOT NULL,
    actor_type text NOT NULL,
    actor_id uuid,
    via text NOT NULL
);

ALTER TABLE ONLY public.case_contact_news FORCE ROW LEVEL SECURITY;

ALTER TABLE public.case_contact_news ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.case_contact_news_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.case_contacts (
    workspace_id uuid NOT NULL,
    case_id uuid NOT NULL,
    slot text NOT NULL COLLATE pg_catalog."C",
    label text,
    contact_id uuid NOT NULL
);

ALTER TABLE ONLY public.case_contacts FORCE ROW LEVEL SECURITY;

CREATE TABLE public.case_contacts_past (
    workspace_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    case_id uuid NOT NULL
);

ALTER TABLE ONLY public.case_contacts_past FORCE ROW LEVEL SECURITY;

CREATE TABLE public.case_contacts_past_read (
    workspace_id uuid NOT NULL,
    at timestamp(3) with time zone NOT NULL
);

ALTER TABLE ONLY public.case_contacts_past_read FORCE ROW LEVEL SECURITY;

CREATE TABLE public.case_count_deltas (
    workspace_id uuid NOT NULL,
    id bigint NOT NULL,
    archived boolean NOT NULL,
    delta integer NOT NULL
);

ALTER TABLE ONLY public.case_count_deltas FORCE ROW LEVEL SECURITY;

ALTER TABLE public.case_count_deltas ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.case_count_deltas_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.case_counts (
    workspace_id uuid NOT NULL,
    archived boolean NOT NULL,
    count bigint NOT NULL
);

ALTER TABLE ONLY public.case_counts FORCE ROW LEVEL SECURITY;

CREATE TABLE public.case_events (
    workspace_id uuid NOT NULL,
    case_id uuid NOT NULL,
    version bigint NOT NULL,
    id uuid NOT NULL,
    at timestamp(3) with time zone NOT NULL,
    kind text NOT NULL,
    actor_type text NOT NULL,
    actor_id uuid,
    via text NOT NULL,
    changes jsonb NOT NULL,
    reason text,
    "position" bigint DEFAULT public.commit_position(),
    CONSTRAINT case_events_actor_type_check CHECK ((actor_type = ANY (ARRAY['token'::text, 'member'::text, 'contact'::text, 'system'::text])))
);

ALTER TABLE ONLY public.case_events FORCE ROW LEVEL SECURITY;

CREATE TABLE public.case_field_values (
    workspace_id uuid NOT NULL,
    field text NOT NULL COLLATE pg_catalog."C",
    case_id uuid NOT NULL,
    "position" integer NOT NULL,
    text_value text COLLATE pg_catalog."C",
    number_value numeric
);

ALTER TABLE ONLY public.case_field_values FORCE ROW LEVEL SECURITY;

CREATE TABLE public.case_file_news (
    workspace_id uuid NOT NULL,
    id bigint NOT NULL,
    case_id uuid NOT NULL,
    old jsonb NOT NULL,
    new jsonb NOT NULL,
    actor_type text NOT NULL,
    actor_id uuid,
    via text NOT NULL
);

ALTER TABLE ONLY public.case_file_news FORCE ROW LEVEL SECURITY;

ALTER TABLE public.case_file_news ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.case_file_news_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.case_search (
    workspace_id uuid NOT NULL,
    case_id uuid NOT NULL,
    version bigint NOT NULL,
    at timestamp(3) with time zone NOT NULL
);

ALTER TABLE ONLY public.case_search FORCE ROW LEVEL SECURITY;

CREATE TABLE public.case_state_counts (
    workspace_id uuid NOT NULL,
    archived boolean NOT NULL,
    parent_status text NOT NULL COLLATE pg_catalog."C",
    status text NOT NULL COLLATE pg_catalog."C",
    waiting_for text NOT NULL COLLATE pg_catalog."C",
    count bigint NOT NULL
);

ALTER TABLE ONLY public.case_state_counts FORCE ROW LEVEL SECURITY;

CREATE TABLE public.case_state_deltas (
    workspace_id uuid NOT NULL,
    id bigint NOT NULL,
    archived boolean NOT NULL,
    parent_status text NOT NULL COLLATE pg_catalog."C",
    status text NOT NULL COLLATE pg_catalog."C",
    waiting_for text NOT NULL COLLATE pg_catalog."C",
    delta bigint NOT NULL
);

ALTER TABLE ONLY public.case_state_deltas FORCE ROW LEVEL SECURITY;

ALTER TABLE public.case_state_deltas ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.case_state_deltas_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.case_states_counted (
    workspace_id uuid NOT NULL,
    at timestamp(3) with time zone NOT NULL
);

ALTER TABLE ONLY public.case_states_counted FORCE ROW LEVEL SECURITY;

CREATE TABLE public.case_step_dues (
    workspace_id uuid NOT NULL,
    case_id uuid NOT NULL,
    step text NOT NULL COLLATE pg_catalog."C",
    what text NOT NULL,
    at timestamp(3) with time zone NOT NULL,
    tries integer DEFAULT 0 NOT NULL
);

ALTER TABLE ONLY public.case_step_dues FORCE ROW LEVEL SECURITY;

CREATE TABLE public.case_template_drafts (
    workspace_id uuid NOT NULL,
    template_id uuid NOT NULL,
    based_on integer NOT NULL,
    revision bigint NOT NULL,
    document jsonb NOT NULL,
    updated_at timestamp(3) with time zone NOT NULL,
    updated_by uuid
);

ALTER TABLE ONLY public.case_template_drafts FORCE ROW LEVEL SECURITY;

CREATE TABLE public.case_template_events (
    workspace_id uuid NOT NULL,
    template_id uuid NOT NULL,
    version bigint NOT NULL,
    id uuid NOT NULL,
    at timestamp(3) with time zone NOT NULL,
    kind text NOT NULL,
    actor_type text NOT NULL,
    actor_id uuid,
    via text NOT NULL,
    changes jsonb NOT NULL,
    reason text,
    CONSTRAINT case_template_events_actor_type_check CHECK ((actor_type = ANY (ARRAY['token'::text, 'member'::text, 'contact'::text, 'system'::text])))
);

ALTER TABLE ONLY public.case_template_events FORCE ROW LEVEL SECURITY;

CREATE TABLE public.case_template_versions (
    workspace_id uuid NOT NULL,
    template_id uuid NOT NULL,
    version integer NOT NULL,
    title text NOT NULL COLLATE pg_catalog."C",
    document jsonb NOT NULL,
    published_at timestamp(3) with time zone NOT NULL
);

ALTER TABLE ONLY public.case_template_versions FORCE ROW LEVEL SECURITY;

CREATE TABLE public.case_templates (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    current_version integer NOT NULL,
    owner_id uuid,
    archived_at timestamp(3) with time zone,
    created_at timestamp(3) with time zone NOT NULL,
    updated_at timestamp(3) with time zone NOT NULL
);

ALTER TABLE ONLY public.case_templates FORCE ROW LEVEL SECURITY;

CREATE TABLE public.case_tombstones (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    deleted_at timestamp(3) with time zone NOT NULL,
    actor_type text NOT NULL,
    actor_id uuid,
    "position" bigint DEFAULT public.commit_position()
);

ALTER TABLE ONLY public.case_tombstones FORCE ROW LEVEL SECURITY;

CREATE TABLE public.case_updates (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    updated_at timestamp(3) with time zone NOT NULL
);

ALTER TABLE ONLY public.case_updates FORCE ROW LEVEL SECURITY;

CREATE TABLE public.case_view_defaults (
    workspace_id uuid NOT NULL,
    member_id uuid NOT NULL,
    view_id uuid NOT NULL
);

ALTER TABLE ONLY public.case_view_defaults FORCE ROW LEVEL SECURITY;

CREATE TABLE public.case_views (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    member_id uuid NOT NULL,
    shared boolean NOT NULL,
    name text NOT NULL,
    parameters jsonb NOT NULL,
    created_at timestamp(3) with time zone NOT NULL
);

ALTER TABLE ONLY public.case_views FORCE ROW LEVEL SECURITY;

CREATE TABLE public.case_words (
    workspace_id uuid NOT NULL,
    word text NOT NULL COLLATE pg_catalog."C",
    case_id uuid NOT NULL
);

ALTER TABLE ONLY public.case_words FORCE ROW LEVEL SECURITY;

CREATE TABLE public.cases (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    version bigint NOT NULL,
    template_id uuid,
    template_version integer,
    title text NOT NULL COLLATE pg_catalog."C",
    description text COLLATE pg_catalog."C",
    locale text COLLATE pg_catalog."C",
    reference text COLLATE pg_catalog."C",
    reference_generated boolean DEFAULT false NOT NULL,
    status text NOT NULL COLLATE pg_catalog."C",
    parent_status text NOT NULL COLLATE pg_catalog."C",
    waiting_for text NOT NULL COLLATE pg_catalog."C",
    owner_id uuid,
    archived_at timestamp(3) with time zone,
    created_at timestamp(3) with time zone NOT NULL,
    updated_at timestamp(3) with time zone NOT NULL,
    data jsonb NOT NULL,
    own_fields jsonb DEFAULT '[]'::jsonb NOT NULL,
    steps jsonb DEFAULT '{}'::jsonb NOT NULL,
    fired text[] DEFAULT '{}'::text[] NOT NULL,
    forms jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT cases_parent_status_check CHECK ((parent_status = ANY (ARRAY['draft'::text, 'pending'::text, 'in_progress'::text, 'closed'::text]))),
    CONSTRAINT cases_waiting_for_check CHECK ((waiting_for = ANY (ARRAY['none'::text, 'owner'::text, 'contact'::text])))
);

ALTER TABLE ONLY public.cases FORCE ROW LEVEL SECURITY;

CREATE TABLE public.commit_marks (
    at timestamp(3) with time zone NOT NULL,
    "position" bigint NOT NULL
);

CREATE TABLE public.contact_events (
    workspace_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    version bigint NOT NULL,
    id uuid NOT NULL,
    at timestamp(3) with time zone NOT NULL,
    kind text NOT NULL,
    actor_type text NOT NULL,
    actor_id uuid,
    via text NOT NULL,
    changes jsonb NOT NULL,
    reason text,
    CONSTRAINT contact_events_actor_type_check CHECK ((actor_type = ANY (ARRAY['token'::text, 'member'::text, 'contact'::text, 'system'::text])))
);

ALTER TABLE ONLY public.contact_events FORCE ROW LEVEL SECURITY;

CREATE TABLE public.contact_search (
    workspace_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    version bigint NOT NULL,
    at timestamp(3) with time zone NOT NULL
);

ALTER TABLE ONLY public.contact_search FORCE ROW LEVEL SECURITY;

CREATE TABLE public.contact_search_queue (
    workspace_id uuid NOT NULL,
    "position" bigint NOT NULL,
    contact_id uuid NOT NULL,
    at timestamp(3) with time zone DEFAULT clock_timestamp() NOT NULL
);

ALTER TABLE ONLY public.contact_search_queue FORCE ROW LEVEL SECURITY;

ALTER TABLE public.contact_search_queue ALTER COLUMN "position" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.contact_search_queue_position_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.contact_search_words (
    workspace_id uuid NOT NULL,
    word text NOT NULL COLLATE pg_catalog."C",
    letters text COLLATE pg_catalog."C"
);

ALTER TABLE ONLY public.contact_search_words FORCE ROW LEVEL SECURITY;

CREATE TABLE public.contact_tombstones (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    erased_at timestamp(3) with time zone NOT NULL,
    cases integer NOT NULL,
    actor_type text NOT NULL,
    actor_id uuid
);

ALTER TABLE ONLY public.contact_tombstones FORCE ROW LEVEL SECURITY;

CREATE TABLE public.contact_view_defaults (
    workspace_id uuid NOT NULL,
    member_id uuid NOT NULL,
    view_id uuid NOT NULL
);

ALTER TABLE ONLY public.contact_view_defaults FORCE ROW LEVEL SECURITY;

CREATE TABLE public.contact_views (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    member_id uuid NOT NULL,
    shared boolean NOT NULL,
    name text NOT NULL,
    parameters jsonb NOT NULL,
    created_at timestamp(3) with time zone NOT NULL
);

ALTER TABLE ONLY public.contact_views FORCE ROW LEVEL SECURITY;

CREATE TABLE public.contact_words (
    workspace_id uuid NOT NULL,
    word text NOT NULL COLLATE pg_catalog."C",
    contact_id uuid NOT NULL
);

ALTER TABLE ONLY public.contact_words FORCE ROW LEVEL SECURITY;

CREATE TABLE public.contacts (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    email text,
    email_folded text COLLATE pg_catalog."C",
    given_name text,
    given_name_folded text COLLATE pg_catalog."C",
    family_name text,
    family_name_folded text COLLATE pg_catalog."C",
    phone text COLLATE pg_catalog."C",
    created_at timestamp(3) with time zone NOT NULL,
    updated_at timestamp(3) with time zone NOT NULL,
    email_identity text COLLATE pg_catalog."C",
    version bigint DEFAULT 0 NOT NULL
);

ALTER TABLE ONLY public.contacts FORCE ROW LEVEL SECURITY;

CREATE TABLE public.export_chunks (
    workspace_id uuid NOT NULL,
    export_id uuid NOT NULL,
    number integer NOT NULL,
    content bytea NOT NULL
);
ALTER TABLE ONLY public.export_chunks ALTER COLUMN content SET STORAGE EXTERNAL;

ALTER TABLE ONLY public.export_chunks FORCE ROW LEVEL SECURITY;

CREATE TABLE public.exports (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    member_id uuid NOT NULL,
    kind text NOT NULL,
    address text NOT NULL,
    language text NOT NULL,
    state text DEFAULT 'waiting'::text NOT NULL,
    total bigint NOT NULL,
    rows bigint DEFAULT 0 NOT NULL,
    columns integer DEFAULT 0 NOT NULL,
    cut bigint DEFAULT 0 NOT NULL,
    size bigint DEFAULT 0 NOT NULL,
    only_owner uuid,
    problem text,
    asked_at timestamp(3) with time zone NOT NULL,
    finished_at timestamp(3) with time zone,
    CONSTRAINT exports_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'working'::text, 'done'::text, 'failed'::text])))
);

ALTER TABLE ONLY public.exports FORCE ROW LEVEL SECURITY;

CREATE TABLE public.file_holders (
    workspace_id uuid NOT NULL,
    file_id uuid NOT NULL,
    kind text NOT NULL,
    holder_id uuid NOT NULL,
    put boolean DEFAULT false NOT NULL,
    fields text[] DEFAULT '{}'::text[] NOT NULL
);

ALTER TABLE ONLY public.file_holders FORCE ROW LEVEL SECURITY;

CREATE TABLE public.file_key_uses (
    workspace_id uuid NOT NULL,
    file_id uuid NOT NULL,
    day date NOT NULL,
    count bigint NOT NULL
);

ALTER TABLE ONLY public.file_key_uses FORCE ROW LEVEL SECURITY;

CREATE TABLE public.file_objects_left (
    workspace_id uuid NOT NULL,
    object text NOT NULL,
    since timestamp(3) with time zone NOT NULL
);

ALTER TABLE ONLY public.file_objects_left FORCE ROW LEVEL SECURITY;

CREATE TABLE public.file_previews (
    workspace_id uuid NOT NULL,
    file_id uuid NOT NULL,
    page integer NOT NULL,
    size integer NOT NULL,
    object text NOT NULL,
    bytes bigint NOT NULL,
    sha256 bytea NOT NULL,
    CONSTRAINT file_previews_bytes_check CHECK ((bytes > 0)),
    CONSTRAINT file_previews_sha256_check CHECK ((length(sha256) = 32))
);

ALTER TABLE ONLY public.file_previews FORCE ROW LEVEL SECURITY;

CREATE TABLE public.file_texts (
    workspace_id uuid NOT NULL,
    file_id uuid NOT NULL,
    text text NOT NULL
);

ALTER TABLE ONLY public.file_texts FORCE ROW LEVEL SECURITY;

CREATE TABLE public.file_uploads (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    created_at timestamp(3) with time zone NOT NULL,
    actor_type text NOT NULL,
    actor_id uuid NOT NULL,
    name text NOT NULL,
    type text NOT NULL,
    scope text NOT NULL,
    case_id uuid,
    metadata text NOT NULL,
    size bigint NOT NULL,
    received bigint DEFAULT 0 NOT NULL,
    place text,
    boot text,
    goes_at timestamp(3) with time zone NOT NULL,
    CONSTRAINT file_uploads_actor_type_check CHECK ((actor_type = ANY (ARRAY['token'::text, 'member'::text, 'contact'::text]))),
    CONSTRAINT file_uploads_check CHECK (((received >= 0) AND (received <= size))),
    CONSTRAINT file_uploads_scope_check CHECK ((scope = ANY (ARRAY['public'::text, 'restricted'::text]))),
    CONSTRAINT file_uploads_size_check CHECK ((size > 0))
);

ALTER TABLE ONLY public.file_uploads FORCE ROW LEVEL SECURITY;

CREATE TABLE public.file_usage (
    workspace_id uuid NOT NULL,
    bytes bigint NOT NULL,
    CONSTRAINT file_usage_bytes_check CHECK ((bytes >= 0))
);

ALTER TABLE ONLY public.file_usage FORCE ROW LEVEL SECURITY;

CREATE TABLE public.files (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    version bigint NOT NULL,
    created_at timestamp(3) with time zone NOT NULL,
    updated_at timestamp(3) with time zone NOT NULL,
    name text NOT NULL,
    name_folded text NOT NULL,
    type text NOT NULL,
    scope text NOT NULL,
    key_number integer DEFAULT 0 NOT NULL,
    verdict text DEFAULT 'none'::text NOT NULL,
    size bigint NOT NULL,
    sha256 bytea NOT NULL,
    width integer,
    height integer,
    object text NOT NULL,
    actor_type text NOT NULL,
    actor_id uuid,
    goes_at timestamp(3) with time zone NOT NULL,
    erased_at timestamp(3) with time zone,
    pages integer,
    drawn boolean,
    asked_at timestamp(3) with time zone,
    released_at timestamp(3) with time zone,
    CONSTRAINT files_actor_type_check CHECK ((actor_type = ANY (ARRAY['token'::text, 'member'::text, 'contact'::text, 'system'::text]))),
    CONSTRAINT files_scope_check CHECK ((scope = ANY (ARRAY['public'::text, 'restricted'::text]))),
    CONSTRAINT files_sha256_check CHECK ((length(sha256) = 32)),
    CONSTRAINT files_size_check CHECK ((size > 0)),
    CONSTRAINT files_verdict_check CHECK ((verdict = ANY (ARRAY['none'::text, 'pending'::text, 'clean'::text, 'infected'::text, 'not_possible'::text])))
);

ALTER TABLE ONLY public.files FORCE ROW LEVEL SECURITY;

CREATE TABLE public.form_addresses_gone (
    workspace_id uuid NOT NULL,
    form_id uuid NOT NULL,
    url text NOT NULL
);

ALTER TABLE ONLY public.form_addresses_gone FORCE ROW LEVEL SECURITY;

CREATE TABLE public.form_answers (
    workspace_id uuid NOT NULL,
    response_id uuid NOT NULL,
    element text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    value jsonb,
    typed jsonb,
    at timestamp(3) with time zone NOT NULL,
    actor_type text NOT NULL,
    actor_id uuid,
    "position" bigint DEFAULT public.commit_position() NOT NULL,
    CONSTRAINT form_answers_actor_type_check CHECK ((actor_type = ANY (ARRAY['token'::text, 'member'::text, 'contact'::text, 'system'::text])))
);

ALTER TABLE ONLY public.form_answers FORCE ROW LEVEL SECURITY;

CREATE TABLE public.form_batch_rows (
    workspace_id uuid NOT NULL,
    batch_id uuid NOT NULL,
    place integer NOT NULL,
    given jsonb NOT NULL,
    state text NOT NULL,
    form_id uuid,
    error text,
    CONSTRAINT form_batch_rows_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'made'::text, 'failed'::text, 'cancelled'::text])))
);

ALTER TABLE ONLY public.form_batch_rows FORCE ROW LEVEL SECURITY;

CREATE TABLE public.form_batches (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    created_at timestamp(3) with time zone NOT NULL,
    actor_type text NOT NULL,
    actor_id uuid,
    actor_name text NOT NULL,
    preset_id uuid NOT NULL,
    slug text NOT NULL COLLATE pg_catalog."C",
    pace integer,
    next_at timestamp(3) with time zone,
    cancelled_at timestamp(3) with time zone,
    stopped_at timestamp(3) with time zone,
    CONSTRAINT form_batches_actor_type_check CHECK ((actor_type = ANY (ARRAY['token'::text, 'member'::text, 'system'::text]))),
    CONSTRAINT form_batches_pace_check CHECK ((pace > 0))
);

ALTER TABLE ONLY public.form_batches FORCE ROW LEVEL SECURITY;

CREATE TABLE public.form_codes (
    workspace_id uuid NOT NULL,
    form_id uuid NOT NULL,
    id uuid NOT NULL,
    link integer NOT NULL,
    address text NOT NULL COLLATE pg_catalog."C",
    code text NOT NULL COLLATE pg_catalog."C",
    sent_at timestamp(3) with time zone NOT NULL,
    expires_at timestamp(3) with time zone NOT NULL,
    tries integer NOT NULL
);

ALTER TABLE ONLY public.form_codes FORCE ROW LEVEL SECURITY;

CREATE TABLE public.form_deliveries (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    form_id uuid NOT NULL,
    url text NOT NULL,
    number bigint NOT NULL,
    events text[] NOT NULL,
    subject text NOT NULL,
    subject_id uuid NOT NULL,
    body text,
    written boolean NOT NULL,
    status text NOT NULL,
    tries integer NOT NULL,
    next_at timestamp(3) with time zone NOT NULL,
    latest_at timestamp(3) with time zone,
    leased_until timestamp(3) with time zone,
    attempts jsonb NOT NULL,
    created_at timestamp(3) with time zone NOT NULL,
    CONSTRAINT form_deliveries_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'delivered'::text, 'dead'::text, 'cancelled'::text]))),
    CONSTRAINT form_deliveries_subject_check CHECK ((subject = ANY (ARRAY['requests'::text, 'responses'::text])))
);

ALTER TABLE ONLY public.form_deliveries FORCE ROW LEVEL SECURITY;

ALTER TABLE public.form_deliveries ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.form_deliveries_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.form_entries (
    workspace_id uuid NOT NULL,
    form_id uuid NOT NULL,
    link integer NOT NULL,
    wrong integer NOT NULL
);

ALTER TABLE ONLY public.form_entries FORCE ROW LEVEL SECURITY;

CREATE TABLE public.form_events (
    workspace_id uuid NOT NULL,
    form_id uuid NOT NULL,
    version bigint NOT NULL,
    id uuid NOT NULL,
    at timestamp(3) with time zone NOT NULL,
    kind text NOT NULL,
    actor_type text NOT NULL,
    actor_id uuid,
    via text NOT NULL,
    changes jsonb NOT NULL,
    reason text,
    "position" bigint DEFAULT public.commit_position() NOT NULL,
    CONSTRAINT form_events_actor_type_check CHECK ((actor_type = ANY (ARRAY['token'::text, 'member'::text, 'contact'::text, 'system'::text])))
);

ALTER TABLE ONLY public.form_events FORCE ROW LEVEL SECURITY;

CREATE TABLE public.form_links (
    hash bytea NOT NULL,
    workspace_id uuid NOT NULL,
    form_id uuid NOT NULL
);

CREATE TABLE public.form_notifications (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    form_id uuid NOT NULL,
    kind text NOT NULL,
    channel text NOT NULL,
    place integer,
    at timestamp(3) with time zone NOT NULL,
    status text NOT NULL,
    recipient text,
    sender text,
    system boolean NOT NULL,
    locale text,
    variables jsonb,
    error text,
    message_id uuid,
    header_id text,
    CONSTRAINT form_notifications_channel_check CHECK ((channel = ANY (ARRAY['email'::text, 'sms'::text]))),
    CONSTRAINT form_notifications_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'sent'::text, 'failed'::text, 'skipped'::text])))
);

ALTER TABLE ONLY public.form_notifications FORCE ROW LEVEL SECURITY;

CREATE TABLE public.form_option_lists (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    slug text NOT NULL COLLATE pg_catalog."C",
    title text NOT NULL,
    options jsonb NOT NULL,
    texts jsonb NOT NULL,
    version integer NOT NULL,
    created_at timestamp(3) with time zone NOT NULL,
    updated_at timestamp(3) with time zone NOT NULL
);

ALTER TABLE ONLY public.form_option_lists FORCE ROW LEVEL SECURITY;

CREATE TABLE public.form_papers (
    workspace_id uuid NOT NULL,
    response_id uuid NOT NULL,
    made_of text NOT NULL,
    content bytea NOT NULL
);
ALTER TABLE ONLY public.form_papers ALTER COLUMN content SET STORAGE EXTERNAL;

ALTER TABLE ONLY public.form_papers FORCE ROW LEVEL SECURITY;

CREATE TABLE public.form_presets (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    template_id uuid NOT NULL,
    key text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL,
    "position" integer NOT NULL,
    enabled boolean NOT NULL,
    options jsonb NOT NULL,
    overrides jsonb NOT NULL,
    removed_at timestamp(3) with time zone,
    created_at timestamp(3) with time zone NOT NULL,
    updated_at timestamp(3) with time zone NOT NULL
);

ALTER TABLE ONLY public.form_presets FORCE ROW LEVEL SECURITY;

CREATE TABLE public.form_responses (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    form_id uuid NOT NULL,
    number integer NOT NULL,
    created_at timestamp(3) with time zone NOT NULL,
    updated_at timestamp(3) with time zone NOT NULL,
    completed_at timestamp(3) with time zone,
    declined_at timestamp(3) with time zone,
    reason text,
    rating text,
    asked text[],
    put_aside text[] NOT NULL,
    answered_by jsonb NOT NULL,
    locale text,
    ip text,
    user_agent text,
    accept_language text,
    case_seen jsonb
);

ALTER TABLE ONLY public.form_responses FORCE ROW LEVEL SECURITY;

CREATE TABLE public.form_reviews (
    workspace_id uuid NOT NULL,
    response_id uuid NOT NULL,
    element text NOT NULL COLLATE pg_catalog."C",
    state text NOT NULL,
    reason text,
    actor_type text NOT NULL,
    actor_id uuid,
    actor_name text NOT NULL,
    at timestamp(3) with time zone NOT NULL,
    CONSTRAINT form_reviews_actor_type_check CHECK ((actor_type = ANY (ARRAY['token'::text, 'member'::text, 'system'::text]))),
    CONSTRAINT form_reviews_state_check CHECK ((state = ANY (ARRAY['accepted'::text, 'refused'::text])))
);

ALTER TABLE ONLY public.form_reviews FORCE ROW LEVEL SECURITY;

CREATE TABLE public.form_search (
    workspace_id uuid NOT NULL,
    form_id uuid NOT NULL,
    version bigint NOT NULL,
    at timestamp(3) with time zone NOT NULL
);

ALTER TABLE ONLY public.form_search FORCE ROW LEVEL SECURITY;

CREATE TABLE public.form_search_queue (
    workspace_id uuid NOT NULL,
    "position" bigint NOT NULL,
    form_id uuid NOT NULL,
    at timestamp(3) with time zone DEFAULT clock_timestamp() NOT NULL
);

ALTER TABLE ONLY public.form_search_queue FORCE ROW LEVEL SECURITY;

ALTER TABLE public.form_search_queue ALTER COLUMN "position" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.form_search_queue_position_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.form_search_words (
    workspace_id uuid NOT NULL,
    word text NOT NULL COLLATE pg_catalog."C",
    letters text COLLATE pg_catalog."C"
);

ALTER TABLE ONLY public.form_search_words FORCE ROW LEVEL SECURITY;

CREATE TABLE public.form_sessions (
    workspace_id uuid NOT NULL,
    form_id uuid NOT NULL,
    hash bytea NOT NULL,
    link integer NOT NULL,
    created_at timestamp(3) with time zone NOT NULL,
    expires_at timestamp(3) with time zone NOT NULL,
    person bytea
);

ALTER TABLE ONLY public.form_sessions FORCE ROW LEVEL SECURITY;

CREATE TABLE public.form_template_drafts (
    workspace_id uuid NOT NULL,
    template_id uuid NOT NULL,
    based_on integer NOT NULL,
    revision bigint NOT NULL,
    document jsonb NOT NULL,
    updated_at timestamp(3) with time zone NOT NULL,
    updated_by uuid
);

ALTER TABLE ONLY public.form_template_drafts FORCE ROW LEVEL SECURITY;

CREATE TABLE public.form_template_events (
    workspace_id uuid NOT NULL,
    template_id uuid NOT NULL,
    version bigint NOT NULL,
    id uuid NOT NULL,
    at timestamp(3) with time zone NOT NULL,
    kind text NOT NULL,
    actor_type text NOT NULL,
    actor_id uuid,
    via text NOT NULL,
    changes jsonb NOT NULL,
    reason text,
    CONSTRAINT form_template_events_actor_type_check CHECK ((actor_type = ANY (ARRAY['token'::text, 'member'::text, 'contact'::text, 'system'::text])))
);

ALTER TABLE ONLY public.form_template_events FORCE ROW LEVEL SECURITY;

CREATE TABLE public.form_template_versions (
    workspace_id uuid NOT NULL,
    template_id uuid NOT NULL,
    version integer NOT NULL,
    title text NOT NULL,
    locale text NOT NULL,
    document jsonb NOT NULL,
    published_at timestamp(3) with time zone NOT NULL
);

ALTER TABLE ONLY public.form_template_versions FORCE ROW LEVEL SECURITY;

CREATE TABLE public.form_templates (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    slug text NOT NULL COLLATE pg_catalog."C",
    current_version integer NOT NULL,
    archived_at timestamp(3) with time zone,
    created_at timestamp(3) with time zone NOT NULL,
    updated_at timestamp(3) with time zone NOT NULL
);

ALTER TABLE ONLY public.form_templates FORCE ROW LEVEL SECURITY;

CREATE TABLE public.form_view_defaults (
    workspace_id uuid NOT NULL,
    member_id uuid NOT NULL,
    view_id uuid NOT NULL
);

ALTER TABLE ONLY public.form_view_defaults FORCE ROW LEVEL SECURITY;

CREATE TABLE public.form_views (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    member_id uuid NOT NULL,
    shared boolean NOT NULL,
    name text NOT NULL,
    parameters jsonb NOT NULL,
    created_at timestamp(3) with time zone NOT NULL
);

ALTER TABLE ONLY public.form_views FORCE ROW LEVEL SECURITY;

CREATE TABLE public.form_visits (
    workspace_id uuid NOT NULL,
    preset_id uuid NOT NULL,
    day date NOT NULL,
    network text NOT NULL COLLATE pg_catalog."C",
    count integer NOT NULL
);

ALTER TABLE ONLY public.form_visits FORCE ROW LEVEL SECURITY;

CREATE TABLE public.form_words (
    workspace_id uuid NOT NULL,
    word text NOT NULL COLLATE pg_catalog."C",
    form_id uuid NOT NULL
);

ALTER TABLE ONLY public.form_words FORCE ROW LEVEL SECURITY;

CREATE TABLE public.forms (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    version bigint NOT NULL,
    created_at timestamp(3) with time zone NOT NULL,
    updated_at timestamp(3) with time zone NOT NULL,
    reference text NOT NULL COLLATE pg_catalog."C",
    status text NOT NULL COLLATE pg_catalog."C",
    archived_at timestamp(3) with time zone,
    processed_at timestamp(3) with time zone,
    active_from timestamp(3) with time zone,
    active_until timestamp(3) with time zone,
    expired_at timestamp(3) with time zone,
    template_id uuid NOT NULL,
    template_version integer NOT NULL,
    preset_id uuid NOT NULL,
    slug text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL,
    case_id uuid,
    step text,
    internal boolean NOT NULL,
    contact_id uuid,
    owner_id uuid,
    email text,
    email_folded text COLLATE pg_catalog."C",
    phone text COLLATE pg_catalog."C",
    given_name text,
    given_name_folded text COLLATE pg_catalog."C",
    family_name text,
    family_name_folded text COLLATE pg_catalog."C",
    company_name text COLLATE pg_catalog."C",
    internal_ref text COLLATE pg_catalog."C",
    locale text COLLATE pg_catalog."C",
    anonymous boolean NOT NULL,
    data jsonb NOT NULL,
    filled jsonb NOT NULL,
    external_args jsonb NOT NULL,
    options jsonb NOT NULL,
    redirect_url text COLLATE pg_catalog."C",
    branding text COLLATE pg_catalog."C",
    webhooks jsonb NOT NULL,
    access text NOT NULL,
    password_hash text,
    decline boolean NOT NULL,
    link integer NOT NULL,
    expires_after text,
    questions integer DEFAULT 0 NOT NULL,
    answers integer DEFAULT 0 NOT NULL,
    CONSTRAINT forms_access_check CHECK ((access = ANY (ARRAY['direct'::text, 'email_code'::text, 'sms_code'::text, 'password'::text]))),
    CONSTRAINT forms_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'pending'::text, 'completed'::text, 'declined'::text, 'processed'::text])))
);

ALTER TABLE ONLY public.forms FORCE ROW LEVEL SECURITY;

CREATE TABLE public.idempotency_keys (
    actor_id uuid NOT NULL,
    key text NOT NULL COLLATE pg_catalog."C",
    fingerprint bytea NOT NULL,
    status integer NOT NULL,
    headers jsonb NOT NULL,
    body bytea NOT NULL,
    about uuid,
    created_at timestamp(3) with time zone NOT NULL,
    workspaces uuid[],
    sealed bytea
);

CREATE TABLE public.idempotency_leases (
    actor_id uuid NOT NULL,
    key text NOT NULL COLLATE pg_catalog."C",
    holder uuid NOT NULL,
    until timestamp(3) with time zone NOT NULL
);

CREATE TABLE public.indexed_fields (
    workspace_id uuid NOT NULL,
    field text NOT NULL COLLATE pg_catalog."C",
    ready boolean DEFAULT false NOT NULL,
    filled_to uuid,
    filled bigint DEFAULT 0 NOT NULL,
    unwanted_since timestamp(3) with time zone
);

ALTER TABLE ONLY public.indexed_fields FORCE ROW LEVEL SECURITY;

CREATE TABLE public.job_failures (
    job_id bigint NOT NULL,
    at timestamp(3) with time zone NOT NULL,
    reason text NOT NULL
);

CREATE TABLE public.key_checks (
    id boolean DEFAULT true NOT NULL,
    value bytea NOT NULL,
    since timestamp(3) with time zone NOT NULL,
    CONSTRAINT key_checks_id_check CHECK (id)
);

CREATE TABLE public.member_identities (
    issuer text NOT NULL COLLATE pg_catalog."C",
    subject text NOT NULL COLLATE pg_catalog."C",
    member_id uuid NOT NULL
);

CREATE TABLE public.member_passwords (
    member_id uuid NOT NULL,
    hash text NOT NULL,
    changed_at timestamp(3) with time zone NOT NULL
);

CREATE TABLE public.member_recovery_codes (
    hash bytea NOT NULL,
    member_id uuid NOT NULL
);

CREATE TABLE public.member_second_factors (
    member_id uuid NOT NULL,
    secret bytea NOT NULL,
    confirmed_at timestamp(3) with time zone,
    last_step bigint DEFAULT 0 NOT NULL,
    begun_at timestamp(3) with time zone
);

CREATE TABLE public.members (
    id uuid NOT NULL,
    email text NOT NULL,
    email_folded text NOT NULL COLLATE pg_catalog."C",
    given_name text,
    given_name_folded text COLLATE pg_catalog."C",
    family_name text,
    family_name_folded text COLLATE pg_catalog."C",
    created_at timestamp(3) with time zone NOT NULL,
    language text,
    proved_at timestamp(3) with time zone,
    email_identity text COLLATE pg_catalog."C"
);

CREATE TABLE public.memberships (
    workspace_id uuid NOT NULL,
    member_id uuid NOT NULL,
    role text NOT NULL,
    created_at timestamp(3) with time zone NOT NULL,
    studio boolean DEFAULT false NOT NULL,
    accepted_at timestamp(3) with time zone,
    given_name text,
    family_name text,
    CONSTRAINT memberships_role_check CHECK ((role = ANY (ARRAY['administrator'::text, 'handler'::text, 'limited'::text])))
);

ALTER TABLE ONLY public.memberships FORCE ROW LEVEL SECURITY;

CREATE TABLE public.message_bounces (
    workspace_id uuid NOT NULL,
    identity text NOT NULL,
    message_id uuid NOT NULL,
    at timestamp(3) with time zone NOT NULL
);

ALTER TABLE ONLY public.message_bounces FORCE ROW LEVEL SECURITY;

CREATE TABLE public.messages (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    version bigint NOT NULL,
    created_at timestamp(3) with time zone NOT NULL,
    updated_at timestamp(3) with time zone NOT NULL,
    actor_type text NOT NULL,
    actor_id uuid,
    case_id uuid,
    step text,
    channel text NOT NULL,
    direction text NOT NULL,
    transport text,
    status text NOT NULL,
    sender text,
    reply_to text,
    sent_to text[] NOT NULL,
    copied_to text[] NOT NULL,
    hidden_to text[] NOT NULL,
    folded text[] NOT NULL,
    contacts uuid[] NOT NULL,
    subject text NOT NULL,
    body text NOT NULL,
    html text,
    attachments uuid[] NOT NULL,
    at timestamp(3) with time zone NOT NULL,
    due_at timestamp(3) with time zone NOT NULL,
    tries integer DEFAULT 0 NOT NULL,
    sent_at timestamp(3) with time zone,
    message_id text,
    error text,
    attempts jsonb DEFAULT '[]'::jsonb NOT NULL,
    erased_at timestamp(3) with time zone,
    member_id uuid,
    conceals text,
    CONSTRAINT messages_actor_type_check CHECK ((actor_type = ANY (ARRAY['token'::text, 'member'::text, 'contact'::text, 'system'::text]))),
    CONSTRAINT messages_channel_check CHECK ((channel = ANY (ARRAY['email'::text, 'sms'::text]))),
    CONSTRAINT messages_direction_check CHECK ((direction = ANY (ARRAY['out'::text, 'in'::text]))),
    CONSTRAINT messages_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'sent'::text, 'failed'::text, 'skipped'::text, 'bounced'::text, 'received'::text]))),
    CONSTRAINT messages_transport_check CHECK ((transport = ANY (ARRAY['outbox'::text, 'smtp'::text, 'sms'::text, 'console'::text, 'intake'::text])))
);

ALTER TABLE ONLY public.messages FORCE ROW LEVEL SECURITY;

CREATE TABLE public.notice_choices (
    workspace_id uuid NOT NULL,
    member_id uuid NOT NULL,
    kind text NOT NULL,
    way text NOT NULL,
    CONSTRAINT notice_choices_way_check CHECK ((way = ANY (ARRAY['mail'::text, 'digest'::text, 'bell'::text, 'off'::text])))
);

ALTER TABLE ONLY public.notice_choices FORCE ROW LEVEL SECURITY;

CREATE TABLE public.notice_dues (
    workspace_id uuid NOT NULL,
    case_id uuid NOT NULL,
    step text NOT NULL,
    title text NOT NULL,
    member_id uuid NOT NULL,
    due_at timestamp(3) with time zone NOT NULL
);

ALTER TABLE ONLY public.notice_dues FORCE ROW LEVEL SECURITY;

CREATE TABLE public.notice_mails (
    workspace_id uuid NOT NULL,
    case_id uuid NOT NULL,
    message_id uuid NOT NULL
);

ALTER TABLE ONLY public.notice_mails FORCE ROW LEVEL SECURITY;

CREATE TABLE public.notices (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    member_id uuid NOT NULL,
    kind text NOT NULL,
    case_id uuid,
    what text NOT NULL,
    actor_name text NOT NULL,
    at timestamp(3) with time zone NOT NULL,
    seen_at timestamp(3) with time zone,
    mailing text,
    actor_id uuid,
    form_id uuid,
    CONSTRAINT notices_mailing_check CHECK ((mailing = ANY (ARRAY['soon'::text, 'daily'::text])))
);

ALTER TABLE ONLY public.notices FORCE ROW LEVEL SECURITY;

CREATE TABLE public.person_codes (
    workspace_id uuid NOT NULL,
    hash bytea NOT NULL,
    address text NOT NULL COLLATE pg_catalog."C",
    sent_to bytea NOT NULL,
    locale text NOT NULL,
    code text NOT NULL COLLATE pg_catalog."C",
    sent_at timestamp(3) with time zone NOT NULL,
    expires_at timestamp(3) with time zone NOT NULL,
    tries integer NOT NULL
);

ALTER TABLE ONLY public.person_codes FORCE ROW LEVEL SECURITY;

CREATE TABLE public.person_counts (
    workspace_id uuid NOT NULL,
    what text NOT NULL,
    subject text NOT NULL COLLATE pg_catalog."C",
    since timestamp(3) with time zone NOT NULL,
    count integer NOT NULL
);

ALTER TABLE ONLY public.person_counts FORCE ROW LEVEL SECURITY;

CREATE TABLE public.person_sessions (
    workspace_id uuid NOT NULL,
    hash bytea NOT NULL,
    sent_to bytea NOT NULL,
    created_at timestamp(3) with time zone NOT NULL,
    expires_at timestamp(3) with time zone NOT NULL
);

ALTER TABLE ONLY public.person_sessions FORCE ROW LEVEL SECURITY;

CREATE TABLE public.search_progress (
    workspace_id uuid NOT NULL,
    at timestamp(3) with time zone NOT NULL
);

ALTER TABLE ONLY public.search_progress FORCE ROW LEVEL SECURITY;

CREATE TABLE public.search_queue (
    workspace_id uuid NOT NULL,
    "position" bigint NOT NULL,
    case_id uuid NOT NULL,
    at timestamp(3) with time zone DEFAULT clock_timestamp() NOT NULL
);

ALTER TABLE ONLY public.search_queue FORCE ROW LEVEL SECURITY;

ALTER TABLE public.search_queue ALTER COLUMN "position" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.search_queue_position_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE VIEW public.search_waiting WITH (security_invoker='true') AS
 SELECT search_queue.at
   FROM public.search_queue
UNION ALL
 SELECT contact_search_queue.at
   FROM public.contact_search_queue
UNION ALL
 SELECT form_search_queue.at
   FROM public.form_search_queue;

CREATE TABLE public.search_words (
    workspace_id uuid NOT NULL,
    word text NOT NULL COLLATE pg_catalog."C",
    letters text COLLATE pg_catalog."C"
);

ALTER TABLE ONLY public.search_words FORCE ROW LEVEL SECURITY;

CREATE UNLOGGED TABLE public.server_signs (
    id uuid NOT NULL,
    process text NOT NULL,
    at timestamp(3) with time zone NOT NULL,
    checks jsonb NOT NULL
);

CREATE TABLE public.sessions (
    hash bytea NOT NULL,
    member_id uuid NOT NULL,
    workspace_id uuid NOT NULL,
    by_link boolean NOT NULL,
    created_at timestamp(3) with time zone NOT NULL,
    expires_at timestamp(3) with time zone NOT NULL,
    half boolean DEFAULT false NOT NULL,
    client text,
    seen_at timestamp(3) with time zone,
    confirmed_at timestamp(3) with time zone
);

CREATE TABLE public.sign_in_failures (
    key bytea NOT NULL,
    at timestamp(3) with time zone NOT NULL
);

CREATE TABLE public.sign_in_links (
    hash bytea NOT NULL,
    member_id uuid NOT NULL,
    workspace_id uuid,
    created_at timestamp(3) with time zone NOT NULL,
    expires_at timestamp(3) with time zone NOT NULL
);

CREATE TABLE public.signing_keys (
    kid text NOT NULL COLLATE pg_catalog."C",
    private bytea NOT NULL,
    public jsonb NOT NULL,
    created_at timestamp(3) with time zone NOT NULL
);

CREATE TABLE public.token_workspaces (
    token_id uuid NOT NULL,
    workspace_id uuid NOT NULL
);

CREATE TABLE public.tokens (
    id uuid NOT NULL,
    hash bytea NOT NULL,
    name text NOT NULL,
    description text,
    created_by uuid,
    created_at timestamp(3) with time zone NOT NULL,
    expires_at timestamp(3) with time zone,
    last_used_at timestamp(3) with time zone,
    revoked_at timestamp(3) with time zone
);

CREATE TABLE public.webhook_deliveries (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    webhook_id uuid NOT NULL,
    number bigint NOT NULL,
    case_id uuid,
    version bigint,
    event_id uuid NOT NULL,
    type text NOT NULL,
    happened_at timestamp(3) with time zone NOT NULL,
    body text,
    written boolean NOT NULL,
    status text NOT NULL,
    tries integer NOT NULL,
    next_at timestamp(3) with time zone,
    leased_until timestamp(3) with time zone,
    attempts jsonb NOT NULL,
    created_at timestamp(3) with time zone NOT NULL
);

ALTER TABLE ONLY public.webhook_deliveries FORCE ROW LEVEL SECURITY;

ALTER TABLE public.webhook_deliveries ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.webhook_deliveries_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.webhook_kept_before (
    workspace_id uuid NOT NULL,
    webhook_id uuid NOT NULL,
    case_id uuid NOT NULL,
    version bigint NOT NULL,
    "position" bigint NOT NULL
);

ALTER TABLE ONLY public.webhook_kept_before FORCE ROW LEVEL SECURITY;

CREATE TABLE public.webhook_progress (
    one boolean NOT NULL,
    "position" bigint NOT NULL,
    case_id uuid NOT NULL,
    version bigint NOT NULL,
    CONSTRAINT webhook_progress_one_check CHECK (one)
);

CREATE TABLE public.webhooks (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    url text NOT NULL,
    events text[] NOT NULL,
    templates uuid[] NOT NULL,
    condition jsonb,
    content text NOT NULL,
    description text NOT NULL,
    enabled boolean NOT NULL,
    disabled_reason text,
    secret bytea NOT NULL,
    secret_before bytea,
    both_until timestamp(3) with time zone,
    created_at timestamp(3) with time zone NOT NULL,
    updated_at timestamp(3) with time zone NOT NULL,
    last_success_at timestamp(3) with time zone,
    failing_since timestamp(3) with time zone,
    warned_at timestamp(3) with time zone,
    after bigint NOT NULL
);

ALTER TABLE ONLY public.webhooks FORCE ROW LEVEL SECURITY;

CREATE TABLE public.workspace_logos (
    workspace_id uuid NOT NULL,
    kind text NOT NULL,
    hash text NOT NULL COLLATE pg_catalog."C",
    content bytea NOT NULL,
    changed_at timestamp(3) with time zone NOT NULL,
    CONSTRAINT workspace_logos_content_check CHECK ((octet_length(content) <= 262144))
);

ALTER TABLE ONLY public.workspace_logos FORCE ROW LEVEL SECURITY;

CREATE TABLE public.workspace_secrets (
    workspace_id uuid NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    encrypted bytea NOT NULL,
    created_at timestamp(3) with time zone NOT NULL,
    updated_at timestamp(3) with time zone NOT NULL
);

ALTER TABLE ONLY public.workspace_secrets FORCE ROW LEVEL SECURITY;

CREATE TABLE public.workspace_texts (
    workspace_id uuid NOT NULL,
    kind text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    language text NOT NULL COLLATE pg_catalog."C",
    body text NOT NULL,
    changed_at timestamp(3) with time zone NOT NULL,
    CONSTRAINT workspace_texts_kind_check CHECK ((kind = ANY (ARRAY['closing'::text, 'footer'::text, 'snippet'::text])))
);

ALTER TABLE ONLY public.workspace_texts FORCE ROW LEVEL SECURITY;

CREATE TABLE public.workspaces (
    id uuid NOT NULL,
    slug text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL,
    time_zone text DEFAULT 'UTC'::text NOT NULL,
    created_at timestamp(3) with time zone NOT NULL,
    accent text DEFAULT 'blue'::text NOT NULL,
    language text DEFAULT 'en'::text NOT NULL COLLATE pg_catalog."C",
    working_time jsonb,
    redirect_hosts text[] DEFAULT '{}'::text[] NOT NULL,
    outbound_allow text DEFAULT ''::text NOT NULL,
    mail_from text DEFAULT ''::text NOT NULL,
    embed_origins text[] DEFAULT '{}'::text[] NOT NULL
);

ALTER TABLE ONLY public.workspaces FORCE ROW LEVEL SECURITY;

ALTER TABLE ONLY public.audit_entries
    ADD CONSTRAINT audit_entries_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.automation_runs
    ADD CONSTRAINT automation_runs_pkey PRIMARY KEY (workspace_id, case_id, rule, run);

ALTER TABLE ONLY public.automation_times
    ADD CONSTRAINT automation_times_pkey PRIMARY KEY (workspace_id, case_id, rule);

ALTER TABLE ONLY public.automation_turns
    ADD CONSTRAINT automation_turns_pkey PRIMARY KEY (workspace_id, template_id, rule);

ALTER TABLE ONLY public.backups
    ADD CONSTRAINT backups_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.bulk_changes
    ADD CONSTRAINT bulk_changes_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY public.bulk_results
    ADD CONSTRAINT bulk_results_pkey PRIMARY KEY (workspace_id, bulk_id, "position");

ALTER TABLE ONLY public.case_addresses
    ADD CONSTRAINT case_addresses_pkey PRIMARY KEY (workspace_id, case_id);

ALTER TABLE ONLY public.case_addresses
    ADD CONSTRAINT case_addresses_workspace_id_key_key UNIQUE (workspace_id, key);

ALTER TABLE ONLY public.case_contact_news
    ADD CONSTRAINT case_contact_news_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY public.case_contacts_past
    ADD CONSTRAINT case_contacts_past_pkey PRIMARY KEY (workspace_id, contact_id, case_id);

ALTER TABLE ONLY public.case_contacts_past_read
    ADD CONSTRAINT case_contacts_past_read_pkey PRIMARY KEY (workspace_id);

ALTER TABLE ONLY public.case_contacts
    ADD CONSTRAINT case_contacts_pkey PRIMARY KEY (workspace_id, case_id, slot);

ALTER TABLE ONLY public.case_count_deltas
    ADD CONSTRAINT case_count_deltas_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY public.case_counts
    ADD CONSTRAINT case_counts_pkey PRIMARY KEY (workspace_id, archived);

ALTER TABLE ONLY public.case_events
    ADD CONSTRAINT case_events_pkey PRIMARY KEY (workspace_id, case_id, version);

ALTER TABLE ONLY public.case_field_values
    ADD CONSTRAINT case_field_values_pkey PRIMARY KEY (workspace_id, case_id, field, "position");

ALTER TABLE ONLY public.case_file_news
    ADD CONSTRAINT case_file_news_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY public.case_search
    ADD CONSTRAINT case_search_pkey PRIMARY KEY (workspace_id, case_id);

ALTER TABLE ONLY public.case_state_counts
    ADD CONSTRAINT case_state_counts_pkey PRIMARY KEY (workspace_id, archived, parent_status, status, waiting_for);

ALTER TABLE ONLY public.case_state_deltas
    ADD CONSTRAINT case_state_deltas_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY public.case_states_counted
    ADD CONSTRAINT case_states_counted_pkey PRIMARY KEY (workspace_id);

ALTER TABLE ONLY public.case_step_dues
    ADD CONSTRAINT case_step_dues_pkey PRIMARY KEY (workspace_id, case_id, step, what);

ALTER TABLE ONLY public.case_template_drafts
    ADD CONSTRAINT case_template_drafts_pkey PRIMARY KEY (workspace_id, template_id);

ALTER TABLE ONLY public.case_template_events
    ADD CONSTRAINT case_template_events_pkey PRIMARY KEY (workspace_id, template_id, version);

ALTER TABLE ONLY public.case_template_versions
    ADD CONSTRAINT case_template_versions_pkey PRIMARY KEY (workspace_id, template_id, version);

ALTER TABLE ONLY public.case_templates
    ADD CONSTRAINT case_templates_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY public.case_tombstones
    ADD CONSTRAINT case_tombstones_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY public.case_updates
    ADD CONSTRAINT case_updates_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY public.case_view_defaults
    ADD CONSTRAINT case_view_defaults_pkey PRIMARY KEY (workspace_id, member_id);

ALTER TABLE ONLY public.case_views
    ADD CONSTRAINT case_views_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY public.case_words
    ADD CONSTRAINT case_words_pkey PRIMARY KEY (workspace_id, word, case_id);

ALTER TABLE ONLY public.cases
    ADD CONSTRAINT cases_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY public.commit_marks
    ADD CONSTRAINT commit_marks_pkey PRIMARY KEY (at);

ALTER TABLE ONLY public.contact_events
    ADD CONSTRAINT contact_events_pkey PRIMARY KEY (workspace_id, contact_id, version);

ALTER TABLE ONLY public.contact_search
    ADD CONSTRAINT contact_search_pkey PRIMARY KEY (workspace_id, contact_id);

ALTER TABLE ONLY public.contact_search_queue
    ADD CONSTRAINT contact_search_queue_pkey PRIMARY KEY (workspace_id, "position");

ALTER TABLE ONLY public.contact_search_words
    ADD CONSTRAINT contact_search_words_pkey PRIMARY KEY (workspace_id, word);

ALTER TABLE ONLY public.contact_tombstones
    ADD CONSTRAINT contact_tombstones_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY public.contact_view_defaults
    ADD CONSTRAINT contact_view_defaults_pkey PRIMARY KEY (workspace_id, member_id);

ALTER TABLE ONLY public.contact_views
    ADD CONSTRAINT contact_views_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY public.contact_words
    ADD CONSTRAINT contact_words_pkey PRIMARY KEY (workspace_id, word, contact_id);

ALTER TABLE ONLY public.contacts
    ADD CONSTRAINT contacts_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY public.export_chunks
    ADD CONSTRAINT export_chunks_pkey PRIMARY KEY (workspace_id, export_id, number);

ALTER TABLE ONLY public.exports
    ADD CONSTRAINT exports_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY public.file_holders
    ADD CONSTRAINT file_holders_pkey PRIMARY KEY (workspace_id, file_id, kind, holder_id);

ALTER TABLE ONLY public.file_key_uses
    ADD CONSTRAINT file_key_uses_pkey PRIMARY KEY (workspace_id, file_id, day);

ALTER TABLE ONLY public.file_objects_left
    ADD CONSTRAINT file_objects_left_pkey PRIMARY KEY (workspace_id, object);

ALTER TABLE ONLY public.file_previews
    ADD CONSTRAINT file_previews_pkey PRIMARY KEY (workspace_id, file_id, page, size);

ALTER TABLE ONLY public.file_texts
    ADD CONSTRAINT file_texts_pkey PRIMARY KEY (workspace_id, file_id);

ALTER TABLE ONLY public.file_uploads
    ADD CONSTRAINT file_uploads_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY public.file_usage
    ADD CONSTRAINT file_usage_pkey PRIMARY KEY (workspace_id);

ALTER TABLE ONLY public.files
    ADD CONSTRAINT files_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY public.form_addresses_gone
    ADD CONSTRAINT form_addresses_gone_pkey PRIMARY KEY (workspace_id, form_id, url);

ALTER TABLE ONLY public.form_answers
    ADD CONSTRAINT form_answers_pkey PRIMARY KEY (workspace_id, response_id, element);

ALTER TABLE ONLY public.form_batch_rows
    ADD CONSTRAINT form_batch_rows_pkey PRIMARY KEY (workspace_id, batch_id, place);

ALTER TABLE ONLY public.form_batches
    ADD CONSTRAINT form_batches_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY public.form_codes
    ADD CONSTRAINT form_codes_pkey PRIMARY KEY (workspace_id, form_id, id);

ALTER TABLE ONLY public.form_deliveries
    ADD CONSTRAINT form_deliveries_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY public.form_entries
    ADD CONSTRAINT form_entries_pkey PRIMARY KEY (workspace_id, form_id, link);

ALTER TABLE ONLY public.form_events
    ADD CONSTRAINT form_events_pkey PRIMARY KEY (workspace_id, form_id, version);

ALTER TABLE ONLY public.form_links
    ADD CONSTRAINT form_links_pkey PRIMARY KEY (hash);

ALTER TABLE ONLY public.form_notifications
    ADD CONSTRAINT form_notifications_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY public.form_option_lists
    ADD CONSTRAINT form_option_lists_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY public.form_option_lists
    ADD CONSTRAINT form_option_lists_slug UNIQUE (workspace_id, slug);

ALTER TABLE ONLY public.form_papers
    ADD CONSTRAINT form_papers_pkey PRIMARY KEY (workspace_id, response_id);

ALTER TABLE ONLY public.form_presets
    ADD CONSTRAINT form_presets_key UNIQUE (workspace_id, template_id, key);

ALTER TABLE ONLY public.form_presets
    ADD CONSTRAINT form_presets_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY public.form_responses
    ADD CONSTRAINT form_responses_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY public.form_responses
    ADD CONSTRAINT form_responses_workspace_id_form_id_number_key UNIQUE (workspace_id, form_id, number);

ALTER TABLE ONLY public.form_reviews
    ADD CONSTRAINT form_reviews_pkey PRIMARY KEY (workspace_id, response_id, element);

ALTER TABLE ONLY public.form_search
    ADD CONSTRAINT form_search_pkey PRIMARY KEY (workspace_id, form_id);

ALTER TABLE ONLY public.form_search_queue
    ADD CONSTRAINT form_search_queue_pkey PRIMARY KEY (workspace_id, "position");

ALTER TABLE ONLY public.form_search_words
    ADD CONSTRAINT form_search_words_pkey PRIMARY KEY (workspace_id, word);

ALTER TABLE ONLY public.form_sessions
    ADD CONSTRAINT form_sessions_pkey PRIMARY KEY (workspace_id, form_id, hash);

ALTER TABLE ONLY public.form_template_drafts
    ADD CONSTRAINT form_template_drafts_pkey PRIMARY KEY (workspace_id, template_id);

ALTER TABLE ONLY public.form_template_events
    ADD CONSTRAINT form_template_events_pkey PRIMARY KEY (workspace_id, template_id, version);

ALTER TABLE ONLY public.form_template_versions
    ADD CONSTRAINT form_template_versions_pkey PRIMARY KEY (workspace_id, template_id, version);

ALTER TABLE ONLY public.form_templates
    ADD CONSTRAINT form_templates_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY public.form_templates
    ADD CONSTRAINT form_templates_slug UNIQUE (workspace_id, slug);

ALTER TABLE ONLY public.form_view_defaults
    ADD CONSTRAINT form_view_defaults_pkey PRIMARY KEY (workspace_id, member_id);

ALTER TABLE ONLY public.form_views
    ADD CONSTRAINT form_views_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY public.form_visits
    ADD CONSTRAINT form_visits_pkey PRIMARY KEY (workspace_id, preset_id, day, network);

ALTER TABLE ONLY public.form_words
    ADD CONSTRAINT form_words_pkey PRIMARY KEY (workspace_id, word, form_id);

ALTER TABLE ONLY public.forms
    ADD CONSTRAINT forms_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY public.forms
    ADD CONSTRAINT forms_workspace_id_reference_key UNIQUE (workspace_id, reference);

ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (actor_id, key);

ALTER TABLE ONLY public.idempotency_leases
    ADD CONSTRAINT idempotency_leases_pkey PRIMARY KEY (actor_id, key);

ALTER TABLE ONLY public.indexed_fields
    ADD CONSTRAINT indexed_fields_pkey PRIMARY KEY (workspace_id, field);

ALTER TABLE ONLY public.job_failures
    ADD CONSTRAINT job_failures_pkey PRIMARY KEY (job_id);

ALTER TABLE ONLY public.key_checks
    ADD CONSTRAINT key_checks_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.member_identities
    ADD CONSTRAINT member_identities_pkey PRIMARY KEY (issuer, subject);

ALTER TABLE ONLY public.member_passwords
    ADD CONSTRAINT member_passwords_pkey PRIMARY KEY (member_id);

ALTER TABLE ONLY public.member_recovery_codes
    ADD CONSTRAINT member_recovery_codes_pkey PRIMARY KEY (hash);

ALTER TABLE ONLY public.member_second_factors
    ADD CONSTRAINT member_second_factors_pkey PRIMARY KEY (member_id);

ALTER TABLE ONLY public.members
    ADD CONSTRAINT members_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.memberships
    ADD CONSTRAINT memberships_pkey PRIMARY KEY (workspace_id, member_id);

ALTER TABLE ONLY public.message_bounces
    ADD CONSTRAINT message_bounces_pkey PRIMARY KEY (workspace_id, identity);

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY public.notice_choices
    ADD CONSTRAINT notice_choices_pkey PRIMARY KEY (workspace_id, member_id, kind);

ALTER TABLE ONLY public.notice_dues
    ADD CONSTRAINT notice_dues_pkey PRIMARY KEY (workspace_id, case_id, step);

ALTER TABLE ONLY public.notice_mails
    ADD CONSTRAINT notice_mails_pkey PRIMARY KEY (workspace_id, case_id, message_id);

ALTER TABLE ONLY public.notices
    ADD CONSTRAINT notices_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY public.person_codes
    ADD CONSTRAINT person_codes_pkey PRIMARY KEY (workspace_id, hash);

ALTER TABLE ONLY public.person_counts
    ADD CONSTRAINT person_counts_pkey PRIMARY KEY (workspace_id, what, subject, since);

ALTER TABLE ONLY public.person_sessions
    ADD CONSTRAINT person_sessions_pkey PRIMARY KEY (workspace_id, hash);

ALTER TABLE ONLY public.search_progress
    ADD CONSTRAINT search_progress_pkey PRIMARY KEY (workspace_id);

ALTER TABLE ONLY public.search_queue
    ADD CONSTRAINT search_queue_pkey PRIMARY KEY (workspace_id, "position");

ALTER TABLE ONLY public.search_words
    ADD CONSTRAINT search_words_pkey PRIMARY KEY (workspace_id, word);

ALTER TABLE ONLY public.server_signs
    ADD CONSTRAINT server_signs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (hash);

ALTER TABLE ONLY public.sign_in_links
    ADD CONSTRAINT sign_in_links_pkey PRIMARY KEY (hash);

ALTER TABLE ONLY public.signing_keys
    ADD CONSTRAINT signing_keys_pkey PRIMARY KEY (kid);

ALTER TABLE ONLY public.token_workspaces
    ADD CONSTRAINT token_workspaces_pkey PRIMARY KEY (token_id, workspace_id);

ALTER TABLE ONLY public.tokens
    ADD CONSTRAINT tokens_hash_key UNIQUE (hash);

ALTER TABLE ONLY public.tokens
    ADD CONSTRAINT tokens_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.webhook_deliveries
    ADD CONSTRAINT webhook_deliveries_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY public.webhook_kept_before
    ADD CONSTRAINT webhook_kept_before_pkey PRIMARY KEY (workspace_id, webhook_id, case_id);

ALTER TABLE ONLY public.webhook_progress
    ADD CONSTRAINT webhook_progress_pkey PRIMARY KEY (one);

ALTER TABLE ONLY public.webhooks
    ADD CONSTRAINT webhooks_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY public.workspace_logos
    ADD CONSTRAINT workspace_logos_pkey PRIMARY KEY (workspace_id);

ALTER TABLE ONLY public.workspace_secrets
    ADD CONSTRAINT workspace_secrets_pkey PRIMARY KEY (workspace_id, name);

ALTER TABLE ONLY public.workspace_texts
    ADD CONSTRAINT workspace_texts_pkey PRIMARY KEY (workspace_id, kind, name, language);

ALTER TABLE ONLY public.workspaces
    ADD CONSTRAINT workspaces_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.workspaces
    ADD CONSTRAINT workspaces_slug_key UNIQUE (slug);

CREATE INDEX audit_entries_by_age ON public.audit_entries USING btree (at);

CREATE INDEX audit_entries_of_workspace ON public.audit_entries USING btree (workspace_id, id);

CREATE INDEX automation_times_due ON public.automation_times USING btree (workspace_id, due_at) WHERE (due_at IS NOT NULL);

CREATE INDEX case_contact_news_of_case ON public.case_contact_news USING btree (workspace_id, case_id);

CREATE INDEX case_contacts_of_contact ON public.case_contacts USING btree (workspace_id, contact_id, case_id);

CREATE INDEX case_contacts_past_of_case ON public.case_contacts_past USING btree (workspace_id, case_id);

CREATE INDEX case_events_oldest ON public.case_events USING btree (workspace_id, at, case_id, version) WHERE ("position" IS NULL);

CREATE INDEX case_events_position ON public.case_events USING btree (workspace_id, "position") WHERE ("position" IS NOT NULL);

CREATE INDEX case_field_numbers ON public.case_field_values USING btree (workspace_id, field, number_value, case_id) WHERE (number_value IS NOT NULL);

CREATE INDEX case_field_texts ON public.case_field_values USING btree (workspace_id, field, text_value, case_id) WHERE (text_value IS NOT NULL);

CREATE INDEX case_file_news_of_case ON public.case_file_news USING btree (workspace_id, case_id);

CREATE INDEX case_step_dues_at ON public.case_step_dues USING btree (workspace_id, at);

CREATE INDEX case_tombstones_position ON public.case_tombstones USING btree (workspace_id, "position") WHERE ("position" IS NOT NULL);

CREATE INDEX case_updates_by_time ON public.case_updates USING btree (workspace_id, updated_at, id);

CREATE INDEX case_words_of_case ON public.case_words USING btree (workspace_id, case_id);

CREATE INDEX cases_archived ON public.cases USING btree (workspace_id, id) WHERE (archived_at IS NOT NULL);

CREATE INDEX cases_by_completeness ON public.cases USING btree (workspace_id, public.forms_completeness(forms), id);

CREATE INDEX cases_by_reference ON public.cases USING btree (workspace_id, COALESCE(reference, ''::text), id);

CREATE INDEX cases_by_status ON public.cases USING btree (workspace_id, status, id);

CREATE INDEX cases_by_waiting ON public.cases USING btree (workspace_id, waiting_for, id);

CREATE INDEX cases_created ON public.cases USING btree (workspace_id, created_at, id);

CREATE UNIQUE INDEX cases_generated_reference ON public.cases USING btree (workspace_id, reference) WHERE reference_generated;

CREATE INDEX cases_live ON public.cases USING btree (workspace_id, created_at, id) WHERE (archived_at IS NULL);

CREATE INDEX cases_owner ON public.cases USING btree (workspace_id, owner_id, created_at, id);

CREATE INDEX cases_parent_status ON public.cases USING btree (workspace_id, parent_status, created_at, id);

CREATE INDEX cases_reference ON public.cases USING btree (workspace_id, reference, created_at, id);

CREATE INDEX cases_states ON public.cases USING btree (workspace_id, parent_status, status, waiting_for) WHERE (archived_at IS NULL);

CREATE INDEX cases_template ON public.cases USING btree (workspace_id, template_id, created_at, id);

CREATE INDEX cases_title ON public.cases USING btree (workspace_id, title, id);

CREATE INDEX contact_search_words_likeness ON public.contact_search_words USING gin (letters public.gin_trgm_ops);

CREATE INDEX contact_words_of_contact ON public.contact_words USING btree (workspace_id, contact_id);

CREATE INDEX contacts_by_address ON public.contacts USING btree (workspace_id, COALESCE(email_folded, ''::text), id);

CREATE INDEX contacts_by_email ON public.contacts USING btree (workspace_id, email_folded);

CREATE INDEX contacts_by_making ON public.contacts USING btree (workspace_id, created_at, id);

CREATE INDEX contacts_by_name ON public.contacts USING btree (workspace_id, COALESCE(((family_name_folded || ' '::text) || COALESCE(given_name_folded, ''::text)), given_name_folded, email_folded, phone, ''::text), id);

CREATE INDEX contacts_by_phone ON public.contacts USING btree (workspace_id, phone);

CREATE INDEX contacts_by_update ON public.contacts USING btree (workspace_id, updated_at, id);

CREATE INDEX contacts_email_identity ON public.contacts USING btree (workspace_id, email_identity);

CREATE INDEX contacts_family_name ON public.contacts USING btree (workspace_id, family_name_folded);

CREATE INDEX contacts_given_name ON public.contacts USING btree (workspace_id, given_name_folded);

CREATE INDEX exports_of_member ON public.exports USING btree (workspace_id, member_id);

CREATE INDEX file_holders_of ON public.file_holders USING btree (workspace_id, holder_id);

CREATE INDEX file_objects_left_since ON public.file_objects_left USING btree (workspace_id, since);

CREATE UNIQUE INDEX file_previews_object ON public.file_previews USING btree (workspace_id, object);

CREATE INDEX file_uploads_going ON public.file_uploads USING btree (workspace_id, goes_at);

CREATE INDEX file_uploads_of ON public.file_uploads USING btree (workspace_id, actor_id);

CREATE INDEX files_created ON public.files USING btree (workspace_id, created_at, id);

CREATE INDEX files_going ON public.files USING btree (workspace_id, goes_at);

CREATE UNIQUE INDEX files_object ON public.files USING btree (workspace_id, object);

CREATE INDEX files_of_sender ON public.files USING btree (workspace_id, actor_id) INCLUDE (size) WHERE (actor_type = 'contact'::text);

CREATE INDEX files_pending ON public.files USING btree (workspace_id, asked_at NULLS FIRST, id) WHERE (verdict = 'pending'::text);

CREATE INDEX files_updated ON public.files USING btree (workspace_id, updated_at, id);

CREATE INDEX form_batch_rows_of_form ON public.form_batch_rows USING btree (workspace_id, form_id) WHERE (form_id IS NOT NULL);

CREATE INDEX form_batches_due ON public.form_batches USING btree (workspace_id, next_at) WHERE (next_at IS NOT NULL);

CREATE INDEX form_batches_newest ON public.form_batches USING btree (workspace_id, created_at, id);

CREATE INDEX form_codes_of_address ON public.form_codes USING btree (workspace_id, address, sent_at);

CREATE INDEX form_deliveries_of_form ON public.form_deliveries USING btree (workspace_id, form_id, url, number);

CREATE INDEX form_deliveries_waiting ON public.form_deliveries USING btree (workspace_id, next_at) WHERE (status = 'pending'::text);

CREATE INDEX form_events_position ON public.form_events USING btree (workspace_id, "position");

CREATE INDEX form_links_of_form ON public.form_links USING btree (workspace_id, form_id);

CREATE INDEX form_notifications_due ON public.form_notifications USING btree (workspace_id, at) WHERE ((status = 'pending'::text) AND (message_id IS NULL));

CREATE INDEX form_notifications_of_form ON public.form_notifications USING btree (workspace_id, form_id, at);

CREATE INDEX form_notifications_of_message ON public.form_notifications USING btree (workspace_id, message_id) WHERE (message_id IS NOT NULL);

CREATE INDEX form_search_words_likeness ON public.form_search_words USING gin (letters public.gin_trgm_ops);

CREATE INDEX form_words_of_form ON public.form_words USING btree (workspace_id, form_id);

CREATE INDEX forms_by_progress ON public.forms USING btree (workspace_id, public.form_progress(status, questions, answers), id);

CREATE INDEX forms_case ON public.forms USING btree (workspace_id, case_id) WHERE (case_id IS NOT NULL);

CREATE INDEX forms_contact ON public.forms USING btree (workspace_id, contact_id) WHERE (contact_id IS NOT NULL);

CREATE INDEX forms_created ON public.forms USING btree (workspace_id, created_at, id);

CREATE INDEX forms_email ON public.forms USING btree (workspace_id, email_folded, created_at, id) WHERE (email_folded IS NOT NULL);

CREATE INDEX forms_open ON public.forms USING btree (workspace_id, active_until) WHERE ((status = 'pending'::text) AND (expired_at IS NULL));

CREATE INDEX forms_owner ON public.forms USING btree (workspace_id, owner_id, created_at, id) WHERE (owner_id IS NOT NULL);

CREATE INDEX forms_phone ON public.forms USING btree (workspace_id, phone, created_at, id) WHERE (phone IS NOT NULL);

CREATE INDEX forms_slug ON public.forms USING btree (workspace_id, slug, created_at, id);

CREATE INDEX forms_status ON public.forms USING btree (workspace_id, status, created_at, id);

CREATE INDEX forms_updated ON public.forms USING btree (workspace_id, updated_at, id);

CREATE INDEX idempotency_keys_about ON public.idempotency_keys USING btree (about) WHERE (about IS NOT NULL);

CREATE INDEX idempotency_keys_age ON public.idempotency_keys USING btree (created_at);

CREATE INDEX member_recovery_codes_of_member ON public.member_recovery_codes USING btree (member_id);

CREATE INDEX members_email_folded ON public.members USING btree (email_folded);

CREATE UNIQUE INDEX members_email_identity ON public.members USING btree (email_identity);

CREATE INDEX memberships_of_member ON public.memberships USING btree (member_id);

CREATE INDEX message_bounces_of ON public.message_bounces USING btree (workspace_id, message_id);

CREATE INDEX messages_created ON public.messages USING btree (workspace_id, created_at, id);

CREATE INDEX messages_due ON public.messages USING btree (workspace_id, due_at, id) WHERE (status = 'pending'::text);

CREATE INDEX messages_of_case ON public.messages USING btree (workspace_id, case_id, created_at) WHERE (case_id IS NOT NULL);

CREATE INDEX messages_updated ON public.messages USING btree (workspace_id, updated_at, id);

CREATE INDEX notice_dues_by_time ON public.notice_dues USING btree (workspace_id, due_at);

CREATE INDEX notice_dues_of_member ON public.notice_dues USING btree (workspace_id, member_id);

CREATE INDEX notice_mails_of_message ON public.notice_mails USING btree (workspace_id, message_id);

CREATE INDEX notices_not_seen ON public.notices USING btree (workspace_id, member_id) WHERE (seen_at IS NULL);

CREATE INDEX notices_of_case ON public.notices USING btree (workspace_id, case_id);

CREATE INDEX notices_of_form ON public.notices USING btree (workspace_id, form_id) WHERE (form_id IS NOT NULL);

CREATE INDEX notices_of_member ON public.notices USING btree (workspace_id, member_id, id);

CREATE INDEX notices_to_mail ON public.notices USING btree (workspace_id, member_id, mailing) WHERE (mailing IS NOT NULL);

CREATE INDEX person_codes_of_address ON public.person_codes USING btree (workspace_id, address, sent_at);

CREATE INDEX search_words_likeness ON public.search_words USING gin (letters public.gin_trgm_ops);

CREATE INDEX sessions_of_member ON public.sessions USING btree (member_id);

CREATE INDEX sign_in_failures_of_key ON public.sign_in_failures USING btree (key, at);

CREATE INDEX token_workspaces_of_workspace ON public.token_workspaces USING btree (workspace_id);

CREATE INDEX webhook_deliveries_due ON public.webhook_deliveries USING btree (workspace_id, webhook_id, next_at, number) WHERE ((status = 'pending'::text) AND (next_at IS NOT NULL));

CREATE INDEX webhook_deliveries_leased ON public.webhook_deliveries USING btree (workspace_id, webhook_id) WHERE (leased_until IS NOT NULL);

CREATE INDEX webhook_deliveries_listed ON public.webhook_deliveries USING btree (workspace_id, webhook_id, created_at, id);

CREATE INDEX webhook_deliveries_of_case ON public.webhook_deliveries USING btree (workspace_id, case_id);

CREATE INDEX webhook_deliveries_waiting ON public.webhook_deliveries USING btree (workspace_id, webhook_id, case_id, number) WHERE (status = 'pending'::text);

CREATE TRIGGER case_contact_was_replaced AFTER UPDATE ON public.case_contacts FOR EACH ROW WHEN ((old.contact_id IS DISTINCT FROM new.contact_id)) EXECUTE FUNCTION public.case_contact_was_taken_out();

CREATE TRIGGER case_contact_was_taken_out AFTER DELETE ON public.case_contacts FOR EACH ROW EXECUTE FUNCTION public.case_contact_was_taken_out();

CREATE TRIGGER case_state_was_changed AFTER UPDATE ON public.cases FOR EACH ROW WHEN ((((((old.archived_at IS NULL) IS DISTINCT FROM (new.archived_at IS NULL)) OR (old.parent_status IS DISTINCT FROM new.parent_status)) OR (old.status IS DISTINCT FROM new.status)) OR (old.waiting_for IS DISTINCT FROM new.waiting_for))) EXECUTE FUNCTION public.case_state_was_changed();

CREATE TRIGGER case_state_was_made AFTER INSERT OR DELETE ON public.cases FOR EACH ROW EXECUTE FUNCTION public.case_state_was_changed();

CREATE TRIGGER case_was_changed AFTER UPDATE ON public.cases FOR EACH ROW WHEN ((old.version IS DISTINCT FROM new.version)) EXECUTE FUNCTION public.case_was_changed();

CREATE TRIGGER case_was_made AFTER INSERT ON public.cases FOR EACH ROW EXECUTE FUNCTION public.case_was_changed();

CREATE TRIGGER contact_has_new_words AFTER INSERT OR UPDATE ON public.contacts FOR EACH ROW EXECUTE FUNCTION public.contact_has_new_words();

CREATE TRIGGER contact_was_changed AFTER UPDATE ON public.contacts FOR EACH ROW EXECUTE FUNCTION public.contact_was_changed();

CREATE TRIGGER file_content_is_gone AFTER UPDATE ON public.files FOR EACH ROW WHEN (((old.object IS DISTINCT FROM new.object) OR ((old.erased_at IS NULL) AND (new.erased_at IS NOT NULL)) OR ((new.verdict = 'infected'::text) AND (old.verdict <> 'infected'::text)))) EXECUTE FUNCTION public.file_content_is_gone();

CREATE TRIGGER file_preview_is_gone AFTER DELETE ON public.file_previews FOR EACH ROW EXECUTE FUNCTION public.file_preview_is_gone();

CREATE TRIGGER form_has_new_words AFTER INSERT OR UPDATE ON public.forms FOR EACH ROW EXECUTE FUNCTION public.form_has_new_words();

ALTER TABLE ONLY public.automation_runs
    ADD CONSTRAINT automation_runs_workspace_id_case_id_fkey FOREIGN KEY (workspace_id, case_id) REFERENCES public.cases(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.automation_times
    ADD CONSTRAINT automation_times_workspace_id_case_id_fkey FOREIGN KEY (workspace_id, case_id) REFERENCES public.cases(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.automation_turns
    ADD CONSTRAINT automation_turns_workspace_id_template_id_fkey FOREIGN KEY (workspace_id, template_id) REFERENCES public.case_templates(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.bulk_changes
    ADD CONSTRAINT bulk_changes_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.members(id);

ALTER TABLE ONLY public.bulk_changes
    ADD CONSTRAINT bulk_changes_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.bulk_results
    ADD CONSTRAINT bulk_results_workspace_id_bulk_id_fkey FOREIGN KEY (workspace_id, bulk_id) REFERENCES public.bulk_changes(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.case_addresses
    ADD CONSTRAINT case_addresses_workspace_id_case_id_fkey FOREIGN KEY (workspace_id, case_id) REFERENCES public.cases(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.case_contact_news
    ADD CONSTRAINT case_contact_news_workspace_id_case_id_fkey FOREIGN KEY (workspace_id, case_id) REFERENCES public.cases(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.case_contacts_past_read
    ADD CONSTRAINT case_contacts_past_read_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.case_contacts_past
    ADD CONSTRAINT case_contacts_past_workspace_id_case_id_fkey FOREIGN KEY (workspace_id, case_id) REFERENCES public.cases(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.case_contacts
    ADD CONSTRAINT case_contacts_workspace_id_case_id_fkey FOREIGN KEY (workspace_id, case_id) REFERENCES public.cases(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.case_contacts
    ADD CONSTRAINT case_contacts_workspace_id_contact_id_fkey FOREIGN KEY (workspace_id, contact_id) REFERENCES public.contacts(workspace_id, id);

ALTER TABLE ONLY public.case_count_deltas
    ADD CONSTRAINT case_count_deltas_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.case_counts
    ADD CONSTRAINT case_counts_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.case_events
    ADD CONSTRAINT case_events_workspace_id_case_id_fkey FOREIGN KEY (workspace_id, case_id) REFERENCES public.cases(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.case_field_values
    ADD CONSTRAINT case_field_values_workspace_id_case_id_fkey FOREIGN KEY (workspace_id, case_id) REFERENCES public.cases(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.case_file_news
    ADD CONSTRAINT case_file_news_workspace_id_case_id_fkey FOREIGN KEY (workspace_id, case_id) REFERENCES public.cases(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.case_search
    ADD CONSTRAINT case_search_workspace_id_case_id_fkey FOREIGN KEY (workspace_id, case_id) REFERENCES public.cases(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.case_state_counts
    ADD CONSTRAINT case_state_counts_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.case_state_deltas
    ADD CONSTRAINT case_state_deltas_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.case_states_counted
    ADD CONSTRAINT case_states_counted_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.case_step_dues
    ADD CONSTRAINT case_step_dues_workspace_id_case_id_fkey FOREIGN KEY (workspace_id, case_id) REFERENCES public.cases(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.case_template_drafts
    ADD CONSTRAINT case_template_drafts_updated_by_fkey FOREIGN KEY (updated_by) REFERENCES public.members(id);

ALTER TABLE ONLY public.case_template_drafts
    ADD CONSTRAINT case_template_drafts_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.case_template_events
    ADD CONSTRAINT case_template_events_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.case_template_versions
    ADD CONSTRAINT case_template_versions_workspace_id_template_id_fkey FOREIGN KEY (workspace_id, template_id) REFERENCES public.case_templates(workspace_id, id);

ALTER TABLE ONLY public.case_templates
    ADD CONSTRAINT case_templates_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES public.members(id);

ALTER TABLE ONLY public.case_templates
    ADD CONSTRAINT case_templates_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.case_tombstones
    ADD CONSTRAINT case_tombstones_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.case_updates
    ADD CONSTRAINT case_updates_workspace_id_id_fkey FOREIGN KEY (workspace_id, id) REFERENCES public.cases(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.case_view_defaults
    ADD CONSTRAINT case_view_defaults_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.members(id);

ALTER TABLE ONLY public.case_view_defaults
    ADD CONSTRAINT case_view_defaults_workspace_id_view_id_fkey FOREIGN KEY (workspace_id, view_id) REFERENCES public.case_views(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.case_views
    ADD CONSTRAINT case_views_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.members(id);

ALTER TABLE ONLY public.case_views
    ADD CONSTRAINT case_views_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.case_words
    ADD CONSTRAINT case_words_workspace_id_case_id_fkey FOREIGN KEY (workspace_id, case_id) REFERENCES public.cases(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.cases
    ADD CONSTRAINT cases_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES public.members(id);

ALTER TABLE ONLY public.cases
    ADD CONSTRAINT cases_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.cases
    ADD CONSTRAINT cases_workspace_id_template_id_template_version_fkey FOREIGN KEY (workspace_id, template_id, template_version) REFERENCES public.case_template_versions(workspace_id, template_id, version);

ALTER TABLE ONLY public.contact_events
    ADD CONSTRAINT contact_events_workspace_id_contact_id_fkey FOREIGN KEY (workspace_id, contact_id) REFERENCES public.contacts(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.contact_search_queue
    ADD CONSTRAINT contact_search_queue_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.contact_search_words
    ADD CONSTRAINT contact_search_words_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.contact_search
    ADD CONSTRAINT contact_search_workspace_id_contact_id_fkey FOREIGN KEY (workspace_id, contact_id) REFERENCES public.contacts(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.contact_tombstones
    ADD CONSTRAINT contact_tombstones_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.contact_view_defaults
    ADD CONSTRAINT contact_view_defaults_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.members(id);

ALTER TABLE ONLY public.contact_view_defaults
    ADD CONSTRAINT contact_view_defaults_workspace_id_view_id_fkey FOREIGN KEY (workspace_id, view_id) REFERENCES public.contact_views(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.contact_views
    ADD CONSTRAINT contact_views_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.members(id);

ALTER TABLE ONLY public.contact_views
    ADD CONSTRAINT contact_views_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.contact_words
    ADD CONSTRAINT contact_words_workspace_id_contact_id_fkey FOREIGN KEY (workspace_id, contact_id) REFERENCES public.contacts(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.contacts
    ADD CONSTRAINT contacts_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.export_chunks
    ADD CONSTRAINT export_chunks_workspace_id_export_id_fkey FOREIGN KEY (workspace_id, export_id) REFERENCES public.exports(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.exports
    ADD CONSTRAINT exports_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.members(id);

ALTER TABLE ONLY public.exports
    ADD CONSTRAINT exports_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.file_holders
    ADD CONSTRAINT file_holders_workspace_id_file_id_fkey FOREIGN KEY (workspace_id, file_id) REFERENCES public.files(workspace_id, id);

ALTER TABLE ONLY public.file_key_uses
    ADD CONSTRAINT file_key_uses_workspace_id_file_id_fkey FOREIGN KEY (workspace_id, file_id) REFERENCES public.files(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.file_objects_left
    ADD CONSTRAINT file_objects_left_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.file_previews
    ADD CONSTRAINT file_previews_workspace_id_file_id_fkey FOREIGN KEY (workspace_id, file_id) REFERENCES public.files(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.file_texts
    ADD CONSTRAINT file_texts_workspace_id_file_id_fkey FOREIGN KEY (workspace_id, file_id) REFERENCES public.files(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.file_uploads
    ADD CONSTRAINT file_uploads_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.file_usage
    ADD CONSTRAINT file_usage_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.files
    ADD CONSTRAINT files_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.form_addresses_gone
    ADD CONSTRAINT form_addresses_gone_workspace_id_form_id_fkey FOREIGN KEY (workspace_id, form_id) REFERENCES public.forms(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.form_answers
    ADD CONSTRAINT form_answers_workspace_id_response_id_fkey FOREIGN KEY (workspace_id, response_id) REFERENCES public.form_responses(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.form_batch_rows
    ADD CONSTRAINT form_batch_rows_workspace_id_batch_id_fkey FOREIGN KEY (workspace_id, batch_id) REFERENCES public.form_batches(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.form_batch_rows
    ADD CONSTRAINT form_batch_rows_workspace_id_form_id_fkey FOREIGN KEY (workspace_id, form_id) REFERENCES public.forms(workspace_id, id) ON DELETE SET NULL (form_id);

ALTER TABLE ONLY public.form_batches
    ADD CONSTRAINT form_batches_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.form_codes
    ADD CONSTRAINT form_codes_workspace_id_form_id_fkey FOREIGN KEY (workspace_id, form_id) REFERENCES public.forms(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.form_deliveries
    ADD CONSTRAINT form_deliveries_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.form_entries
    ADD CONSTRAINT form_entries_workspace_id_form_id_fkey FOREIGN KEY (workspace_id, form_id) REFERENCES public.forms(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.form_events
    ADD CONSTRAINT form_events_workspace_id_form_id_fkey FOREIGN KEY (workspace_id, form_id) REFERENCES public.forms(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.form_links
    ADD CONSTRAINT form_links_workspace_id_form_id_fkey FOREIGN KEY (workspace_id, form_id) REFERENCES public.forms(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.form_notifications
    ADD CONSTRAINT form_notifications_workspace_id_form_id_fkey FOREIGN KEY (workspace_id, form_id) REFERENCES public.forms(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.form_option_lists
    ADD CONSTRAINT form_option_lists_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.form_papers
    ADD CONSTRAINT form_papers_workspace_id_response_id_fkey FOREIGN KEY (workspace_id, response_id) REFERENCES public.form_responses(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.form_presets
    ADD CONSTRAINT form_presets_workspace_id_template_id_fkey FOREIGN KEY (workspace_id, template_id) REFERENCES public.form_templates(workspace_id, id);

ALTER TABLE ONLY public.form_responses
    ADD CONSTRAINT form_responses_workspace_id_form_id_fkey FOREIGN KEY (workspace_id, form_id) REFERENCES public.forms(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.form_reviews
    ADD CONSTRAINT form_reviews_workspace_id_response_id_fkey FOREIGN KEY (workspace_id, response_id) REFERENCES public.form_responses(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.form_search_queue
    ADD CONSTRAINT form_search_queue_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.form_search_words
    ADD CONSTRAINT form_search_words_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.form_search
    ADD CONSTRAINT form_search_workspace_id_form_id_fkey FOREIGN KEY (workspace_id, form_id) REFERENCES public.forms(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.form_sessions
    ADD CONSTRAINT form_sessions_workspace_id_form_id_fkey FOREIGN KEY (workspace_id, form_id) REFERENCES public.forms(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.form_template_drafts
    ADD CONSTRAINT form_template_drafts_updated_by_fkey FOREIGN KEY (updated_by) REFERENCES public.members(id);

ALTER TABLE ONLY public.form_template_drafts
    ADD CONSTRAINT form_template_drafts_workspace_id_template_id_fkey FOREIGN KEY (workspace_id, template_id) REFERENCES public.form_templates(workspace_id, id);

ALTER TABLE ONLY public.form_template_events
    ADD CONSTRAINT form_template_events_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.form_template_versions
    ADD CONSTRAINT form_template_versions_workspace_id_template_id_fkey FOREIGN KEY (workspace_id, template_id) REFERENCES public.form_templates(workspace_id, id);

ALTER TABLE ONLY public.form_templates
    ADD CONSTRAINT form_templates_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.form_view_defaults
    ADD CONSTRAINT form_view_defaults_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.members(id);

ALTER TABLE ONLY public.form_view_defaults
    ADD CONSTRAINT form_view_defaults_workspace_id_view_id_fkey FOREIGN KEY (workspace_id, view_id) REFERENCES public.form_views(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.form_views
    ADD CONSTRAINT form_views_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.members(id);

ALTER TABLE ONLY public.form_views
    ADD CONSTRAINT form_views_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.form_visits
    ADD CONSTRAINT form_visits_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.form_words
    ADD CONSTRAINT form_words_workspace_id_form_id_fkey FOREIGN KEY (workspace_id, form_id) REFERENCES public.forms(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.forms
    ADD CONSTRAINT forms_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES public.members(id);

ALTER TABLE ONLY public.forms
    ADD CONSTRAINT forms_workspace_id_case_id_fkey FOREIGN KEY (workspace_id, case_id) REFERENCES public.cases(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.forms
    ADD CONSTRAINT forms_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.indexed_fields
    ADD CONSTRAINT indexed_fields_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.job_failures
    ADD CONSTRAINT job_failures_job_id_fkey FOREIGN KEY (job_id) REFERENCES public.procrastinate_jobs(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.member_identities
    ADD CONSTRAINT member_identities_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.members(id);

ALTER TABLE ONLY public.member_passwords
    ADD CONSTRAINT member_passwords_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.members(id);

ALTER TABLE ONLY public.member_recovery_codes
    ADD CONSTRAINT member_recovery_codes_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.members(id);

ALTER TABLE ONLY public.member_second_factors
    ADD CONSTRAINT member_second_factors_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.members(id);

ALTER TABLE ONLY public.memberships
    ADD CONSTRAINT memberships_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.members(id);

ALTER TABLE ONLY public.memberships
    ADD CONSTRAINT memberships_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.message_bounces
    ADD CONSTRAINT message_bounces_workspace_id_message_id_fkey FOREIGN KEY (workspace_id, message_id) REFERENCES public.messages(workspace_id, id);

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.notice_choices
    ADD CONSTRAINT notice_choices_workspace_id_member_id_fkey FOREIGN KEY (workspace_id, member_id) REFERENCES public.memberships(workspace_id, member_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.notice_dues
    ADD CONSTRAINT notice_dues_workspace_id_case_id_fkey FOREIGN KEY (workspace_id, case_id) REFERENCES public.cases(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.notice_dues
    ADD CONSTRAINT notice_dues_workspace_id_member_id_fkey FOREIGN KEY (workspace_id, member_id) REFERENCES public.memberships(workspace_id, member_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.notice_mails
    ADD CONSTRAINT notice_mails_workspace_id_message_id_fkey FOREIGN KEY (workspace_id, message_id) REFERENCES public.messages(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.notices
    ADD CONSTRAINT notices_form FOREIGN KEY (workspace_id, form_id) REFERENCES public.forms(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.notices
    ADD CONSTRAINT notices_workspace_id_case_id_fkey FOREIGN KEY (workspace_id, case_id) REFERENCES public.cases(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.notices
    ADD CONSTRAINT notices_workspace_id_member_id_fkey FOREIGN KEY (workspace_id, member_id) REFERENCES public.memberships(workspace_id, member_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.person_codes
    ADD CONSTRAINT person_codes_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.person_counts
    ADD CONSTRAINT person_counts_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.person_sessions
    ADD CONSTRAINT person_sessions_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.search_progress
    ADD CONSTRAINT search_progress_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.search_queue
    ADD CONSTRAINT search_queue_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.search_words
    ADD CONSTRAINT search_words_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.members(id);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.sign_in_links
    ADD CONSTRAINT sign_in_links_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.members(id);

ALTER TABLE ONLY public.sign_in_links
    ADD CONSTRAINT sign_in_links_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.token_workspaces
    ADD CONSTRAINT token_workspaces_token_id_fkey FOREIGN KEY (token_id) REFERENCES public.tokens(id);

ALTER TABLE ONLY public.token_workspaces
    ADD CONSTRAINT token_workspaces_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.tokens
    ADD CONSTRAINT tokens_created_by_fkey FOREIGN KEY (created_by) REFERENCES public.members(id);

ALTER TABLE ONLY public.webhook_deliveries
    ADD CONSTRAINT webhook_deliveries_workspace_id_webhook_id_fkey FOREIGN KEY (workspace_id, webhook_id) REFERENCES public.webhooks(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.webhook_kept_before
    ADD CONSTRAINT webhook_kept_before_workspace_id_webhook_id_fkey FOREIGN KEY (workspace_id, webhook_id) REFERENCES public.webhooks(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.webhooks
    ADD CONSTRAINT webhooks_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.workspace_logos
    ADD CONSTRAINT workspace_logos_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.workspace_secrets
    ADD CONSTRAINT workspace_secrets_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.workspace_texts
    ADD CONSTRAINT workspace_texts_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE CASCADE;

ALTER TABLE public.automation_runs ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.automation_times ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.automation_turns ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.bulk_changes ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.bulk_results ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.case_addresses ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.case_contact_news ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.case_contacts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.case_contacts_past ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.case_contacts_past_read ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.case_count_deltas ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.case_counts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.case_events ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.case_field_values ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.case_file_news ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.case_search ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.case_state_counts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.case_state_deltas ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.case_states_counted ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.case_step_dues ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.case_template_drafts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.case_template_events ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.case_template_versions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.case_templates ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.case_tombstones ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.case_updates ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.case_view_defaults ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.case_views ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.case_words ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.cases ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.contact_events ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.contact_search ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.contact_search_queue ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.contact_search_words ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.contact_tombstones ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.contact_view_defaults ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.contact_views ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.contact_words ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.contacts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.export_chunks ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.exports ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.file_holders ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.file_key_uses ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.file_objects_left ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.file_previews ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.file_texts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.file_uploads ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.file_usage ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.files ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.form_addresses_gone ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.form_answers ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.form_batch_rows ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.form_batches ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.form_codes ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.form_deliveries ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.form_entries ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.form_events ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.form_notifications ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.form_option_lists ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.form_papers ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.form_presets ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.form_responses ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.form_reviews ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.form_search ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.form_search_queue ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.form_search_words ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.form_sessions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.form_template_drafts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.form_template_events ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.form_template_versions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.form_templates ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.form_view_defaults ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.form_views ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.form_visits ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.form_words ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.forms ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.indexed_fields ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.memberships ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.message_bounces ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.messages ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.notice_choices ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.notice_dues ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.notice_mails ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.notices ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.person_codes ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.person_counts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.person_sessions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.search_progress ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.search_queue ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.search_words ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.webhook_deliveries ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.webhook_kept_before ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.webhooks ENABLE ROW LEVEL SECURITY;

CREATE POLICY workspace ON public.automation_runs USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.automation_times USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.automation_turns USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.bulk_changes USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.bulk_results USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.case_addresses USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.case_contact_news USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.case_contacts USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.case_contacts_past USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.case_contacts_past_read USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.case_count_deltas USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.case_counts USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.case_events USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.case_field_values USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.case_file_news USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.case_search USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.case_state_counts USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.case_state_deltas USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.case_states_counted USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.case_step_dues USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.case_template_drafts USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.case_template_events USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.case_template_versions USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.case_templates USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.case_tombstones USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.case_updates USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.case_view_defaults USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.case_views USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.case_words USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.cases USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.contact_events USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.contact_search USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.contact_search_queue USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.contact_search_words USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.contact_tombstones USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.contact_view_defaults USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.contact_views USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.contact_words USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.contacts USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.export_chunks USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.exports USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.file_holders USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.file_key_uses USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.file_objects_left USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.file_previews USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.file_texts USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.file_uploads USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.file_usage USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.files USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.form_addresses_gone USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.form_answers USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.form_batch_rows USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.form_batches USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.form_codes USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.form_deliveries USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.form_entries USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.form_events USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.form_notifications USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.form_option_lists USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.form_papers USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.form_presets USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.form_responses USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.form_reviews USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.form_search USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.form_search_queue USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.form_search_words USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.form_sessions USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.form_template_drafts USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.form_template_events USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.form_template_versions USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.form_templates USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.form_view_defaults USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.form_views USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.form_visits USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.form_words USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.forms USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.indexed_fields USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.memberships USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.message_bounces USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.messages USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.notice_choices USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.notice_dues USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.notice_mails USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.notices USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.person_codes USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.person_counts USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.person_sessions USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.search_progress USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.search_queue USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.search_words USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.webhook_deliveries USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.webhook_kept_before USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.webhooks USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.workspace_logos USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.workspace_secrets USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.workspace_texts USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (workspace_id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

CREATE POLICY workspace ON public.workspaces USING (((( SELECT public.visible_workspaces() AS visible_workspaces) IS NULL) OR (id = ANY (( SELECT public.visible_workspaces() AS visible_workspaces)::uuid[]))));

ALTER TABLE public.workspace_logos ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.workspace_secrets ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.workspace_texts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.workspaces ENABLE ROW LEVEL SECURITY;
