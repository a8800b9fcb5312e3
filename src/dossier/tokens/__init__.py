"""Which program is calling, and what it may touch."""

from dossier.tokens.store import holds

__all__ = ["holds"]
