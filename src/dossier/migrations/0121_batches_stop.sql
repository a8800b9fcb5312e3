-- Since when whoever sent a form to many may not have more made: a member who left, a token that was revoked.
ALTER TABLE form_batches ADD COLUMN IF NOT EXISTS stopped_at timestamptz(3);
