"""The SQL of histories, and of changes of many."""
