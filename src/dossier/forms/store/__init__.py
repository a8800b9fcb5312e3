"""All the SQL of forms."""
