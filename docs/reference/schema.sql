CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;

COMMENT ON EXTENSION pg_trgm IS 'text similarity measurement and index searching based on trigrams';

CREATE EXTENSION IF NOT EXISTS unaccent WITH SCHEMA public;

COMMENT ON EXTENSION unaccent IS 'text search dictionary that removes accents';

CREATE TABLE public.bulk_changes (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    member_id uuid NOT NULL,
    kind text NOT NULL,
    value text,
    created_at timestamp(3) with time zone NOT NULL,
    finished_at timestamp(3) with time zone
);

CREATE TABLE public.bulk_results (
    workspace_id uuid NOT NULL,
    bulk_id uuid NOT NULL,
    "position" integer NOT NULL,
    case_id uuid NOT NULL,
    outcome text,
    detail text,
    CONSTRAINT bulk_results_outcome_check CHECK ((outcome = ANY (ARRAY['changed'::text, 'unchanged'::text, 'refused'::text])))
);

CREATE TABLE public.case_contacts (
    workspace_id uuid NOT NULL,
    case_id uuid NOT NULL,
    slot text NOT NULL COLLATE pg_catalog."C",
    label text,
    contact_id uuid NOT NULL
);

CREATE TABLE public.case_count_deltas (
    workspace_id uuid NOT NULL,
    id bigint NOT NULL,
    archived boolean NOT NULL,
    delta integer NOT NULL
);

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
    CONSTRAINT case_events_actor_type_check CHECK ((actor_type = ANY (ARRAY['token'::text, 'member'::text, 'contact'::text, 'system'::text])))
);

CREATE TABLE public.case_field_values (
    workspace_id uuid NOT NULL,
    field text NOT NULL COLLATE pg_catalog."C",
    case_id uuid NOT NULL,
    "position" integer NOT NULL,
    text_value text COLLATE pg_catalog."C",
    number_value numeric
);

CREATE TABLE public.case_search (
    workspace_id uuid NOT NULL,
    case_id uuid NOT NULL,
    version bigint NOT NULL,
    at timestamp(3) with time zone NOT NULL
);

CREATE TABLE public.case_template_drafts (
    workspace_id uuid NOT NULL,
    template_id uuid NOT NULL,
    based_on integer NOT NULL,
    revision bigint NOT NULL,
    document jsonb NOT NULL,
    updated_at timestamp(3) with time zone NOT NULL,
    updated_by uuid
);

CREATE TABLE public.case_template_versions (
    workspace_id uuid NOT NULL,
    template_id uuid NOT NULL,
    version integer NOT NULL,
    title text NOT NULL COLLATE pg_catalog."C",
    document jsonb NOT NULL,
    published_at timestamp(3) with time zone NOT NULL
);

CREATE TABLE public.case_templates (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    current_version integer NOT NULL,
    owner_id uuid,
    archived_at timestamp(3) with time zone,
    created_at timestamp(3) with time zone NOT NULL,
    updated_at timestamp(3) with time zone NOT NULL
);

CREATE TABLE public.case_tombstones (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    deleted_at timestamp(3) with time zone NOT NULL,
    actor_type text NOT NULL,
    actor_id uuid
);

CREATE TABLE public.case_views (
    workspace_id uuid NOT NULL,
    id uuid NOT NULL,
    member_id uuid NOT NULL,
    shared boolean NOT NULL,
    name text NOT NULL,
    parameters jsonb NOT NULL,
    created_at timestamp(3) with time zone NOT NULL
);

CREATE TABLE public.case_words (
    workspace_id uuid NOT NULL,
    word text NOT NULL COLLATE pg_catalog."C",
    case_id uuid NOT NULL
);

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
    CONSTRAINT cases_parent_status_check CHECK ((parent_status = ANY (ARRAY['draft'::text, 'pending'::text, 'in_progress'::text, 'closed'::text]))),
    CONSTRAINT cases_waiting_for_check CHECK ((waiting_for = ANY (ARRAY['none'::text, 'owner'::text, 'contact'::text])))
);

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
    updated_at timestamp(3) with time zone NOT NULL
);

CREATE TABLE public.idempotency_keys (
    actor_id uuid NOT NULL,
    key text NOT NULL COLLATE pg_catalog."C",
    fingerprint bytea NOT NULL,
    status integer NOT NULL,
    headers jsonb NOT NULL,
    body bytea NOT NULL,
    case_id uuid,
    created_at timestamp(3) with time zone NOT NULL
);

CREATE TABLE public.indexed_fields (
    workspace_id uuid NOT NULL,
    field text NOT NULL COLLATE pg_catalog."C",
    ready boolean DEFAULT false NOT NULL
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
    last_step bigint DEFAULT 0 NOT NULL
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
    language text
);

CREATE TABLE public.memberships (
    workspace_id uuid NOT NULL,
    member_id uuid NOT NULL,
    role text NOT NULL,
    created_at timestamp(3) with time zone NOT NULL,
    studio boolean DEFAULT false NOT NULL,
    CONSTRAINT memberships_role_check CHECK ((role = ANY (ARRAY['administrator'::text, 'handler'::text, 'limited'::text])))
);

CREATE TABLE public.search_progress (
    workspace_id uuid NOT NULL,
    at timestamp(3) with time zone NOT NULL
);

CREATE TABLE public.search_words (
    workspace_id uuid NOT NULL,
    word text NOT NULL COLLATE pg_catalog."C"
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
    seen_at timestamp(3) with time zone
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

CREATE TABLE public.workspaces (
    id uuid NOT NULL,
    slug text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL,
    time_zone text DEFAULT 'UTC'::text NOT NULL,
    created_at timestamp(3) with time zone NOT NULL
);

ALTER TABLE ONLY public.bulk_changes
    ADD CONSTRAINT bulk_changes_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY public.bulk_results
    ADD CONSTRAINT bulk_results_pkey PRIMARY KEY (workspace_id, bulk_id, "position");

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

ALTER TABLE ONLY public.case_search
    ADD CONSTRAINT case_search_pkey PRIMARY KEY (workspace_id, case_id);

ALTER TABLE ONLY public.case_template_drafts
    ADD CONSTRAINT case_template_drafts_pkey PRIMARY KEY (workspace_id, template_id);

ALTER TABLE ONLY public.case_template_versions
    ADD CONSTRAINT case_template_versions_pkey PRIMARY KEY (workspace_id, template_id, version);

ALTER TABLE ONLY public.case_templates
    ADD CONSTRAINT case_templates_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY public.case_tombstones
    ADD CONSTRAINT case_tombstones_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY public.case_views
    ADD CONSTRAINT case_views_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY public.case_words
    ADD CONSTRAINT case_words_pkey PRIMARY KEY (workspace_id, word, case_id);

ALTER TABLE ONLY public.cases
    ADD CONSTRAINT cases_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY public.contacts
    ADD CONSTRAINT contacts_pkey PRIMARY KEY (workspace_id, id);

ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (actor_id, key);

ALTER TABLE ONLY public.indexed_fields
    ADD CONSTRAINT indexed_fields_pkey PRIMARY KEY (workspace_id, field);

ALTER TABLE ONLY public.member_identities
    ADD CONSTRAINT member_identities_pkey PRIMARY KEY (issuer, subject);

ALTER TABLE ONLY public.member_passwords
    ADD CONSTRAINT member_passwords_pkey PRIMARY KEY (member_id);

ALTER TABLE ONLY public.member_recovery_codes
    ADD CONSTRAINT member_recovery_codes_pkey PRIMARY KEY (hash);

ALTER TABLE ONLY public.member_second_factors
    ADD CONSTRAINT member_second_factors_pkey PRIMARY KEY (member_id);

ALTER TABLE ONLY public.members
    ADD CONSTRAINT members_email_folded_key UNIQUE (email_folded);

ALTER TABLE ONLY public.members
    ADD CONSTRAINT members_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.memberships
    ADD CONSTRAINT memberships_pkey PRIMARY KEY (workspace_id, member_id);

ALTER TABLE ONLY public.search_progress
    ADD CONSTRAINT search_progress_pkey PRIMARY KEY (workspace_id);

ALTER TABLE ONLY public.search_words
    ADD CONSTRAINT search_words_pkey PRIMARY KEY (workspace_id, word);

ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (hash);

ALTER TABLE ONLY public.sign_in_links
    ADD CONSTRAINT sign_in_links_pkey PRIMARY KEY (hash);

ALTER TABLE ONLY public.token_workspaces
    ADD CONSTRAINT token_workspaces_pkey PRIMARY KEY (token_id, workspace_id);

ALTER TABLE ONLY public.tokens
    ADD CONSTRAINT tokens_hash_key UNIQUE (hash);

ALTER TABLE ONLY public.tokens
    ADD CONSTRAINT tokens_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.workspaces
    ADD CONSTRAINT workspaces_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.workspaces
    ADD CONSTRAINT workspaces_slug_key UNIQUE (slug);

CREATE INDEX case_contacts_of_contact ON public.case_contacts USING btree (workspace_id, contact_id, case_id);

CREATE INDEX case_field_numbers ON public.case_field_values USING btree (workspace_id, field, number_value, case_id) WHERE (number_value IS NOT NULL);

CREATE INDEX case_field_texts ON public.case_field_values USING btree (workspace_id, field, text_value, case_id) WHERE (text_value IS NOT NULL);

CREATE INDEX case_words_of_case ON public.case_words USING btree (workspace_id, case_id);

CREATE INDEX cases_created ON public.cases USING btree (workspace_id, created_at, id);

CREATE UNIQUE INDEX cases_generated_reference ON public.cases USING btree (workspace_id, reference) WHERE reference_generated;

CREATE INDEX cases_live ON public.cases USING btree (workspace_id, created_at, id) WHERE (archived_at IS NULL);

CREATE INDEX cases_owner ON public.cases USING btree (workspace_id, owner_id, created_at, id);

CREATE INDEX cases_parent_status ON public.cases USING btree (workspace_id, parent_status, created_at, id);

CREATE INDEX cases_reference ON public.cases USING btree (workspace_id, reference, created_at, id);

CREATE INDEX cases_states ON public.cases USING btree (workspace_id, parent_status, status, waiting_for) WHERE (archived_at IS NULL);

CREATE INDEX cases_status ON public.cases USING btree (workspace_id, status, created_at, id);

CREATE INDEX cases_template ON public.cases USING btree (workspace_id, template_id, created_at, id);

CREATE INDEX cases_updated ON public.cases USING btree (workspace_id, updated_at, id);

CREATE INDEX cases_waiting_for ON public.cases USING btree (workspace_id, waiting_for, created_at, id);

CREATE UNIQUE INDEX contacts_email ON public.contacts USING btree (workspace_id, email_folded);

CREATE INDEX contacts_family_name ON public.contacts USING btree (workspace_id, family_name_folded);

CREATE INDEX contacts_given_name ON public.contacts USING btree (workspace_id, given_name_folded);

CREATE INDEX contacts_updated ON public.contacts USING btree (workspace_id, updated_at);

CREATE INDEX idempotency_keys_age ON public.idempotency_keys USING btree (created_at);

CREATE INDEX idempotency_keys_case ON public.idempotency_keys USING btree (case_id) WHERE (case_id IS NOT NULL);

CREATE INDEX member_recovery_codes_of_member ON public.member_recovery_codes USING btree (member_id);

CREATE INDEX memberships_of_member ON public.memberships USING btree (member_id);

CREATE INDEX search_words_likeness ON public.search_words USING gin (word public.gin_trgm_ops);

CREATE INDEX sessions_of_member ON public.sessions USING btree (member_id);

CREATE INDEX sign_in_failures_of_key ON public.sign_in_failures USING btree (key, at);

CREATE INDEX token_workspaces_of_workspace ON public.token_workspaces USING btree (workspace_id);

ALTER TABLE ONLY public.bulk_changes
    ADD CONSTRAINT bulk_changes_member_id_fkey FOREIGN KEY (member_id) REFERENCES public.members(id);

ALTER TABLE ONLY public.bulk_changes
    ADD CONSTRAINT bulk_changes_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.bulk_results
    ADD CONSTRAINT bulk_results_workspace_id_bulk_id_fkey FOREIGN KEY (workspace_id, bulk_id) REFERENCES public.bulk_changes(workspace_id, id) ON DELETE CASCADE;

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

ALTER TABLE ONLY public.case_search
    ADD CONSTRAINT case_search_workspace_id_case_id_fkey FOREIGN KEY (workspace_id, case_id) REFERENCES public.cases(workspace_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.case_template_drafts
    ADD CONSTRAINT case_template_drafts_updated_by_fkey FOREIGN KEY (updated_by) REFERENCES public.members(id);

ALTER TABLE ONLY public.case_template_drafts
    ADD CONSTRAINT case_template_drafts_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.case_template_versions
    ADD CONSTRAINT case_template_versions_workspace_id_template_id_fkey FOREIGN KEY (workspace_id, template_id) REFERENCES public.case_templates(workspace_id, id);

ALTER TABLE ONLY public.case_templates
    ADD CONSTRAINT case_templates_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES public.members(id);

ALTER TABLE ONLY public.case_templates
    ADD CONSTRAINT case_templates_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.case_tombstones
    ADD CONSTRAINT case_tombstones_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

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

ALTER TABLE ONLY public.contacts
    ADD CONSTRAINT contacts_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

ALTER TABLE ONLY public.indexed_fields
    ADD CONSTRAINT indexed_fields_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

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

ALTER TABLE ONLY public.search_progress
    ADD CONSTRAINT search_progress_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id);

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
