"""The compiled form template: immutable, shared by every form that was made with it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as member
from datetime import datetime
from functools import cached_property
from typing import Any, Literal, get_args
from uuid import UUID

from dossier.conditions import Condition
from dossier.fields import Field, Program
from dossier.foundation.durations import Duration

Access = Literal["direct", "email_code", "sms_code", "password"]
ACCESSES: tuple[Access, ...] = get_args(Access)
DEFAULT_LOCALE = "en"
DEFAULT_EXPIRY = "P60D"


@dataclass(frozen=True, slots=True)
class Binding:
    """Where an answer comes from and goes to: `data.<key>` of the case, or a member of the contact."""

    target: Literal["data", "contact"]
    key: str

    def __str__(self) -> str:
        return f"{self.target}.{self.key}"


@dataclass(frozen=True, slots=True)
class Repeat:
    """How many times a group is asked: at least, and at most; once, unless a document says otherwise."""

    min: int
    max: int


ONCE = Repeat(1, 1)


@dataclass(frozen=True)
class Element:
    """One thing on a page. `field` checks its answer; None for information, groups and signatures; `definition`: as the document has it.

    `elements` and `repeat` are those of a group, whose answer is a list of objects.
    """

    key: str
    type: str
    label: str
    help: str | None
    example: str | None
    required: bool
    visible_when: Condition | None
    required_when: Condition | None
    binding: Binding | None
    field: Field | None
    definition: Mapping[str, Any] = member(repr=False)
    elements: tuple["Element", ...] = ()
    repeat: Repeat = ONCE

    @property
    def answered(self) -> bool:
        """Whether a person fills it in, and it is no value that is shown, follows from others or is given beforehand."""
        return self.type not in ("information", "hidden") and not (self.field and self.field.read_only)

    @property
    def derived(self) -> bool:
        """Whether its value follows from other answers."""
        return self.field is not None and self.field.derived

    @property
    def shown(self) -> bool:
        """Whether a person sees it."""
        return self.type != "hidden" and (self.answered or self.derived or self.type == "information")

    @property
    def text(self) -> str | None:
        """What a piece of information says, in Markdown."""
        return self.definition.get("text")

    @cached_property
    def element_by_key(self) -> Mapping[str, "Element"]:
        return {each.key: each for each in self.elements}


@dataclass(frozen=True, slots=True)
class Page:
    """What is asked together."""

    key: str
    title: str
    description: str | None
    visible_when: Condition | None
    elements: tuple[Element, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """A value that a form is made with, for its texts and conditions."""

    key: str
    type: str
    label: str
    default: Any
    field: Field


@dataclass(frozen=True, slots=True)
class Letter:
    """What is written to somebody: by e-mail, by text message, or both. None: in the words that Dossier has."""

    subject: str | None = None
    body: str | None = None
    sms: str | None = None


@dataclass(frozen=True, slots=True)
class Reminder:
    """After so long, then every so often, so many times; `working`: by the workspace's working time."""

    after: Duration
    every: Duration | None
    times: int
    working: bool
    channel: Literal["email", "sms"]
    subject: str | None
    body: str | None


@dataclass(frozen=True, slots=True)
class Messages:
    """What is written about a form. None: in the words that Dossier has."""

    invitation: Letter | None = None
    reminders: tuple[Reminder, ...] = ()
    code: Letter | None = None
    confirmation: Letter | None = None
    request_completed: Letter | None = None
    expiry: Letter | None = None


@dataclass(frozen=True, slots=True)
class Preset:
    """A way in which a template is used: its options, and what it does otherwise than the template (`overrides`).

    `enabled` is None where the document does not say: it stays as it is, and a new one is enabled.
    """

    key: str
    name: str
    enabled: bool | None
    options: Mapping[str, Any]
    overrides: Mapping[str, Any]  # of access, decline, expires_after, process_when_accepted, embed, opens


@dataclass(frozen=True)
class FormTemplate:
    """A form template's document, checked and compiled. `expires_after` is a duration (ISO 8601), or None: never. `opens`: the case template
    of the case that a form of no case opens when it is handed in.
    """

    slug: str | None
    title: str
    description: str | None
    locale: str
    pages: tuple[Page, ...]
    options: tuple[Option, ...]
    access: Access
    decline: bool
    process_when_accepted: bool
    embed: bool
    opens: UUID | None
    expires_after: str | None
    redirect_url: str | None
    messages: Messages
    texts: Mapping[str, Mapping[str, str]] = member(repr=False)
    presets: tuple[Preset, ...]
    order: Mapping[str, Sequence[str]] = member(repr=False)
    """Group, or "" for the whole form → the keys of its elements, each after those that decide about it."""
    computing: Mapping[str, Program] = member(repr=False)
    """Group, or "" for the whole form → what follows from its answers."""

    @cached_property
    def element_by_key(self) -> Mapping[str, Element]:
        """Every element, those of groups among them."""
        return {each.key: each for each in self.all_elements()}

    @cached_property
    def page_of(self) -> Mapping[str, Page]:
        """Element → its page, also for those of groups."""
        return {each.key: page for page in self.pages for top in page.elements for each in (top, *top.elements)}

    @cached_property
    def group_of(self) -> Mapping[str, str]:
        """Element of a group → the group."""
        return {each.key: group.key for group in self.elements for each in group.elements}

    @cached_property
    def elements(self) -> tuple[Element, ...]:
        """The elements of the pages, in order; those of groups are in theirs."""
        return tuple(each for page in self.pages for each in page.elements)

    @cached_property
    def page_by_key(self) -> Mapping[str, Page]:
        return {page.key: page for page in self.pages}

    @cached_property
    def option_by_key(self) -> Mapping[str, Option]:
        return {option.key: option for option in self.options}

    @cached_property
    def looks_at_case(self) -> frozenset[str]:
        """What conditions look at in the case, by path; but of its owner, who may change and be erased."""
        elements = list(self.all_elements())
        conditions = [each.visible_when for each in self.pages]
        conditions += [condition for each in elements for condition in (each.visible_when, each.required_when)]
        names = {name for each in conditions if each for name in each.names()}
        paths = {name.removeprefix("case.") for name in names if name.startswith("case.")}
        return frozenset(path for path in paths if path.partition(".")[0] != "owner")

    @cached_property
    def bound(self) -> Mapping[str, Element]:
        """`data.<key>`, `contact.<member>` → the element that is bound to it."""
        return {str(each.binding): each for each in self.elements if each.binding}

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """The template's own language, then those that it is translated into."""
        return (self.locale, *(each for each in self.texts if each != self.locale))

    def all_elements(self) -> Iterator[Element]:
        """Every element in order, each group before what is in it."""
        for each in self.elements:
            yield each
            yield from each.elements

    def default_answers(self) -> dict[str, Any]:
        """What a new form has where nothing else is said."""
        fields = ((each.key, each.field) for each in self.elements)
        return {key: kept.default for key, kept in fields if kept and kept.default is not None}


@dataclass(frozen=True, slots=True)
class FormTemplateVersion:
    """A published version: it never changes again. The rest is the template's, as it is now."""

    workspace_id: UUID
    id: UUID
    slug: str
    version: int
    document: Mapping[str, Any]
    template: FormTemplate
    archived_at: datetime | None
    created_at: datetime
    updated_at: datetime  # when the template was last published, archived or brought back
    published_at: datetime  # this version


@dataclass(frozen=True, slots=True)
class PresetRow:
    """A preset as it is kept, with what it takes from its template's current version. `id` is what programs call a form template by.

    `options` are all of the template's with the values that a new form gets; `expires_after` is None for never.
    """

    workspace_id: UUID
    id: UUID
    key: str
    name: str
    enabled: bool
    options: Mapping[str, Any]
    access: Access
    decline: bool
    process_when_accepted: bool
    embed: bool
    opens: UUID | None
    expires_after: str | None
    template_id: UUID
    slug: str
    version: int
    locale: str
    archived_at: datetime | None
    created_at: datetime
    updated_at: datetime
    workspace: Mapping[str, Any]

    @property
    def usable(self) -> bool:
        """Whether new forms may be made with it."""
        return self.enabled and self.archived_at is None
