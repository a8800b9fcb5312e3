"""How the letters of a form arrive: with values made up for it, in each of its languages."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from dossier.drafting.model import Draft
from dossier.form_templates.model import TEXT_NAMES_OF_FORMS
from dossier.texts import InvalidText, Link, one_line, parse

MADE_UP: Mapping[str, Mapping[str, Any]] = {
    "user": {"name": "Anna Peeters", "given_name": "Anna", "family_name": "Peeters", "email": "anna@example.com"},
    "form": {
        "link": Link("https://dossier.example/r/abc"),
        "reference": "F-ABC234",
        "code": "123 456",
        "active_until": "2026-03-31",
    },
    "owner": {"name": "Ada Lovelace", "given_name": "Ada", "family_name": "Lovelace", "email": "ada@example.com"},
    "contact": {"name": "Anna Peeters", "given_name": "Anna", "family_name": "Peeters", "email": "anna@example.com"},
}
"""Nobody who is."""
_PERSONAL = Link("https://dossier.example/me/claims")


@dataclass(frozen=True, slots=True)
class Preview:
    """A letter as it arrives: in which language, which of them, and what it says; `wrong`: why it cannot be made."""

    language: str
    number: int
    subject: str = ""
    html: str = ""
    text: str = ""
    wrong: InvalidText | None = None


async def previewed(draft: Draft, name: str, workspace: str) -> list[Preview]:
    """Each letter of that name in each language, made in a thread: a text may be made to be slow."""
    return await asyncio.to_thread(lambda: list(_previews(draft.document, name, workspace)))


def _previews(document: Mapping[str, Any], name: str, workspace: str) -> Iterator[Preview]:
    own = str(document.get("locale") or "en")
    texts = document.get("texts") or {}
    form = {**MADE_UP["form"], "title": document.get("title") or ""}
    values = {**MADE_UP, "workspace": {"name": workspace, "personal_page": _PERSONAL}, "form": form}
    for language in (own, *texts):
        said = texts.get(language, {})
        for number, source in enumerate(_sources(document, name)):
            words = {member: said.get(path) or text for path, member, text in source}
            yield _preview(values, language, number, words)


def _sources(document: Mapping[str, Any], name: str) -> Iterator[list[tuple[str, str, str]]]:
    """The texts of each letter: path, member, text in the form's own language."""
    there = (document.get("messages") or {}).get(name)
    if isinstance(there, list):
        for place, each in enumerate(there):
            yield [
                (f"messages.{name}.{place}.{member}", member, each.get(member) or "") for member in ("subject", "body")
            ]
    elif there:
        email, sms = there.get("email") or {}, there.get("sms") or {}
        if email:
            yield [
                (f"messages.{name}.email.{member}", member, email.get(member) or "") for member in ("subject", "body")
            ]
        if sms:
            yield [(f"messages.{name}.sms.body", "sms", sms.get("body") or "")]


def _preview(values: Mapping[str, Any], language: str, number: int, words: Mapping[str, str]) -> Preview:
    from dossier.texts.markdown import read  # noqa: PLC0415 - what it imports is needed by few processes

    try:
        made = {member: parse(text, names=TEXT_NAMES_OF_FORMS) for member, text in words.items()}
        if "sms" in made:
            return Preview(language, number, text=made["sms"].render(values).text)
        subject = one_line(made["subject"].render(values).text)
        return Preview(language, number, subject, Markup(read(made["body"], values).html))  # noqa: S704 - cleaned
    except InvalidText as refusal:
        return Preview(language, number, wrong=refusal)
