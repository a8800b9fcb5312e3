-- Cases that were made after a field was indexed are not in the side table: until a job has put every case into it anew,
-- filters look at the cases themselves.
UPDATE indexed_fields SET ready = false;
