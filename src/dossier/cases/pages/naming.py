"""What programs call by keys, called as people know it: fields, slots, steps and the case's own parts."""

import re
from collections.abc import Callable, Mapping

from dossier.cases.model import Case
from dossier.foundation.errors import Problem, Refusal

PARTS: Mapping[str, str] = {
    "title": "Title",
    "description": "Description",
    "locale": "Language",
    "reference": "Reference",
    "status": "Status",
    "parent_status": "Stage",
    "waiting_for": "Waiting for",
    "owner": "Owner",
    "archived_at": "Archived",
    "template_version": "Version of the template",
}
_CODES = ("changed_since", "main_contact", "not_started", "already_started", "step_hidden", "not_available")
_QUOTED = re.compile(r"“([^“”]+)”")
_CHANGED_AT = re.compile(r"(“.+” was changed by .+) at [0-9T:.\-]+Z\.")


def names(case: Case | None, said: Callable[[str], str]) -> dict[str, str]:
    """Key or path → name; `said`: a word in the reader's language."""
    found = {key: said(name) for key, name in PARTS.items()}
    if case is None:
        return found
    for step in case.template.steps if case.template else ():
        found[step.key] = found[f"steps.{step.key}"] = step.title
    for slot in case.template.slots if case.template else ():
        found[slot.key] = found[f"contacts.{slot.key}"] = slot.name
    return found | {field.key: field.name for field in case.fields()}


def named(problem: Problem, known: Mapping[str, str]) -> Problem:
    """The problem with names in the place of keys, and without a program's time."""
    if problem.code not in _CODES:
        return problem
    return Problem(in_words(problem.detail, known), problem.code, problem.pointer, problem.parameter, meta=problem.meta)


def in_words(detail: str, known: Mapping[str, str]) -> str:
    """A sentence with names in the place of keys."""
    detail = _QUOTED.sub(lambda found: f"“{known.get(found[1], found[1])}”", detail)
    return _CHANGED_AT.sub(r"\1 meanwhile; look at it, and do it again.", detail)


def renamed(refusal: Refusal, known: Mapping[str, str]) -> Refusal:
    """The refusal as people understand it."""
    refusal.problems = tuple(named(each, known) for each in refusal.problems)
    return refusal
