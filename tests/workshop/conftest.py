"""The workshop as it is: its processes begin from nothing."""

import pytest

from dossier.foundation.workshop import asking
from tests.workshop import forks


@pytest.fixture(autouse=True)
def _from_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "_begun", forks.FROM_NOTHING)
