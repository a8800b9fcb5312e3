"""How templates describe themselves to their history: the document that is worked on, part by part."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from dossier.case_templates.model.difference import PARTS, SINGLE, Difference, by_key, members, named
from dossier.foundation.messages import Message
from dossier.foundation.text import gettext_noop
from dossier.records.model import Changes, ChangeSet, Record

_ORDER = "order"  # of a part: `order.schema` is the keys of the fields


@dataclass(frozen=True, slots=True)
class KeptTemplate:
    """A template as its history has it. `version` counts what happened to it, not what was published."""

    workspace_id: UUID
    id: UUID
    version: int
    updated_at: datetime
    document: Mapping[str, Any]


TemplateChange = ChangeSet[KeptTemplate]


def _get(kept: KeptTemplate, path: str) -> Any:
    prefix, _, key = path.partition(".")
    if prefix in PARTS:
        return by_key(kept.document, prefix).get(key)
    return list(by_key(kept.document, key)) if prefix == _ORDER else kept.document.get(path)


def _put_all(kept: KeptTemplate, values: Mapping[str, Any], version: int) -> KeptTemplate:
    document: Mapping[str, Any] = kept.document
    for path, value in values.items():
        document = _put(document, path, value)
    return replace(kept, document=document, version=version)


def _put(document: Mapping[str, Any], path: str, value: Any) -> Mapping[str, Any]:
    prefix, _, key = path.partition(".")
    if prefix in PARTS:
        items = by_key(document, prefix) | {key: value}
        return {**document, prefix: [each for each in items.values() if each is not None]}
    if prefix == _ORDER:
        items = by_key(document, key)
        places = {each: place for place, each in enumerate(value)}
        return {**document, key: sorted(items.values(), key=lambda each: places.get(each["key"], len(places)))}
    return {**document, path: value}


def _called(kept: KeptTemplate, path: str) -> str | Message:
    prefix, _, key = path.partition(".")
    item = by_key(kept.document, prefix).get(key) if prefix in PARTS else None
    return named(item) if item else key or path


def changed_parts(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Path → what stands there now, of every part of a document that there was or is: what a change puts."""
    values = {name: new.get(name) for name in SINGLE}
    for part in PARTS:
        was, becomes = by_key(old, part), by_key(new, part)
        values |= {f"{part}.{key}": becomes.get(key) for key in {**was, **becomes}}
        if [key for key in was if key in becomes] != [key for key in becomes if key in was]:
            values[f"{_ORDER}.{part}"] = list(becomes)
    return values


def told(changes: Changes) -> Iterator[Difference]:
    """An entry's changes as people read them, in the words of differences between versions."""
    for path, change in changes.items():
        (prefix, _, key), old, new = path.partition("."), change["old"], change["new"]
        if prefix == _ORDER:
            yield Difference(key, "", "", "moved")
        elif prefix in SINGLE:
            yield Difference(path, "", "", "changed", ((path, old, new),))
        elif prefix in PARTS and old and new:
            yield Difference(prefix, key, named(new), "changed", tuple(members(old, new)))
        elif prefix in PARTS:
            yield Difference(prefix, key, named(old or new), "removed" if old else "added")


_BY_ITSELF = gettext_noop("Archive it, or bring it back, instead.")

TEMPLATE_RECORD: Record[KeptTemplate] = Record(
    name="case template",
    missing=gettext_noop("There is no case template {id}."),
    history="case_template_events",
    key="template_id",
    get=_get,
    put_all=_put_all,
    not_undone={
        "created": gettext_noop("A template cannot be un-made; discard its draft instead."),
        "published": gettext_noop("Published versions stay; change the draft, and publish the next one."),
        "revised": gettext_noop("Published versions stay; change the draft, and publish the next one."),
        "archived": _BY_ITSELF,
        "unarchived": _BY_ITSELF,
    },
    called=_called,
)
