"""The list of cases: what it can be searched, filtered and counted by, and what stands in its file."""

from collections.abc import Sequence

from dossier import audit, members
from dossier import case_templates as templates
from dossier.case_templates.model import FORM_COUNTS, PARENT_STATUSES, own_statuses, status_labels
from dossier.case_templates.model.rows import TemplateChoice
from dossier.cases.model import WAITING_FOR
from dossier.cases.pages.columns import columns
from dossier.cases.store.collection import COLLECTION, FIELD_INDEX, VIEWS
from dossier.cases.store.lists import EXPORTED, ROWS
from dossier.cases.store.texts import SEARCH
from dossier.conditions.comparing import DAY, NUMBER, ONE_OF, TEXT
from dossier.conditions.rows import FilterAttribute
from dossier.fields import stored_field_choices
from dossier.foundation.actor import Actor
from dossier.foundation.database import Database, ReadSession
from dossier.foundation.http.openapi import BASE_PATH
from dossier.foundation.pages.language import Language
from dossier.listing.collection import Matching
from dossier.listing.field_columns import FieldColumns
from dossier.listing.list_pages import Choices, ListPages
from dossier.listing.list_query import ListPage, State
from dossier.members.model import Colleague
from dossier.web import Looker, addresses

LIST = addresses.CASES


async def _shown(reading: ReadSession, user: Looker) -> Choices:
    """Two statements: templates and colleagues."""
    known = await templates.choices(reading)
    colleagues = await members.list_members(reading, user.workspace_id)
    return _choices(known, colleagues), {
        "labels": status_labels(known),
        "offered": list(own_statuses(known)),
        "templates": known,
        "titles": {each.id: each.title for each in known},
        "colleagues": colleagues,
        "parent_statuses": PARENT_STATUSES,
        "waiting_for": WAITING_FOR,
    }


def _choices(templates: Sequence[TemplateChoice], colleagues: Sequence[Colleague]) -> list[FilterAttribute]:
    """Everything that the list can be filtered by."""
    statuses = {each["key"]: str(each["label"]) for template in templates for each in template.statuses}
    return [
        FilterAttribute("status", ONE_OF, options=tuple(statuses.items())),
        FilterAttribute("template.id", ONE_OF, options=tuple((str(each.id), each.title) for each in templates)),
        FilterAttribute("owner.email", ONE_OF, options=tuple((each.email, each.name) for each in colleagues)),
        *(FilterAttribute(name, TEXT) for name in ("reference", "title", "description")),
        *(FilterAttribute(name, DAY) for name in ("created_at", "updated_at")),
        *(FilterAttribute(f"forms.{name}", NUMBER) for name in FORM_COUNTS),
        *(
            FilterAttribute(f"contact.{name}", TEXT, group="contact")
            for name in ("given_name", "family_name", "email", "phone")
        ),
        *(choice for each in templates for choice in stored_field_choices(each.stored_fields, each.title)),
    ]


async def _columns(
    who: Looker, said: Language, reading: ReadSession, cases: Matching, origin: str, keys: bool
) -> FieldColumns:
    return await columns(reading, cases, said, who.time_zone, origin + BASE_PATH, keys=keys)


async def _note(database: Database, actor: Actor, fields: int) -> None:
    await audit.record_alone(database, actor, "cases.exported", fields=fields)


LIST_PAGES = ListPages(
    ListPage(
        address=LIST,
        kind=COLLECTION,
        index=SEARCH,
        states={
            "status": State("parent_status", PARENT_STATUSES),
            "key": State("status"),
            "waiting_for": State("waiting_for", WAITING_FOR),
        },
        of_members=frozenset({"owner.email"}),
    ),
    ROWS,
    template="cases/list.html",
    views=VIEWS,
    choices=_shown,
    exported=EXPORTED,
    columns=_columns,
    note=_note,
    looker=members.looker,
    fields=FIELD_INDEX,
)
