"""What people and programs send: kept whole or not at all, answered as what it is."""

from dossier.files.store.rows import get, lock

__all__ = ["get", "lock"]
