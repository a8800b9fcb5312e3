"""The words of a form in the studio: what it writes to people, and all it says in other languages."""

import re
from collections.abc import Iterator
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from dossier.conditions.rows import last_value
from dossier.drafting.model import Draft, mark
from dossier.fields import Sent
from dossier.form_templates.actions import drafts, editing
from dossier.form_templates.model import TEXT_NAMES_OF_FORMS
from dossier.form_templates.model.faults import placed
from dossier.form_templates.model.letters import LETTERS
from dossier.form_templates.model.saying import part_of, said, texts_of
from dossier.form_templates.pages import typed
from dossier.form_templates.pages.letters import previewed
from dossier.form_templates.pages.library import LIST
from dossier.form_templates.pages.studio import LANGUAGES, changed, drawn, id_of, studio
from dossier.foundation.errors import AppError, Invalid, NotFound
from dossier.web import PageRoute, current_user, database_of, form, see_other

REMINDERS = "reminders"
LONG = 55  # characters of a text, from which on it is typed in several lines
REMINDER = ("after", "after.unit", "every", "every.unit", "times", "working", "channel", "subject", "body")


async def letter(request: Request) -> Response:
    return await _letter(request)


async def save_letter(request: Request) -> Response:
    name = _name(request)
    try:
        values = list(_reminders(request.state.form)) if name == REMINDERS else _letter_typed(request.state.form)
        seen = form(request).get("seen", "")
        handle = lambda tx: editing.keep_letter(tx, id_of(request), seen, name, values)  # noqa: E731
        await database_of(request).write(current_user(request).actor, handle)
    except AppError as refusal:
        return await _letter(request, refusal)
    return see_other(f"{LIST / id_of(request) / 'messages' / name}")


async def language(request: Request) -> Response:
    return await _language(request)


async def save_language(request: Request) -> Response:
    """What was typed in a language; an empty text is one that is not there yet."""
    code = _code(request)
    texts = {
        name.removeprefix("text."): value.replace("\r\n", "\n").strip()
        for name, value in request.state.form
        if name.startswith("text.")
    }
    try:
        handle = lambda tx: editing.translate(tx, id_of(request), code, texts)  # noqa: E731
        await database_of(request).write(current_user(request).actor, handle)
    except Invalid as refusal:
        return await _language(request, refusal)
    part = form(request).get("part", "")
    return see_other(f"{LIST / id_of(request) / 'languages' / code}?part={part}")


async def add_language(request: Request) -> Response:
    code = form(request).get("language", "").strip()
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", code):
        return await studio(request, Invalid.because("A language is a code such as en or fr.", pointer="/language"))
    await database_of(request).write(
        current_user(request).actor, lambda tx: editing.translate(tx, id_of(request), code, {})
    )
    return see_other(LIST / id_of(request) / "languages" / code)


async def remove_language(request: Request) -> Response:
    code = _code(request)
    return await changed(request, lambda tx, template: editing.forget_language(tx, template, code), "languages")


PAGES = (
    PageRoute("GET", LIST + "/{id}/messages/{name}", letter, "templates.design"),
    PageRoute("POST", LIST + "/{id}/messages/{name}", save_letter, "templates.design"),
    PageRoute("POST", LIST + "/{id}/languages", add_language, "templates.design"),
    PageRoute("GET", LIST + "/{id}/languages/{language}", language, "templates.design"),
    PageRoute("POST", LIST + "/{id}/languages/{language}", save_language, "templates.design"),
    PageRoute("POST", LIST + "/{id}/languages/{language}/remove", remove_language, "templates.design"),
)


def _name(request: Request) -> str:
    name: str = request.path_params["name"]
    if name not in (*LETTERS, REMINDERS):
        raise NotFound.because("A form has no such message.")
    return name


def _code(request: Request) -> str:
    code: str = request.path_params["language"]
    return code


def _letter_typed(sent: Sent) -> dict[str, Any]:
    """A letter by channel, of what was filled in; nothing: in the words that Dossier has."""
    typed_in = {name: last_value(sent, name) for name in ("email.subject", "email.body", "sms.body")}
    letter: dict[str, dict[str, str]] = {}
    for name, text in typed_in.items():
        channel, _, member = name.partition(".")
        if text:
            letter.setdefault(channel, {})[member] = text
    return letter


def _flat(letter: dict[str, Any]) -> dict[str, str]:
    """What a letter says, by channel and member."""
    email, sms = letter.get("email") or {}, letter.get("sms") or {}
    said = {f"email.{member}": email.get(member) or "" for member in ("subject", "body")}
    return said | {"sms.body": sms.get("body") or ""}


def _reminders(sent: Sent) -> Iterator[dict[str, Any]]:
    columns = [[value for name, value in sent if name == f"reminder.{each}"] for each in REMINDER]
    for values in zip(*columns, strict=False):
        row = dict(zip(REMINDER, values, strict=True))
        if row["after"] or row["after.unit"].startswith("P"):
            yield {name: value for name, value in _reminder(row).items() if value not in (None, "")}


def _reminder(row: dict[str, str]) -> dict[str, Any]:
    again = row["every"] or row["every.unit"].startswith("P")
    waits = [("after.count", row["after"]), ("after.unit", row["after.unit"])]
    waits += [("every.count", row["every"]), ("every.unit", row["every.unit"])]
    if row["times"] and not re.fullmatch(r"[0-9]{1,2}", row["times"]):
        raise Invalid.because("“{field}” must be a whole number.", pointer="/times", field="times")
    return {
        "after": typed.duration(waits, "after"),
        "every": typed.duration(waits, "every") if again else None,
        "times": int(row["times"]) if row["times"] else None,
        "working": True if row["working"] == "yes" else None,
        "channel": row["channel"] or None,
        **{name: row[name].replace("\r\n", "\n").strip() for name in ("subject", "body")},
    }


async def _draft(request: Request) -> Draft:
    async with database_of(request).reading(current_user(request).actor.scope) as reading:
        return await drafts.get_draft(reading, id_of(request))


async def _letter(request: Request, refusal: AppError | None = None) -> Response:
    name, draft = _name(request), await _draft(request)
    raw = (draft.document.get("messages") or {}).get(name) or ([] if name == REMINDERS else {})
    sent = request.state.form if refusal else None
    rows = _rows_sent(sent) if sent else [_row(each) for each in (raw if name == REMINDERS else ())]
    return drawn(
        request,
        "form_templates/letter.html",
        draft,
        status=refusal.status if refusal else 200,
        name=name,
        letter=_flat(_letter_typed(sent) if sent else dict(raw)) if name != REMINDERS else {},
        rows=[*rows, _row({})],
        seen=mark({"": raw}),
        previews=await previewed(draft, name, current_user(request).workspace),
        names=sorted(each for each in TEXT_NAMES_OF_FORMS if not each.startswith(("case.", "step.", "contact."))),
        refusal=refusal,
    )


def _row(item: dict[str, Any]) -> dict[str, Any]:
    waits = {name: typed.duration_shown(item.get(name) or "") for name in ("after", "every")}
    plain = {name: item.get(name) or "" for name in ("times", "channel", "subject", "body")}
    return {**plain, **waits, "working": bool(item.get("working"))}


def _rows_sent(sent: Sent) -> list[dict[str, Any]]:
    columns = [[value for name, value in sent if name == f"reminder.{each}"] for each in REMINDER]
    rows = (dict(zip(REMINDER, values, strict=True)) for values in zip(*columns, strict=False))
    return [
        {
            **{name: row[name] for name in ("times", "channel", "subject", "body")},
            **{name: {"count": row[name], "unit": row[f"{name}.unit"], "other": ""} for name in ("after", "every")},
            "working": row["working"] == "yes",
        }
        for row in rows
        if any(row[name] for name in ("after", "subject", "body"))
    ]


async def _language(request: Request, refusal: AppError | None = None) -> Response:
    """The texts of one part beside those of the form's own language: all at once would be more than a form may hold."""
    code, draft = _code(request), await _draft(request)
    document, own = draft.document, texts_of(draft.document)
    if code not in (document.get("texts") or {}):
        raise NotFound.because("The form does not speak this language.")
    there = document["texts"][code]
    typed_in = dict(request.state.form) if refusal else {f"text.{path}": text for path, text in there.items()}
    parts = _parts(draft)
    asked = request.query_params.get("part", "form")
    chosen = asked if asked in parts else "form"
    wanted = {path: text for path, text in own.items() if path_part(draft, path) == chosen}
    counts = {
        part: (
            sum(1 for each in own if path_part(draft, each) == part and there.get(each)),
            sum(1 for each in own if path_part(draft, each) == part),
        )
        for part in parts
    }
    return drawn(
        request,
        "form_templates/language.html",
        draft,
        status=refusal.status if refusal else 200,
        code=code,
        own=[_row_of(path, text, typed_in) for path, text in wanted.items()],
        parts=parts,
        chosen=chosen,
        counts=counts,
        done=said(document, code),
        faults=placed(document, draft.problems).get(("texts", code), ()),
        known=LANGUAGES,
        refusal=refusal,
    )


def _row_of(path: str, text: str, there: dict[str, str]) -> tuple[str, str, str, int]:
    """The input of a text, the text itself, what it says in the language, and in how many lines that is typed: 0 for one."""
    rows = 12 if "\n" in text else 2 if len(text) > LONG else 0
    return f"text.{path}", text, there.get(f"text.{path}", ""), rows


def _parts(draft: Draft) -> dict[str, str]:
    """What texts are shown together: the form, each page, the messages; by its key, what it is called."""
    pages = {f"page-{each['key']}": str(each.get("title") or each["key"]) for each in draft.document.get("pages") or ()}
    return {"form": "", **pages, "messages": ""}


def path_part(draft: Draft, path: str) -> str:
    """Of which of these a text is."""
    key = part_of(path)
    if path.startswith(("pages.", "elements.")):
        for page in draft.document.get("pages") or ():
            inside = [each["key"] for top in page.get("elements") or () for each in (top, *(top.get("elements") or ()))]
            if (path.startswith("pages.") and page["key"] == key) or (path.startswith("elements.") and key in inside):
                return f"page-{page['key']}"
    return key
