"""The older grammar of `filter`, beside conditions: `{"flow": {"slug": …}, "active": true, "external_args": {…}}`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dossier.conditions import Condition, all_of
from dossier.conditions.condition import AnyOf, Comparison
from dossier.conditions.parse import compare
from dossier.forms.model.vocabulary import FLAGS, VOCABULARY
from dossier.foundation.errors import Invalid, Problem

WHOLE = frozenset({"attributes", "relationships", "$and", "$or", "$not"})
"""The members of a condition: of a filter that has none, all members are of the older grammar."""
_RELATIONS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "company": ("workspace", ("id", "slug")),
    "workspace": ("workspace", ("id", "slug")),
    "flow": ("flow", ("slug", "customization")),
    "user": ("user", ("email", "phone", "given_name", "family_name", "company_name", "internal_ref", "locale")),
    "owner": ("owner", ("id", "email", "given_name", "family_name")),
}
_FLAGS = tuple(each for each in FLAGS if each != "expired")
MOST = 100


@dataclass(frozen=True, slots=True)
class Leaf:
    """A member of `external_args`, by its path, that must be there and equal one of these."""

    path: tuple[str, ...]
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Flat:
    """What the older grammar asks: a condition, and members of `external_args`."""

    condition: Condition
    leaves: tuple[Leaf, ...]


def is_flat(raw: Any) -> bool:
    """Whether a filter is of the older grammar."""
    return isinstance(raw, dict) and not raw.keys() & WHOLE


def parse_flat(raw: Mapping[str, Any]) -> Flat:
    """What it asks; 400 naming what is not known."""
    problems: list[Problem] = []
    parts = list(_parts(raw, problems))
    args = raw.get("external_args", {})
    leaves = list(_leaves((), args)) if isinstance(args, dict) else []
    if not isinstance(args, dict):
        problems.append(_wrong("“external_args” must be an object."))
    if len(leaves) > MOST:
        problems.append(_wrong("The filter compares more than {most} members.", most=MOST))
    Invalid.if_any(problems)
    return Flat(all_of(parts) if parts else all_of([]), tuple(leaves))


def _parts(raw: Mapping[str, Any], problems: list[Problem]) -> Iterator[Condition]:
    for name, asked in raw.items():
        if name == "external_args":
            continue
        if name in _RELATIONS:
            yield from _of_relation(name, asked, problems)
        elif name in _FLAGS:
            if isinstance(asked, bool):
                yield Comparison(VOCABULARY.attributes[name], "$eq", asked)
            else:
                problems.append(_wrong("“{name}” takes true or false.", name=name))
        else:
            known = (*_RELATIONS, *_FLAGS, "external_args")
            sentence = "“{name}” is not known in this filter; there are {known}."
            problems.append(_wrong(sentence, name=name, known=known))


def _of_relation(name: str, asked: Any, problems: list[Problem]) -> Iterator[Condition]:
    relation, members = _RELATIONS[name]
    if not isinstance(asked, dict):
        problems.append(_wrong("“{name}” takes an object.", name=name))
        return
    for member, value in asked.items():
        if member not in members:
            sentence = "“{name}” is not known in this filter; there are {known}."
            problems.append(_wrong(sentence, name=f"{name}.{member}", known=members))
        else:
            yield from _equal(relation, member, value, problems)


def _equal(relation: str, member: str, value: Any, problems: list[Problem]) -> Iterator[Condition]:
    attribute = VOCABULARY.relationships[relation][member]
    values = value if isinstance(value, list) else [value]
    try:
        yield AnyOf(tuple(compare(attribute, "$eq", each) for each in values))
    except ValueError:
        sentence = "“{name}” cannot be that."
        problems.append(_wrong(sentence, name=f"{relation}.{member}"))


def _leaves(path: tuple[str, ...], value: Any) -> Iterator[Leaf]:
    if isinstance(value, dict) and value:
        for name, each in value.items():
            yield from _leaves((*path, name), each)
    elif path:
        yield Leaf(path, tuple(value) if isinstance(value, list) else (value,))


def _wrong(sentence: str, **values: Any) -> Problem:
    return Problem(sentence, "invalid_condition", parameter="filter", **values)
