"""The steps of a template document: their shape, what is made of each, and what can be wrong with one."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from dossier.case_templates.model.step import (
    CALL_SECONDS,
    OWNER,
    Call,
    Channel,
    Due,
    Questions,
    Reminder,
    Sending,
    Step,
    StepType,
    Wait,
)
from dossier.case_templates.model.template import Template
from dossier.conditions import Condition
from dossier.conditions.comparing import DAY
from dossier.fields import Field as CaseField
from dossier.foundation.durations import parse_duration
from dossier.foundation.errors import Problem, pointer
from dossier.foundation.identifiers import parse_id
from dossier.foundation.messages import Message, Named
from dossier.foundation.text import did_you_mean, gettext_noop
from dossier.members.model import email_problems

Key = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,119}$")]
Text = Annotated[str, Field(min_length=1, max_length=500)]
LongText = Annotated[str, Field(max_length=100_000)]
Language = Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
Few = Field(max_length=50)


class Part(BaseModel):
    """A part of a document: nothing but what it names, of the very types that it names."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class WaitDocument(Part):
    """How long to wait, in ISO 8601; `working`: days and hours of the workspace's working time."""

    in_: str = Field(alias="in")
    working: bool = False


class DueDocument(Part):
    """Until when: `in` so long from the start, or so long `before` or `after` the day in the field that `of` names."""

    in_: str | None = Field(default=None, alias="in")
    of: str | None = None
    before: str | None = None
    after: str | None = None
    working: bool = False


class InTurnDocument(Part):
    """Members by e-mail address, one after the other."""

    in_turn: Annotated[list[Text], Few]


class ReminderDocument(Part):
    """After a while, then every so often, so many times; `to`: a slot, `owner` or an address."""

    after: str
    every: str | None = None
    times: Annotated[int, Field(ge=1, le=50)] | None = None
    working: bool = False
    channel: Channel | None = None
    to: Text | None = None
    subject: LongText | None = None
    body: LongText | None = None


class TextsDocument(Part):
    """What is said in another language."""

    subject: LongText | None = None
    body: LongText | None = None


def _as_list(raw: Any) -> Any:
    return [raw] if isinstance(raw, str) else raw


def _as_wait(raw: Any) -> Any:
    return {"in": raw} if isinstance(raw, str) else raw


def _as_turn(raw: Any) -> Any:
    return {"in_turn": [raw]} if isinstance(raw, str) else raw


People = Annotated[list[Text], Few, BeforeValidator(_as_list, json_schema_input_type=str | list[Text])]


class StepDocument(Part):
    """Something to be done on a case; `recipient` names a contact slot, `after` steps that are done before."""

    key: Key
    title: Text
    type: StepType
    description: LongText | None = None
    after: Annotated[list[str], Few] = []
    delay: Annotated[WaitDocument, BeforeValidator(_as_wait, json_schema_input_type=str | WaitDocument)] | None = None
    due: DueDocument | None = None
    assignee: (
        Annotated[InTurnDocument, BeforeValidator(_as_turn, json_schema_input_type=str | InTurnDocument)] | None
    ) = None
    repeatable: bool = False
    reminders: Annotated[list[ReminderDocument], Few] = []
    recipient: str | None = None
    to: People = []
    cc: People = []
    bcc: People = []
    from_name: Text | None = None
    reply_to: Text | None = None
    subject: LongText | None = None
    body: LongText | None = None
    attachments: Annotated[list[str], Few] = []
    texts: dict[Language, TextsDocument] = {}
    form: str | None = None
    preset: str | None = None
    options: Annotated[dict[str, Any], Few] = {}
    prefill: Annotated[dict[str, str], Few] = {}
    internal: bool = False
    url: str | None = None
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] | None = None
    headers: Annotated[dict[str, LongText], Few] = {}
    timeout: Annotated[int, Field(ge=1, le=60)] | None = None
    save: Annotated[dict[str, str], Few] = {}
    visible_when: dict[str, Any] | None = None
    start_when: dict[str, Any] | None = None


MEMBERS: Mapping[str, type[BaseModel]] = {
    "delay": WaitDocument,
    "due": DueDocument,
    "assignee": InTurnDocument,
    "reminders": ReminderDocument,
    "texts": TextsDocument,
    "steps": StepDocument,
}
"""What may stand in which part of a step."""

LABELS = {
    "recipient": gettext_noop("Recipient"),
    "subject": gettext_noop("Subject"),
    "body": gettext_noop("Text"),
    "form": gettext_noop("Form"),
    "preset": gettext_noop("Preset"),
    "prefill": gettext_noop("Filled in from the case"),
    "internal": gettext_noop("A member fills it in"),
    "url": gettext_noop("Address"),
    "method": gettext_noop("Method"),
    "visible_when": gettext_noop("Shown when"),
    "start_when": gettext_noop("Starts by itself when"),
    "after": gettext_noop("After these steps"),
    "delay": gettext_noop("Waits before it starts"),
    "due": gettext_noop("Due"),
    "assignee": gettext_noop("Who does it"),
    "repeatable": gettext_noop("Can be done again and again"),
    "reminders": gettext_noop("Reminders"),
    "to": gettext_noop("To"),
    "cc": gettext_noop("Copy to"),
    "bcc": gettext_noop("Hidden copy to"),
    "from_name": gettext_noop("Name of the sender"),
    "reply_to": gettext_noop("Answers go to"),
    "attachments": gettext_noop("Attachments"),
    "times": gettext_noop("How often at most"),
    "texts": gettext_noop("In other languages"),
    "headers": gettext_noop("Headers"),
    "timeout": gettext_noop("Seconds to wait for an answer"),
    "save": gettext_noop("Values taken from the answer"),
}
"""How the designer calls the members of steps, in English."""


OFTEN = 10  # times at most, of reminders that say how long after each other and not how often


class StepCompiler:
    """Makes a step of its document, gathering what is wrong with its own members on the way."""

    def __init__(self, document: StepDocument, index: int) -> None:
        self.document = document
        self.at = pointer("steps", index)
        self.problems: list[Problem] = []

    def step(self, visible_when: Condition | None, start_when: Condition | None) -> Step:
        """The step; its conditions were compiled by the template's own compiler."""
        document = self.document
        delay = self._wait(document.delay.in_, "/delay", document.delay.working) if document.delay else None
        if delay and not (start_when or document.after):
            self._wrong(
                "“{member}” is for a step that starts by itself: say when, or after which steps.", "/delay", "delay"
            )
        if document.repeatable and document.reminders and document.type in ("email", "sms"):
            self._wrong("“{member}” are for a message that is sent once.", "/reminders", "reminders")
        return Step(
            key=document.key,
            title=document.title,
            type=document.type,
            visible_when=visible_when,
            start_when=start_when,
            description=document.description,
            after=tuple(dict.fromkeys(document.after)),
            delay=delay,
            due=self._due(document.due) if document.due else None,
            assignees=tuple(document.assignee.in_turn) if document.assignee else (),
            repeatable=document.repeatable,
            reminders=tuple(self._reminders()),
            sending=self._sending(),
            call=Call(
                document.method or "POST",
                document.url or "",
                document.headers,
                document.timeout or CALL_SECONDS,
                document.save,
            ),
            questions=self._questions(),
        )

    def _questions(self) -> Questions | None:
        document = self.document
        if document.type != "form" or document.form is None:
            return None
        prefill = {element: path.removeprefix("case.") for element, path in document.prefill.items()}
        return Questions(document.form, document.preset, document.options, prefill, document.internal)

    def _sending(self) -> Sending:
        document = self.document
        return Sending(
            to=tuple(document.to) or ((document.recipient,) if document.recipient else ()),
            cc=tuple(document.cc),
            bcc=tuple(document.bcc),
            from_name=document.from_name,
            reply_to=document.reply_to,
            subject=document.subject,
            body=document.body,
            attachments=tuple(document.attachments),
            texts={language: each.model_dump(exclude_none=True) for language, each in document.texts.items()},
        )

    def _due(self, due: DueDocument) -> Due | None:
        given = [(name, text) for name in ("in_", "before", "after") if (text := getattr(due, name)) is not None]
        if len(given) != 1 or (due.of is None) != (due.in_ is not None):
            self._wrong("“{member}” takes “in”, or “of” with “before” or “after”.", "/due", "due")
            return None
        name, text = given[0]
        wait = self._wait(text, f"/due/{name.strip('_')}", due.working)
        if wait is None:
            return None
        return Due(wait, due.of.removeprefix("data.") if due.of else None, -1 if name == "before" else 1)

    def _reminders(self) -> Iterator[Reminder]:
        for place, each in enumerate(self.document.reminders):
            at = f"/reminders/{place}"
            after = self._wait(each.after, f"{at}/after", each.working)
            every = self._wait(each.every, f"{at}/every", each.working) if each.every else None
            times = each.times or (OFTEN if each.every else 1)
            if times > 1 and not each.every:
                self._wrong("“{member}” needs “every”: how long after each other.", f"{at}/times", "times")
            if after:
                channel = each.channel or ("sms" if self.document.type == "sms" else "email")
                yield Reminder(after, every, times, channel, each.to, each.subject, each.body)

    def _wait(self, text: str, at: str, working: bool) -> Wait | None:
        duration = parse_duration(text)
        if duration is None:
            sentence = "“{value}” is no duration such as P3D (three days) or PT2H (two hours), ten years at most."
            self.problems.append(Problem(sentence, "invalid_duration", self.at + at, value=text))
            return None
        return Wait(duration, working)

    def _wrong(self, sentence: str, at: str, member: str) -> None:
        named = Named(member, Message(LABELS[member]))
        self.problems.append(Problem(Message(sentence, {"member": named}), "invalid_value", self.at + at))


_NO_STEP = gettext_noop("There is no step “{key}”.{hint}")
_NO_SLOT = gettext_noop("There is no contact slot “{key}”.{hint}")
_NO_FIELD = gettext_noop("There is no field “{key}”.{hint}")
_NO_FILES = gettext_noop("There is no field of files “{key}”.{hint}")
_NO_DAY = gettext_noop("There is no field of days “{key}”.{hint}")
_MOST_GUESSES = 5


def problems_of(documents: Sequence[StepDocument], template: Template) -> Iterator[Problem]:
    """What is wrong with steps among the other parts of the template: keys that name nothing, circles, addresses."""
    for place, (key, known, sentence, at) in enumerate(_misplaced(documents, template)):
        hint = did_you_mean(key, known) if place < _MOST_GUESSES else ""
        yield Problem(Message(sentence, {"key": key, "hint": hint}), "unknown_key", at)
    yield from _circles(documents)
    for index, step in enumerate(documents):
        for at, address in _addresses(step):
            yield from email_problems(address, pointer("steps", index) + at)


def assignees_named(documents: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Each member's address that steps are given to, and its pointer: (address, pointer)."""
    for index, step in enumerate(documents):
        given, at = step.get("assignee"), pointer("steps", index, "assignee")
        turns = given["in_turn"] if isinstance(given, Mapping) else ()
        named = [(each, at + pointer("in_turn", place)) for place, each in enumerate(turns)]
        named += [(given, at)] if isinstance(given, str) else []
        yield from ((email, where) for email, where in named if email != OWNER)


def never_working(documents: Sequence[StepDocument]) -> Iterator[Problem]:
    """Steps that can never do what they are for: given to nobody in turn, or starting by themselves to write to nobody."""
    for index, step in enumerate(documents):
        by_itself = step.start_when is not None or step.after
        if step.assignee and not step.assignee.in_turn:
            yield Problem("Nobody is named here.", "invalid_value", pointer("steps", index, "assignee", "in_turn"))
        if step.type in ("email", "sms") and by_itself and not (step.recipient or step.to):
            sentence = "“{step}” starts by itself, and has nobody to write to."
            named = Named(step.key, step.title)
            yield Problem(sentence, "no_recipient", pointer("steps", index, "recipient"), step=named)


def _misplaced(
    documents: Sequence[StepDocument], template: Template
) -> Iterator[tuple[str, Collection[str], str, str]]:
    """Each key that names nothing: it, what it could name, the sentence about it, and its pointer."""
    keys, slots = {step.key for step in documents}, [*template.slot_by_key, OWNER]
    files = {field.key for field in template.fields if _holds_files(field)}
    days = {field.key for field in template.fields if field.compared is DAY}
    for index, step in enumerate(documents):
        at = pointer("steps", index)
        yield from ((key, keys, _NO_STEP, f"{at}/after/{n}") for n, key in enumerate(step.after) if key not in keys)
        yield from ((key, slots, _NO_SLOT, at + where) for where, key in _people(step) if key not in slots)
        for place, key in enumerate(step.attachments):
            if key not in files and not parse_id(key):
                yield key, files, _NO_FILES, f"{at}/attachments/{place}"
        if step.due and step.due.of and (key := step.due.of.removeprefix("data.")) not in days:
            yield key, days, _NO_DAY, f"{at}/due/of"
        yield from _unsaved(step, template, at)


def _unsaved(step: StepDocument, template: Template, at: str) -> Iterator[tuple[str, Collection[str], str, str]]:
    """Values of an answer that no field takes."""
    for path in step.save:
        known = [f"data.{each}" for each in template.field_by_key]
        if path not in known:
            yield path, known, _NO_FIELD, at + pointer("save", path)


def _holds_files(field: CaseField) -> bool:
    return bool(field.files(["a"]))


def _named(step: StepDocument) -> Iterator[tuple[str, str]]:
    """Where in a step somebody is named, and how."""
    if step.recipient is not None:
        yield "/recipient", step.recipient
    for name in ("to", "cc", "bcc"):
        yield from ((pointer(name, place), each) for place, each in enumerate(getattr(step, name)))
    yield from ((f"/reminders/{place}/to", each.to) for place, each in enumerate(step.reminders) if each.to)


def _people(step: StepDocument) -> Iterator[tuple[str, str]]:
    yield from ((at, each) for at, each in _named(step) if "@" not in each)


def _addresses(step: StepDocument) -> Iterator[tuple[str, str]]:
    yield from ((at, each) for at, each in _named(step) if "@" in each)
    if step.reply_to and step.reply_to != OWNER:
        yield "/reply_to", step.reply_to
    for place, each in enumerate(step.assignee.in_turn if step.assignee else ()):
        if each != OWNER:
            yield f"/assignee/in_turn/{place}" if len(step.assignee.in_turn) > 1 else "/assignee", each  # type: ignore[union-attr]


def _circles(documents: Sequence[StepDocument]) -> Iterator[Problem]:
    """Steps that would wait for each other for ever, each said once."""
    after = {step.key: step.after for step in documents}
    for index, step in enumerate(documents):
        if step.key in _before(step.key, after):
            sentence = "“{step}” would wait for itself: the steps that it comes after come after it."
            named = Named(step.key, step.title)
            yield Problem(sentence, "circle", pointer("steps", index, "after"), step=named)


def _before(key: str, after: Mapping[str, Sequence[str]]) -> set[str]:
    """Every step that must be done before one, near or far."""
    found: set[str] = set()
    waiting = list(after[key])
    while waiting:
        if (each := waiting.pop()) not in found:
            found.add(each)
            waiting += after.get(each, ())
    return found
