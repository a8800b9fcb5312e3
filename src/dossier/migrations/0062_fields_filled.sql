-- How far the back-fill of a field is, so that it goes on where it stopped and says so; and since when nobody wants its index.
ALTER TABLE indexed_fields ADD COLUMN IF NOT EXISTS filled_to uuid;      -- the last thing, by id, that is in it
ALTER TABLE indexed_fields ADD COLUMN IF NOT EXISTS filled bigint NOT NULL DEFAULT 0;
ALTER TABLE indexed_fields ADD COLUMN IF NOT EXISTS unwanted_since timestamptz(3);
