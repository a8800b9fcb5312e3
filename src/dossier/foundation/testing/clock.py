"""A clock that tests move."""

from datetime import datetime, timedelta

from dossier.foundation.clock import system_clock


class MovableClock:
    """The real time, shifted; only ever forward, so that nothing is written twice at one moment."""

    def __init__(self) -> None:
        self.shift = timedelta()

    def __call__(self) -> datetime:
        return system_clock() + self.shift

    def forward(self, **amount: float) -> None:
        """`forward(minutes=5)`: it is five minutes later at once."""
        self.shift += timedelta(**amount)
