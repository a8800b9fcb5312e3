"""To whom rules give things: the member of an address, or the next of several, whose turn is kept by the database."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dossier import members
from dossier.flow import store
from dossier.flow.model import F
from dossier.flow.model.rules import owners_asked, refused, with_owner
from dossier.foundation.database import Transaction
from dossier.foundation.errors import Invalid
from dossier.foundation.messages import Message
from dossier.records.model import Cause, ChangeSet, Entry


async def give_away(transaction: Transaction, change: ChangeSet[F]) -> ChangeSet[F]:
    """The change with the members to whom its rules give the thing; where there is none it stays whose it was, and that is said."""
    owner: Mapping[str, Any] | None = None
    for number, (place, entry) in enumerate(owners_asked(change)):
        before = owner if number else entry.changes["owner"]["old"]
        found = await _found(transaction, change, entry)
        owner = found or before
        named = _entry(change, entry, before, found)
        change = with_owner(change, place, named, owner)
    return change


def _entry(
    change: ChangeSet[F], entry: Entry, before: Mapping[str, Any] | None, found: Mapping[str, Any] | None
) -> Entry:
    assert entry.cause
    if found is None:
        assert change.after.template
        rule = change.after.template.automation_by_key[entry.cause.rule]
        return refused(rule.name, Message("there is no such member in the workspace."), entry.cause)
    changes = {**entry.changes, "owner": {"old": before, "new": dict(found)}}
    return replace(entry, changes=changes if found != before else {})  # type: ignore[arg-type]


async def _found(transaction: Transaction, change: ChangeSet[F], entry: Entry) -> Mapping[str, Any] | None:
    asked = entry.changes["owner"]["new"]
    emails = asked.get("in_turn") or [asked["email"]]
    if "in_turn" in asked:
        assert entry.cause
        emails = await _in_turn(transaction, change, entry.cause, emails)
    for email in emails:
        try:
            member = await members.owner(transaction, change.after.workspace_id, email, "/owner/email")
        except Invalid:
            continue  # who left has no turn
        return member.document()
    return None


async def _in_turn(transaction: Transaction, change: ChangeSet[F], cause: Cause, emails: Sequence[str]) -> list[str]:
    """The addresses, from the one whose turn it is on."""
    thing = change.after
    assert thing.template_id
    turn = await store.take(transaction, thing.workspace_id, thing.template_id, cause.rule) % len(emails)
    return [*emails[turn:], *emails[:turn]]
