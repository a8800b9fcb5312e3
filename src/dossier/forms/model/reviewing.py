"""What somebody says of answers, one by one: accepted, or refused and why; and how complete a form is by that."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from dossier.form_templates.model import Asked, AskedElement, is_empty
from dossier.forms.model.form import Form
from dossier.forms.model.response import Response
from dossier.foundation.errors import Conflict, Problem, pointer
from dossier.foundation.text import did_you_mean

Verdict = Literal["accepted", "refused"]
ItemState = Literal["missing", "received", "accepted", "refused"]
MOST_REASON = 2000  # characters
EVERY = "*"
WHOLE = "*"
"""What words that go with all that is asked again are kept under, beside the reasons of single elements."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What was said of the answer to an element; `by`: `{type, id, name}`."""

    element: str
    state: Verdict
    reason: str | None
    by: Mapping[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class Item:
    """Something that is asked, with what has come and what was said of it; `again`: it is being asked again."""

    element: str
    label: str
    required: bool
    value: Any
    state: ItemState
    reason: str | None = None
    by: Mapping[str, Any] | None = None
    at: datetime | None = None
    again: bool = False


@dataclass(frozen=True, slots=True)
class AskedAgain:
    """Why something is asked again, for who is asked: words to all of it, and the reason of each element that was refused."""

    message: str = ""
    reasons: Mapping[str, str] = field(default_factory=dict)


def asked_again(newest: Mapping[str, Reviewed], before: Mapping[str, Reviewed], response: Response) -> AskedAgain:
    """Why this response was begun: what was said with it, and of the answers before it that it asks again."""
    whole = newest.get(WHOLE)
    reasons = {
        key: each.reason
        for key, each in before.items()
        if each.state == "refused" and each.reason and key != WHOLE and key in (response.asked or (key,))
    }
    return AskedAgain((whole and whole.reason) or "", reasons)


@dataclass(frozen=True, slots=True)
class Counts:
    """How much is asked, has come, and was accepted."""

    asked: int = 0
    received: int = 0
    accepted: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(self.asked + other.asked, self.received + other.received, self.accepted + other.accepted)


def items(
    asked: Asked, labels: Mapping[str, str], response: Response | None, reviews: Mapping[str, Reviewed]
) -> list[Item]:
    """Everything that the form asks by now, in order; what is not handed in yet is missing."""
    return [
        _item(each, labels.get(each.key, each.key), response, reviews.get(each.key))
        for page in asked.pages
        for each in page.elements
        if each.element.answered
    ]


def _item(asked: AskedElement, label: str, response: Response | None, said: Reviewed | None) -> Item:
    again = bool(response and response.is_open and response.asked is not None and asked.key in response.asked)
    handed_in = response is not None and (not response.is_open or (response.asked is not None and not again))
    value = asked.value if handed_in else None
    if said and not again:
        return Item(asked.key, label, asked.required, value, said.state, said.reason, said.by, said.at)
    return Item(asked.key, label, asked.required, value, "missing" if is_empty(value) else "received", again=again)


def is_complete(found: Collection[Item]) -> bool:
    """Whether all that came is accepted, and nothing is missing that must be there."""
    return bool(found) and all(
        each.state == "accepted" or (each.state == "missing" and not each.required and not each.again) for each in found
    )


def counts(form: Form, found: Collection[Item]) -> Counts:
    """How complete a form is; a draft asks nothing, nor what was put away. What is processed is accepted."""
    if form.status == "draft" or form.archived_at:
        return Counts()
    received = sum(each.state in ("received", "accepted") for each in found)
    accepted = received if form.status == "processed" else sum(each.state == "accepted" for each in found)
    return Counts(len(found), received, accepted)


@dataclass(frozen=True, slots=True)
class Refusal:
    """That an answer is refused, and why: the contact reads it."""

    element: str
    reason: str


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What somebody says: elements that are accepted (`*`: all that came and nobody said anything of), refused, and left open again."""

    accept: tuple[str, ...] = ()
    refuse: tuple[Refusal, ...] = ()
    undo: tuple[str, ...] = ()

    def accepted(self, found: Collection[Item]) -> set[str]:
        """The elements that are accepted."""
        refused = {each.element for each in self.refuse}
        every = {each.element for each in found if each.state == "received"} if EVERY in self.accept else set[str]()
        return ({*self.accept} - {EVERY}) | (every - refused)


def news_of(
    said: Mapping[str, tuple[str, str]], seen: Mapping[str, tuple[str, str]], found: Collection[Item]
) -> Verdicts:
    """What somebody says, element → state and reason, where it is other than what they had `seen`.

    Of the same answer a colleague may have said something else meanwhile: 409, neither is lost unread.
    """
    accept, refuse, undo = [], [], []
    for each in found:
        mine, before = said.get(each.element), seen.get(each.element)
        now = (str(each.state), lines(each.reason or ""))
        if mine is None or mine in (before, now):
            continue
        if before != now:
            _raise_if_contradicted(each)
        if mine[0] == "accepted":
            accept.append(each.element)
        elif mine[0] == "refused":
            refuse.append(Refusal(each.element, mine[1]))
        elif each.state in ("accepted", "refused"):
            undo.append(each.element)
    return Verdicts(tuple(accept), tuple(refuse), tuple(undo))


def lines(reason: str) -> str:
    """A reason with its lines as they are kept, whatever a browser makes of them."""
    return reason.replace("\r\n", "\n").strip()


def _raise_if_contradicted(item: Item) -> None:
    who = (item.by or {}).get("name") or ""
    sentence = "Of “{question}” {who} said something else meanwhile: look again."
    raise Conflict.because(sentence, "said_meanwhile", question=item.label, who=who)


def problems(verdicts: Verdicts, found: Collection[Item]) -> Iterator[Problem]:
    """What is wrong with what somebody says of these items."""
    known = {each.element: each for each in found}
    named = [
        *((("accept", place), each) for place, each in enumerate(verdicts.accept) if each != EVERY),
        *((("refuse", place, "element"), each.element) for place, each in enumerate(verdicts.refuse)),
        *((("undo", place), each) for place, each in enumerate(verdicts.undo)),
    ]
    for at, element in named:
        if element not in known:
            hint = did_you_mean(element, known)
            sentence = "The form does not ask “{element}”.{hint}"
            yield Problem(sentence, "unknown_element", pointer(*at), element=element, hint=hint)
    for place, element in enumerate(verdicts.accept):
        if element in known and is_empty(known[element].value):
            label = known[element].label
            yield Problem("“{question}” was not answered.", "missing", pointer("accept", place), question=label)
    yield from _of_refusals(verdicts)


def _of_refusals(verdicts: Verdicts) -> Iterator[Problem]:
    for place, each in enumerate(verdicts.refuse):
        at = pointer("refuse", place, "reason")
        if not each.reason.strip():
            yield Problem("Say why: who is asked again reads it.", "missing", at)
        elif len(each.reason) > MOST_REASON:
            yield Problem("The reason has {count} characters at most.", "too_long", at, count=MOST_REASON)
        if each.element in verdicts.accept:
            sentence = "“{element}” is accepted and refused at once."
            yield Problem(sentence, "contradiction", pointer("refuse", place, "element"), element=each.element)
