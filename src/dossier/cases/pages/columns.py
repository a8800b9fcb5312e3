"""The columns of an export of cases: for people with labels and names, for programs with keys."""

from collections.abc import Callable
from functools import partial
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

from dossier import files
from dossier.case_templates.model import FORM_COUNTS
from dossier.case_templates.pages.columns import Versions, followed
from dossier.cases.model.rows import ExportedCase
from dossier.cases.store.collection import COLLECTION
from dossier.foundation.database import ReadSession
from dossier.foundation.pages.language import Language
from dossier.listing.collection import Matching
from dossier.listing.export import time_cell
from dossier.listing.field_columns import FieldColumns, Known

_PLAIN = ("id", "reference", "title", "parent_status", "status", "waiting_for", "owner_email")
_CONTACT = ("given_name", "family_name", "email", "phone")
_TIMES = ("created_at", "updated_at", "archived_at")


async def columns(
    reading: ReadSession, cases: Matching, language: Language, time_zone: str, address: str, *, keys: bool = False
) -> FieldColumns:
    """The columns for these cases: every key that one of them has, in the order of the templates; `address`: of the API."""
    found = await followed(reading, COLLECTION, cases)
    known = _for_programs(time_zone) if keys else _for_people(found.versions, language, time_zone)
    data = lambda row: files.data_of_row(row.data, row.files, address)  # noqa: E731
    return FieldColumns(known, found.names, found.fields, language, keys, data)


def _for_programs(time_zone: str) -> list[Known]:
    return [
        *((name, attrgetter(name)) for name in _PLAIN),
        *((f"contact_{name}", attrgetter(name)) for name in _CONTACT),
        *((f"forms_{name}", _count(name)) for name in FORM_COUNTS),
        ("template", attrgetter("template_id")),
        *((name, _time(name, time_zone, keys=True)) for name in _TIMES),
    ]


def _for_people(followed: Versions, language: Language, time_zone: str) -> list[Known]:
    gettext = language.translations.gettext
    stages = {
        "draft": gettext("Draft"),
        "pending": gettext("Pending"),
        "in_progress": gettext("In progress"),
        "closed": gettext("Closed"),
    }
    waits = {"none": gettext("Nobody"), "owner": gettext("The owner"), "contact": gettext("The contact")}
    counts = (gettext("Asked"), gettext("Received"), gettext("Accepted"))
    times = zip(_TIMES, (gettext("Created"), gettext("Last change"), gettext("Archived")), strict=True)

    titles = {version: template.title for version, template in followed.items()}
    statuses = {
        (*version, key): gettext(status.label)
        for version, template in followed.items()
        for key, status in template.status_by_key.items()
    }

    def status(row: ExportedCase) -> str:
        label = statuses.get((row.template_id, row.template_version, row.status))
        return stages.get(row.status, row.status) if label is None else label

    return [
        (gettext("Reference"), attrgetter("reference")),
        (gettext("Title"), attrgetter("title")),
        (gettext("Template"), lambda row: titles.get((row.template_id, row.template_version))),
        (gettext("Stage"), lambda row: stages[row.parent_status]),
        (gettext("Status"), status),
        (gettext("Waiting for"), lambda row: waits[row.waiting_for]),
        (gettext("Owner"), attrgetter("owner")),
        (gettext("E-mail address of the owner"), attrgetter("owner_email")),
        *((called, _count(name)) for name, called in zip(FORM_COUNTS, counts, strict=True)),
        (gettext("Given name"), attrgetter("given_name")),
        (gettext("Family name"), attrgetter("family_name")),
        (gettext("E-mail address"), attrgetter("email")),
        (gettext("Phone"), attrgetter("phone")),
        *((f"{called} ({time_zone})", _time(name, time_zone, keys=False)) for name, called in times),
        (gettext("Id"), attrgetter("id")),
    ]


def _count(name: str) -> Callable[[ExportedCase], Any]:
    return lambda row: row.forms.get(name)


def _time(name: str, time_zone: str, *, keys: bool) -> Callable[[ExportedCase], Any]:
    read, cell = attrgetter(name), partial(time_cell, zone=ZoneInfo(time_zone), keys=keys)
    return lambda row: (at := read(row)) and cell(at)
