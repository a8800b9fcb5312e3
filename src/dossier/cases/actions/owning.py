"""To whom rules give cases: the member of an address, or the next of several, whose turn is kept by the database."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dossier import files, members
from dossier.cases.model import CaseChange
from dossier.cases.model.automations import owners_asked, refused, with_owner
from dossier.cases.store import turns
from dossier.foundation.database import Transaction
from dossier.foundation.errors import AppError, Invalid
from dossier.records.model import Cause, Entry


async def settle(changes: Sequence[tuple[Transaction, CaseChange]], *at: files.At) -> list[CaseChange | AppError]:
    """Each change with the members to whom rules give the case, and the files that it newly names, or why it may not name them."""
    given = [(transaction, await _give(transaction, change)) for transaction, change in changes]
    return await files.settle(given, *at)


async def _give(transaction: Transaction, change: CaseChange) -> CaseChange:
    """The change with the members to whom its rules give the case; where there is none it stays whose it was, and that is said."""
    owner: Mapping[str, Any] | None = None
    for number, (place, entry) in enumerate(owners_asked(change)):
        before = owner if number else entry.changes["owner"]["old"]
        found = await _found(transaction, change, entry)
        owner = found or before
        named = _entry(change, entry, before, found)
        change = with_owner(change, place, named, owner)
    return change


def _entry(
    change: CaseChange, entry: Entry, before: Mapping[str, Any] | None, found: Mapping[str, Any] | None
) -> Entry:
    assert entry.cause
    if found is None:
        assert change.after.template
        rule = change.after.template.automation_by_key[entry.cause.rule]
        return refused(rule.name, "there is no such member in the workspace.", entry.cause)
    changes = {**entry.changes, "owner": {"old": before, "new": dict(found)}}
    return replace(entry, changes=changes if found != before else {})  # type: ignore[arg-type]


async def _found(transaction: Transaction, change: CaseChange, entry: Entry) -> Mapping[str, Any] | None:
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


async def _in_turn(transaction: Transaction, change: CaseChange, cause: Cause, emails: Sequence[str]) -> list[str]:
    """The addresses, from the one whose turn it is on."""
    case = change.after
    assert case.template_id
    turn = await turns.take(transaction, case.workspace_id, case.template_id, cause.rule) % len(emails)
    return [*emails[turn:], *emails[:turn]]
