-- Who shares an address need not be one person: the address finds people, it does not make them one.
ALTER TABLE contacts ADD COLUMN email_identity text COLLATE "C";

-- What more than a hundred cases have to be told of a contact that changed, case by case; a job takes the rows.
CREATE TABLE case_contact_news (
    workspace_id uuid NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    case_id uuid NOT NULL,
    contact_id uuid NOT NULL,
    old jsonb NOT NULL,
    new jsonb NOT NULL,
    actor_type text NOT NULL,
    actor_id uuid,
    via text NOT NULL,
    PRIMARY KEY (workspace_id, id),
    FOREIGN KEY (workspace_id, case_id) REFERENCES cases (workspace_id, id) ON DELETE CASCADE
);
CREATE INDEX case_contact_news_of_case ON case_contact_news (workspace_id, case_id);

-- That a person was erased, when and by whom, without anything about them.
CREATE TABLE contact_tombstones (
    workspace_id uuid NOT NULL REFERENCES workspaces (id),
    id uuid NOT NULL,
    erased_at timestamptz(3) NOT NULL,
    cases integer NOT NULL,
    actor_type text NOT NULL,
    actor_id uuid,
    PRIMARY KEY (workspace_id, id)
);
