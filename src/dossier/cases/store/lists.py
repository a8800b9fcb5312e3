"""Lists of cases: what each shows of one."""

from dataclasses import dataclass
from uuid import UUID

from msgspec import structs

from dossier import case_templates as templates
from dossier import contacts
from dossier.cases.model.rows import CaseRow, ExportedCase, ListedCase
from dossier.cases.store.collection import COLLECTION, HOLDERS, LINKS
from dossier.contacts.model import slot_place
from dossier.foundation import json
from dossier.foundation.database import ReadSession, Row
from dossier.foundation.lists import Page
from dossier.listing import keyset
from dossier.listing.collection import Selection, Shape


def _listed(row: Row) -> ListedCase:
    return ListedCase(slots=list(contacts.filled_slots(row.pop("contacts")).items()), **row)


_LISTED = Shape(
    f"""
    c.id, c.title, c.parent_status, c.created_at, c.updated_at, c.description, c.locale, c.reference, c.status,
    c.waiting_for, c.archived_at, c.forms, c.workspace_id, c.template_id, c.template_version,
    CASE WHEN m.id IS NOT NULL THEN
      jsonb_build_object('id', m.id, 'email', m.email, 'given_name', m.given_name, 'family_name', m.family_name)
    END AS owner,
    {LINKS.slots} AS contacts
    """,
    "LEFT JOIN members m ON m.id = c.owner_id",
    _listed,
)
_COLUMNS = """
c.title, c.parent_status, c.status, c.waiting_for, c.reference, c.archived_at, c.created_at, c.updated_at, c.forms,
m.email AS owner_email, coalesce(nullif(concat_ws(' ', m.given_name, m.family_name), ''), m.email) AS owner,
p.given_name, p.family_name, p.email, p.phone
"""
_CONTACT = "coalesce(nullif(concat_ws(' ', p.given_name, p.family_name), ''), p.email, p.phone) AS contact"
_JOINED = """
LEFT JOIN members m ON m.id = c.owner_id
LEFT JOIN LATERAL (
  SELECT p.* FROM case_contacts l JOIN contacts p ON p.workspace_id = l.workspace_id AND p.id = l.contact_id
  WHERE l.workspace_id = c.workspace_id AND l.case_id = c.id ORDER BY l.slot <> 'main', l.slot LIMIT 1) AS p ON true
"""
ROWS = Shape(f"c.id, c.template_id, {_COLUMNS}, {_CONTACT}", _JOINED, lambda row: CaseRow(**row))


def _exported(row: Row) -> ExportedCase:
    """The values are read from their text here: psycopg's way to it takes twice as long."""
    row["data"] = json.decode_stored(row["data"])
    return ExportedCase(**row)


EXPORTED = Shape(
    f"""
    {_COLUMNS}, c.id::text AS id, c.template_id::text AS template_id, c.template_version,
    c.data::text AS data, nullif(c.own_fields, '[]') AS own_fields, {HOLDERS.shown} AS files
    """,
    _JOINED,
    _exported,
)


@dataclass(frozen=True, slots=True)
class Named:
    """What a case is called."""

    id: UUID
    title: str
    reference: str | None


NAMES = Shape("c.id, c.title, c.reference", "", lambda row: Named(**row))


async def page(reading: ReadSession, selection: Selection, page: Page) -> tuple[int, list[ListedCase]]:
    """A page of rows, with one more when more follow, and the exact number of all."""
    total, rows = await keyset.page(reading, COLLECTION, _LISTED, selection, page)
    return total, [await _in_order(reading, row) if len(row.slots) > 1 else row for row in rows]


async def _in_order(reading: ReadSession, row: ListedCase) -> ListedCase:
    """The row with its contacts in the order of the template's slots."""
    order = ["main"]
    if row.template_id and row.template_version:
        template = await templates.version(reading, row.workspace_id, row.template_id, row.template_version)
        order = list(template.slot_by_key)
    return structs.replace(row, slots=sorted(row.slots, key=lambda each: slot_place(order, each[0])))
