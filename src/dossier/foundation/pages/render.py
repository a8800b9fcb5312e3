"""Templates: those of the foundation by name, a domain's under its name (`cases/list.html`)."""

import secrets
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from dossier.foundation.pages.assets import address_of
from dossier.foundation.pages.language import LANGUAGES, language, language_of


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
        .render(visitor=state.visitor, nonce=state.nonce, path=request.url.path, **values)
    )
    return HTMLResponse(text, status, dict(headers or {}))


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
    domain, _, file = name.rpartition("/")
    folder = files(f"dossier.{domain}" if domain else "dossier.foundation.pages") / "templates"
    try:
        return (folder / file).read_text()
    except FileNotFoundError:
        return None
