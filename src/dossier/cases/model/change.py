"""A change of a case in the making."""

from dossier.cases.model.case import Case
from dossier.foundation.errors import Invalid
from dossier.foundation.messages import Message, Value
from dossier.foundation.text import nearest
from dossier.records.model import ChangeSet

CaseChange = ChangeSet[Case]


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
