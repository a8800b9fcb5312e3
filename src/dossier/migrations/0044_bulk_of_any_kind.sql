-- A change of many is of one kind of thing, which `record` names as the kind does itself; its results name the things.
ALTER TABLE bulk_changes ADD COLUMN IF NOT EXISTS record text NOT NULL DEFAULT 'case';

-- Nothing is released yet: no older server reads the name that was.
DO $$ BEGIN
  IF EXISTS (SELECT FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = 'bulk_results' AND column_name = 'case_id') THEN
    ALTER TABLE bulk_results RENAME COLUMN case_id TO record_id;
  END IF;
  -- From PostgreSQL 18 on, NOT NULL has a name, which does not follow the column's.
  IF EXISTS (SELECT FROM pg_constraint WHERE conrelid = 'bulk_results'::regclass AND conname = 'bulk_results_case_id_not_null') THEN
    ALTER TABLE bulk_results RENAME CONSTRAINT bulk_results_case_id_not_null TO bulk_results_record_id_not_null;
  END IF;
END $$;
