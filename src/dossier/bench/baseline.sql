-- What an update costs PostgreSQL alone: the least that must be done for one, as pgbench does it.
-- Begin; the token by its hash; the case for update; 3 of its 20 fields; its history; commit.
\set number random(1, :cases)
\set amount random(1, 1000000)
BEGIN;
SELECT t.id, c.workspace_id FROM tokens t JOIN token_workspaces c ON c.token_id = t.id
  WHERE t.hash = decode(:hash, 'hex');
SELECT version FROM cases
  WHERE workspace_id = :workspace::uuid AND id = ('00000000-0000-7000-8000-' || lpad(to_hex(:number::bigint), 12, '0'))::uuid
  FOR UPDATE \gset
UPDATE cases SET version = :version::bigint + 1, updated_at = clock_timestamp(),
    data = data || jsonb_build_object('amount_1', :amount::integer, 'amount_2', :amount::integer + 1, 'text_1', 'text ' || :amount::text)
  WHERE workspace_id = :workspace::uuid AND id = ('00000000-0000-7000-8000-' || lpad(to_hex(:number::bigint), 12, '0'))::uuid;
INSERT INTO case_events (workspace_id, case_id, version, id, at, kind, actor_type, actor_id, via, changes)
  VALUES (:workspace::uuid, ('00000000-0000-7000-8000-' || lpad(to_hex(:number::bigint), 12, '0'))::uuid, :version::bigint + 1,
          gen_random_uuid(), clock_timestamp(), 'data', 'token', NULL, 'api',
          jsonb_build_object('data.amount_1', jsonb_build_object('old', 1, 'new', :amount::integer)));
COMMIT;
