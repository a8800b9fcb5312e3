"""The slots of cases that show contacts: which cases show one, what is left to tell them, and who is put where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from dossier.contacts.model import Contact, FilledSlot
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


async def hold_cases(transaction: Transaction, case_id: UUID, emails: Sequence[str], most: int) -> None:
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
    actor_type: str
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
    before, after = Contact.of(row.pop("old")), Contact.of(row.pop("new"))
    return News(before=before, after=after, **row)


async def of_case(reading: ReadSession, workspace_id: UUID, case_id: UUID) -> set[UUID]:
    """The contacts that a case shows."""
    rows = await reading.all(
        """
        SELECT l.contact_id FROM case_contacts l
        WHERE l.workspace_id = %(workspace)s AND l.workspace_id = ANY(%(scope)s) AND l.case_id = %(case)s
        """,
        workspace=workspace_id,
        case=case_id,
    )
    return {row["contact_id"] for row in rows}


async def relink(
    transaction: Transaction,
    workspace_id: UUID,
    case_id: UUID,
    before: Mapping[str, FilledSlot],
    after: Mapping[str, FilledSlot],
) -> None:
    """Put into the slots of a case who is there after, where that is not who was there before."""
    values = {"workspace": workspace_id, "case": case_id}
    if emptied := sorted(before.keys() - after.keys()):
        await transaction.send(_EMPTY, slots=emptied, **values)
    for slot, filled in after.items():
        if before.get(slot) != filled:
            await transaction.send(_FILL, slot=slot, label=filled.label, contact=filled.contact.id, **values)


_EMPTY = """
DELETE FROM case_contacts WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s)
  AND case_id = %(case)s AND slot = ANY(%(slots)s)
"""
_FILL = """
INSERT INTO case_contacts (workspace_id, case_id, slot, label, contact_id)
VALUES (%(workspace)s, %(case)s, %(slot)s, %(label)s, %(contact)s)
ON CONFLICT (workspace_id, case_id, slot) DO UPDATE SET label = excluded.label, contact_id = excluded.contact_id
"""
SLOTS = """
(SELECT jsonb_agg(jsonb_build_object('slot', s.slot, 'label', s.label, 'id', p.id, 'email', p.email,
                                     'given_name', p.given_name, 'family_name', p.family_name,
                                     'phone', p.phone) ORDER BY s.slot)
 FROM case_contacts s JOIN contacts p ON p.workspace_id = s.workspace_id AND p.id = s.contact_id
 WHERE s.workspace_id = c.workspace_id AND s.case_id = c.id)
"""
"""SQL of the slots of a case `c`, of which `filled_slots` makes what they are."""


def filled_slots(found: Sequence[Mapping[str, Any]] | None) -> dict[str, FilledSlot]:
    """Slot → who is in it, by key."""
    return {each["slot"]: FilledSlot.of(each) for each in found or ()}
