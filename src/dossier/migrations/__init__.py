"""The schema, migration by migration: plain SQL, one list, run under a lock."""

from dossier.migrations.runner import head, migrate, pending

__all__ = ["head", "migrate", "pending"]
