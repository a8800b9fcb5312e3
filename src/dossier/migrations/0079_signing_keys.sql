-- The keys that calls to other systems are signed with; the private part is encrypted.
CREATE TABLE IF NOT EXISTS signing_keys (
  kid         text COLLATE "C" PRIMARY KEY,
  private     bytea NOT NULL,
  public      jsonb NOT NULL,
  created_at  timestamptz(3) NOT NULL
);
