-- Files of answers were held on although their form, or who answered, was erased; with nothing that holds them they go when their time is over.
DELETE FROM file_holders h WHERE h.kind = 'response' AND NOT EXISTS (
  SELECT FROM form_answers a WHERE a.workspace_id = h.workspace_id AND a.response_id = h.holder_id);
-- Papers may show pictures that were erased since: they are made again for who asks.
DELETE FROM form_papers;
