"""The list of forms: searched, filtered, with its saved views, and what is done with several at once."""

from dataclasses import dataclass
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from dossier import audit, form_templates, members
from dossier.conditions.comparing import DAY, ONE_OF, TEXT
from dossier.conditions.rows import FilterAttribute
from dossier.forms import actions
from dossier.forms.actions import Patch
from dossier.forms.model import STATUSES
from dossier.forms.pages.shared import LIST, origin
from dossier.forms.store.collection import COLLECTION
from dossier.forms.store.words import LISTED, SEARCH, VIEWS
from dossier.foundation.actor import Actor
from dossier.foundation.clock import wire_time
from dossier.foundation.database import Database, ReadSession, Transaction
from dossier.foundation.errors import AppError, Invalid
from dossier.foundation.http import query
from dossier.foundation.pages.language import Language
from dossier.foundation.text import gettext_noop
from dossier.listing.collection import Matching
from dossier.listing.export import AttributeColumns
from dossier.listing.list_pages import Choices, ListPages
from dossier.listing.list_query import ListPage, State
from dossier.web import Looker, PageRoute, current_user, database_of, form, render

MOST = 100  # forms at once
ACTS = ("remind", "expire", "archive")
_COLUMNS = {
    "reference": gettext_noop("Reference"),
    "name": gettext_noop("Form"),
    "status": gettext_noop("Status"),
    "given_name": gettext_noop("Given name"),
    "family_name": gettext_noop("Family name"),
    "email": gettext_noop("E-mail address"),
    "phone": gettext_noop("Phone"),
    "created_at": gettext_noop("Created"),
    "active_until": gettext_noop("Open until"),
    "completed_at": gettext_noop("Handed in"),
    "answered": gettext_noop("Answers"),
    "id": gettext_noop("Id"),
}


async def _choices(reading: ReadSession, user: Looker) -> Choices:
    """What forms can be filtered by."""
    presets = await form_templates.choices(reading, user.workspace_id)
    colleagues = await members.list_members(reading, user.workspace_id)
    slugs = {each.slug: each.title for each in presets}
    return [
        FilterAttribute("status", ONE_OF, options=tuple((each, each) for each in STATUSES)),
        FilterAttribute("flow.slug", ONE_OF, "", tuple(slugs.items())),
        *(FilterAttribute(f"user.{name}", TEXT) for name in ("given_name", "family_name", "email", "phone")),
        FilterAttribute("owner.email", ONE_OF, options=tuple((each.email, each.name) for each in colleagues)),
        FilterAttribute("reference", TEXT),
        *(FilterAttribute(name, DAY) for name in ("created_at", "active_until", "expired_at", "completed_at")),
    ], {"statuses": STATUSES, "presets": [each for each in presets if each.usable]}


async def _columns(
    who: Looker, said: Language, _reading: ReadSession, _rows: Matching, _origin: str, keys: bool
) -> AttributeColumns:
    return AttributeColumns({name: said.gettext(label) for name, label in _COLUMNS.items()}, who.time_zone, keys)


async def _note(database: Database, actor: Actor, columns: int) -> None:
    await audit.record_alone(database, actor, "forms.exported", fields=columns)


LIST_PAGES = ListPages(
    ListPage(
        LIST, COLLECTION, SEARCH, states={"status": State("status", STATUSES)}, of_members=frozenset({"owner.email"})
    ),
    LISTED,
    template="forms/list.html",
    views=VIEWS,
    choices=_choices,
    exported=LISTED,
    columns=_columns,
    note=_note,
    looker=members.looker,
)


@dataclass(frozen=True, slots=True)
class Refused:
    """A form with which it could not be done, and why."""

    id: UUID
    refusal: AppError


async def bulk(request: Request) -> Response:
    """Remind, end or put away the chosen forms, each by itself: what is refused of one keeps no other one from it."""
    act, chosen = form(request).get("act", ""), [value for name, value in request.state.form if name == "form"]
    if act not in ACTS:
        raise Invalid.because("Choose what to do.", pointer="/act")
    ids = [query.identifier(each, "form") for each in dict.fromkeys(chosen)][:MOST]
    refused = [each for id in ids if (each := await _done(request, act, id))]
    return render(request, "forms/bulk.html", act=act, done=len(ids) - len(refused), refused=refused, chosen=len(ids))


async def _done(request: Request, act: str, id: UUID) -> Refused | None:
    async def handle(transaction: Transaction) -> object:
        if act == "remind":
            return await actions.remind(transaction, id, origin(request))
        ended = Patch(active_until=wire_time(transaction.clock()), says_until=True)
        asked = ended if act == "expire" else Patch(archived=True)
        return await actions.patch(transaction, id, asked, origin(request))

    try:
        await database_of(request).write(current_user(request).actor, handle)
    except AppError as refusal:
        return Refused(id, refusal)
    return None


PAGES = (*LIST_PAGES.pages(), PageRoute("POST", LIST + "/bulk", bulk, "forms.change"))
