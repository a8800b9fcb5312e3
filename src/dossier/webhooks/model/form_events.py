"""What the addresses of a form are told: which events a change of it is, and what the call says."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

from dossier.foundation import json

Subject = Literal["requests", "responses"]
SAVED = ("responses:updated",)
AFTER_SAVE, AT_LATEST = timedelta(seconds=60), timedelta(minutes=5)
"""After the last save of answers, and at the latest after the first, they are told of."""
_FINER: Mapping[str, str] = {"archived": "requests:archived", "unarchived": "requests:unarchived"}


@dataclass(frozen=True, slots=True)
class FormEvent:
    """One change of a form or a response, and the names of the events that it is."""

    subject: Subject
    id: UUID
    events: tuple[str, ...]


def of_entries(form_id: UUID, kinds: Collection[str]) -> FormEvent:
    """What a change of a form is, by the kinds of its entries: the plain event, and finer ones beside it."""
    finer = [_FINER[kind] for kind in kinds if kind in _FINER]
    return FormEvent("requests", form_id, ("requests:updated", *dict.fromkeys(finer)))


def addresses(webhooks: Mapping[str, Sequence[str]], event: FormEvent) -> list[str]:
    """The addresses that asked for at least one of the events."""
    return [url for url, wanted in webhooks.items() if set(wanted) & set(event.events)]


def body(events: Sequence[str], subject: str, id: UUID, request: Mapping[str, Any]) -> str:
    """The body of a call; `request`: the form as it is answered."""
    said = {"events": list(events), "data": {"type": subject, "id": id}, "request": dict(request)}
    return json.encode(said).decode()


def placeholder(id: UUID) -> str:
    """What stands for the address of the API in a body that is written before that is known."""
    return f"urn:dossier:{id}"
