"""The list of forms: searched, filtered, with its saved views, and what is done with several at once."""

from dossier import audit, form_templates, members
from dossier.conditions.comparing import DAY, ONE_OF, TEXT
from dossier.conditions.rows import FilterAttribute
from dossier.forms.model import STATUSES
from dossier.forms.pages.shared import LIST
from dossier.forms.store.collection import COLLECTION
from dossier.forms.store.words import LISTED, SEARCH, VIEWS
from dossier.foundation.actor import Actor
from dossier.foundation.database import Database, ReadSession
from dossier.foundation.pages.language import Language
from dossier.foundation.text import gettext_noop
from dossier.listing.collection import Matching
from dossier.listing.export import AttributeColumns
from dossier.listing.list_pages import Choices, ListPages
from dossier.listing.list_query import ListPage, State
from dossier.web import Looker

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


PAGES = LIST_PAGES.pages()
