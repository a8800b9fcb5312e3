"""The SQL of messages themselves."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from dossier import members, workspaces
from dossier.files.model import NamedFile
from dossier.foundation.actor import Actor
from dossier.foundation.clock import wire_time
from dossier.foundation.database import Jsonb, ReadSession, Row, Transaction
from dossier.foundation.exact import local_moment
from dossier.foundation.messages import Message as Sentence
from dossier.foundation.stored_messages import restored, stored
from dossier.listing import keyset
from dossier.listing.collection import Collection, Matching, Shape, Visible, by_time
from dossier.listing.sql import Column, Columns
from dossier.messages.model import CONCEALED, VOCABULARY, Attempt, Message, compared, sees_personal

_OF_OWN_CASES = f"""
EXISTS (SELECT FROM cases c WHERE c.workspace_id = m.workspace_id AND c.id = m.case_id AND {members.seen_by_owner("c")})
"""
# Who had it sent: as histories name actors.
_BY = """
CASE m.actor_type
  WHEN 'token' THEN (SELECT name FROM tokens t WHERE t.id = m.actor_id)
  WHEN 'member' THEN (SELECT coalesce(nullif(concat_ws(' ', p.given_name, p.family_name), ''), p.email)
                      FROM members p WHERE p.id = m.actor_id)
END AS actor_name
"""
_FILES = """
(SELECT jsonb_agg(jsonb_build_object('id', f.id, 'name', f.name, 'type', f.type, 'size', f.size, 'erased', f.erased_at IS NOT NULL)
                  ORDER BY array_position(m.attachments, f.id))
 FROM files f WHERE f.workspace_id = m.workspace_id AND f.id = ANY(m.attachments))
"""
_LISTED = f"""
m.workspace_id, m.id, m.version, m.created_at, m.updated_at, m.case_id, m.step, m.channel, m.direction, m.transport, m.status,
m.sender, m.reply_to, m.sent_to, m.copied_to, m.hidden_to, m.contacts, m.subject, m.at, m.due_at, m.tries, m.sent_at,
m.message_id, m.error, m.erased_at, m.member_id, m.conceals, m.actor_type, m.actor_id, {_BY}
"""
_COLUMNS = f"{_LISTED}, m.body, m.html, m.attempts, {_FILES} AS attachments"

VISIBLE = Visible("m", _OF_OWN_CASES)
"""A limited member sees the messages of the cases that they see."""

COLLECTION = Collection(
    source="messages m",
    alias="m",
    visible=VISIBLE,
    vocabulary=VOCABULARY,
    columns=Columns(
        named={
            **{name: Column(f"m.{name}") for name in VOCABULARY.attributes if name != "to"},
            "to": Column("r.address", "EXISTS (SELECT FROM unnest(m.folded) AS r (address) WHERE {})"),
            "case.id": Column("m.case_id"),
            **workspaces.columns_of_workspace("m"),
        }
    ),
    sorts={"created_at": by_time("m.created_at"), "updated_at": by_time("m.updated_at")},
)


def _message(row: Row) -> Message:
    type, id, name = row.pop("actor_type"), row.pop("actor_id"), row.pop("actor_name")
    lists = {"to": "sent_to", "cc": "copied_to", "bcc": "hidden_to", "contacts": "contacts"}
    values = {name: tuple(row.pop(column)) for name, column in lists.items()}
    files = row.pop("attachments", None) or ()
    error = restored(row.pop("error"))
    values |= {"text": row.pop("body", ""), "html": row.pop("html", None)}
    attempts = tuple(map(_attempt, row.pop("attempts", ())))
    return Message(
        **row | values,
        attachments=tuple(NamedFile(**each) for each in files),
        error=error[0] if error else None,
        attempts=attempts,
        created_by={"type": type, "id": id, "name": name or "Dossier"},
    )


def _attempt(found: Mapping[str, Any]) -> Attempt:
    return Attempt(local_moment(found["at"]), restored(found["result"])[0])


def not_personal(meant: Matching, actor: Actor) -> Matching:
    """What is looked for without what is to other members personally, unless the actor sees that too."""
    if sees_personal(actor):
        return meant
    where, values = meant
    return f"{where} AND (m.member_id IS NULL OR m.member_id = %(personal)s)", {**values, "personal": actor.id}


ROWS = Shape(_LISTED, "", _message)
WHOLE = Shape(_COLUMNS, "", _message)


async def get(reading: ReadSession, message_id: UUID) -> Message | None:
    """A message that the reader may see."""
    return await keyset.find(reading, COLLECTION, WHOLE, message_id)


async def lock(transaction: Transaction, message_id: UUID) -> Message | None:
    """A message that the actor may see, locked until the end of the transaction."""
    row = await transaction.first(
        f"SELECT {_COLUMNS} FROM messages m WHERE {VISIBLE} AND m.id = %(id)s FOR UPDATE OF m", id=message_id
    )
    return _message(row) if row else None


async def of_case(reading: ReadSession, workspace_id: UUID, case_id: UUID, most: int) -> list[Message]:
    """The newest messages of a case that the reader may see."""
    rows = await reading.all(
        f"""
        SELECT {_LISTED} FROM messages m WHERE {VISIBLE} AND m.workspace_id = %(workspace)s AND m.case_id = %(case)s
        ORDER BY m.created_at DESC, m.id DESC LIMIT {most}
        """,
        workspace=workspace_id,
        case=case_id,
    )
    return [_message(row) for row in rows]


async def insert(transaction: Transaction, message: Message) -> None:
    """Keep a new one."""
    await transaction.send(
        """
        INSERT INTO messages (workspace_id, id, version, created_at, updated_at, actor_type, actor_id, case_id, step, channel,
          direction, transport, status, sender, reply_to, sent_to, copied_to, hidden_to, folded, contacts, subject, body, html,
          attachments, at, due_at, sent_at, message_id, member_id, conceals)
        VALUES (%(workspace_id)s, %(id)s, %(version)s, %(created_at)s, %(updated_at)s, %(actor_type)s, %(actor_id)s, %(case_id)s,
          %(step)s, %(channel)s, %(direction)s, %(transport)s, %(status)s, %(sender)s, %(reply_to)s, %(to)s, %(cc)s, %(bcc)s,
          %(folded)s, %(contacts)s, %(subject)s, %(text)s, %(html)s, %(files)s::uuid[], %(at)s, %(due_at)s, %(sent_at)s,
          %(message_id)s, %(member_id)s, %(conceals)s)
        """,
        **_values(message),
    )


def _values(message: Message) -> dict[str, Any]:
    names = (
        "workspace_id id version created_at updated_at case_id step channel direction transport status sender reply_to"
    )
    names += " subject text html at due_at sent_at message_id member_id conceals"
    values: dict[str, Any] = {name: getattr(message, name) for name in names.split()}
    values |= {name: list(getattr(message, name)) for name in ("to", "cc", "bcc", "contacts")}
    return values | {
        "folded": [compared(message.channel, each) for each in (*message.recipients, *_from(message))],
        "files": [each.id for each in message.attachments],
        "actor_type": message.created_by["type"],
        "actor_id": message.created_by["id"],
    }


def _from(message: Message) -> tuple[str, ...]:
    """Who wrote to us: their message is found, and forgotten, by their address too."""
    return (message.sender,) if message.direction == "in" and message.sender else ()


# What a message conceals goes with it: once it was handed over, or is given up, it is not here any more.
_HANDED_OVER = "m.conceals <> '' AND %(status)s <> 'pending' AND %(transport)s IS DISTINCT FROM 'outbox'"


def _without(column: str) -> str:
    return f"CASE WHEN {_HANDED_OVER} THEN replace(m.{column}, m.conceals, %(concealed)s) ELSE m.{column} END"


async def change(transaction: Transaction, message: Message) -> None:
    """Keep what became of a locked one."""
    await transaction.send(
        f"""
        UPDATE messages m SET version = %(version)s, updated_at = %(updated_at)s, transport = %(transport)s, status = %(status)s,
          due_at = %(due_at)s, tries = %(tries)s, sent_at = %(sent_at)s, error = %(error)s, attempts = %(attempts)s,
          subject = {_without("subject")}, body = {_without("body")}, html = {_without("html")},
          conceals = CASE WHEN {_HANDED_OVER} THEN '' ELSE m.conceals END
        WHERE m.workspace_id = %(workspace_id)s AND m.workspace_id = ANY(%(scope)s) AND m.id = %(id)s
        """,
        **{
            name: getattr(message, name)
            for name in (
                "workspace_id",
                "id",
                "version",
                "updated_at",
                "transport",
                "status",
                "due_at",
                "tries",
                "sent_at",
            )
        },
        concealed=CONCEALED,
        error=stored([message.error]) if message.error else None,
        attempts=Jsonb([_kept(each.at, each.result) for each in message.attempts]),
    )


def _kept(at: datetime, result: Sentence) -> dict[str, str]:
    return {"at": wire_time(at), "result": stored([result])}


_EMPTIED = """
UPDATE messages m SET version = version + 1, updated_at = %(now)s, erased_at = %(now)s, sender = NULL, reply_to = NULL,
  sent_to = '{}', copied_to = '{}', hidden_to = '{}', folded = '{}', contacts = '{}', subject = '', body = '', html = NULL, conceals = NULL,
  attachments = '{}', error = NULL, attempts = '[]', status = CASE status WHEN 'pending' THEN 'skipped' ELSE status END
WHERE m.workspace_id = %(workspace)s AND m.workspace_id = ANY(%(scope)s) AND m.erased_at IS NULL AND
"""


async def empty_of_case(transaction: Transaction, workspace_id: UUID, case_id: UUID) -> list[UUID]:
    """Nothing is left of the messages of a case but that they were; which these are."""
    return await _empty(transaction, workspace_id, "m.case_id = %(case)s", case=case_id)


async def empty(transaction: Transaction, workspace_id: UUID, ids: Sequence[UUID]) -> list[UUID]:
    """The same of these messages."""
    return await _empty(transaction, workspace_id, "m.id = ANY(%(these)s::uuid[])", these=list(ids))


async def empty_of_person(
    transaction: Transaction, workspace_id: UUID, person_id: UUID, addresses: Sequence[str]
) -> list[UUID]:
    """The same of messages to or from somebody, a contact or a member, whom these addresses and numbers (as compared) reach."""
    return await _empty(
        transaction,
        workspace_id,
        "(m.contacts @> ARRAY[%(person)s::uuid] OR m.member_id = %(person)s OR m.folded && %(addresses)s::text[])",
        person=person_id,
        addresses=list(addresses),
    )


async def _empty(transaction: Transaction, workspace_id: UUID, which: str, **values: Any) -> list[UUID]:
    values |= {"workspace": workspace_id, "now": transaction.clock()}
    rows = await transaction.all(f"{_EMPTIED} {which} RETURNING m.id", **values)
    ids = [row["id"] for row in rows]
    await transaction.send(
        "DELETE FROM message_bounces WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND message_id = ANY(%(ids)s)",
        workspace=workspace_id,
        ids=ids,
    )
    return ids
