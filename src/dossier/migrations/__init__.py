"""The schema, migration by migration: plain SQL, one list, run under a lock."""

from dossier.migrations.epochs import begin_epoch, must_begin_epoch
from dossier.migrations.roles import grant, may_too_much, user_of
from dossier.migrations.runner import NewerSchema, applied, head, migrate, migrations, pending

__all__ = [
    "NewerSchema",
    "applied",
    "begin_epoch",
    "grant",
    "head",
    "may_too_much",
    "migrate",
    "migrations",
    "must_begin_epoch",
    "pending",
    "user_of",
]
