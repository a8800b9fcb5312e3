-- How members come in: passwords, one-time links, sessions, and the attempts that failed.

CREATE TABLE member_passwords (
  member_id   uuid PRIMARY KEY REFERENCES members,
  hash        text NOT NULL,
  changed_at  timestamptz(3) NOT NULL
);

-- workspace_id: whose administrator made it; null: the server's operator.
CREATE TABLE sign_in_links (
  hash          bytea PRIMARY KEY,
  member_id     uuid NOT NULL REFERENCES members,
  workspace_id  uuid REFERENCES workspaces,
  created_at    timestamptz(3) NOT NULL,
  expires_at    timestamptz(3) NOT NULL
);

CREATE TABLE sessions (
  hash          bytea PRIMARY KEY,
  member_id     uuid NOT NULL REFERENCES members,
  workspace_id  uuid NOT NULL REFERENCES workspaces,
  by_link       boolean NOT NULL,
  created_at    timestamptz(3) NOT NULL,
  expires_at    timestamptz(3) NOT NULL
);
CREATE INDEX sessions_of_member ON sessions (member_id);

CREATE TABLE sign_in_failures (
  key  bytea NOT NULL,
  at   timestamptz(3) NOT NULL
);
CREATE INDEX sign_in_failures_of_key ON sign_in_failures (key, at);
