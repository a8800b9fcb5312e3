"""How often a caller may ask: a moving window of a minute, in this process; off by default."""

import time
from uuid import UUID

from dossier.foundation.errors import Problem, TooManyRequests


class RateLimit:
    """At most `per_minute` requests a minute for one caller; 0: no limit."""

    def __init__(self, per_minute: int = 0) -> None:
        self._window = _Window(per_minute) if per_minute else None

    def count(self, caller: UUID | None) -> None:
        """One more request of that caller; 429 with Retry-After and RateLimit (IETF draft 10) beyond the limit."""
        if self._window is None or (seconds := self._window.hit(str(caller))) is None:
            return
        headers = {
            "Retry-After": str(seconds),
            "RateLimit-Policy": f'"token";q={self._window.amount};w=60',
            "RateLimit": f'"token";r=0;t={seconds}',
        }
        problem = Problem(
            "More than {count} requests in a minute; wait {seconds} s.",
            "too_many_requests",
            count=self._window.amount,
            seconds=str(seconds),
        )
        raise TooManyRequests((problem,), headers)


class _Window:
    """The last minute of each caller."""

    def __init__(self, amount: int) -> None:
        from limits import RateLimitItemPerMinute  # noqa: PLC0415 - memory that servers without a limit do without
        from limits.storage import MemoryStorage  # noqa: PLC0415
        from limits.strategies import MovingWindowRateLimiter  # noqa: PLC0415

        self.amount = amount
        self._item = RateLimitItemPerMinute(amount)
        self._window = MovingWindowRateLimiter(MemoryStorage())

    def hit(self, caller: str) -> int | None:
        """None for one more request; beyond the amount the seconds to wait."""
        if self._window.hit(self._item, caller):
            return None
        reset, _ = self._window.get_window_stats(self._item, caller)
        return max(1, round(reset - time.time()))
