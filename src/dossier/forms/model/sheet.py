"""A table that somebody pasted, or sent as CSV: its columns, what each stands for, and the rows of a batch that come of it."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from dossier.form_templates.model import FormTemplate
from dossier.forms.model.batch import MOST_ROWS, Given
from dossier.foundation.errors import Invalid
from dossier.foundation.identifiers import parse_id
from dossier.foundation.text import fold

USER = ("email", "phone", "given_name", "family_name", "company_name", "internal_ref", "locale")
MOST_TEXT = 900_000  # characters, of what a page takes
MOST_COLUMNS = 100
_DELIMITERS = "\t;,|"


@dataclass(frozen=True, slots=True)
class Sheet:
    """The first line, and the lines after it."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


def sheet(text: str) -> Sheet:
    """What was pasted; 400 for what is no table."""
    if len(text) > MOST_TEXT:
        raise Invalid.because(
            "The table has {count} characters at most.", "too_long", pointer="/table", count=MOST_TEXT
        )
    text = text.lstrip("\ufeff").replace("\0", "")
    first = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        lines = [line for line in csv.reader(io.StringIO(text), delimiter=delimiter) if any(map(str.strip, line))]
    except csv.Error:
        raise Invalid.because("That is no table.", pointer="/table") from None
    if len(lines) < 2:
        raise Invalid.because("Paste a first line with the names of the columns, and a line for each person.", "missing", pointer="/table")  # fmt: skip
    if len(lines) - 1 > MOST_ROWS:
        raise Invalid.because("At most {count} rows are sent at once.", "too_many", pointer="/table", count=MOST_ROWS)
    return Sheet(_named(lines)[:MOST_COLUMNS], lines[1:])


def _named(lines: Sequence[Sequence[str]]) -> list[str]:
    """The columns, but for those at the end that have no name and nothing in them."""
    last = max((place for line in lines for place, cell in enumerate(line) if cell.strip()), default=0)
    return [each.strip() for each in lines[0]][: last + 1]


def places(template: FormTemplate) -> list[str]:
    """What a column can stand for: a member of who is asked, `case`, or a question (`data.<key>`)."""
    asked = [f"data.{each.key}" for each in template.elements if each.field is not None]
    return [*(f"user.{name}" for name in USER), "case", *asked]


def guessed(columns: Sequence[str], template: FormTemplate, names: Mapping[str, str]) -> list[str]:
    """What each column most likely stands for, by its name; `names`: place → what people call it."""
    known: dict[str, str] = {}
    for place in places(template):
        key = place.partition(".")[2] or place
        label = names.get(place) or next((each.label for each in template.elements if each.key == key), key)
        for name in (place, key, label):
            known.setdefault(_plain(name), place)
    return [known.get(_plain(each), "") for each in columns]


def _plain(name: str) -> str:
    return fold(name).replace("-", "").replace("_", "").replace(" ", "")


def given(table: Sheet, meant: Sequence[str], cases: Mapping[str, UUID]) -> list[Given]:
    """What is given in each row; `cases`: reference → case."""
    return [_row(line, meant, cases) for line in table.rows]


def _row(line: Sequence[str], meant: Sequence[str], cases: Mapping[str, UUID]) -> Given:
    user: dict[str, str | None] = {}
    data: dict[str, Any] = {}
    case_id: UUID | None = None
    no_case: str | None = None
    for place, text in zip(meant, line, strict=False):
        kind, _, key = place.partition(".")
        if not text.strip():
            continue
        if kind == "user":
            user[key] = text.strip()
        elif kind == "data":
            data[key] = text.strip()
        elif kind == "case":
            case_id = cases.get(text.strip()) or parse_id(text.strip())
            no_case = None if case_id else text.strip()
    return Given(user, data, case_id, no_case)
