"""Forms that only our own pages can send (cross-site request forgery)."""

import hmac
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import parse_qsl

from starlette.requests import Request

from dossier.foundation.errors import Forbidden, Invalid
from dossier.foundation.http.body import receive
from dossier.foundation.http.services import services_of
from dossier.web.area import Guest
from dossier.web.multipart import MAX_PARTS, MULTIPART, Fields, Files, parse_multipart


def raise_if_foreign(request: Request) -> None:
    """403 for what the browser says that another site's page sent."""
    if _is_foreign(request) and not _hides_its_origin(request):
        raise Forbidden.because("This form came from another site.", "foreign_form")


def raise_if_not_ours(request: Request, guest: Guest, fields: Mapping[str, str]) -> None:
    """403 unless these fields, or a header, carry the token of the session's own pages."""
    sent = request.headers.get("x-form-token") or request.headers.get("x-csrf-token") or fields.get("form_token", "")
    if not hmac.compare_digest(sent.encode(), guest.form_token.encode()):
        raise Forbidden.because("This form is from another session; go back, reload the page, and send it again.")


async def read_form(request: Request, guest: Guest | None) -> None:
    """Take in a form; 403 unless it carries the token of the guest's session."""
    limits, area = services_of(request).body_limits, request.state.area
    body = await receive(request, replace(limits, size=area.largest_form or limits.size))
    try:
        fields, request.state.files = _parsed(request.headers.get("content-type", ""), body)
    except ValueError:
        raise Invalid.because("The form could not be read.") from None
    if any("\0" in name + value for name, value in fields):
        raise Invalid.because("A field contains a character that no text may have.")
    request.state.form = fields
    if guest:
        raise_if_not_ours(request, guest, dict(fields))


def _parsed(content_type: str, body: bytes) -> tuple[Fields, Files]:
    if content_type.lower().startswith(MULTIPART):
        return parse_multipart(content_type, body)
    return parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MAX_PARTS), {}


def _hides_its_origin(request: Request) -> bool:
    """Whether it is the form of a page whose origin browsers call “null”. One that says nothing else is held by its token alone."""
    if not request.state.area.hides_origin or request.headers.get("origin") != "null":
        return False
    return request.headers.get("sec-fetch-site", "same-origin") == "same-origin"


def _is_foreign(request: Request) -> bool:
    """Whether the browser says that another site's page sent this (Fetch Metadata, and Origin with its scheme)."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return True
    origin = request.headers.get("origin")
    ours = {f"{request.url.scheme}://{request.headers.get('host')}", services_of(request).base_url}
    return origin is not None and origin not in ours
