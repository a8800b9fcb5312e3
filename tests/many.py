"""How much is tried of what has many variants: all of it with DOSSIER_MANY=1, as in CI; a part while one works."""

import os
from collections.abc import Sequence
from typing import TypeVar

import pytest

T = TypeVar("T")

MANY = bool(os.environ.get("DOSSIER_MANY"))


def some(variants: Sequence[T], every: int = 3) -> Sequence[T]:
    """All of them, or the first of every so many."""
    return variants if MANY else variants[::every]


def shown_by(*tests: str) -> pytest.MarkDecorator:
    """Of a test whose behaviour others show, named from `tests/` on: it is one of the many, and they run always.

    `tests/order.py` leaves it out; `tests/architecture/test_variants.py` holds that the others are there.
    """
    return pytest.mark.shown_by(*tests)
