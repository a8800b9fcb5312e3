"""A clock that tests move, or hold."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from dossier.foundation.clock import system_clock


class MovableClock:
    """The real time, shifted; only ever forward, so that nothing is written twice at one moment unless it is held."""

    def __init__(self) -> None:
        self.shift = timedelta()
        self._held: datetime | None = None

    def __call__(self) -> datetime:
        return self._held or system_clock() + self.shift

    @contextmanager
    def held(self) -> Iterator[datetime]:
        """While the block runs it is always this moment, unless it is moved forward."""
        self._held = self()
        try:
            yield self._held
        finally:
            self._held = None

    def forward(self, **amount: float) -> None:
        """`forward(minutes=5)`: it is five minutes later at once."""
        self.shift += timedelta(**amount)
        if self._held:
            self._held += timedelta(**amount)
