"""The SQL of members: who they are, and how they come in."""
