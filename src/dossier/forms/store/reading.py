"""One form, whole: read as it stands, or locked to be changed; and which form a link leads to."""

from uuid import UUID

from dossier.forms.model import Form
from dossier.forms.store.collection import READ, VISIBLE, form_of
from dossier.foundation.database import ReadSession, Row
from dossier.records import Whole


async def _form(_reading: ReadSession, row: Row) -> Form:
    return form_of(row)


WHOLE: Whole[Form] = Whole(
    table="forms",
    alias="f",
    columns=READ,
    source=f"FROM forms f JOIN workspaces w ON w.id = f.workspace_id WHERE {VISIBLE}",
    light="true",
    make=_form,
)
get, lock = WHOLE.get, WHOLE.lock


async def by_link(reading: ReadSession, hash: bytes) -> tuple[UUID, UUID] | None:
    """The workspace and the id of the form that the link with this hash leads to; for the server, which sees all."""
    row = await reading.first("SELECT workspace_id, form_id FROM form_links WHERE hash = %(hash)s", hash=hash)
    return (row["workspace_id"], row["form_id"]) if row else None


async def by_reference(reading: ReadSession, reference: str) -> UUID | None:
    """The newest form with that reference that the caller may see."""
    row = await reading.first(
        f"SELECT f.id FROM forms f WHERE {VISIBLE} AND f.reference = %(reference)s ORDER BY f.created_at DESC LIMIT 1",
        reference=reference,
    )
    return row["id"] if row else None


async def of_case(reading: ReadSession, workspace_id: UUID, case_id: UUID) -> list[Form]:
    """The forms of a case, the oldest first."""
    rows = await reading.all(
        f"""
        SELECT {READ} FROM forms f JOIN workspaces w ON w.id = f.workspace_id
        WHERE f.workspace_id = %(workspace)s AND f.workspace_id = ANY(%(scope)s) AND f.case_id = %(case)s
        ORDER BY f.created_at, f.id
        """,
        workspace=workspace_id,
        case=case_id,
    )
    return [form_of(row) for row in rows]


async def free_reference(reading: ReadSession, workspace_id: UUID, candidates: list[str]) -> str:
    """The first of the candidates that no form of the workspace has."""
    row = await reading.one(
        """
        SELECT candidate FROM unnest(%(candidates)s::text[]) AS candidate WHERE NOT EXISTS
          (SELECT FROM forms f WHERE f.workspace_id = %(workspace)s AND f.workspace_id = ANY(%(scope)s)
                                 AND f.reference = candidate)
        LIMIT 1
        """,
        candidates=candidates,
        workspace=workspace_id,
    )
    return str(row["candidate"])
