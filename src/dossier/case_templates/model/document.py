"""The template document (contract section 7): its shape, and everything that can be wrong with one."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from dossier.case_templates.model import automation_document
from dossier.case_templates.model.automation_compiling import compiled
from dossier.case_templates.model.automation_document import MAX_AUTOMATIONS, AutomationDocument
from dossier.case_templates.model.calls import call_problems
from dossier.case_templates.model.faults import all_faults
from dossier.case_templates.model.step import Step
from dossier.case_templates.model.step_document import LABELS as STEP_LABELS
from dossier.case_templates.model.step_document import MEMBERS as STEP_MEMBERS
from dossier.case_templates.model.step_document import (
    Key,
    Language,
    LongText,
    Part,
    StepCompiler,
    StepDocument,
    Text,
    never_working,
    problems_of,
)
from dossier.case_templates.model.template import (
    BUILT_IN_STATUSES,
    ContactSlot,
    ParentStatus,
    Section,
    Status,
    Template,
    Transition,
)
from dossier.case_templates.model.texts import rule_text_problems, text_problems
from dossier.case_templates.model.vocabulary import CASES
from dossier.conditions import Condition, parse_condition
from dossier.fields import Field as CaseField
from dossier.fields import UnknownFields, definition_schema, option_labels, parse_fields, program
from dossier.foundation.errors import Invalid, Problem, pointer
from dossier.foundation.messages import Message, Named
from dossier.foundation.misshapen import in_its_words
from dossier.foundation.text import did_you_mean, gettext_noop, nearest

T = TypeVar("T")

DEFAULT_SLOTS = (ContactSlot("main", "Contact"),)


class SlotDocument(Part):
    """A place for a contact."""

    key: Key
    name: Text
    required: bool = False


class SectionDocument(Part):
    """A heading under which fields stand together."""

    key: Key
    name: Text


class TransitionDocument(Part):
    """When a case moves here by itself. Without `watch`: whenever something the condition looks at changes."""

    watch: list[str] | None = None
    condition: dict[str, Any]
    once: bool = False


class StatusDocument(Part):
    """A status of the template's own, or another label for a built-in one."""

    key: Key
    label: Text
    parent_status: ParentStatus
    when: TransitionDocument | None = None


class TemplateDocument(Part):
    """A case template as import, API and designer read and write it."""

    model_config = ConfigDict(populate_by_name=True)

    title: Text
    description: LongText | None = None
    locale: Language | None = None
    unknown_fields: UnknownFields = "reject"
    contacts: list[SlotDocument] = Field(default=[])
    sections: list[SectionDocument] = Field(default=[])
    fields: list[dict[str, Any]] = Field(default=[], alias="schema")
    statuses: list[StatusDocument] = Field(default=[])
    steps: list[StepDocument] = Field(default=[])
    automations: Annotated[list[AutomationDocument], Field(max_length=MAX_AUTOMATIONS)] = Field(default=[])


def document_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a template document, its fields included."""
    field = definition_schema()
    schema = TemplateDocument.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["$defs"] = {**schema["$defs"], **field.pop("$defs")}
    schema["properties"]["schema"]["items"] = field
    return schema


MAX_COMPARISONS = 2000  # of all conditions of a template: what an update of a case may have to decide, in ten rounds
MAX_OPERANDS = 20_000  # of all its $in and $nin
MAX_SET = 200  # values by all its automations
_MOST_GUESSES = 5


def parse(raw: object) -> Template:
    """The compiled template of a document that comes in; 400 with a pointer for everything that is wrong with it."""
    try:
        return _parsed(raw)
    except Invalid as refusal:
        raise Invalid(tuple(all_faults(raw, refusal.problems, _parsed))) from None


def _parsed(raw: object) -> Template:
    document = _shaped(raw)
    template = _Compiler(document).template()
    texts = (*text_problems(document.steps, template), *rule_text_problems(document.automations, template))
    calls = call_problems(document.steps, document.automations)
    idle = never_working(document.steps)
    Invalid.if_any([*_too_costly(template), *_not_asked(template), *texts, *calls, *idle])
    return template


def parse_stored(raw: object) -> Template:
    """The same of a document that was published once: a later limit does not make it wrong."""
    return _Compiler(_shaped(raw)).template()


def _shaped(raw: object) -> TemplateDocument:
    try:
        return TemplateDocument.model_validate(raw)
    except ValidationError as error:
        raise Invalid(tuple(_problem(each) for each in error.errors(include_url=False))) from None


class _Compiler:
    """Turns a well-shaped document into a template, gathering what is wrong on the way."""

    def __init__(self, document: TemplateDocument) -> None:
        self.document = document
        self.problems: list[Problem] = []

    def template(self) -> Template:
        document = self.document
        fields, problems = parse_fields(document.fields, "/schema")
        self.problems += problems or _formulas(fields)
        template = Template(
            title=document.title,
            description=document.description,
            locale=document.locale,
            unknown_fields=document.unknown_fields,
            slots=tuple(ContactSlot(each.key, each.name, each.required) for each in document.contacts) or DEFAULT_SLOTS,
            sections=tuple(Section(each.key, each.name) for each in document.sections),
            fields=fields,
            statuses=tuple(self._statuses()),
            steps=tuple(self._steps()),
        )
        self.problems += _conflicts(document, template)
        automations, problems = compiled(document.automations, template)
        Invalid.if_any([*self.problems, *problems])
        return replace(template, automations=automations)

    def _statuses(self) -> Iterator[Status]:
        own = {status.key: index for index, status in enumerate(self.document.statuses)}
        yield from (status for status in BUILT_IN_STATUSES if status.key not in own)
        for index, status in enumerate(self.document.statuses):
            yield Status(status.key, status.label, status.parent_status, self._transition(status, index))

    def _transition(self, status: StatusDocument, index: int) -> Transition | None:
        if status.when is None:
            return None
        condition = self._condition(status.when.condition, pointer("statuses", index, "when", "condition"))
        self.problems += _unwatchable(status.when.watch or (), pointer("statuses", index, "when", "watch"))
        if condition is None:
            return None
        watch = condition.names() if status.when.watch is None else status.when.watch
        return Transition(frozenset(map(_watched, watch)), condition, status.when.once)

    def _steps(self) -> Iterator[Step]:
        for index, step in enumerate(self.document.steps):
            visible_when, start_when = (
                self._condition(getattr(step, name), pointer("steps", index, name))
                for name in ("visible_when", "start_when")
            )
            compiler = StepCompiler(step, index)
            yield compiler.step(visible_when, start_when)
            self.problems += compiler.problems

    def _condition(self, raw: dict[str, Any] | None, at: str) -> Condition | None:
        try:
            return None if raw is None else parse_condition(raw, CASES, at)
        except Invalid as refusal:
            self.problems += refusal.problems
            return None


def _formulas(fields: Sequence[CaseField]) -> Iterator[Problem]:
    """What is wrong with formulas, which look at the other fields."""
    place = {field.key: index for index, field in enumerate(fields)}
    for key, problem in program(fields)[1]:
        yield Problem(
            "“{member}” of “{field}”: {problem}",
            "invalid_formula",
            pointer("schema", place[key], "formula"),
            member=called("formula"),
            field=fields[place[key]].named,
            problem=problem,
        )


_WATCHABLE = re.compile(
    r"data\.[a-z0-9_]{1,120}|steps\.[a-z0-9_-]{1,120}\.status|contacts(\.[a-z0-9_-]{1,120})?"
    r"|forms\.(asked|received|accepted)|title|description|locale|reference|status|parent_status|waiting_for|owner|archived_at"
)


def _unwatchable(watch: Sequence[str], at: str) -> Iterator[Problem]:
    for index, name in enumerate(watch):
        if not _WATCHABLE.fullmatch(name):
            yield Problem(
                "“{name}” cannot be watched: name data.<key>, steps.<key>.status or a member of the case.",
                pointer=at + pointer(index),
                name=name,
            )


def _watched(name: str) -> str:
    """What a case's change calls an attribute of a related thing: `owner.email` changes with `owner`."""
    relation, _, attribute = name.partition(".")
    return {"owner": "owner", "contact": "contacts"}.get(relation, name) if attribute else name


def _conflicts(document: TemplateDocument, template: Template) -> Iterator[Problem]:
    for member in ("contacts", "sections", "statuses", "steps", "automations"):
        yield from _repeated([each.key for each in getattr(document, member)], member)
    yield from _misplaced_built_ins(document.statuses)
    for place, (key, known, sentence, at) in enumerate(_misplaced(document, template)):
        hint = did_you_mean(key, known) if place < _MOST_GUESSES else ""
        yield Problem(Message(sentence, {"key": key, "hint": hint}), "unknown_key", at)
    yield from problems_of(document.steps, template)


_NO_SECTION = gettext_noop("There is no section “{key}”.{hint}")


def _misplaced(document: TemplateDocument, template: Template) -> Iterator[tuple[str, Collection[str], str, str]]:
    """Each key that names nothing: it, what it could name, the sentence about it, and its pointer."""
    sections = {section.key: None for section in document.sections}
    for index, field in enumerate(template.fields):
        if field.section is not None and field.section not in sections:
            yield field.section, sections, _NO_SECTION, pointer("schema", index, "section")


PART_NAMES = {
    "contacts": gettext_noop("Contact slots"),
    "sections": gettext_noop("Sections"),
    "schema": gettext_noop("Fields"),
    "statuses": gettext_noop("Statuses"),
    "steps": gettext_noop("Steps"),
    "automations": gettext_noop("Automations"),
}
"""How the designer calls the lists of a document, in English."""


def _repeated(keys: Sequence[str], member: str) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, key in enumerate(keys):
        if key in seen:
            where = pointer(member, index, "key")
            part = Named(member, Message(PART_NAMES[member]))
            yield Problem("The key “{key}” stands twice in “{part}”.", "duplicate", where, key=key, part=part)
        seen.add(key)


def _misplaced_built_ins(statuses: Sequence[StatusDocument]) -> Iterator[Problem]:
    built_in = {status.key for status in BUILT_IN_STATUSES}
    for index, status in enumerate(statuses):
        if status.key in built_in and status.parent_status != status.key:
            yield Problem(
                "The built-in status “{status}” keeps its parent_status “{status}”.",
                people="The built-in status “{status}” keeps its stage.",
                pointer=pointer("statuses", index, "parent_status"),
                status=Named(status.key, status.label),
            )


def _too_costly(template: Template) -> Iterator[Problem]:
    """What every update of its cases would have to decide; the size of a document alone does not say it."""
    comparisons = [each for condition in template.conditions() for each in condition.comparisons()]
    if len(comparisons) > MAX_COMPARISONS:
        sentence = "The conditions of the template have {count} comparisons; {most} at most."
        yield Problem(sentence, "too_many_comparisons", "", count=len(comparisons), most=MAX_COMPARISONS)
    operands = sum(len(each.operand) for each in comparisons if each.op == "$in")
    if operands > MAX_OPERANDS:
        sentence = "The conditions of the template have {count} values in their lists; {most} at most."
        yield Problem(sentence, "too_many_operands", "", count=operands, most=MAX_OPERANDS)
    parts = sum(rule.parts for rule in template.automations)
    if parts > MAX_SET:
        sentence = "The automations of the template set {count} values; {most} at most."
        yield Problem(sentence, "too_many_values", "/automations", count=parts, most=MAX_SET)


def _not_asked(template: Template) -> Iterator[Problem]:
    """Comparisons that mean nothing for the type of their field, each said once."""
    said: list[Problem] = []
    for each in (each for condition in template.conditions() for each in condition.comparisons()):
        field = template.field_by_key.get(each.attribute.key or "") if each.attribute.is_field else None
        if field and (why := field.unasked(each.op, each.operand)):
            problem = Problem(why, "invalid_condition", pointer("schema", template.fields.index(field)))
            if problem not in said:
                said.append(problem)
    yield from said


_MEMBERS: Mapping[str, type[BaseModel]] = {
    "": TemplateDocument,
    "contacts": SlotDocument,
    "sections": SectionDocument,
    "statuses": StatusDocument,
    "when": TransitionDocument,
    **STEP_MEMBERS,
    **automation_document.MEMBERS,
}


def _problem(error: ErrorDetails) -> Problem:
    where = error["loc"][:-1] if error["loc"][-1:] == ("[key]",) else error["loc"]
    name = str(where[-1])[:120] if where else "the template"
    if error["type"] == "missing":
        return Problem("“{field}” is required.", "missing_member", pointer(*where), field=called(name))
    if error["type"] == "extra_forbidden":
        return _unknown_member(name, [part for part in where[:-1] if isinstance(part, str)], pointer(*where))
    return Problem(in_its_words(error).about(field=called(name)), "invalid_value", pointer(*where))


def _unknown_member(name: str, parents: Sequence[str], at: str) -> Problem:
    within = "/".join(parents)
    around = within if within in _MEMBERS else next((each for each in reversed(parents) if each in _MEMBERS), "")
    members = [field.alias or each for each, field in _MEMBERS[around].model_fields.items()]
    guess = nearest(name, members)
    if guess:
        sentence = "“{name}” is not a member here; did you mean “{guess}”?"
        return Problem(Message(sentence, {"name": name, "guess": guess}), "unknown_member", at)
    return Problem("“{name}” is not a member here.", "unknown_member", at, name=name)


_LABELS = {
    "title": gettext_noop("Title"),
    "parent_status": gettext_noop("Stage"),
    "when": gettext_noop("Moves here by itself"),
    "watch": gettext_noop("Only when one of these changes"),
    "locale": gettext_noop("Language"),
    "unknown_fields": gettext_noop("Unknown fields"),
}


def member_labels() -> Mapping[str, str]:
    """Member of a document, or of a definition in it → how the designer calls it, in English."""
    return {**option_labels(), **STEP_LABELS, **_LABELS, **automation_document.LABELS, **PART_NAMES}


def called(name: str) -> Named:
    """A member of a document in a message: people know it as the designer calls it."""
    label = member_labels().get(name)
    return Named(name, Message(label) if label else name)
