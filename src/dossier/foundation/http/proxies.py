"""Notices a reverse proxy that nobody named: behind it all people are one client, and one stranger locks out everybody."""

from dataclasses import dataclass, field

from starlette.datastructures import Headers
from starlette.types import Scope

DIFFERENT = 3  # people whom one address says it speaks for, until it is taken for a proxy
MOST = 100  # addresses that are remembered


@dataclass
class UnnamedProxies:
    """Who sends `X-Forwarded-For` for several people, and is not believed."""

    _seen: dict[str, set[int]] = field(default_factory=dict)

    def look(self, scope: Scope, headers: Headers) -> None:
        """A believed proxy has been replaced by whom it speaks for before this, so it is not seen here."""
        named, peer = headers.get("x-forwarded-for"), (scope.get("client") or ("",))[0]
        if named is None or peer in {each.strip() for each in named.split(",")} or len(self._seen) >= MOST:
            return
        people = self._seen.setdefault(peer, set())
        if len(people) < DIFFERENT:
            people.add(hash(named))

    @property
    def found(self) -> list[str]:
        """The addresses of those that are proxies as it seems."""
        return [peer for peer, people in self._seen.items() if len(people) >= DIFFERENT]
