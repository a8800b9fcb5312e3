"""All the SQL of cases."""
