"""From what an address asks for to the cases that are meant, and what it takes to show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.datastructures import QueryParams

from dossier import case_templates as templates
from dossier import members
from dossier.case_templates.model import PARENT_STATUSES
from dossier.case_templates.model.rows import TemplateChoice
from dossier.cases.model import WAITING_FOR
from dossier.cases.store.collection import COLLECTION
from dossier.cases.store.texts import SEARCH
from dossier.conditions.comparing import DAY, ONE_OF, TEXT
from dossier.conditions.rows import Choice
from dossier.fields import field_choices
from dossier.foundation.database import ReadSession
from dossier.listing.collection import Matching
from dossier.listing.list_query import ListPage, ListQuery, ResolvedQuery, State, resolve
from dossier.members.model import Colleague
from dossier.web import CurrentUser, addresses

LIST = addresses.CASES

CASES_PAGE = ListPage(
    address=LIST,
    kind=COLLECTION,
    index=SEARCH,
    states={
        "status": State("parent_status", PARENT_STATUSES),
        "key": State("status"),
        "waiting_for": State("waiting_for", WAITING_FOR),
    },
    of_members=frozenset({"owner.email"}),
)


@dataclass(frozen=True, slots=True)
class Looked:
    """The list that was asked for, with the templates and colleagues that its cases can have."""

    resolved: ResolvedQuery
    templates: Sequence[TemplateChoice]
    colleagues: Sequence[Colleague]

    @property
    def asked(self) -> ListQuery:
        return self.resolved.query

    @property
    def matching(self) -> Matching:
        return self.resolved.matching


async def look(reading: ReadSession, user: CurrentUser, parameters: QueryParams, now: datetime) -> Looked:
    """At most four statements: templates, colleagues, the words, the fields that are indexed."""
    recipes = await templates.choices(reading)
    colleagues = await members.colleagues(reading, user.workspace_id)
    choices = _choices(recipes, colleagues)
    return Looked(await resolve(reading, CASES_PAGE, user, parameters, now, choices), recipes, colleagues)


async def look_strictly(reading: ReadSession, user: CurrentUser, parameters: QueryParams, now: datetime) -> Looked:
    """The same for what is done with the cases: 400 where something is wrong with the rows."""
    looked = await look(reading, user, parameters, now)
    looked.resolved.strictly()
    return looked


def _choices(recipes: Sequence[TemplateChoice], colleagues: Sequence[Colleague]) -> list[Choice]:
    """Everything that the list can be filtered by."""
    statuses = {each["key"]: str(each["label"]) for recipe in recipes for each in recipe.statuses}
    return [
        Choice("status", ONE_OF, options=list(statuses.items())),
        Choice("template.id", ONE_OF, options=[(str(each.id), each.title) for each in recipes]),
        Choice("owner.email", ONE_OF, options=[(each.email, each.name) for each in colleagues]),
        *(Choice(name, TEXT) for name in ("reference", "title", "description")),
        *(Choice(name, DAY) for name in ("created_at", "updated_at")),
        *(Choice(f"contact.{name}", TEXT, group="contact") for name in ("given_name", "family_name", "email", "phone")),
        *(choice for each in recipes for choice in field_choices(each.fields, each.title)),
    ]
