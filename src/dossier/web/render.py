"""Templates (`web/resources.py` says how they are called): with a request as a page, without one as text."""

import asyncio
import re
import secrets
from collections.abc import Callable, Hashable, Iterator, Mapping, MutableMapping
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache, partial
from itertools import islice
from time import perf_counter
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from dossier.foundation.http.services import services_of
from dossier.foundation.pages.language import LANGUAGES, Language, language
from dossier.foundation.pages.reader import language_of
from dossier.web import addresses
from dossier.web.assets import address_of
from dossier.web.resources import path_of

PARTS = 50  # of a page, between two looks at the clock
SLICE = 0.02  # seconds that the making of one page may hold the server; then others have their turn


def new_nonce() -> str:
    """What marks the scripts of one answer as ours."""
    return secrets.token_urlsafe(16)


def render(
    request: Request, template: str, *, status: int = 200, headers: Mapping[str, str] | None = None, **values: Any
) -> Response:
    """A page, or a part of one, for the user of the request, in their language."""
    state = request.state
    text = (
        _environment(language_of(request).code)
        .get_template(template)
        .generate(
            user=state.user,
            nonce=state.nonce,
            path=request.url.path,
            layout=state.area.layout,
            navigation=state.area.navigation,
            **values,
        )
    )
    rendered = Rendered(text, services_of(request).process.one_long_page, status, headers, state.nonce)
    rendered.go_on()
    return rendered


def render_text(language: str, template: str, **values: Any) -> str:
    """The text of a template in a language (`fr`), for whoever reads it elsewhere: it knows no request and no user."""
    return _environment(language).get_template(template).render(**values)


class Rendered(HTMLResponse):
    """A page as it is made: most are done within a slice; a longer one goes on slice by slice, and no two of these at once.

    What a page shows is bounded by what a workspace may have, which is more than other workspaces can wait for.
    """

    def __init__(
        self, text: Iterator[str], one: asyncio.Semaphore, status: int, headers: Mapping[str, str] | None, nonce: str
    ) -> None:
        super().__init__("", status, dict(headers or {}))
        self._text, self._parts, self._one, self._nonce = text, list[str](), one, nonce
        self.done = False

    def go_on(self) -> None:
        """Make some more of it."""
        ends = perf_counter() + SLICE
        while parts := list(islice(self._text, PARTS)):
            self._parts += parts
            if perf_counter() > ends:
                return
        self.body = with_behaviours("".join(self._parts), self._nonce).encode()
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


def ago(language: Language, moment: datetime) -> str:
    """How long ago something was, short: `3 h`, `2 wk`; the whole moment stands beside it."""
    spent = max(datetime.now(UTC) - moment, timedelta(0))
    if spent < timedelta(minutes=1):
        return language.gettext("now")
    return language.ago(spent)


@lru_cache(maxsize=64)
def once(macro: Callable[..., Markup], *values: Hashable) -> Markup:
    """What a macro makes of values, kept: for what is large and seldom changes. It may look at nothing else."""
    return macro(*values)


def selecting(options: Markup, value: str) -> Markup:
    """The options of a select, the first one of this value chosen; "" chooses none."""
    found = f'<option value="{escape(value)}"'
    return Markup(str(options).replace(found, f"{found} selected", 1)) if value else options  # noqa: S704 - as they were


_BEHAVIOURS = re.compile(r'data-behaviour="([a-z_/ -]+)"')  # what people typed cannot match: its quotes are escaped
_PLACE = "<!-- behaviours -->"


def with_behaviours(text: str, nonce: str) -> str:
    """The page with a script for each behaviour that an element of it names: `data-behaviour="cases/bulk"` is `cases/bulk.js`."""
    if _PLACE not in text:
        return text
    named = dict.fromkeys(name for found in _BEHAVIOURS.findall(text) for name in found.split())
    scripts = (f'<script nonce="{nonce}" type="module" src="{address_of(name + ".js")}"></script>' for name in named)
    return text.replace(_PLACE, "\n".join(scripts), 1)


class _Environment(Environment):
    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """A dict, as nothing is added to the globals later: with Jinja's chain of maps, imports took a tenth of a page."""
        return {**self.globals, **(d or {})}


@cache
def _environment(code: str) -> Environment:
    environment = _Environment(
        loader=FunctionLoader(_source),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    chosen = language(code)
    environment.newstyle_gettext = True  # type: ignore[attr-defined]
    gettext = partial(_gettext, chosen)
    environment.globals |= {
        "_": gettext,
        "gettext": gettext,
        "ngettext": partial(_ngettext, chosen),
        "asset": address_of,
        "addresses": addresses,
        "language": code,
        "speaks": chosen,
        "languages": LANGUAGES,
        "countries": chosen.countries,
        "said": chosen.said,
        "once": once,
    }
    environment.filters |= {
        "local_time": chosen.moment,
        "ago": partial(ago, chosen),
        "until": chosen.until,
        "left": chosen.left,
        "selecting": selecting,
        "day": chosen.day,
        "number": chosen.number,
        "money": chosen.money,
        "size": chosen.size,
        "zip": lambda one, other: list(zip(one, other, strict=True)),
        "dictpairs": lambda lists: [(name, value) for name, values in lists.items() for value in values],
    }
    return environment


def _gettext(spoken: Language, sentence: str, /, **values: Any) -> Markup:
    """A sentence in the language, with its values escaped: what Jinja's own does, without looking into the page's context."""
    return Markup(_sentence(spoken.code, sentence) % _escaped(values))  # noqa: S704 - the sentence is ours


def _ngettext(spoken: Language, one: str, many: str, number: int, /, **values: Any) -> Markup:
    return Markup(spoken.ngettext(one, many, number) % _escaped({"num": number, **values}))  # noqa: S704 - ours


@lru_cache(maxsize=4096)
def _sentence(code: str, sentence: str) -> str:
    return language(code).gettext(sentence)


def _escaped(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value if isinstance(value, int) else escape(value) for name, value in values.items()}


def _source(name: str) -> str | None:
    path = path_of(name)
    return path.read_text() if path else None
