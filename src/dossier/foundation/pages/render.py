"""Templates: those of the foundation by name, a domain's under its name (`cases/list.html`, `cases/case/_steps.html`)."""

import asyncio
import secrets
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from itertools import islice
from time import perf_counter
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from dossier.foundation.http.services import services_of
from dossier.foundation.pages.assets import address_of
from dossier.foundation.pages.language import LANGUAGES, language, language_of

PARTS = 50  # of a page, between two looks at the clock
SLICE = 0.02  # seconds that the making of one page may hold the server; then others have their turn


def new_nonce() -> str:
    """What marks the scripts of one answer as ours."""
    return secrets.token_urlsafe(16)


def render(
    request: Request, template: str, *, status: int = 200, headers: Mapping[str, str] | None = None, **values: Any
) -> Response:
    """A page, or a part of one, for the visitor of the request, in their language."""
    state = request.state
    text = (
        _environment(language_of(request).code)
        .get_template(template)
        .generate(visitor=state.visitor, nonce=state.nonce, path=request.url.path, **values)
    )
    rendered = Rendered(text, services_of(request).process.one_long_page, status, headers)
    rendered.go_on()
    return rendered


class Rendered(HTMLResponse):
    """A page as it is made: most are done within a slice; a longer one goes on slice by slice, and no two of these at once.

    What a page shows is bounded by what a workspace may have, which is more than other workspaces can wait for.
    """

    def __init__(
        self, text: Iterator[str], one: asyncio.Semaphore, status: int, headers: Mapping[str, str] | None
    ) -> None:
        super().__init__("", status, dict(headers or {}))
        self._text, self._parts, self._one = text, list[str](), one
        self.done = False

    def go_on(self) -> None:
        """Make some more of it."""
        ends = perf_counter() + SLICE
        while parts := list(islice(self._text, PARTS)):
            self._parts += parts
            if perf_counter() > ends:
                return
        self.body = "".join(self._parts).encode()
        self.headers["Content-Length"] = str(len(self.body))
        self.done = True

    async def finish(self) -> None:
        """Make all that is left; others have their turn in between."""
        if self.done:
            return
        async with self._one:
            while not self.done:
                await asyncio.sleep(0)
                self.go_on()


@cache
def _environment(code: str) -> Environment:
    environment = Environment(
        loader=FunctionLoader(_source),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    chosen = language(code)
    environment.install_gettext_translations(chosen.translations, newstyle=True)  # type: ignore[attr-defined]
    environment.globals |= {
        "asset": address_of,
        "language": code,
        "speaks": chosen,
        "languages": LANGUAGES,
        "countries": chosen.countries,
        "said": chosen.said,
    }
    environment.filters |= {
        "local_time": chosen.moment,
        "day": chosen.day,
        "number": chosen.number,
        "money": chosen.money,
        "zip": lambda one, other: list(zip(one, other, strict=True)),
        "dictpairs": lambda lists: [(name, value) for name, values in lists.items() for value in values],
    }
    return environment


def _source(name: str) -> str | None:
    domain, _, file = name.partition("/") if "/" in name else ("", "", name)
    folder = files(f"dossier.{domain}" if domain else "dossier.foundation.pages") / "templates"
    try:
        return (folder / file).read_text()
    except FileNotFoundError:
        return None
