"""Documents in the making and their histories: a document is changed part by part, and remembered so."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, LiteralString
from uuid import UUID

from dossier.foundation import json
from dossier.foundation.errors import Invalid, NotFound, Problem
from dossier.foundation.messages import Message
from dossier.foundation.text import gettext_noop
from dossier.records.model import ChangeSet, Record

Document = Mapping[str, Any]
_ORDER = "order"  # of a list: `order.schema` is the keys of what is in it


@dataclass(frozen=True, slots=True)
class Kept:
    """A document as its history has it. `version` counts what happened to it, not what was published."""

    workspace_id: UUID
    id: UUID
    version: int
    updated_at: datetime
    document: Document


DocumentChange = ChangeSet[Kept]


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft as it is stored."""

    workspace_id: UUID
    based_on: int
    revision: int
    document: dict[str, Any]
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class PublishedVersion:
    """A version with the document as it was published."""

    version: int
    document: Document
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Draft:
    """A document that is worked on. `revision` is 0 while it is what was published; `based_on` is that version, or 0.

    `parse` refuses a document that cannot be published.
    """

    workspace_id: UUID
    template_id: UUID
    based_on: int
    revision: int
    document: dict[str, Any]
    parse: Callable[[Document], object] = field(repr=False, compare=False)
    archived: bool = False

    def items(self, part: str) -> list[dict[str, Any]]:
        return list(self.document.get(part) or ())

    def item(self, part: str, key: str) -> dict[str, Any]:
        """One part by its key; 404."""
        for each in self.items(part):
            if each["key"] == key:
                return each
        raise NotFound.because("The template has no such part; somebody may have removed it.")

    @property
    def kept(self) -> Kept:
        """The document as its history is asked for."""
        return Kept(self.workspace_id, self.template_id, 0, datetime.min.replace(tzinfo=UTC), self.document)

    @property
    def problems(self) -> Sequence[Problem]:
        """What must be put right before it can be published."""
        try:
            self.parse(self.document)
        except Invalid as refusal:
            return refusal.problems
        return ()


def mark(item: Mapping[str, Any]) -> str:
    """Tells one state of a part from another."""
    return hashlib.sha256(json.encode(item)).hexdigest()[:32]


def named(item: Mapping[str, Any]) -> str:
    """What people call a part: its name, label or title."""
    return str(item.get("name") or item.get("label") or item.get("title") or item["key"])


@dataclass(frozen=True, slots=True)
class Parts:
    """What a document consists of, by the paths that its history has: `title`, `schema.amount`, `order.schema`, `texts.fr`.

    `lists` hold objects with a key (`unnamed` where one has none), `maps` hold anything by key, `single` are members by themselves;
    `means`: what it means when such a member is missing, for those of which null says something else.
    """

    lists: tuple[str, ...]
    single: tuple[str, ...]
    maps: tuple[str, ...] = ()
    means: Mapping[str, Any] = field(default_factory=dict)
    unnamed: str = ""

    def by_key(self, document: Document, part: str) -> dict[str, Mapping[str, Any]]:
        """What is in one of the lists, by its key."""
        return {each.get("key", self.unnamed): each for each in document.get(part) or ()}

    def without_nothing(self, document: Document) -> dict[str, Any]:
        """The document without members that say nothing."""
        return {
            name: value for name, value in document.items() if value not in (None, [], "", {}) or name in self.means
        }

    def get(self, kept: Kept, path: str) -> Any:
        """The part at a path; None where there is none."""
        prefix, _, key = path.partition(".")
        if prefix in self.lists:
            return self.by_key(kept.document, prefix).get(key)
        if prefix in self.maps:
            return (kept.document.get(prefix) or {}).get(key)
        return list(self.by_key(kept.document, key)) if prefix == _ORDER else self._single(kept.document, path)

    def put_all(self, kept: Kept, values: Mapping[str, Any], version: int) -> Kept:
        """The document at another version, with these parts set; None takes one away."""
        document = kept.document
        for path, value in values.items():
            document = self._put(document, path, value)
        return replace(kept, document=document, version=version)

    def changed(self, old: Document, new: Document) -> dict[str, Any]:
        """Path → what stands there now, of every part of a document that there was or is: what a change puts."""
        values = {name: self._single(new, name) for name in self.single}
        for part in self.lists:
            was, becomes = self.by_key(old, part), self.by_key(new, part)
            values |= {f"{part}.{key}": becomes.get(key) for key in {**was, **becomes}}
            if [key for key in was if key in becomes] != [key for key in becomes if key in was]:
                values[f"{_ORDER}.{part}"] = list(becomes)
        for part in self.maps:
            said, says = old.get(part) or {}, new.get(part) or {}
            values |= {f"{part}.{key}": says.get(key) for key in {**said, **says}}
        return values

    def called(self, kept: Kept, path: str) -> str | Message:
        """How people know the part at a path."""
        prefix, _, key = path.partition(".")
        item = self.by_key(kept.document, prefix).get(key) if prefix in self.lists else None
        return named({"key": key, **item}) if item else key or path

    def _single(self, document: Document, name: str) -> Any:
        return document.get(name, self.means.get(name))

    def _put(self, document: Document, path: str, value: Any) -> Document:
        prefix, _, key = path.partition(".")
        if prefix in self.lists:
            items = self.by_key(document, prefix) | {key: value}
            return {**document, prefix: [each for each in items.values() if each is not None]}
        if prefix in self.maps:
            held = {**(document.get(prefix) or {}), key: value}
            return {**document, prefix: {name: each for name, each in held.items() if each is not None}}
        if prefix == _ORDER:
            places = {each: place for place, each in enumerate(value)}
            items = self.by_key(document, key)
            return {**document, key: sorted(items.values(), key=lambda each: places.get(each.get("key"), len(places)))}
        return {**document, path: value}


_BY_ITSELF = gettext_noop("Archive it, or bring it back, instead.")
_STAY = gettext_noop("Published versions stay; change the draft, and publish the next one.")
_NOT_UNDONE = {
    "created": gettext_noop("A template cannot be un-made; discard its draft instead."),
    "published": _STAY,
    "revised": _STAY,
    "archived": _BY_ITSELF,
    "unarchived": _BY_ITSELF,
}


def record_of(name: str, missing: str, history: LiteralString, document: Parts, **not_undone: str) -> Record[Kept]:
    """How a kind of template describes itself to its history; `not_undone`: kinds of entries that are its own."""
    return Record(
        name=name,
        missing=missing,
        history=history,
        key="template_id",
        get=document.get,
        put_all=document.put_all,
        not_undone=_NOT_UNDONE | not_undone,
        called=document.called,
    )
