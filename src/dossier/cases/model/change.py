"""A change in the making: the case before, the case as it becomes, and an entry for each thing that happens."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from dossier.cases.model.case import Case, get, put_all
from dossier.foundation.errors import Invalid
from dossier.foundation.json import same
from dossier.foundation.text import nearest
from dossier.records.model import Changes, Entry


@dataclass(frozen=True, slots=True)
class Work:
    """`before` is None for a case that is just being made."""

    before: Case | None
    case: Case
    entries: tuple[Entry, ...] = ()

    def change(
        self, kind: str, values: Mapping[str, Any], reason: str | None = None, *, automatic: bool = False
    ) -> "Work":
        """The work with these parts set, path by path; the same work when all of them are so already."""
        old = {path: get(self.case, path) for path in values}
        changes: Changes = {
            path: {"old": old[path], "new": new} for path, new in values.items() if not same(old[path], new)
        }
        if not changes:
            return self
        case = put_all(self.case, {path: change["new"] for path, change in changes.items()}, self.case.version + 1)
        return Work(self.before, case, (*self.entries, Entry(kind, changes, reason, automatic)))

    def along(self, values: Mapping[str, Any]) -> "Work":
        """The work with these parts set by its last entry: they follow from what that changed."""
        old = {path: get(self.case, path) for path in values}
        changes: Changes = {
            path: {"old": old[path], "new": new} for path, new in values.items() if not same(old[path], new)
        }
        if not changes:
            return self
        last = replace(self.entries[-1], changes={**self.entries[-1].changes, **changes})
        case = put_all(self.case, {path: change["new"] for path, change in changes.items()}, self.case.version)
        return Work(self.before, case, (*self.entries[:-1], last))

    def note(self, entry: Entry) -> "Work":
        """The work with one more entry that changes nothing; it is a version all the same."""
        return Work(self.before, replace(self.case, version=self.case.version + 1), (*self.entries, entry))

    def move(self, status: str, *, kind: str = "details", reason: str | None = None, automatic: bool = False) -> "Work":
        """The work with another status, and the parent that goes with it."""
        definition = self.case.statuses[status]
        values = {"status": status, "parent_status": definition.parent_status}
        return self.change(kind, values, reason, automatic=automatic)

    @property
    def changed(self) -> bool:
        return bool(self.entries)

    def changed_paths(self, since: int = 0) -> frozenset[str]:
        """Every path that the entries from position `since` on have changed."""
        return frozenset(path for entry in self.entries[since:] for path in entry.changes)

    def changed_data(self) -> dict[str, dict[str, Any]]:
        """Field key → its value before all of this and after it, as a receipt says it."""
        paths = dict.fromkeys(path for entry in self.entries for path in entry.changes if path.startswith("data."))
        return {
            path.removeprefix("data."): {
                "old": get(self.before, path) if self.before else None,
                "new": get(self.case, path),
            }
            for path in paths
        }


def refuse_unknown_status(case: Case, status: str, at: str) -> None:
    """400 when the case has no such status."""
    if status not in case.statuses:
        guess = nearest(status, case.statuses)
        hint = f"did you mean “{guess}”?" if guess else f"it has {', '.join(case.statuses)}."
        raise Invalid.because(f"The case has no status “{status[:120]}”; {hint}", "unknown_status", pointer=at)
