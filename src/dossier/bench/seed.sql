-- Cases %(first)s to %(last)s, each with 20 values; every %(every)s-th is of the kind that the filtered list looks for.
INSERT INTO cases (workspace_id, id, version, template_id, template_version, title, reference, status, parent_status,
                   waiting_for, created_at, updated_at, steps, data)
SELECT %(workspace)s, ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 2, %(template)s, 1,
       'Case ' || n, 'R' || n, 'draft', 'draft', 'none',
       timestamptz '2026-01-01' + n * interval '1 second', timestamptz '2026-01-01' + n * interval '1 second',
       '{"call": {"status": "available", "data": {}}}',
       (SELECT jsonb_object_agg('amount_' || f, n %% 1000 + f) FROM generate_series(1, 10) f)
       || (SELECT jsonb_object_agg('text_' || f, 'value ' || n || ' ' || f) FROM generate_series(1, 9) f)
       || jsonb_build_object('branch', CASE WHEN n %% %(every)s::bigint = 0 THEN 'sought' ELSE 'branch ' || n %% 997 END)
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n;
INSERT INTO case_field_values (workspace_id, field, case_id, position, text_value)
SELECT workspace_id, 'branch', id, 0, data ->> 'branch' FROM cases
WHERE id >= ('00000000-0000-7000-8000-' || lpad(to_hex(%(first)s::bigint), 12, '0'))::uuid;
INSERT INTO case_count_deltas (workspace_id, archived, delta)
VALUES (%(workspace)s, false, %(last)s::integer - %(first)s::integer + 1)
