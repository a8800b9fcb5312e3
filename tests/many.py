"""How much is tried of what has many variants: all of it with DOSSIER_MANY=1, as in CI; a part while one works."""

import os
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

MANY = bool(os.environ.get("DOSSIER_MANY"))


def some(variants: Sequence[T], every: int = 3) -> Sequence[T]:
    """All of them, or the first of every so many."""
    return variants if MANY else variants[::every]
