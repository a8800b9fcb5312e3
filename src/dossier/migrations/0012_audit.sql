-- Who was let in, was given what, took what out, and was refused. Workspaces are not referred to: an entry outlives them.
CREATE TABLE audit_entries (
    id uuid PRIMARY KEY,
    at timestamptz(3) NOT NULL,
    workspace_id uuid,
    actor_type text NOT NULL,
    actor_id uuid,
    actor_name text NOT NULL,
    via text NOT NULL,
    client text NOT NULL,
    request text NOT NULL,
    act text NOT NULL COLLATE "C",
    subject text NOT NULL,
    result text NOT NULL,
    details jsonb NOT NULL
);
CREATE INDEX audit_entries_of_workspace ON audit_entries (workspace_id, id);
CREATE INDEX audit_entries_by_age ON audit_entries (at);
