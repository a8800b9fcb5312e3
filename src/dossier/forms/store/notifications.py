"""What is written about forms: kept, found when it is due, and by the message that came of it."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from dossier.forms.model.notification import Notification
from dossier.foundation.database import Jsonb, ReadSession, Row, Transaction
from dossier.foundation.messages import Message as Sentence
from dossier.foundation.stored_messages import restored, stored

_NAMES = tuple(each.name for each in fields(Notification))
_OTHERS = _NAMES[1:]
_COLUMNS = ", ".join(f"n.{name}" for name in _NAMES)


async def of_forms(reading: ReadSession, form_ids: Sequence[UUID]) -> Mapping[UUID, list[Notification]]:
    """Form → what is written about it, the first one first."""
    rows = await reading.all(
        f"""
        SELECT {_COLUMNS} FROM form_notifications n
        WHERE n.workspace_id = ANY(%(scope)s) AND n.form_id = ANY(%(forms)s) ORDER BY n.form_id, n.at, n.id
        """,
        forms=list(form_ids),
    )
    found: dict[UUID, list[Notification]] = defaultdict(list)
    for row in rows:
        found[row["form_id"]].append(_notification(row))
    return found


async def put(transaction: Transaction, notifications: Collection[Notification]) -> None:
    """Keep these, new ones and what became of known ones."""
    for each in notifications:
        await transaction.send(
            f"""
            INSERT INTO form_notifications (workspace_id, {", ".join(_OTHERS)})
            VALUES (%(workspace_id)s, {", ".join(f"%({name})s" for name in _OTHERS)})
            ON CONFLICT (workspace_id, id) DO UPDATE
            SET at = excluded.at, status = excluded.status, recipient = excluded.recipient, sender = excluded.sender,
                locale = excluded.locale, variables = excluded.variables, error = excluded.error,
                message_id = excluded.message_id, header_id = excluded.header_id
            """,
            **_values(each),
        )


async def skip(
    transaction: Transaction, workspace_id: UUID, form_id: UUID, kinds: Collection[str], channel: str | None = None
) -> list[UUID]:
    """What is planned of these kinds is called off; the messages that wait to be sent for it."""
    rows = await transaction.all(
        """
        UPDATE form_notifications n SET status = 'skipped'
        WHERE n.workspace_id = %(workspace)s AND n.workspace_id = ANY(%(scope)s) AND n.form_id = %(form)s
          AND n.status = 'pending' AND n.kind = ANY(%(kinds)s) AND (%(channel)s::text IS NULL OR n.channel = %(channel)s)
        RETURNING n.message_id
        """,
        workspace=workspace_id,
        form=form_id,
        kinds=list(kinds),
        channel=channel,
    )
    return [row["message_id"] for row in rows if row["message_id"]]


async def by_message(transaction: Transaction, workspace_id: UUID, message_id: UUID) -> Notification | None:
    """What a message was written for, locked."""
    row = await transaction.first(
        f"""
        SELECT {_COLUMNS} FROM form_notifications n
        WHERE n.workspace_id = %(workspace)s AND n.workspace_id = ANY(%(scope)s) AND n.message_id = %(message)s FOR UPDATE
        """,
        workspace=workspace_id,
        message=message_id,
    )
    return _notification(row) if row else None


async def due_of_form(transaction: Transaction, form_id: UUID, now: datetime) -> list[Notification]:
    """What is to be written about a form by now, locked, the first one first."""
    rows = await transaction.all(
        f"""
        SELECT {_COLUMNS} FROM form_notifications n
        WHERE n.workspace_id = ANY(%(scope)s) AND n.form_id = %(form)s AND n.status = 'pending' AND n.message_id IS NULL
          AND n.at <= %(now)s ORDER BY n.at, n.id FOR UPDATE
        """,
        form=form_id,
        now=now,
    )
    return [_notification(row) for row in rows]


async def due(reading: ReadSession, now: datetime, most: int) -> list[tuple[UUID, UUID]]:
    """Workspace and id of the forms of which something is due: to be written, or that they end; of all workspaces."""
    rows = await reading.all(
        """
        SELECT DISTINCT w.id AS workspace_id, d.form_id FROM workspaces w CROSS JOIN LATERAL (
          (SELECT n.form_id FROM form_notifications n
           WHERE n.workspace_id = w.id AND n.status = 'pending' AND n.message_id IS NULL AND n.at <= %(now)s
           ORDER BY n.at LIMIT %(most)s)
          UNION
          (SELECT f.id FROM forms f
           WHERE f.workspace_id = w.id AND f.status = 'pending' AND f.expired_at IS NULL AND f.active_until <= %(now)s
           ORDER BY f.active_until LIMIT %(most)s)
        ) AS d LIMIT %(most)s
        """,
        now=now,
        most=most,
    )
    return [(row["workspace_id"], row["form_id"]) for row in rows]


async def forget_recipients(transaction: Transaction, workspace_id: UUID, form_ids: Sequence[UUID]) -> None:
    """Nothing says any more to whom it was, nor what was put into it."""
    await transaction.send(
        """
        UPDATE form_notifications SET recipient = NULL, variables = NULL, error = NULL
        WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND form_id = ANY(%(forms)s)
        """,
        workspace=workspace_id,
        forms=list(form_ids),
    )


def _notification(row: Row) -> Notification:
    error = restored(row.pop("error"))
    return Notification(**row, error=error[0] if error else None)


def _values(notification: Notification) -> dict[str, Any]:
    values = {name: getattr(notification, name) for name in _NAMES}
    error: Sentence | None = values["error"]
    variables = values["variables"]
    return values | {
        "error": stored([error]) if error else None,
        "variables": None if variables is None else Jsonb(dict(variables)),
    }


async def drop_planned(transaction: Transaction, workspace_id: UUID, form_id: UUID) -> None:
    """Forget what is planned and was not written yet: it is planned anew."""
    await transaction.send(
        """
        DELETE FROM form_notifications n
        WHERE n.workspace_id = %(workspace)s AND n.workspace_id = ANY(%(scope)s) AND n.form_id = %(form)s
          AND n.status = 'pending' AND n.message_id IS NULL AND n.kind = ANY('{invitation,reminder}')
        """,
        workspace=workspace_id,
        form=form_id,
    )


async def messages_of(reading: ReadSession, workspace_id: UUID, form_ids: Sequence[UUID]) -> list[UUID]:
    """The messages that were written about forms."""
    rows = await reading.all(
        """
        SELECT n.message_id FROM form_notifications n
        WHERE n.workspace_id = %(workspace)s AND n.workspace_id = ANY(%(scope)s) AND n.form_id = ANY(%(forms)s)
          AND n.message_id IS NOT NULL
        """,
        workspace=workspace_id,
        forms=list(form_ids),
    )
    return [row["message_id"] for row in rows]
