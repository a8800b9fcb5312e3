"""Where what is being done comes from: the request and the client's address, for whoever keeps records of it."""

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Whence:
    """The id of the request, and the client's address as far as trusted proxies tell it."""

    request: str = ""
    client: str = ""


_NOWHERE = Whence()
whence: ContextVar[Whence] = ContextVar("whence", default=_NOWHERE)
"""Of the request that is being answered; empty in jobs and commands."""
