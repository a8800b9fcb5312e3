"""How fast this machine runs Dossier, beside what its PostgreSQL can do at most."""
