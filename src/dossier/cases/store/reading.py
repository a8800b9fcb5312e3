"""One case, whole: read as it stands, or locked to be changed."""

from uuid import UUID

from dossier import case_templates as templates
from dossier import contacts, files, members
from dossier.cases.model import Case
from dossier.cases.store.collection import HOLDERS, LINKS, VISIBLE
from dossier.fields import parse_fields
from dossier.foundation.database import ReadSession, Row
from dossier.records import Whole


async def _case(reading: ReadSession, row: Row) -> Case:
    template_id, version = row["template_id"], row["template_version"]
    template = templates.known(template_id, version) if template_id else None
    if template_id and template is None:
        template = await templates.version(reading, row["workspace_id"], template_id, version)
    del row["owner_id"]
    own_fields = row["own_fields"]
    shown, put_on = files.shown_files(row["files"])
    return Case(
        **row
        | {
            "template": template,
            "own_fields": parse_fields(own_fields, "")[0] if own_fields else (),
            "fired": tuple(row["fired"]),
            "contacts": contacts.filled_slots(row["contacts"]),
            "files": shown,
            "put_on": put_on,
            "indexed": frozenset(row["indexed"] or ()),
        }
    )


WHOLE = Whole(
    table="cases",
    alias="c",
    columns=f"""
    c.*, w.slug AS workspace_slug, w.time_zone, w.working_time,
    CASE WHEN c.owner_id IS NOT NULL THEN {members.owner_of("c")} END AS owner,
    {LINKS.slots} AS contacts, {HOLDERS.shown} AS files,
    (SELECT array_agg(i.field) FROM indexed_fields i WHERE i.workspace_id = c.workspace_id) AS indexed
    """,
    source=f"FROM cases c JOIN workspaces w ON w.id = c.workspace_id WHERE {VISIBLE}",
    # What is stored compressed may be ninety times as long as it lies there.
    light="""
    (CASE WHEN pg_column_size(c.data) + pg_column_size(c.own_fields) <= 1000 THEN true
          WHEN pg_column_size(c.data) + pg_column_size(c.own_fields) > 65536 THEN false
          ELSE octet_length(c.data::text) + octet_length(c.own_fields::text) <= 32768 END)
    """,
    make=_case,
)


async def by_reference(reading: ReadSession, reference: str) -> UUID | None:
    """The newest case with that reference that the caller may see."""
    row = await reading.first(
        f"SELECT c.id FROM cases c WHERE {VISIBLE} AND c.reference = %(reference)s ORDER BY c.created_at DESC LIMIT 1",
        reference=reference,
    )
    return row["id"] if row else None


async def owned(reading: ReadSession, workspace_id: UUID, owner_id: UUID) -> list[UUID]:
    """The cases of an owner that are not archived."""
    rows = await reading.all(
        """
        SELECT id FROM cases WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s)
          AND owner_id = %(owner)s AND archived_at IS NULL ORDER BY created_at, id
        """,
        workspace=workspace_id,
        owner=owner_id,
    )
    return [row["id"] for row in rows]
