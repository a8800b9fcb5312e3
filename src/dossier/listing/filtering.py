"""The parameters with which programs narrow a list: direct ones, each equal to an attribute, or a whole condition as `filter`."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, get_args
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from dossier.conditions import Condition, Vocabulary, all_of, attribute, equals, of_one, parse_filter
from dossier.conditions.condition import Comparison
from dossier.foundation.database import Lane
from dossier.foundation.errors import Invalid, Problem
from dossier.foundation.http import openapi, query
from dossier.foundation.http.responses import ApiResponse
from dossier.foundation.identifiers import parse_id
from dossier.foundation.lists import Page
from dossier.listing.collection import Archived, Selection

T = TypeVar("T")

ARCHIVED: tuple[Archived, ...] = get_args(Archived)
FIRST = Page()
FAR = 1000  # rows before a page

TEXT: Mapping[str, Any] = {"type": "string"}
UUID_TEXT: Mapping[str, Any] = {"type": "string", "format": "uuid"}
EMAIL: Mapping[str, Any] = {"type": "string", "format": "email"}

Cover = Callable[[Collection[UUID], Collection[str]], None]
"""Refuses (403) where the caller does not cover one of these workspaces, by id and by slug."""


@dataclass(frozen=True, slots=True)
class Direct:
    """A direct filter: the attribute that must be equal, the schema of the parameter, and what more can be wrong with its text."""

    path: str
    schema: Mapping[str, Any] = field(default_factory=lambda: TEXT)
    problems: Callable[[str, str], Iterator[Problem]] | None = None


@dataclass(frozen=True)
class Filters:
    """The filters of a kind of thing. `more`: parameters of the kind's own, which its routes read themselves."""

    vocabulary: Vocabulary
    direct: Mapping[str, Direct]
    archives: bool = True
    more: tuple[Any, ...] = ()

    @property
    def documented(self) -> tuple[Any, ...]:
        """The parameters of a list, for its documentation."""
        direct = (openapi.query(name, dict(each.schema), "compared exactly") for name, each in self.direct.items())
        archived = (openapi.ARCHIVED,) if self.archives else ()
        return (*PAGING, *self.more, *direct, *archived, openapi.FILTER)

    def sent(self, request: Request) -> dict[str, str]:
        """The parameters of the request; 400 for unknown ones."""
        more = (each["name"] for each in self.more)
        return query.parameters(
            request, (*query.PAGING, *more, *self.direct, *(("archived",) if self.archives else ()), "filter")
        )

    def selection(self, sent: dict[str, str], cover: Cover) -> Selection:
        """What the parameters ask for; `filter`, where it is given, stands alone. 400, and 403 for a named workspace."""
        archived: Archived = "any"
        if "filter" in sent:
            condition: Condition | None = parse_filter(query.json_parameter(sent, "filter"), self.vocabulary)
        else:
            archived = query.choice(sent, "archived", ARCHIVED, "false") if self.archives else "any"
            condition = self._direct(sent)
        if condition is not None:
            cover(*named_workspaces(condition))
        return Selection(archived, condition)

    def _direct(self, sent: Mapping[str, str]) -> Condition | None:
        Invalid.if_any(self._problems(sent))
        parts: dict[str, list[Condition]] = {}
        for name, each in self.direct.items():
            if name in sent:
                relation = each.path.rpartition(".")[0]
                together = relation if relation in self.vocabulary.several else ""
                parts.setdefault(together, []).append(equals(attribute(self.vocabulary, each.path), sent[name]))
        plain = parts.pop("", [])
        plain += [of_one(relation, all_of(asked)) for relation, asked in parts.items()]
        return all_of(plain) if plain else None

    def _problems(self, sent: Mapping[str, str]) -> Iterator[Problem]:
        for name, each in self.direct.items():
            if name in sent:
                yield from _problems_of(name, each, sent[name])


PAGING = (openapi.PAGE_NUMBER, openapi.PAGE_SIZE, openapi.PAGE_AFTER, openapi.SORT)


def _problems_of(name: str, filter: Direct, value: str) -> Iterator[Problem]:
    if filter.schema.get("format") == "uuid" and parse_id(value) is None:
        yield Problem("“{name}” must be a uuid, not “{value}”.", "invalid_uuid", parameter=name, name=name, value=value)
    elif filter.problems:
        yield from (each.of_parameter(name) for each in filter.problems(value, ""))
    elif "enum" in filter.schema and value not in filter.schema["enum"]:
        options = tuple(filter.schema["enum"])
        sentence = "“{field}” must be one of {options}."
        yield Problem(sentence, "invalid_parameter", parameter=name, field=name, options=options)


def lane(selection: Selection, page: Page = FIRST) -> Lane:
    """A list without a condition goes by an index; with one, or far from its beginning, it may look at every row."""
    return "costly" if selection.condition is not None or page.offset > FAR else "plain"


def page_answer(
    request: Request,
    page: Page,
    total: int,
    rows: Sequence[T],
    shown: Callable[[T], Mapping[str, Any]],
    more: Mapping[str, str] | None = None,
) -> Response:
    """The envelope of a page, where the next one is, and `more` headers; `rows` has one more than the page when more follow."""
    end: Any = rows[page.size - 1] if len(rows) > page.size else None
    content = page.envelope(total, [shown(each) for each in rows[: page.size]])
    last = (getattr(end, page.sort), end.id) if end else None
    return ApiResponse(content, headers=query.next_link(request, last) | dict(more or {})).response()


def named_workspaces(condition: Condition) -> tuple[frozenset[UUID], frozenset[str]]:
    """The ids and slugs of workspaces that a condition names with $eq or $in."""
    ids: set[UUID] = set()
    slugs: set[str] = set()
    for each in condition.comparisons():
        for operand in _operands(each):
            if each.attribute.name == "workspace.id":
                ids.add(UUID(operand))
            elif each.attribute.name == "workspace.slug":
                slugs.add(operand)
    return frozenset(ids), frozenset(slugs)


def _operands(comparison: Comparison) -> Sequence[str]:
    if comparison.op not in ("$eq", "$in"):
        return ()
    operands = comparison.operand if comparison.op == "$in" else (comparison.operand,)
    return [each for each in operands if isinstance(each, str)]
