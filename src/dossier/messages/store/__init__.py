"""All the SQL of messages."""
