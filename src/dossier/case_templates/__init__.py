"""The recipe that a case follows: fields, contact slots, statuses, steps."""
