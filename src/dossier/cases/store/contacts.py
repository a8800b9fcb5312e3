"""Which cases show a contact, and what is left to tell them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from dossier.contacts import contact_of
from dossier.contacts.model import Contact
from dossier.foundation.actor import ActorType
from dossier.foundation.database import Jsonb, ReadSession, Transaction

_SHOWING = """
SELECT DISTINCT l.case_id FROM case_contacts l
WHERE l.workspace_id = %(workspace)s AND l.workspace_id = ANY(%(scope)s) AND l.contact_id = %(contact)s
  AND l.case_id <> %(but)s
ORDER BY l.case_id
"""


async def showing(
    reading: ReadSession, workspace_id: UUID, contact_id: UUID, but: UUID, most: int | None
) -> list[UUID]:
    """The first cases (None: all), by id, that show the contact, one of them left out."""
    rows = await reading.all(
        _SHOWING + "LIMIT %(most)s", workspace=workspace_id, contact=contact_id, but=but, most=most
    )
    return [row["case_id"] for row in rows]


async def hold_showing(transaction: Transaction, case_id: UUID, emails: Sequence[str], most: int) -> None:
    """Lock a case, and the first cases that show its contacts or those with these addresses, in the order of their ids.

    Whoever changes a contact changes these cases too. Without one order two who change the same person from two cases
    would each hold what the other one waits for.
    """
    await transaction.send(
        """
        SELECT FROM cases c WHERE c.workspace_id = ANY(%(scope)s) AND c.id = ANY(array(
          SELECT %(case)s::uuid
          UNION
          (SELECT DISTINCT l.case_id FROM case_contacts l WHERE (l.workspace_id, l.contact_id) IN (
             SELECT o.workspace_id, o.contact_id FROM case_contacts o
             WHERE o.workspace_id = ANY(%(scope)s) AND o.case_id = %(case)s
             UNION
             SELECT p.workspace_id, p.id FROM contacts p
             WHERE p.workspace_id = ANY(%(scope)s) AND p.email_identity = ANY(%(emails)s))
           ORDER BY l.case_id LIMIT %(most)s)))
        ORDER BY c.id FOR NO KEY UPDATE
        """,
        case=case_id,
        emails=list(emails),
        most=most,
    )


async def count_showing(reading: ReadSession, workspace_id: UUID, contact_id: UUID, but: UUID) -> int:
    """How many cases show the contact, one of them left out."""
    row = await reading.one(
        f"SELECT count(*) AS count FROM ({_SHOWING}) AS cases", workspace=workspace_id, contact=contact_id, but=but
    )
    number: int = row["count"]
    return number


async def tell_later(
    transaction: Transaction, workspace_id: UUID, before: Contact, after: Contact, told: Sequence[UUID]
) -> None:
    """Note for every case that shows the contact, but those told already, how it changed."""
    await transaction.send(
        """
        INSERT INTO case_contact_news (workspace_id, case_id, contact_id, old, new, actor_type, actor_id, via)
        SELECT DISTINCT l.workspace_id, l.case_id, l.contact_id, %(old)s::jsonb, %(new)s::jsonb,
               %(actor_type)s, %(actor_id)s::uuid, %(via)s
        FROM case_contacts l
        WHERE l.workspace_id = %(workspace)s AND l.workspace_id = ANY(%(scope)s) AND l.contact_id = %(contact)s
          AND NOT l.case_id = ANY(%(told)s)
        """,
        workspace=workspace_id,
        contact=after.id,
        told=list(told),
        old=Jsonb(before.document()),
        new=Jsonb(after.document()),
        actor_type=transaction.actor.type,
        actor_id=transaction.actor.id,
        via=transaction.actor.via,
    )


@dataclass(frozen=True, slots=True)
class News:
    """What a case has to be told of a contact, and who did it."""

    case_id: UUID
    before: Contact
    after: Contact
    actor_type: ActorType
    actor_id: UUID | None
    via: str


async def take_news(transaction: Transaction, workspace_id: UUID) -> News | None:
    """The oldest thing that a case has to be told, taken off the list; another process takes the next."""
    row = await transaction.first(
        """
        DELETE FROM case_contact_news WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND id =
          (SELECT id FROM case_contact_news WHERE workspace_id = %(workspace)s ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING case_id, old, new, actor_type, actor_id, via
        """,
        workspace=workspace_id,
    )
    if row is None:
        return None
    before, after = contact_of(row.pop("old")), contact_of(row.pop("new"))
    return News(before=before, after=after, **row)


async def mentioned(transaction: Transaction, workspace_id: UUID, case_id: UUID) -> list[UUID]:
    """The contacts that a case shows, or has shown."""
    rows = await transaction.all(
        """
        SELECT l.contact_id AS id FROM case_contacts l
        WHERE l.workspace_id = %(workspace)s AND l.workspace_id = ANY(%(scope)s) AND l.case_id = %(case)s
        UNION
        SELECT (side.value ->> 'id')::uuid
        FROM case_events e CROSS JOIN jsonb_each(e.changes) AS change CROSS JOIN jsonb_each(change.value) AS side
        WHERE e.workspace_id = %(workspace)s AND e.workspace_id = ANY(%(scope)s) AND e.case_id = %(case)s
          AND change.key LIKE 'contacts.%%' AND jsonb_typeof(side.value) = 'object'
        """,
        workspace=workspace_id,
        case=case_id,
    )
    return [row["id"] for row in rows]
