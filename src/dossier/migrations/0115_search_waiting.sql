-- What the search of any kind of thing still has to read, and since when: who watches over the server names no kind.
CREATE OR REPLACE VIEW search_waiting WITH (security_invoker = true) AS
SELECT at FROM search_queue
UNION ALL SELECT at FROM contact_search_queue
UNION ALL SELECT at FROM form_search_queue;
