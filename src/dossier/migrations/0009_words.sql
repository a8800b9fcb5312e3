-- Words are folded by the program, for every script, and taken anew from every case by its job.
-- The tables are emptied, not changed: what is in them was made with another fold.
TRUNCATE case_words, search_words, case_search, search_progress;
ALTER TABLE search_words ADD COLUMN letters text COLLATE "C";
