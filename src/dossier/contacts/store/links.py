"""The slots of things that show contacts: which things show one, what is left to tell them, and who is put where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from dossier.contacts.model import Contact, FilledSlot
from dossier.foundation.database import Jsonb, ReadSession, Transaction
from dossier.records.model import Record


@dataclass(frozen=True, slots=True)
class News:
    """What a thing has to be told of a contact, and who did it."""

    id: UUID
    before: Contact
    after: Contact
    actor_type: str
    actor_id: UUID | None
    via: str


@dataclass(frozen=True, slots=True)
class Links:
    """Where a kind of thing has which contacts it shows; in each table the thing is named as in its history.

    `things`: their table, `alias` in statements about them; `shown`: who is in which slot; `news`: what is still to be
    told of contacts that changed. `past`: who once stood in one, kept by a trigger; `read`: the workspaces whose older
    histories were read for that.
    """

    record: Record[Any]
    things: str
    alias: str
    shown: str
    news: str
    past: str
    read: str

    @property
    def key(self) -> str:
        return self.record.key

    @property
    def slots(self) -> str:
        """SQL of the slots of a thing under its alias, of which `filled_slots` makes what they are."""
        return f"""
        (SELECT jsonb_agg(jsonb_build_object('slot', s.slot, 'label', s.label, 'id', p.id, 'email', p.email,
                                             'given_name', p.given_name, 'family_name', p.family_name,
                                             'phone', p.phone) ORDER BY s.slot)
         FROM {self.shown} s JOIN contacts p ON p.workspace_id = s.workspace_id AND p.id = s.contact_id
         WHERE s.workspace_id = {self.alias}.workspace_id AND s.{self.key} = {self.alias}.id)
        """

    @property
    def _showing(self) -> str:
        return f"""
        SELECT DISTINCT l.{self.key} AS id FROM {self.shown} l
        WHERE l.workspace_id = %(workspace)s AND l.workspace_id = ANY(%(scope)s) AND l.contact_id = %(contact)s
          AND l.{self.key} <> %(but)s
        ORDER BY l.{self.key}
        """

    async def showing(
        self, reading: ReadSession, workspace_id: UUID, contact_id: UUID, but: UUID, most: int | None
    ) -> list[UUID]:
        """The first things (None: all), by id, that show the contact, one of them left out."""
        rows = await reading.all(
            self._showing + "LIMIT %(most)s", workspace=workspace_id, contact=contact_id, but=but, most=most
        )
        return [row["id"] for row in rows]

    async def hold(self, transaction: Transaction, id: UUID, emails: Sequence[str], most: int) -> None:
        """Lock a thing, and the first things that show its contacts or those with these addresses, in the order of their ids.

        Whoever changes a contact changes these things too. Without one order two who change the same person from two things
        would each hold what the other one waits for.
        """
        await transaction.send(
            f"""
            SELECT FROM {self.things} c WHERE c.workspace_id = ANY(%(scope)s) AND c.id = ANY(array(
              SELECT %(thing)s::uuid
              UNION
              (SELECT DISTINCT l.{self.key} FROM {self.shown} l WHERE (l.workspace_id, l.contact_id) IN (
                 SELECT o.workspace_id, o.contact_id FROM {self.shown} o
                 WHERE o.workspace_id = ANY(%(scope)s) AND o.{self.key} = %(thing)s
                 UNION
                 SELECT p.workspace_id, p.id FROM contacts p
                 WHERE p.workspace_id = ANY(%(scope)s) AND p.email_identity = ANY(%(emails)s))
               ORDER BY l.{self.key} LIMIT %(most)s)))
            ORDER BY c.id FOR NO KEY UPDATE
            """,
            thing=id,
            emails=list(emails),
            most=most,
        )

    async def count_showing(self, reading: ReadSession, workspace_id: UUID, contact_id: UUID, but: UUID) -> int:
        """How many things show the contact, one of them left out."""
        row = await reading.one(
            f"SELECT count(*) AS count FROM ({self._showing}) AS things",
            workspace=workspace_id,
            contact=contact_id,
            but=but,
        )
        number: int = row["count"]
        return number

    async def tell_later(
        self, transaction: Transaction, workspace_id: UUID, before: Contact, after: Contact, told: Sequence[UUID]
    ) -> None:
        """Note for every thing that shows the contact, but those told already, how it changed."""
        await transaction.send(
            f"""
            INSERT INTO {self.news} (workspace_id, {self.key}, contact_id, old, new, actor_type, actor_id, via)
            SELECT DISTINCT l.workspace_id, l.{self.key}, l.contact_id, %(old)s::jsonb, %(new)s::jsonb,
                   %(actor_type)s, %(actor_id)s::uuid, %(via)s
            FROM {self.shown} l
            WHERE l.workspace_id = %(workspace)s AND l.workspace_id = ANY(%(scope)s) AND l.contact_id = %(contact)s
              AND NOT l.{self.key} = ANY(%(told)s)
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

    async def take_news(self, transaction: Transaction, workspace_id: UUID) -> News | None:
        """The oldest thing that a thing has to be told, taken off the list; another process takes the next."""
        row = await transaction.first(
            f"""
            DELETE FROM {self.news} WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND id =
              (SELECT id FROM {self.news} WHERE workspace_id = %(workspace)s ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING {self.key} AS id, old, new, actor_type, actor_id, via
            """,
            workspace=workspace_id,
        )
        if row is None:
            return None
        before, after = Contact.of(row.pop("old")), Contact.of(row.pop("new"))
        return News(before=before, after=after, **row)

    async def of_thing(self, reading: ReadSession, workspace_id: UUID, id: UUID) -> set[UUID]:
        """The contacts that a thing shows."""
        rows = await reading.all(
            f"""
            SELECT l.contact_id FROM {self.shown} l
            WHERE l.workspace_id = %(workspace)s AND l.workspace_id = ANY(%(scope)s) AND l.{self.key} = %(thing)s
            """,
            workspace=workspace_id,
            thing=id,
        )
        return {row["contact_id"] for row in rows}

    async def relink(
        self,
        transaction: Transaction,
        workspace_id: UUID,
        id: UUID,
        before: Mapping[str, FilledSlot],
        after: Mapping[str, FilledSlot],
    ) -> None:
        """Put into the slots of a thing who is there after, where that is not who was there before."""
        values = {"workspace": workspace_id, "thing": id}
        if emptied := sorted(before.keys() - after.keys()):
            await transaction.send(self._emptying, slots=emptied, **values)
        for slot, filled in after.items():
            if before.get(slot) != filled:
                await transaction.send(
                    self._filling, slot=slot, label=filled.label, contact=filled.contact.id, **values
                )

    async def forget(self, transaction: Transaction, workspace_id: UUID, contact_id: UUID) -> None:
        """Forget what is still to be told of somebody who is erased, and where they once stood: histories were rewritten."""
        for table in (self.news, self.past):
            await transaction.send(
                f"""
                DELETE FROM {table}
                WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND contact_id = %(contact)s
                """,
                workspace=workspace_id,
                contact=contact_id,
            )

    @property
    def _emptying(self) -> str:
        return f"""
        DELETE FROM {self.shown} WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s)
          AND {self.key} = %(thing)s AND slot = ANY(%(slots)s)
        """

    @property
    def _filling(self) -> str:
        return f"""
        INSERT INTO {self.shown} (workspace_id, {self.key}, slot, label, contact_id)
        VALUES (%(workspace)s, %(thing)s, %(slot)s, %(label)s, %(contact)s)
        ON CONFLICT (workspace_id, {self.key}, slot) DO UPDATE
        SET label = excluded.label, contact_id = excluded.contact_id
        """


def filled_slots(found: Sequence[Mapping[str, Any]] | None) -> dict[str, FilledSlot]:
    """Slot → who is in it, by key."""
    return {each["slot"]: FilledSlot.of(each) for each in found or ()}
