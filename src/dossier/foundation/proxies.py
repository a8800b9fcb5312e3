"""Sees a reverse proxy that nobody named: behind it all people are one client, and one stranger locks out everybody."""

from dataclasses import dataclass, field

DIFFERENT = 3  # people whom one address says it speaks for, until it is taken for a proxy
MAX_REMEMBERED = 100  # addresses that are remembered


@dataclass
class UnnamedProxies:
    """Who sends `X-Forwarded-For` for several people, and is not believed."""

    _seen: dict[str, set[int]] = field(default_factory=dict)

    def look(self, peer: str, named: str | None) -> None:
        """One more request: whose address it came from, and its `X-Forwarded-For`. A believed proxy has been replaced before
        this by whom it speaks for, so it is not seen here.
        """
        if named is None or peer in {each.strip() for each in named.split(",")} or len(self._seen) >= MAX_REMEMBERED:
            return
        people = self._seen.setdefault(peer, set())
        if len(people) < DIFFERENT:
            people.add(hash(named))

    @property
    def found(self) -> list[str]:
        """The addresses of those that are proxies as it seems."""
        return [peer for peer, people in self._seen.items() if len(people) >= DIFFERENT]
