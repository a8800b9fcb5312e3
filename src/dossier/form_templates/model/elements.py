"""From an element's document to the element, with everything that is wrong with it by itself."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dossier.conditions import Condition, parse_condition
from dossier.fields import FIELD_TYPES, Field, parse_fields
from dossier.form_templates.model.calling import called
from dossier.form_templates.model.shapes import COMMON, OF_TYPE, ONLY_SOME, ElementDocument
from dossier.form_templates.model.template import ONCE, Binding, Element, Repeat
from dossier.form_templates.model.vocabulary import FORM_ANSWERS
from dossier.foundation.errors import Invalid, Problem, pointer
from dossier.foundation.messages import Message, Named
from dossier.foundation.text import did_you_mean

OF_FORMS = ("information", "group", "signature", "hidden")
TYPES = (*(each for each in FIELD_TYPES if each not in OF_FORMS), *OF_FORMS)
CONTACT: Mapping[str, tuple[str, ...]] = {
    "email": ("email",),
    "phone": ("phone",),
    "given_name": ("text",),
    "family_name": ("text",),
}
"""Member of a contact → the types whose answers it takes."""
_UNTITLED = frozenset({"information", "hidden", *(name for name, each in FIELD_TYPES.items() if each.derived)})
_NOT_ANSWERED = frozenset(
    {"information", "hidden", *(name for name, each in FIELD_TYPES.items() if each.read_only and name not in OF_FORMS)}
)
_ALIASES = {"name": "label", "description": "help"}


class ElementCompiler:
    """Makes an element of its document, gathering what is wrong with its own members on the way."""

    def __init__(self, document: ElementDocument, at: str, *, inside: bool = False) -> None:
        self.document, self.at, self.inside = document, at, inside
        self.problems: list[Problem] = []

    def element(self) -> Element:
        document = self.document
        self.problems += [*self._unknown_type(), *self._members(), *self._not_required()]
        return Element(
            key=document.key,
            type=document.type,
            label=document.label or document.key,
            help=document.help,
            example=document.example,
            required=document.required,
            visible_when=self._condition("visible_when"),
            required_when=self._condition("required_when"),
            binding=self._binding(),
            field=self._field(),
            definition=document.model_dump(by_alias=True, exclude_unset=True),
            elements=tuple(self._elements()),
            repeat=self._repeat(),
        )

    def _wrong(self, sentence: str, member: str, code: str = "invalid_value", **values: Any) -> None:
        message = Message(sentence, {"member": called(member), "field": called(member), **values})
        self.problems.append(Problem(message, code, self.at + pointer(member)))

    @property
    def named(self) -> Named:
        return Named(self.document.key, self.document.label or self.document.key)

    def _unknown_type(self) -> Iterator[Problem]:
        type_ = self.document.type
        if type_ not in TYPES:
            hint = did_you_mean(type_, TYPES) or Message(" Types are {types}.", {"types": TYPES})
            at = self.at + "/type"
            yield Problem("There is no element type “{type}”.{hint}", "unknown_type", at, type=type_, hint=hint)
        elif type_ not in _UNTITLED and self.document.label is None:
            yield Problem("“{field}” is required.", "missing_member", self.at + "/label", field=called("label"))

    def _members(self) -> Iterator[Problem]:
        """Members that are of another type of element."""
        document, type_ = self.document, self.document.type
        theirs = ONLY_SOME - set(OF_TYPE.get(type_, ()))
        wrong = sorted(each for each in document.model_fields_set if each in theirs)
        if type_ in OF_FORMS:
            wrong += list(document.model_extra or ())
        wrong += [each for each in ("section", "visibility", "indexed") if each in (document.model_extra or ())]
        for member in dict.fromkeys(wrong):
            known = [*COMMON, *OF_TYPE.get(type_, ())]
            hint, at = did_you_mean(member, known), self.at + pointer(member)
            yield Problem("“{member}” is not a member here.{hint}", "unknown_member", at, member=member, hint=hint)

    def _not_required(self) -> Iterator[Problem]:
        document = self.document
        for member in ("required", "required_when"):
            if document.type in _NOT_ANSWERED and getattr(document, member):
                sentence = "“{element}” is not answered by anybody, and so cannot be required."
                yield Problem(sentence, "invalid_value", self.at + pointer(member), element=self.named)

    def _condition(self, member: str) -> Condition | None:
        raw = getattr(self.document, member)
        try:
            return None if raw is None else parse_condition(raw, FORM_ANSWERS, self.at + pointer(member))
        except Invalid as refusal:
            self.problems += refusal.problems
            return None

    # ---- what its answer may be ----

    def _field(self) -> Field | None:
        type_ = self.document.type
        if type_ not in TYPES or type_ in ("information", "group", "signature"):
            return None
        fields, problems = parse_fields([self._definition()], "")
        self.problems += [self._of_element(each) for each in problems]
        return fields[0] if fields else None

    def _definition(self) -> dict[str, Any]:
        """The definition of the field; an element's label is its name."""
        document = self.document
        plain = {"key": document.key, "type": document.type, "name": document.label or document.key}
        if document.type == "hidden":
            return plain | {"type": "text"}
        if document.help:
            plain["description"] = document.help
        more = {k: v for k, v in (document.model_extra or {}).items() if k not in ("section", "visibility", "indexed")}
        if FIELD_TYPES[document.type].derived:
            more = {"result": "number", **more}
        if document.list_ is not None and "options" not in more:
            more["options"] = [{"value": "-", "label": "-"}]  # those of the list come when it is published
        return more | plain

    def _of_element(self, problem: Problem) -> Problem:
        """A problem of the definition as one of the element: its pointer begins with the place in a list of one."""
        _, _, member, *rest = (problem.pointer or "").split("/") + [""] * (3 - (problem.pointer or "").count("/") - 1)
        path = [_ALIASES.get(member, member), *rest]
        return problem.at(self.at + "".join(f"/{each}" for each in path if each))

    # ---- groups ----

    def _elements(self) -> Iterator[Element]:
        documents = self.document.elements or []
        if self.document.type == "group" and not documents:
            self._wrong("“{field}” is required.", "elements", "missing_member")
        for place, document in enumerate(documents):
            compiler = ElementCompiler(document, self.at + pointer("elements", place), inside=True)
            if document.type == "group":
                sentence = "A group cannot stand in a group."
                self.problems.append(Problem(sentence, "invalid_value", compiler.at + "/type"))
            yield compiler.element()
            self.problems += compiler.problems

    def _repeat(self) -> Repeat:
        repeat = self.document.repeat
        if repeat is None or self.document.type != "group":
            return ONCE
        if repeat.max < repeat.min:
            self._wrong("“max” must not be less than “min”.", "repeat")
        return Repeat(repeat.min, repeat.max)

    # ---- what it is bound to ----

    def _binding(self) -> Binding | None:
        text = self.document.field
        if text is None:
            return None
        target, _, key = text.partition(".")
        if self.inside:
            self._wrong("What is in a group cannot have “{member}”; its group can.", "field")
        elif self.document.type in ("information", "signature"):
            self._wrong("“{member}” is not a member here.", "field", "unknown_member")
        elif target == "data" and _is_key(key):
            return Binding("data", key)
        elif target == "contact" and key in CONTACT:
            return self._to_contact(key)
        else:
            contact = tuple(f"contact.{each}" for each in CONTACT)
            self._wrong("“{member}” must read data.<key> or one of {members}.", "field", members=contact)
        return None

    def _to_contact(self, key: str) -> Binding:
        if self.document.type not in CONTACT[key]:
            sentence = "“{element}” cannot fill “{field}”, which takes elements of type {types}."
            types: Sequence[str] = CONTACT[key]
            message = Message(sentence, {"element": self.named, "field": f"contact.{key}", "types": tuple(types)})
            self.problems.append(Problem(message, "other_type", self.at + "/field"))
        return Binding("contact", key)


def _is_key(text: str) -> bool:
    return (
        0 < len(text) <= 120
        and text.isascii()
        and all(each.isdigit() or each.islower() or each == "_" for each in text)
    )
