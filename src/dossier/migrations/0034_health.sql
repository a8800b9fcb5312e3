-- What each server process last said of itself, for those who look from outside of it. Unlogged: nothing to keep, and
-- in no backup.
CREATE UNLOGGED TABLE IF NOT EXISTS server_signs (
    id uuid PRIMARY KEY,
    process text NOT NULL,  -- host:pid
    at timestamptz(3) NOT NULL,
    checks jsonb NOT NULL
);
-- A known text, encrypted under the key that the database is used with: who cannot read it has another key.
CREATE TABLE IF NOT EXISTS key_checks (
    id boolean PRIMARY KEY DEFAULT true CHECK (id),
    value bytea NOT NULL,
    since timestamptz(3) NOT NULL
);
