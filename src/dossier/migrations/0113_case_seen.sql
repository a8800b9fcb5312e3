-- What conditions of a form looked at in its case when a response was handed in, by path: what the case says later changes no paper.
ALTER TABLE form_responses ADD COLUMN IF NOT EXISTS case_seen jsonb;
