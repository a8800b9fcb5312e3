-- The secret in a message, such as a code: nobody but whom it is to reads it, and it is gone once it was handed over (then '').
ALTER TABLE messages ADD COLUMN IF NOT EXISTS conceals text;
