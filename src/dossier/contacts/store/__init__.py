"""The SQL of contacts, and of the slots that show them."""
