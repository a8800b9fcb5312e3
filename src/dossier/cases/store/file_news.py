"""What cases still have to be told of files that are called otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from dossier.files.model import NamedFile
from dossier.foundation.database import Jsonb, Transaction


@dataclass(frozen=True, slots=True)
class News:
    """What a case has to be told of a file, and who did it."""

    case_id: UUID
    old: NamedFile
    new: NamedFile
    actor_type: str
    actor_id: UUID | None
    via: str


async def tell_later(
    transaction: Transaction, workspace_id: UUID, cases: Sequence[UUID], old: NamedFile, new: NamedFile
) -> None:
    """Note for these cases how a file is called by now."""
    await transaction.send(
        """
        INSERT INTO case_file_news (workspace_id, case_id, old, new, actor_type, actor_id, via)
        SELECT %(workspace)s::uuid, told, %(old)s::jsonb, %(new)s::jsonb, %(actor_type)s, %(actor_id)s::uuid, %(via)s
        FROM unnest(%(cases)s::uuid[]) AS told
        """,
        workspace=workspace_id,
        cases=list(cases),
        old=Jsonb(old.document()),
        new=Jsonb(new.document()),
        actor_type=transaction.actor.type,
        actor_id=transaction.actor.id,
        via=transaction.actor.via,
    )


async def take(transaction: Transaction, workspace_id: UUID) -> News | None:
    """The oldest thing that a case has to be told, taken off the list; another process takes the next."""
    row = await transaction.first(
        """
        DELETE FROM case_file_news WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND id =
          (SELECT id FROM case_file_news WHERE workspace_id = %(workspace)s ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING case_id, old, new, actor_type, actor_id, via
        """,
        workspace=workspace_id,
    )
    return News(old=NamedFile(**row.pop("old")), new=NamedFile(**row.pop("new")), **row) if row else None
