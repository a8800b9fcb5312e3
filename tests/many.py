"""How much is tried: all of it with DOSSIER_MANY=1, as `make test-all` and CI do; while one works, what does not have to wait."""

import os
from collections.abc import Sequence
from typing import TypeVar

import pytest

T = TypeVar("T")

MANY = bool(os.environ.get("DOSSIER_MANY"))


def some(variants: Sequence[T], every: int = 3) -> Sequence[T]:
    """All of them, or the first of every so many."""
    return variants if MANY else variants[::every]


def left_to_ci(because: str, *shown_by: str) -> pytest.MarkDecorator:
    """Of a test that has to wait or repeats at length: `because` says what takes its time, `shown_by` which shorter tests show parts of it.

    `make test` leaves it out (`tests/order.py`), `make test-all` and `.ci/run` do not, nor does who asks for it by name. Decision 74;
    `tests/architecture/test_variants.py` holds that those left out are few, say why, and that what shows them runs always.
    """
    return pytest.mark.left_to_ci(because, *shown_by)
