-- Which entry of each case's history a change of many cases made, so that it can be taken back (null: none, or made before this).
ALTER TABLE bulk_results ADD COLUMN IF NOT EXISTS version bigint;
