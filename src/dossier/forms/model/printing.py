"""A response as a paper: questions and answers page by page, in the language in which they were answered."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from dossier.fields import Language as FieldLanguage
from dossier.files.model import File
from dossier.form_templates.model import Asked, AskedElement, AskedPage, AskedRow, Wording, is_empty
from dossier.forms.model.form import Form
from dossier.forms.model.response import Response
from dossier.foundation.workshop.paper import Item, Paper, PaperFile, Part, Place

RASTER = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "image/tiff", "image/bmp", "image/heic"})
MOST_PICTURES = 30  # that are shown; more are listed


class Language(FieldLanguage, Protocol):
    """One of the app's languages, as a paper needs it."""

    @property
    def code(self) -> str: ...
    @property
    def direction(self) -> str: ...
    def gettext(self, sentence: str) -> str: ...
    def moment(self, moment: datetime, time_zone: str) -> str: ...
    def size(self, count: int) -> str: ...


@dataclass(frozen=True, slots=True)
class Printing:
    """What is printed: the form, the response, what it asks, its files by id; `pictures`: where the content of some lies."""

    form: Form
    response: Response
    asked: Asked
    wording: Wording
    language: Language
    files: Mapping[str, File]
    pictures: Mapping[str, str]


def pictures(files: Mapping[str, File]) -> list[File]:
    """The files that are shown as pictures, the first ones."""
    return [each for each in files.values() if each.type in RASTER][:MOST_PICTURES]


def paper(printing: Printing) -> Paper:
    """The whole of it."""
    form, response, gettext = printing.form, printing.response, printing.language.gettext
    unfinished = response.completed_at is None and response.declined_at is None
    declined = gettext("Declined") if response.declined_at else None
    return Paper(
        title=printing.wording.title,
        language=printing.wording.language.partition("-")[0].lower(),
        about=tuple(_about(printing)),
        parts=tuple(_part(printing, each) for each in printing.asked.pages if _shown(each)),
        foot=f"{form.reference} · {printing.wording.title}",
        at=response.completed_at or response.declined_at or response.updated_at,
        rtl=printing.language.direction == "rtl",
        notice=gettext("Not finished: this was not handed in") if unfinished else declined,
    )


def _shown(page: AskedPage) -> bool:
    return any(each.element.type not in ("information", "hidden") for each in page.elements)


def _about(printing: Printing) -> Iterator[tuple[str, str]]:
    form, response, gettext = printing.form, printing.response, printing.language.gettext
    yield gettext("Reference"), form.reference
    if response.user.name:
        yield gettext("Answered by"), response.user.name
    times = (
        (gettext("Begun"), response.created_at),
        (gettext("Last change"), response.updated_at if response.is_open else None),
        (gettext("Handed in"), response.completed_at),
        (gettext("Declined"), response.declined_at),
    )
    for label, at in times:
        if at:
            yield label, f"{printing.language.moment(at, form.time_zone)} ({form.time_zone})"
    if response.declined_at and response.reason:
        yield gettext("Reason"), response.reason


def _part(printing: Printing, page: AskedPage) -> Part:
    shown = [each for each in page.elements if each.element.type not in ("information", "hidden")]
    wording = printing.wording
    items = tuple(_item(printing, each) for each in shown)
    return Part(wording.page_title(page.page), items, wording.page_description(page.page))


def _item(printing: Printing, asked: AskedElement) -> Item:
    label, value = printing.wording.label(asked.element), asked.value
    if asked.element.type == "group":
        rows = tuple(_row(printing, label, each) for each in asked.rows if not _is_blank(each))
        return Item(label, rows=rows) if rows else Item(label, (printing.language.gettext("No answer"),))
    if asked.element.type == "signature":
        return Item(label, place=_place(printing, label, value))
    if is_empty(value):
        return Item(label, (printing.language.gettext("No answer"),))
    field = printing.wording.field(asked.element)
    if field and (named := list(field.files(value))):
        return Item(label, files=tuple(_file(printing, each) for each in named))
    return Item(label, tuple(_texts(field, value, printing.language)))


def _is_blank(row: AskedRow) -> bool:
    return all(is_empty(each.value) for each in row.elements if each.element.answered)


def _row(printing: Printing, label: str, row: AskedRow) -> tuple[str, tuple[Item, ...]]:
    shown = [each for each in row.elements if each.element.type not in ("information", "hidden")]
    return f"{label} {row.place + 1}", tuple(_item(printing, each) for each in shown)


def _texts(field: Any, value: Any, language: Language) -> Sequence[str]:
    if field is None:
        return (str(value),)
    whole = field.whole(value, language)
    return whole.split("\n") if isinstance(value, list) else (whole,)


def _file(printing: Printing, id: str) -> PaperFile:
    file = printing.files.get(id)
    if file is None:
        return PaperFile(id)
    about = (f"{file.type} · {printing.language.size(file.size)}", f"SHA-256 {file.sha256.hex()}")
    return PaperFile(file.name, about, printing.pictures.get(id))


def _place(printing: Printing, label: str, value: Any) -> Place:
    gettext = printing.language.gettext
    if is_empty(value) or not isinstance(value, Mapping):
        return Place((gettext("Not signed"),))
    at = printing.response.completed_at
    when = printing.language.moment(at, printing.form.time_zone) if at else None
    name = value.get("name") or printing.response.user.name
    lines = (" · ".join(filter(None, (gettext("Signed electronically"), name, when))),)
    return Place(lines, value.get("strokes") or (), label)
