"""What a contact is, what it is called, who is the same person, what may be said about one, and how its history is read.

What changed about a contact: `contacts.kept(reading, id)` gives the contact as it is kept, with its version, and
`records.history_page(reading, CONTACT_RECORD, kept, Page(1, 20))` what happened to it, newest first, in the same shape as for
a case: kinds `created` and `details`, paths `email`, `given_name`, `family_name`, `phone`. A contact from before
there were histories is at version 0, and its history begins with its next change.
`records.check_if_match(transaction, CONTACT_RECORD, kept, if_match, paths)` refuses who has not seen the newest version.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from dossier.conditions import Vocabulary, attributes
from dossier.foundation.errors import Invalid, Problem, pointer
from dossier.foundation.messages import Message, Named
from dossier.foundation.text import fold, gettext_noop, nearest
from dossier.members.model import PERSON, email_problems
from dossier.records.model import ChangeSet, Record
from dossier.workspaces.model import WORKSPACE

NATIONAL_DIGITS = 7  # that a phone number has at least, without country and leading zero
MAX_TEXT = 500  # code points of a name or phone number
NAMES = ("given_name", "family_name")
DETAILS = ("email", *NAMES, "phone")

VOCABULARY = Vocabulary(
    attributes=attributes(**PERSON, phone="text", created_at="time", updated_at="time"),
    relationships={"workspace": attributes("workspace", **WORKSPACE)},
)
"""What a condition can ask of a contact."""

Given = Mapping[str, str | None]
"""The members of a contact that somebody gives: name → text, None where it is to be empty."""

Slots = Mapping[str, Given | None]
"""Slot key → the members sent for it, or None to empty it."""

MAIN = "main"
"""The slot of whom a case is about: the one that is meant where only one is sent, and no key."""
MAX_KEY = 120  # characters of a slot's key


@dataclass(frozen=True, slots=True)
class Contact:
    """A person outside. Several may share an e-mail address, as a couple does."""

    id: UUID
    email: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    phone: str | None = None

    def name(self, label: str) -> str:
        """What to call them: given and family name, else the e-mail address, else the slot's label."""
        return " ".join(filter(None, (self.given_name, self.family_name))) or self.email or label

    @classmethod
    def of(cls, found: Mapping[str, Any]) -> "Contact":
        """The contact in a document or row with an id and its details, whatever else that holds."""
        id = found["id"] if isinstance(found["id"], UUID) else UUID(found["id"])
        return cls(id, *(found[name] for name in DETAILS))

    def document(self) -> dict[str, Any]:
        """The contact as JSON has it."""
        return {"id": str(self.id)} | {name: getattr(self, name) for name in DETAILS}

    def with_details(self, given: Given) -> "Contact":
        """The same contact with the given members, `None` included, overwritten."""
        return replace(self, **{name: given[name] for name in DETAILS if name in given})  # type: ignore[arg-type]

    def filled(self, given: Given) -> "Contact":
        """The same contact with the given members where it has none."""
        return self.with_details({name: text for name, text in given.items() if text and not getattr(self, name)})

    def contradicts(self, given: Given, names: Iterable[str]) -> bool:
        """Whether one of these members is given otherwise than it is known."""
        pairs = ((name, getattr(self, name), given.get(name)) for name in names)
        return any(known and said and not _same(name, known, said) for name, known, said in pairs)


@dataclass(frozen=True, slots=True)
class FilledSlot:
    """A contact in a slot of a case, and what the slot is called there."""

    contact: Contact
    label: str

    @classmethod
    def of(cls, found: Mapping[str, Any]) -> "FilledSlot":
        """The filled slot that history kept, or that was read."""
        return cls(Contact.of(found), found["label"])

    def document(self) -> dict[str, Any]:
        """A filled slot as history keeps it."""
        return self.contact.document() | {"label": self.label}


def slot_place(order: Sequence[str], key: str) -> tuple[int, str]:
    """Where a slot stands among others: by the order, those that are not in it last, by key."""
    return (order.index(key) if key in order else len(order), key)


@dataclass(frozen=True, slots=True)
class KeptContact:
    """A contact as its workspace keeps it: which version it is at, and since when it is there and is so."""

    workspace_id: UUID
    contact: Contact
    version: int
    created_at: datetime
    updated_at: datetime

    @property
    def id(self) -> UUID:
        return self.contact.id


@dataclass(frozen=True, slots=True)
class ContactRow:
    """A contact as lists have it; `cases`: how many show them, of those that the reader may see."""

    id: UUID
    workspace_id: UUID
    version: int
    created_at: datetime
    updated_at: datetime
    email: str | None
    given_name: str | None
    family_name: str | None
    phone: str | None
    cases: int

    @property
    def name(self) -> str:
        """What to call them: given and family name, else the e-mail address, else the telephone number."""
        return Contact(self.id, self.email, self.given_name, self.family_name).name(self.phone or "")


@dataclass(frozen=True, slots=True)
class Showing:
    """A case that shows a contact, in a slot that is called so there."""

    id: UUID
    title: str
    reference: str | None
    parent_status: str
    archived_at: datetime | None
    label: str


_CALLED = {
    "email": gettext_noop("E-mail address"),
    "given_name": gettext_noop("Given name"),
    "family_name": gettext_noop("Family name"),
    "phone": gettext_noop("Phone"),
}

CONTACT_RECORD: Record[KeptContact] = Record(
    "contact",
    missing=gettext_noop("There is no contact {id}."),
    history="contact_events",
    key="contact_id",
    get=lambda kept, path: getattr(kept.contact, path),
    put_all=lambda kept, values, version: replace(kept, contact=kept.contact.with_details(values), version=version),
    called=lambda _kept, path: Message(_CALLED[path]),
)

ContactChange = ChangeSet[KeptContact]


def called(person: Mapping[str, str | None]) -> Iterator[str]:
    """What a search finds a contact by: name in both orders, address, telephone number."""
    given, family = person["given_name"] or "", person["family_name"] or ""
    yield from filter(None, (f"{given} {family}".strip(), f"{family} {given}".strip(), given, family))
    yield from filter(None, (person["email"], person["phone"]))


def phone_problems(phone: str, at: str) -> Iterator[Problem]:
    """What is wrong with a telephone number that a person typed; `at` points to it. Programs may send any text (contract)."""
    digits, letters = (sum(map(test, phone)) for test in (str.isdecimal, str.isalpha))
    if digits < 3 or letters > digits:
        yield Problem("“{value}” is no telephone number.", "invalid_phone", at, value=phone)


def _same(name: str, known: str, said: str) -> bool:
    """Whether both say the same; of two phone numbers one may be written without its country."""
    one, other = _compared(name, known), _compared(name, said)
    if name != "phone" or not (one + other).isdecimal():
        return one == other
    short, long = sorted((one.lstrip("0"), other.lstrip("0")), key=len)
    return short == long or (len(short) >= NATIONAL_DIGITS and long.endswith(short))


def _compared(name: str, text: str) -> str:
    """Names in any case, phone numbers in any spacing."""
    return re.sub(r"[^0-9]|^00", "", text) or text if name == "phone" else fold(" ".join(text.split()))


def details(sent: Mapping[str, Any], label: str) -> dict[str, str | None]:
    """The members that a body gives, blank ones as None; a whole `name` fills given and family name if those are not given.

    A `name` that only repeats what we answer (the label, or the e-mail address) says nothing.
    """
    given = {name: (sent[name] or "").strip() or None for name in DETAILS if name in sent}
    whole = " ".join((sent.get("name") or "").split())
    if whole and whole not in (label, given.get("email")) and not (given.keys() & set(NAMES)):
        first, _, rest = whole.partition(" ")
        given |= {"given_name": first, "family_name": rest or None}
    return given


def problems_of(given: Given, *at: str | int) -> Iterator[Problem]:
    """What is wrong with a contact's members; `at` says where they stand in the body."""
    if given.get("email"):
        yield from email_problems(given["email"] or "", pointer(*at, "email"))
    for name, text in given.items():
        if text and len(text) > MAX_TEXT:
            yield Problem(
                "“{field}” is longer than {count} characters.",
                pointer=pointer(*at, name),
                field=Named(name, Message(_CALLED[name])),
                count=MAX_TEXT,
            )


def typed(sent: Mapping[str, str], names: Iterable[str] = DETAILS) -> dict[str, str | None]:
    """These members of a contact as a person typed them into a form; 400."""
    given = {name: sent.get(name, "").strip() or None for name in names}
    if given.get("email"):
        Invalid.if_any(email_problems(given["email"] or "", "/email"))
    if given.get("phone"):
        Invalid.if_any(phone_problems(given["phone"] or "", "/phone"))
    return given


def sent_slots(sent: Sequence[Mapping[str, Any]], names: Mapping[str, str] | None) -> Slots:
    """What a body's `contacts` ask of a case with slots of these `names` (None: any slot).

    400 for unknown or repeated slots and bad members.
    """
    problems: list[Problem] = []
    slots: dict[str, Given | None] = {}
    for index, each in enumerate(sent):
        key = each.get("key") or (MAIN if len(sent) == 1 else None)
        at = pointer("contacts", index, "key")
        if key is None:
            problems.append(Problem("“{field}” is required.", "missing_member", at, field="key"))
        elif key in slots:
            problems.append(Problem("The slot “{slot}” is named twice.", "duplicate", at, slot=key))
        else:
            problems += _key_problems(key, names, at)
            slots[key] = (
                None if "contact" in each and each["contact"] is None else details(each, (names or {}).get(key, key))
            )
            problems += problems_of(slots[key] or {}, "contacts", index)
    Invalid.if_any(problems)
    return slots


def _key_problems(key: str, names: Mapping[str, str] | None, at: str) -> Iterator[Problem]:
    if names is not None and key not in names:
        yield _unknown_slot(key, names, at)
    elif names is None and len(key) > MAX_KEY:
        yield Problem("“{field}” has more than {count} characters.", pointer=at, field="key", count=MAX_KEY)


def _unknown_slot(key: str, names: Mapping[str, str], at: str) -> Problem:
    if guess := nearest(key, names):
        sentence = "The case has no contact slot “{slot}”; did you mean “{guess}”?"
        return Problem(Message(sentence, {"slot": key, "guess": guess}), "unknown_slot", at)
    known = tuple(Named(each, name) for each, name in names.items())
    return Problem("The case has no contact slot “{slot}”; it has {slots}.", "unknown_slot", at, slot=key, slots=known)
