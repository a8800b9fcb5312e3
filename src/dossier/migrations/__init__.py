"""The schema, migration by migration: plain SQL, one list, run under a lock."""

from dossier.migrations.order import is_set_back, put_order_up
from dossier.migrations.roles import grant, may_too_much, user_of
from dossier.migrations.runner import NewerSchema, applied, head, migrate, migrations, pending

__all__ = [
    "NewerSchema",
    "applied",
    "grant",
    "head",
    "is_set_back",
    "may_too_much",
    "migrate",
    "migrations",
    "pending",
    "put_order_up",
    "user_of",
]
