"""Keeping a change: the case, its history, its contacts and the indexed values, in the caller's transaction."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from dossier.cases.model import CASE_RECORD, Case, CaseChange
from dossier.cases.store.collection import COUNTERS, FIELD_INDEX, HOLDERS, LINKS
from dossier.foundation import stored_answers
from dossier.foundation.database import Jsonb, Transaction
from dossier.records import entries_of, inserting, portions, recording, updating

_COLUMNS = (
    "template_version, version, title, description, locale, reference, reference_generated, status, parent_status, waiting_for,"
    " owner_id, archived_at, updated_at, data, own_fields, steps, fired, forms"
)
# The case and its history are one statement: what is recorded is exactly what is kept.
_INSERT = inserting(CASE_RECORD, "cases", f"workspace_id, id, template_id, created_at, {_COLUMNS}")
_UPDATE = updating(CASE_RECORD, "cases", _COLUMNS)
# Only the data has changed: the most frequent update leaves the other columns alone, and many go in one statement.
_UPDATE_DATA = f"""
WITH changed AS (
  UPDATE cases c SET version = sent.version, updated_at = sent.updated_at, data = sent.data
  FROM jsonb_to_recordset(%(cases)s) AS sent
    (workspace_id uuid, id uuid, version bigint, updated_at timestamptz, data jsonb)
  WHERE c.workspace_id = sent.workspace_id AND c.workspace_id = ANY(%(scope)s) AND c.id = sent.id
) {recording(CASE_RECORD)}
"""


async def insert(transaction: Transaction, change: CaseChange) -> None:
    """Keep a new case."""
    entries = Jsonb(entries_of(transaction, change))
    await transaction.send(_INSERT, entries=entries, **_identity(change.after), **_columns(change.after))
    case = change.after
    await LINKS.relink(transaction, case.workspace_id, case.id, {}, case.contacts)
    await HOLDERS.hold(transaction, [change])
    await FIELD_INDEX.add(transaction, case.workspace_id, case.id, case.data)
    await COUNTERS.add(transaction, case.workspace_id, archived=False, delta=1)


async def update_all(changes: Sequence[tuple[Transaction, CaseChange]]) -> None:
    """Keep what was changed of locked cases, each with its history under its actor's name."""
    only_data = [each for each in changes if _is_only_data(each[1])]
    for number, together in enumerate(portions(only_data, lambda each: each[1].after.data)):
        if number:
            await asyncio.sleep(0)  # others are answered between two portions; one is sent and kept without a pause
        transaction = together[0][0]
        entries = [entry for each, change in together for entry in entries_of(each, change)]
        await transaction.send(
            _UPDATE_DATA, cases=Jsonb([_data(change.after) for _, change in together]), entries=Jsonb(entries)
        )
    for transaction, change in changes:
        if not _is_only_data(change):
            await _update(transaction, change)
        await _index_changed(transaction, change)
    if changes:
        await HOLDERS.hold(changes[0][0], [change for _, change in changes])


def _is_only_data(change: CaseChange) -> bool:
    assert change.before
    return all(entry.kind == "data" for entry in change.entries) and change.after.own_fields is change.before.own_fields


async def _update(transaction: Transaction, change: CaseChange) -> None:
    before, case = change.before, change.after
    assert before
    entries = Jsonb(entries_of(transaction, change))
    await transaction.send(_UPDATE, workspace_id=case.workspace_id, id=case.id, entries=entries, **_columns(case))
    await LINKS.relink(transaction, case.workspace_id, case.id, before.contacts, case.contacts)
    if (before.archived_at is None) != (case.archived_at is None):
        await COUNTERS.move(transaction, case.workspace_id, archived=case.archived_at is not None)


async def _index_changed(transaction: Transaction, change: CaseChange) -> None:
    case = change.after
    if case.indexed:
        changed = case.indexed & {path.removeprefix("data.") for path in change.changed_paths()}
        await FIELD_INDEX.put(transaction, case.workspace_id, case.id, case.data, changed)


async def delete(transaction: Transaction, case: Case) -> None:
    """Erase a case with its history and the stored answers that show it; a tombstone without its data remains."""
    values = {"workspace_id": case.workspace_id, "id": case.id}
    await transaction.send(
        "DELETE FROM cases WHERE workspace_id = %(workspace_id)s AND workspace_id = ANY(%(scope)s) AND id = %(id)s",
        **values,
    )
    await stored_answers.forget_about(transaction, [case.id])
    await transaction.send(
        """
        INSERT INTO case_tombstones (workspace_id, id, deleted_at, actor_type, actor_id)
        VALUES (%(workspace_id)s, %(id)s, %(now)s, %(actor_type)s, %(actor_id)s)
        """,
        now=transaction.clock(),
        actor_type=transaction.actor.type,
        actor_id=transaction.actor.id,
        **values,
    )
    await COUNTERS.add(transaction, case.workspace_id, archived=case.archived_at is not None, delta=-1)


async def free_reference(transaction: Transaction, workspace_id: UUID, candidates: list[str]) -> str:
    """The first of the candidates that no case of the workspace has."""
    row = await transaction.one(
        """
        SELECT candidate FROM unnest(%(candidates)s::text[]) AS candidate WHERE NOT EXISTS
          (SELECT FROM cases WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s)
                               AND reference = candidate)
        LIMIT 1
        """,
        candidates=candidates,
        workspace=workspace_id,
    )
    return str(row["candidate"])


def _data(case: Case) -> dict[str, Any]:
    names = ("workspace_id", "id", "version", "updated_at", "data")
    return {name: getattr(case, name) for name in names}


def _identity(case: Case) -> dict[str, Any]:
    names = ("workspace_id", "id", "template_id", "created_at")
    return {name: getattr(case, name) for name in names}


def _columns(case: Case) -> dict[str, Any]:
    names = _COLUMNS.split(", ")
    converted = {
        "owner_id": case.owner["id"] if case.owner else None,
        "data": Jsonb(case.data),
        "own_fields": Jsonb([field.document() for field in case.own_fields]),
        "steps": Jsonb(dict(case.steps)),
        "fired": list(case.fired),
        "forms": Jsonb(dict(case.forms)),
    }
    return {name: converted[name] if name in converted else getattr(case, name) for name in names}
