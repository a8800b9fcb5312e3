"""How often a caller may ask: a moving window of a minute, in this process; off by default."""

import time
from uuid import UUID

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from dossier.foundation.errors import Problem, TooManyRequests


class RateLimit:
    """At most `per_minute` requests a minute for one caller; 0: no limit."""

    def __init__(self, per_minute: int = 0) -> None:
        self._item = RateLimitItemPerMinute(per_minute) if per_minute else None
        self._window = MovingWindowRateLimiter(MemoryStorage())

    def count(self, caller: UUID | None) -> None:
        """One more request of that caller; 429 with Retry-After and RateLimit (IETF draft 10) beyond the limit."""
        if self._item is None or self._window.hit(self._item, str(caller)):
            return
        reset, _ = self._window.get_window_stats(self._item, str(caller))
        seconds = str(max(1, round(reset - time.time())))
        headers = {
            "Retry-After": seconds,
            "RateLimit-Policy": f'"token";q={self._item.amount};w=60',
            "RateLimit": f'"token";r=0;t={seconds}',
        }
        problem = Problem(
            "More than {count} requests in a minute; wait {seconds} s.",
            "too_many_requests",
            count=self._item.amount,
            seconds=seconds,
        )
        raise TooManyRequests((problem,), headers)
