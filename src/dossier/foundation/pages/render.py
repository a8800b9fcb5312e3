"""Templates: those of the foundation by name, a domain's under its name (`cases/list.html`)."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FunctionLoader, StrictUndefined, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from dossier.foundation.pages.assets import address_of


def new_nonce() -> str:
    """What marks the scripts of one answer as ours."""
    return secrets.token_urlsafe(16)


def render(
    request: Request, template: str, *, status: int = 200, headers: Mapping[str, str] | None = None, **values: Any
) -> Response:
    """A page, or a part of one, for the visitor of the request."""
    state = request.state
    text = (
        _environment()
        .get_template(template)
        .render(visitor=state.visitor, nonce=state.nonce, path=request.url.path, **values)
    )
    return HTMLResponse(text, status, dict(headers or {}))


def local_time(moment: datetime, time_zone: str) -> str:
    """A moment as the workspace's clock shows it."""
    return moment.astimezone(ZoneInfo(time_zone)).strftime("%d %b %Y, %H:%M")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(_source),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["asset"] = address_of
    environment.filters["local_time"] = local_time
    return environment


def _source(name: str) -> str | None:
    domain, _, file = name.rpartition("/")
    folder = files(f"dossier.{domain}" if domain else "dossier.foundation.pages") / "templates"
    try:
        return (folder / file).read_text()
    except FileNotFoundError:
        return None
