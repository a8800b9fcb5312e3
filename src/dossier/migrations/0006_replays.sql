-- Within which workspaces a request was made whose answer is kept: it is replayed only to who reaches all of them still.
ALTER TABLE idempotency_keys ADD COLUMN workspaces uuid[];
