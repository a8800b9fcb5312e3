"""The document of a form template: from JSON to the compiled template, naming everything that is wrong with it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from dossier.conditions import Condition, parse_condition
from dossier.fields import parse_fields
from dossier.form_templates.model.calling import called
from dossier.form_templates.model.deciding import Deciding
from dossier.form_templates.model.elements import ElementCompiler
from dossier.form_templates.model.letters import compiled_messages
from dossier.form_templates.model.mending import Mended
from dossier.form_templates.model.presets import compiled_presets, duration_problem, opens_problem
from dossier.form_templates.model.shapes import (
    MAX_BYTES,
    MAX_ELEMENTS,
    SHAPES,
    FormTemplateDocument,
    PageDocument,
)
from dossier.form_templates.model.template import DEFAULT_EXPIRY, DEFAULT_LOCALE, FormTemplate, Option, Page
from dossier.form_templates.model.translations import text_problems
from dossier.form_templates.model.vocabulary import FORM_ANSWERS
from dossier.foundation import json
from dossier.foundation.errors import Invalid, Problem, pointer
from dossier.foundation.identifiers import parse_id
from dossier.foundation.messages import Message
from dossier.foundation.misshapen import in_its_words
from dossier.foundation.text import gettext_noop, nearest

_SPACES = ("data.", "files.", "signatures.")
_TWICE = gettext_noop("The key “{key}” stands twice.")
_TWICE_BOUND = gettext_noop("Two elements go with “{key}”.")
MAX_COMPARISONS = 2000  # of all conditions of a template: what one look at a form may have to decide


def parse(raw: object, *, draft: bool = False) -> FormTemplate:
    """The compiled template of a document that comes in; 400 with a pointer for everything that is wrong with it.

    `draft`: it may ask nothing yet.
    """
    document = _shaped(raw)
    compiler = _Compiler(document)
    template = compiler.template()
    Invalid.if_any([*compiler.problems, *(() if draft else _empty(document)), *_too_much(raw, template)])
    return template


def parse_stored(raw: object) -> FormTemplate:
    """The same of a document that was published once: a later limit does not make it wrong."""
    compiler = _Compiler(_shaped(raw))
    template = compiler.template()
    Invalid.if_any(compiler.problems)
    return template


def normalized(raw: Any) -> Any:
    """A document whose keys of elements have lost the name of their space: `data.`, `files.`, `signatures.`."""
    if not (isinstance(raw, Mapping) and isinstance(raw.get("pages"), list)):
        return raw
    return {**raw, "pages": [_members_of(page) for page in raw["pages"]]}


def _members_of(part: Any) -> Any:
    """A page or a group with the keys of its elements in short."""
    if not (isinstance(part, Mapping) and isinstance(part.get("elements"), list)):
        return part
    return {**part, "elements": [_members_of(_in_short(each)) for each in part["elements"]]}


def _in_short(element: Any) -> Any:
    if not isinstance(element, Mapping):
        return element
    short = {**element}
    if isinstance(element.get("key"), str):
        short["key"] = without_space(element["key"])
    if isinstance(element.get("items"), list):
        short["items"] = [
            {**each, "attachment": without_space(each["attachment"])}
            if isinstance(each, Mapping) and isinstance(each.get("attachment"), str)
            else each
            for each in element["items"]
        ]
    return short


def without_space(key: str) -> str:
    """`photos` of `files.photos`."""
    return next((key.removeprefix(each) for each in _SPACES if key.startswith(each)), key)


def _shaped(raw: object) -> FormTemplateDocument:
    whole = normalized(raw)
    try:
        return FormTemplateDocument.model_validate(whole)
    except ValidationError as error:
        errors = error.errors(include_url=False)
    raise Invalid((*map(as_problem, errors), *_meant(whole, errors)))


def _meant(whole: Any, errors: Sequence[ErrorDetails]) -> Iterator[Problem]:
    """What is wrong with the meaning of a document besides its shape."""
    mended = Mended(whole, errors)
    if mended.document:
        compiler = _Compiler(mended.document)
        compiler.template()
        yield from (each for each in compiler.problems if mended.counts(each))


class _Compiler:
    """Turns a well-shaped document into a template, gathering what is wrong on the way."""

    def __init__(self, document: FormTemplateDocument) -> None:
        self.document = document
        self.problems: list[Problem] = []

    def template(self) -> FormTemplate:
        document = self.document
        pages, options = tuple(self._pages()), tuple(self._options())
        deciding = Deciding(pages, options)
        messages, wrong = compiled_messages(document.messages)
        presets, unfit = compiled_presets(document, options)
        self.problems += [*self._own(), *self._keys(), *deciding.problems, *wrong, *unfit]
        template = FormTemplate(
            slug=document.slug,
            title=document.title,
            description=document.description,
            locale=document.locale or DEFAULT_LOCALE,
            pages=pages,
            options=options,
            access=document.access,
            decline=document.decline,
            process_when_accepted=document.process_when_accepted,
            embed=document.embed,
            opens=parse_id(document.opens or ""),
            expires_after=document.expires_after if "expires_after" in document.model_fields_set else DEFAULT_EXPIRY,
            redirect_url=document.redirect_url,
            messages=messages,
            texts=document.texts,
            presets=presets,
            order=deciding.order,
            computing=deciding.computing,
        )
        self.problems += [*text_problems(template), *_unsigned(template)]
        return template

    def _pages(self) -> Iterator[Page]:
        for number, page in enumerate(self.document.pages):
            elements = []
            for place, document in enumerate(page.elements):
                compiler = ElementCompiler(document, pointer("pages", number, "elements", place))
                elements.append(compiler.element())
                self.problems += compiler.problems
            condition = self._condition(page, pointer("pages", number, "visible_when"))
            yield Page(page.key, page.title, page.description, condition, tuple(elements))

    def _condition(self, page: PageDocument, at: str) -> Condition | None:
        try:
            return None if page.visible_when is None else parse_condition(page.visible_when, FORM_ANSWERS, at)
        except Invalid as refusal:
            self.problems += refusal.problems
            return None

    def _options(self) -> Iterator[Option]:
        for place, document in enumerate(self.document.options):
            more = document.model_extra or {}
            plain = {"key": document.key, "type": document.type, "name": document.label}
            given = {} if document.default is None else {"default": document.default}
            fields, problems = parse_fields([plain | given | more], "")
            self.problems += [_of_option(each, place) for each in problems]
            for field in fields:
                yield Option(field.key, field.type, field.name, field.default, field)

    def _own(self) -> Iterator[Problem]:
        """What is wrong with members of the document itself."""
        document = self.document
        if document.slug and parse_id(document.slug):
            sentence = "“{slug}” looks like an id; a short name must not."
            yield Problem(sentence, "invalid_value", "/slug", slug=document.slug)
        yield from duration_problem(document.expires_after, "/expires_after")
        yield from opens_problem(document.opens, "/opens")
        if document.redirect_url and not _MAY_LEAD.fullmatch(document.redirect_url):
            yield Problem(
                "“{field}” must begin with https://.", "invalid_value", "/redirect_url", field=called("redirect_url")
            )

    def _keys(self) -> Iterator[Problem]:
        """Keys that stand twice; those of all elements are one space."""
        document = self.document
        for member in ("pages", "options", "presets"):
            keys = [(each.key, pointer(member, place, "key")) for place, each in enumerate(getattr(document, member))]
            yield from _repeated(keys)
        elements = [
            (each.key, pointer("pages", number, "elements", place) + at + "/key")
            for number, page in enumerate(document.pages)
            for place, top in enumerate(page.elements)
            for each, at in [
                (top, ""),
                *((inner, pointer("elements", n)) for n, inner in enumerate(top.elements or ())),
            ]
        ]
        yield from _repeated(elements)
        bound = [
            (top.field, pointer("pages", number, "elements", place, "field"))
            for number, page in enumerate(document.pages)
            for place, top in enumerate(page.elements)
            if top.field
        ]
        yield from _repeated(bound, _TWICE_BOUND)


def _repeated(keys: Sequence[tuple[str, str]], sentence: str = _TWICE) -> Iterator[Problem]:
    seen: set[str] = set()
    for key, at in keys:
        if key in seen:
            yield Problem(Message(sentence, {"key": key}), "duplicate", at)
        seen.add(key)


def _of_option(problem: Problem, place: int) -> Problem:
    """A problem of the definition of an option's field as one of the option."""
    member = (problem.pointer or "").removeprefix("/0")
    label = member.replace("/name", "/label", 1) if member.startswith("/name") else member
    named = problem.message.about(field=called("default")) if member.startswith("/default") else problem.message
    return Problem(named, problem.code, pointer("options", place) + label)


def _unsigned(template: FormTemplate) -> Iterator[Problem]:
    """Files to sign that no element gives."""
    files = {each.key for each in template.elements if each.type == "file"}
    for number, page in enumerate(template.pages):
        for place, element in enumerate(page.elements):
            items = element.definition.get("items") or () if element.type == "signature" else ()
            for row, item in enumerate(items):
                if item["attachment"] not in files and not parse_id(item["attachment"]):
                    at = pointer("pages", number, "elements", place, "items", row, "attachment")
                    sentence = "There is no element of files “{key}”."
                    yield Problem(sentence, "unknown_key", at, key=item["attachment"])


def _empty(document: FormTemplateDocument) -> Iterator[Problem]:
    """What a draft may leave out, and a form may not: questions, and titles that can be read."""
    if not document.title.strip():
        yield _blank("/title")
    if not document.pages:
        yield Problem("A form asks something: give it a page.", "missing_member", "/pages")
    for number, page in enumerate(document.pages):
        if not page.title.strip():
            yield _blank(pointer("pages", number, "title"))
        if not page.elements:
            at = pointer("pages", number, "elements")
            yield Problem("The page “{page}” asks nothing.", "missing_member", at, page=page.title)


def _blank(at: str) -> Problem:
    return Problem("“{field}” must not be empty.", "invalid_value", at, field=called("title"))


def _too_much(raw: object, template: FormTemplate) -> Iterator[Problem]:
    elements = sum(1 for _ in template.all_elements())
    if elements > MAX_ELEMENTS:
        sentence = "A form has {most} elements at most; this one has {count}."
        yield Problem(sentence, "too_many_elements", "/pages", most=MAX_ELEMENTS, count=elements)
    if len(json.encode(raw)) > MAX_BYTES:
        yield Problem("The document is larger than {most} bytes.", "too_large", "", most=MAX_BYTES)
    conditions = [each for part in (*template.pages, *template.all_elements()) for each in _conditions(part)]
    comparisons = sum(1 for condition in conditions for _ in condition.comparisons())
    if comparisons > MAX_COMPARISONS:
        sentence = "The conditions of the template have {count} comparisons; {most} at most."
        yield Problem(sentence, "too_many_comparisons", "", count=comparisons, most=MAX_COMPARISONS)


def _conditions(part: Any) -> Iterator[Condition]:
    yield from (each for each in (part.visible_when, getattr(part, "required_when", None)) if each)


_MAY_LEAD = re.compile(r"https://[^/\s@]+(/\S*)?|http://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?(/\S*)?")


def as_problem(error: ErrorDetails) -> Problem:
    """What is wrong with the shape of a document."""
    where = error["loc"][:-1] if error["loc"][-1:] == ("[key]",) else error["loc"]
    name = str(where[-1])[:120] if where else "the template"
    if error["type"] == "missing":
        return Problem("“{field}” is required.", "missing_member", pointer(*where), field=called(name))
    if error["type"] == "extra_forbidden":
        return _unknown_member(name, [part for part in where[:-1] if isinstance(part, str)], pointer(*where))
    return Problem(in_its_words(error).about(field=called(name)), "invalid_value", pointer(*where))


def _unknown_member(name: str, parents: Sequence[str], at: str) -> Problem:
    around = next((each for each in reversed(parents) if each in SHAPES), "")
    members = [field.alias or each for each, field in SHAPES[around].model_fields.items()]
    guess = nearest(name, members)
    if guess:
        sentence = "“{name}” is not a member here; did you mean “{guess}”?"
        return Problem(Message(sentence, {"name": name, "guess": guess}), "unknown_member", at)
    return Problem("“{name}” is not a member here.", "unknown_member", at, name=name)
