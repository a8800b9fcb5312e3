"""Which forms of a case nobody is to answer any more."""

from collections.abc import Iterator
from uuid import UUID

from dossier.cases.model import Case


def forms_to_close(before: Case, case: Case) -> Iterator[UUID]:
    """Those of steps that were called off, or begin anew with another one."""
    if case.steps is before.steps:
        return
    for key, state in before.steps.items():
        form, now = state.get("form"), case.steps.get(key, {})
        is_off = now.get("status") == "cancelled" and state.get("status") != "cancelled"
        if form and (is_off or (now.get("form") not in (None, form))):
            yield UUID(form)
