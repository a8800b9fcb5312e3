"""A change of a case in the making, and what a receipt says of it."""

from typing import Any

from dossier.cases.model.case import Case
from dossier.foundation.errors import Invalid
from dossier.foundation.messages import Message, Value
from dossier.foundation.text import nearest
from dossier.records.model import ChangeSet

CaseChange = ChangeSet[Case]


def changed_data(change: CaseChange) -> dict[str, dict[str, Any]]:
    """Field key → its value before all of this and after it."""
    paths = dict.fromkeys(path for entry in change.entries for path in entry.changes if path.startswith("data."))
    get, before = change.record.get, change.before
    return {
        path.removeprefix("data."): {"old": get(before, path) if before else None, "new": get(change.after, path)}
        for path in paths
    }


def raise_if_unknown_status(case: Case, status: str, at: str) -> None:
    """400 when the case has no such status."""
    if status not in case.statuses:
        guess = nearest(status, case.statuses)
        sentence = (
            "The case has no status “{status}”; did you mean “{guess}”?"
            if guess
            else "The case has no status “{status}”; it has {statuses}."
        )
        people = "Its template has no such status."
        values: dict[str, Value] = {"status": status[:120], "guess": guess or "", "statuses": tuple(case.statuses)}
        raise Invalid.because(Message(sentence, values, people), "unknown_status", pointer=at)
