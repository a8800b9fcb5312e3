-- Of which form a member was told; it goes with that. Built beside running traffic: each statement stands alone, and may be run again.
ALTER TABLE notices ADD COLUMN IF NOT EXISTS form_id uuid;
-- squawk-ignore ban-drop-constraint
ALTER TABLE notices DROP CONSTRAINT IF EXISTS notices_form;
ALTER TABLE notices ADD CONSTRAINT notices_form FOREIGN KEY (workspace_id, form_id) REFERENCES forms (workspace_id, id) ON DELETE CASCADE NOT VALID;
-- squawk-ignore constraint-missing-not-valid
ALTER TABLE notices VALIDATE CONSTRAINT notices_form;
DROP INDEX CONCURRENTLY IF EXISTS notices_of_form;
-- squawk-ignore ban-concurrent-index-creation-in-transaction
CREATE INDEX CONCURRENTLY notices_of_form ON notices (workspace_id, form_id) WHERE form_id IS NOT NULL;
