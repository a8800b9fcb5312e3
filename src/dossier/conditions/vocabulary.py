"""Which attributes a condition may name: what kind each is, and where its value lies in SQL."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["text", "folded", "uuid", "time", "data"]

DATA = re.compile(r"data\.([a-z0-9_]{1,120})")
STEP = re.compile(r"steps\.([a-z0-9_-]{1,120})\.status")


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of a thing, or of a thing it is related to.

    `column` is SQL; a condition on it is put into `around`, which leads from the row to a related table.
    `data` and `steps` take their key as a parameter.
    """

    name: str
    kind: Kind
    column: str
    around: str = "{}"
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The attributes of a kind of thing, and those of its relations."""

    attributes: Mapping[str, Attribute]
    relationships: Mapping[str, Mapping[str, Attribute]] = field(default_factory=dict)
    open_ended: bool = False  # whether `data.<key>` and `steps.<key>.status` exist

    def attribute(self, name: str) -> Attribute | None:
        """The attribute of that name; None when there is none."""
        if found := self.attributes.get(name):
            return found
        if self.open_ended and (data := DATA.fullmatch(name)):
            return Attribute(name, "data", "c.data", key=data[1])
        if self.open_ended and (step := STEP.fullmatch(name)):
            return Attribute(name, "text", "(c.steps -> {key} ->> 'status')", key=step[1])
        return None


def _named(prefix: str, around: str, columns: Iterable[tuple[str, Kind, str]]) -> dict[str, Attribute]:
    return {name: Attribute(prefix + name, kind, column, around) for name, kind, column in columns}


def _person(alias: str) -> list[tuple[str, Kind, str]]:
    return [
        ("id", "uuid", f"{alias}.id"),
        ("email", "folded", f"{alias}.email_folded"),
        ("given_name", "folded", f"{alias}.given_name_folded"),
        ("family_name", "folded", f"{alias}.family_name_folded"),
    ]


def _owner(row: str) -> dict[str, Attribute]:
    return _named("owner.", row + ".owner_id IN (SELECT m.id FROM members m WHERE {})", _person("m"))


def _workspace(row: str) -> dict[str, Attribute]:
    around = row + ".workspace_id IN (SELECT w.id FROM workspaces w WHERE {})"
    return _named("workspace.", "{}", [("id", "uuid", row + ".workspace_id")]) | _named(
        "workspace.", around, [("slug", "text", "w.slug")]
    )


_TEMPLATE_OF_CASE = (
    "(c.workspace_id, c.template_id, c.template_version) IN"
    " (SELECT v.workspace_id, v.template_id, v.version FROM case_template_versions v"
    " WHERE v.workspace_id = ANY(%(scope)s) AND {})"
)

_UPDATE_OF_CASE = (
    "(c.workspace_id, c.id) IN (SELECT u.workspace_id, u.id FROM case_updates u"
    " WHERE u.workspace_id = ANY(%(scope)s) AND {})"
)

CONTACT: Mapping[str, Attribute] = _named(
    "contact.", "{}", [*_person("p"), ("phone", "text", "p.phone"), ("key", "text", "s.slot")]
)
"""What may be asked of one contact; all that is asked together must hold for the same one."""

CASES = Vocabulary(
    attributes=_named(
        "",
        "{}",
        [
            ("id", "uuid", "c.id"),
            ("title", "text", "c.title"),
            ("parent_status", "text", "c.parent_status"),
            ("created_at", "time", "c.created_at"),
            ("description", "text", "c.description"),
            ("locale", "text", "c.locale"),
            ("reference", "text", "c.reference"),
            ("status", "text", "c.status"),
            ("waiting_for", "text", "c.waiting_for"),
            ("archived_at", "time", "c.archived_at"),
            ("template", "uuid", "c.template_id"),
        ],
    )
    | _named("", _UPDATE_OF_CASE, [("updated_at", "time", "u.updated_at")]),
    relationships={
        "owner": _owner("c"),
        "contact": CONTACT,
        "template": _named("template.", "{}", [("id", "uuid", "c.template_id")])
        | _named("template.", _TEMPLATE_OF_CASE, [("title", "text", "v.title")]),
        "workspace": _workspace("c"),
    },
    open_ended=True,
)

CASE_TEMPLATES = Vocabulary(
    attributes=_named(
        "",
        "{}",
        [
            ("id", "uuid", "t.id"),
            ("title", "text", "v.title"),
            ("description", "text", "(v.document ->> 'description')"),
            ("locale", "text", "(v.document ->> 'locale')"),
            ("created_at", "time", "t.created_at"),
            ("updated_at", "time", "t.updated_at"),
            ("archived_at", "time", "t.archived_at"),
        ],
    ),
    relationships={"owner": _owner("t"), "workspace": _workspace("t")},
)
