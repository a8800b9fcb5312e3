"""One form, whole: read as it stands, or locked to be changed; and which form a link leads to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from dossier import members
from dossier.forms.model import Form
from dossier.forms.store.collection import READ_WHOLE, VISIBLE, form_of
from dossier.foundation.database import ReadSession, Row
from dossier.records import Whole


async def _form(_reading: ReadSession, row: Row) -> Form:
    return form_of(row)


WHOLE: Whole[Form] = Whole(
    table="forms",
    alias="f",
    columns=READ_WHOLE,
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
        SELECT {READ_WHOLE} FROM forms f JOIN workspaces w ON w.id = f.workspace_id
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


@dataclass(frozen=True, slots=True)
class CaseOfForm:
    """What a form has to know of the case that it belongs to."""

    id: UUID
    title: str
    reference: str | None
    is_put_away: bool
    owner: Mapping[str, Any] | None


async def case_of(reading: ReadSession, workspace_id: UUID, case_id: UUID) -> CaseOfForm | None:
    """A case of the workspace that the caller may see."""
    seen = members.seen_by_owner("c")
    row = await reading.first(
        f"""
        SELECT c.id, c.title, c.reference, c.archived_at IS NOT NULL AS is_put_away,
          CASE WHEN c.owner_id IS NOT NULL THEN {members.owner_of("c")} END AS owner FROM cases c
        WHERE {seen} AND c.workspace_id = %(workspace)s AND c.workspace_id = ANY(%(scope)s) AND c.id = %(case)s
        """,
        workspace=workspace_id,
        case=case_id,
    )
    return CaseOfForm(**row) if row else None


async def redirect_hosts(reading: ReadSession, workspace_id: UUID) -> list[str]:
    """The hosts that a workspace lets people go on to."""
    row = await reading.one(
        "SELECT redirect_hosts FROM workspaces WHERE id = %(id)s AND id = ANY(%(scope)s)", id=workspace_id
    )
    return list(row["redirect_hosts"])


async def data_of_case(session: ReadSession, workspace_id: UUID, case_id: UUID) -> dict[str, Any]:
    """The values of the case that a form belongs to, by key."""
    row = await session.first(
        f"""
        SELECT c.data FROM cases c WHERE c.workspace_id = %(workspace)s AND c.id = %(case)s AND {members.seen_by_owner("c")}
        """,
        workspace=workspace_id,
        case=case_id,
    )
    return dict(row["data"]) if row else {}


async def cases_by_reference(session: ReadSession, workspace_id: UUID, references: list[str]) -> dict[str, UUID]:
    """Reference → the newest case with it, of those that the caller may see."""
    rows = await session.all(
        f"""
        SELECT DISTINCT ON (c.reference) c.reference, c.id FROM cases c
        WHERE c.workspace_id = %(workspace)s AND c.reference = ANY(%(references)s) AND {members.seen_by_owner("c")}
        ORDER BY c.reference, c.created_at DESC
        """,
        workspace=workspace_id,
        references=references,
    )
    return {row["reference"]: row["id"] for row in rows}


async def limited_to(reading: ReadSession) -> Mapping[str, Any] | None:
    """The member to whose things the caller is limited, as JSON has an owner; None where it sees all."""
    row = await reading.first(
        """
        SELECT m.id, m.email, m.given_name, m.family_name FROM members m WHERE m.id = %(only_owner)s::uuid
        """
    )
    return {**row, "id": str(row["id"])} if row else None
