"""One answer at a time, saved by the script of the page while somebody types."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from dossier.forms.actions import answering
from dossier.forms.actions.answering import Sending, closed
from dossier.forms.model.given import Given
from dossier.forms.portal.questions import said
from dossier.forms.portal.visiting import Guest, browser_of, guest_of
from dossier.foundation import json
from dossier.foundation.errors import Forbidden, Invalid, pointer
from dossier.foundation.http.body import read_object
from dossier.foundation.http.responses import json_response
from dossier.foundation.pages.language import Language
from dossier.foundation.pages.reader import language_of
from dossier.web import database_of

_MOST_INPUTS = 2_000


async def put(request: Request) -> Response:
    """Save an answer: 200 with its version, the value that counts, what is visible by now and what is wrong; 409 with both where another device changed it."""
    guest, key = guest_of(request), request.path_params["element"]
    if not guest.is_in:
        raise Forbidden.because("Come in again: your session is over.", "session_over")
    if guest.state not in ("start", "continue"):
        raise closed(guest.state)  # type: ignore[arg-type]
    sending = _sending(await read_object(request), key)
    browser = browser_of(request)
    saved = await database_of(request).write(
        guest.actor,
        lambda tx: answering.save(tx, guest.form.id, guest.template, {key: sending}, browser, guest.wording),
    )
    speaks = language_of(request)
    kept = saved.response.answers.get(key)
    answer: dict[str, Any] = {
        "version": kept.version if kept else 0,
        "value": kept.value if kept else None,
        "visible": sorted(saved.asked.visible),
        "errors": [
            {"detail": speaks.said(each.problem.message), "code": each.problem.code, "at": each.at}
            for each in saved.wrong.get(key, ())
        ],
    }
    if key not in saved.conflicts:
        return json_response(json.encode(answer), 200, {})
    answer |= {"mine": _mine(saved.conflicts[key], sending), "text": _text(guest, saved, key, speaks)}
    answer["errors"] = [
        {"status": "409", "code": "conflict", "detail": speaks.gettext("Changed on another device meanwhile")}
    ]
    return json_response(json.encode(answer), 409, {})


def _sending(body: dict[str, Any], key: str) -> Sending:
    base = body.get("base")
    if base is not None and (not isinstance(base, int) or isinstance(base, bool)):
        raise Invalid.because("“{field}” must be a whole number.", pointer="/base", field="base")
    if "fields" in body:
        return Sending(sent=_pairs(body["fields"], key), base=base)
    return Sending(value=body.get("value"), base=base)


def _pairs(fields: Any, key: str) -> list[tuple[str, str]]:
    """Names and values of inputs of an element, as a form has them."""
    if not isinstance(fields, list) or len(fields) > _MOST_INPUTS or not all(map(_is_pair, fields)):
        raise Invalid.because("“{field}” must be a list of names and values.", pointer="/fields", field="fields")
    for place, (name, _) in enumerate(fields):
        if not name.startswith(f"{key}."):
            sentence = "“{name}” is no input of this question."
            raise Invalid.because(sentence, pointer=pointer("fields", place), name=name)
    return [(name, value) for name, value in fields]


def _is_pair(each: Any) -> bool:
    return isinstance(each, list) and len(each) == 2 and all(isinstance(part, str) for part in each)


def _mine(found: Given, sending: Sending) -> Any:
    """What this device made of it: as it would be stored, else as it was sent."""
    if not found.wrong:
        return found.value
    return sending.value if sending.sent is None else [list(each) for each in sending.sent]


def _text(guest: Guest, saved: answering.Saved, key: str, speaks: Language) -> str:
    """What another device made of it, as its reader reads it."""
    found, kept = saved.asked.element(key), saved.response.answers.get(key)
    text = said(found, kept.value if kept else None, guest, speaks) if found else ""
    return text or speaks.gettext("Nothing")
