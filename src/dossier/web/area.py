"""An audience: who may come in, where one signs in, and what pages look like to them."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import Response

from dossier.foundation.actor import Actor
from dossier.foundation.http.middleware import NoteRefused


class Guest(Protocol):
    """Somebody whom an area knows."""

    @property
    def actor(self) -> Actor: ...

    @property
    def language(self) -> str | None: ...

    @property
    def form_token(self) -> str: ...


@dataclass(frozen=True)
class Area:
    """One audience of the server. Members have theirs (`web/workspace`); contacts get a second value, not a second class."""

    name: str
    home: str  # address of the page where one lands
    sign_in: str  # address of the page where one signs in; it takes `next`
    layout: str  # template that pages of errors and questions extend
    authenticate: Callable[[Request], Awaitable[Any]] = field(repr=False)
    """From the request's cookie to the guest, or None."""

    admit: Callable[[Any, Any], None] = field(repr=False)
    """Refuses (401, 403) a guest who lacks what a page needs: needs, guest or None."""

    prove: Callable[[Request], Awaitable[Response | None]] = field(repr=False)
    """The page that asks again who it is; None once they have proved it."""

    navigation: Any = field(repr=False)
    """Where its pages lead, as its layout knows it."""

    note_refused: NoteRefused = field(repr=False)
    """Remembers that a guest was refused (403)."""

    headers: Callable[[Request], Mapping[str, str]] = field(repr=False)
    """What every answer carries: its policy of content, what it tells other sites."""

    error: str = "components/error.html"  # template of the page of an error
    hides_origin: bool = False  # its pages send no referrer: a browser calls the origin of their forms “null”
    largest_form: int | None = None  # bytes; None: as everywhere
