"""From the rules of a document to compiled ones, with everything that can be wrong with one."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, time
from typing import Any

from dossier.case_templates.model.automation import (
    Action,
    Automation,
    CallOut,
    CancelStep,
    Changed,
    Created,
    From,
    Idle,
    MakeTask,
    Near,
    SetOwner,
    SetParts,
    StartStep,
    StepBecomes,
    Tell,
    Told,
    Trigger,
)
from dossier.case_templates.model.automation_document import (
    MAX_MEMBERS,
    ActionDocument,
    AutomationDocument,
    WhenDocument,
)
from dossier.case_templates.model.step import Call
from dossier.case_templates.model.template import Template
from dossier.case_templates.model.vocabulary import CASES, FORM_COUNTS
from dossier.conditions import Condition, parse_condition
from dossier.conditions.comparing import DAY
from dossier.foundation.durations import Duration, parse_duration
from dossier.foundation.errors import Invalid, InvalidValue, Problem, pointer
from dossier.foundation.messages import Message
from dossier.foundation.text import did_you_mean, gettext_noop
from dossier.members.model import email_problems

WAITING_FOR = ("none", "owner", "contact")
TEXTS = ("title", "description", "locale")
MORNING = "09:00"
MAX_GUESSES = 5  # of what was meant; each takes about a millisecond
_BELONGS = {"is": "step", "before": "date", "after": "date", "at": "date"}
_TRIGGERS = ("created", "change", "step", "date", "idle", "message")
_ACTIONS = ("set", "owner", "waiting_for", "start", "cancel", "http", "tell", "task")
_ANY_DAY = date.max  # the `today` of values that are typed long before they are set
_WATCHED = re.compile(r"(data|steps|contacts)\.([^.]+)(\.status)?")
_ITSELF = (
    "title",
    "description",
    "locale",
    "reference",
    "status",
    "parent_status",
    "waiting_for",
    "owner",
    "archived_at",
    *(f"forms.{name}" for name in FORM_COUNTS),
)
_NO_FIELD = gettext_noop("There is no field “{key}”.{hint}")
_NO_STEP = gettext_noop("There is no step “{key}”.{hint}")
_NO_STATUS = gettext_noop("There is no status “{key}”.{hint}")
_NO_SLOT = gettext_noop("There is no contact slot “{key}”.{hint}")
_UNWATCHABLE = "“{name}” cannot be watched: name data.<key>, steps.<key>.status or a member of the case."


def compiled(
    documents: Sequence[AutomationDocument], template: Template
) -> tuple[tuple[Automation, ...], list[Problem]]:
    """The rules of a template, and what is wrong with them."""
    compiler = _Compiler(template)
    rules = tuple(
        filter(None, [compiler.rule(each, pointer("automations", place)) for place, each in enumerate(documents)])
    )
    return rules, compiler.problems


class _Compiler:
    """Turns well-shaped rules into compiled ones, gathering what is wrong on the way."""

    def __init__(self, template: Template) -> None:
        self.template = template
        self.problems: list[Problem] = []
        self.guesses = MAX_GUESSES

    def rule(self, document: AutomationDocument, at: str) -> Automation | None:
        """The rule; None where its trigger is none."""
        trigger = self._trigger(document.when, at + "/when")
        condition = self._condition(document.condition, at + "/if")
        actions = [self._action(each, at + pointer("then", place)) for place, each in enumerate(document.then)]
        if trigger is None:
            return None
        return Automation(
            document.key, document.name, document.enabled, trigger, condition, tuple(filter(None, actions))
        )

    def _wrong(self, sentence: str | Message, code: str, at: str, **values: Any) -> None:
        message = sentence if isinstance(sentence, Message) else Message(sentence, values)
        self.problems.append(Problem(message, code, at))

    def _condition(self, raw: dict[str, Any] | None, at: str) -> Condition | None:
        try:
            return None if raw is None else parse_condition(raw, CASES, at)
        except Invalid as refusal:
            self.problems += refusal.problems
            return None

    # ---- when ----

    def _trigger(self, when: WhenDocument, at: str) -> Trigger | None:
        given = [name for name in _TRIGGERS if getattr(when, name) is not None]
        named = {"is": when.becomes, "before": when.before, "after": when.after, "at": when.at}
        strays = [name for name, value in named.items() if value is not None and _BELONGS[name] not in given]
        spans = when.before or when.after or when.idle
        if (
            len(given) != 1
            or strays
            or (when.working is not None and not spans)
            or (when.before and when.after)
            or (given == ["step"] and when.becomes is None)
        ):
            sentence = gettext_noop(
                "A rule fires by one of {options}; “is” belongs to “step”, one of “before” and “after”, and “at”, to “date”, “working” to a duration."
            )
            self._wrong(sentence, "invalid_trigger", at, options=_TRIGGERS)
            return None
        made: Trigger | None = getattr(self, f"_{given[0]}")(when, at)
        return made

    def _created(self, _when: WhenDocument, _at: str) -> Trigger:
        return Created()

    def _change(self, when: WhenDocument, at: str) -> Trigger:
        for place, path in enumerate(when.change or ()):
            self._check_path(path, at + pointer("change", place))
        return Changed(frozenset(when.change or ()))

    def _step(self, when: WhenDocument, at: str) -> Trigger:
        self._check_key(when.step, self.template.step_by_key, _NO_STEP, at + "/step")
        return StepBecomes(when.step or "", when.becomes or "")

    def _date(self, when: WhenDocument, at: str) -> Trigger | None:
        key = (when.date or "").removeprefix("data.")
        if not (when.date or "").startswith("data.") or not self._check_key(
            key, self.template.field_by_key, _NO_FIELD, at + "/date"
        ):
            if not self.problems or self.problems[-1].pointer != at + "/date":
                self._wrong(
                    gettext_noop("“{name}” is no field of days: name data.<key>."),
                    "invalid_value",
                    at + "/date",
                    name=when.date,
                )
            return None
        if self.template.field_by_key[key].compared is not DAY:
            self._wrong(
                gettext_noop("“{name}” is no field of days: name data.<key>."),
                "invalid_value",
                at + "/date",
                name=when.date,
            )
        before, after = (self._duration(getattr(when, name), at + f"/{name}") for name in ("before", "after"))
        return Near(key, self._time(when.at or MORNING, at + "/at"), before, after, bool(when.working))

    def _idle(self, when: WhenDocument, at: str) -> Trigger | None:
        period = self._duration(when.idle, at + "/idle")
        return Idle(period, bool(when.working)) if period else None

    def _message(self, when: WhenDocument, _at: str) -> Trigger:
        assert when.message
        return Told(when.message)

    def _time(self, text: str, at: str) -> time:
        if found := re.fullmatch(r"([01][0-9]|2[0-3]):([0-5][0-9])", text):
            return time(int(found[1]), int(found[2]))
        self._wrong(gettext_noop("“{value}” is no time of day such as 09:00."), "invalid_value", at, value=text[:40])
        return time()

    def _duration(self, text: str | None, at: str) -> Duration | None:
        duration = parse_duration(text) if text is not None else None
        if text is not None and duration is None:
            sentence = gettext_noop(
                "“{value}” is no duration such as P3D (three days) or PT2H (two hours), ten years at most."
            )
            self._wrong(sentence, "invalid_duration", at, value=text)
        return duration

    # ---- paths ----

    def _check_key(self, key: str | None, known: Collection[str], sentence: str, at: str) -> bool:
        if key in known:
            return True
        hint = did_you_mean(key or "", known) if self.guesses > 0 else ""
        self.guesses -= 1
        values: dict[str, Any] = {"key": key or "", "hint": hint}
        self._wrong(Message(sentence, values), "unknown_key", at)
        return False

    def _check_path(self, path: str, at: str) -> None:
        """A path that can be watched, or whose value can be taken."""
        if path in (*_ITSELF, "contacts"):
            return
        found = _WATCHED.fullmatch(path)
        if found is None or (found[1] == "steps") != bool(found[3]):
            self._wrong(_UNWATCHABLE, "invalid_value", at, name=path)
        elif found[1] == "data":
            self._check_field(found[2], at)
        elif found[1] == "steps":
            self._check_key(found[2], self.template.step_by_key, _NO_STEP, at)
        else:
            self._check_key(found[2], self.template.slot_by_key, _NO_SLOT, at)

    def _check_field(self, key: str, at: str) -> None:
        if self.template.unknown_fields != "add":
            self._check_key(key, self.template.field_by_key, _NO_FIELD, at)

    # ---- then ----

    def _action(self, action: ActionDocument, at: str) -> Action | None:
        given = [name for name in _ACTIONS if getattr(action, name) is not None]
        if len(given) != 1 or (action.text is not None) != (given == ["tell"]):
            sentence = gettext_noop("An action is one of {options}; “text” belongs to “tell”, which needs it.")
            self._wrong(sentence, "invalid_action", at, options=_ACTIONS)
            return None
        made: Action | None = getattr(self, f"_do_{given[0]}")(action, at + pointer(given[0]))
        return made

    def _do_set(self, action: ActionDocument, at: str) -> Action:
        return SetParts(
            {path: self._value(path, value, at + pointer(path)) for path, value in (action.set or {}).items()}
        )

    def _value(self, path: str, value: Any, at: str) -> Any:
        if not self._settable(path, at):
            return None
        if isinstance(value, dict) and value.keys() == {"from"} and isinstance(value["from"], str):
            self._check_source(value["from"], at + "/from")
            return From(value["from"])
        self._check_literal(path, value, at)
        return value

    def _settable(self, path: str, at: str) -> bool:
        if path.startswith("data."):
            key = path.removeprefix("data.")
            field = self.template.field_by_key.get(key)
            if field is None:
                self._check_field(key, at)
            elif field.derived or field.read_only:
                self._wrong(gettext_noop("“{field}” is nobody’s to set."), "read_only_field", at, field=field.named)
            return True
        if path in ("status", "waiting_for", *TEXTS):
            return True
        sentence = gettext_noop("“{name}” cannot be set by a rule: name data.<key>, or one of {options}.")
        self._wrong(sentence, "invalid_value", at, name=path, options=("status", "waiting_for", *TEXTS))
        return False

    def _check_source(self, path: str, at: str) -> None:
        if path in ("contacts", "owner") or path.startswith(("contacts.", "steps.")):
            self._wrong(gettext_noop("The value of “{name}” cannot be taken."), "invalid_value", at, name=path)
        else:
            self._check_path(path, at)

    def _check_literal(self, path: str, value: Any, at: str) -> None:
        key = path.removeprefix("data.")
        if path == "status":
            known = self.template.status_by_key
            self._check_key(value if isinstance(value, str) else str(value)[:40], known, _NO_STATUS, at)
        elif path == "waiting_for":
            self._one_of(value, WAITING_FOR, at)
        elif path in TEXTS:
            if not (isinstance(value, str) and value) and (path == "title" or value is not None):
                self._wrong(gettext_noop("“{field}” must be a text."), "invalid_value", at, field=path)
        elif value is not None and (field := self.template.field_by_key.get(key)) and not field.derived:
            try:
                field.check(value, _ANY_DAY)
            except InvalidValue as bad:
                self.problems.append(bad.of(field.named, at))

    def _one_of(self, value: Any, options: tuple[str, ...], at: str) -> None:
        if value not in options:
            self._wrong(
                gettext_noop("“{value}” must be one of {options}."),
                "invalid_value",
                at,
                value=str(value)[:40],
                options=options,
            )

    def _do_owner(self, action: ActionDocument, at: str) -> Action:
        raw = action.owner
        several = raw["in_turn"] if isinstance(raw, dict) and raw.keys() == {"in_turn"} else None
        emails = [raw] if isinstance(raw, str) else several
        if (
            not isinstance(emails, list)
            or not 1 <= len(emails) <= MAX_MEMBERS
            or not all(isinstance(each, str) for each in emails)
        ):
            sentence = gettext_noop("Write the owner as a member’s address, or as {example}.")
            self._wrong(sentence, "invalid_value", at, example='{"in_turn": ["a@example.org", "b@example.org"]}')
            return SetOwner(())
        for place, email in enumerate(emails):
            self.problems += email_problems(email, at + (pointer("in_turn", place) if several else ""))
        return SetOwner(tuple(emails))

    def _do_waiting_for(self, action: ActionDocument, _at: str) -> Action:
        return SetParts({"waiting_for": action.waiting_for})

    def _do_start(self, action: ActionDocument, at: str) -> Action:
        self._check_key(action.start, self.template.step_by_key, _NO_STEP, at)
        return StartStep(action.start or "")

    def _do_cancel(self, action: ActionDocument, at: str) -> Action:
        self._check_key(action.cancel, self.template.step_by_key, _NO_STEP, at)
        return CancelStep(action.cancel or "")

    def _do_http(self, action: ActionDocument, at: str) -> Action:
        call = action.http
        assert call
        self.problems += _unsaved(self.template, call.save, at)
        return CallOut(Call(call.method, call.url, call.headers, call.timeout, call.save), call.body)

    def _do_tell(self, action: ActionDocument, at: str) -> Action:
        for place, who in enumerate(action.tell or ()):
            if "@" in who:
                self.problems += email_problems(who, at + pointer(place))
            elif who != "owner":
                self._check_key(who, self.template.slot_by_key, _NO_SLOT, at + pointer(place))
        return Tell(tuple(action.tell or ()), action.text or "")

    def _do_task(self, action: ActionDocument, at: str) -> Action:
        task = action.task
        assert task
        if task.assignee and task.assignee != "owner":
            self.problems += email_problems(task.assignee, at + "/assignee")
        due = self._duration(task.due, at + "/due")
        return MakeTask(task.title, task.body, task.assignee, due, task.working)


def _unsaved(template: Template, save: Mapping[str, str], at: str) -> Iterator[Problem]:
    """Values of an answer that no field takes."""
    for path in save:
        field = template.field_by_key.get(path.removeprefix("data."))
        where = at + pointer("save", path)
        if not path.startswith("data.") or field is None:
            key = path.removeprefix("data.")
            values: dict[str, Any] = {"key": key, "hint": did_you_mean(key, template.field_by_key)}
            yield Problem(Message(_NO_FIELD, values), "unknown_key", where)
        elif field.derived or field.read_only:
            yield Problem("“{field}” is nobody’s to set.", "read_only_field", where, field=field.named)
