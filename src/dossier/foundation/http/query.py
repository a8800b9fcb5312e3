"""Query parameters, headers and path parts, read strictly: an unknown or repeated one is refused."""

import re
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Literal, TypeVar
from urllib.parse import quote, urlencode
from uuid import UUID

from starlette.datastructures import QueryParams
from starlette.requests import Request

from dossier.foundation import json
from dossier.foundation.errors import AppError, Invalid, PreconditionFailed, Problem, pointer
from dossier.foundation.identifiers import parse_id
from dossier.foundation.lists import Page, cursor, uncursor
from dossier.foundation.messages import Message
from dossier.foundation.text import nearest

MAX_PAGE_SIZE = 100
MAX_PAGE_NUMBER = 2**63 - 1  # what clients can read back
_SORT = re.compile(r"([ +-]?)(created_at|updated_at)")
_ENTITY_TAG = re.compile(r'(?:W/)?"([0-9]{1,18})(?:[-;.][A-Za-z0-9_-]{1,20})?"')
"""A version as an entity tag, also as proxies change it: weakened, or with a suffix for how they compressed it."""
_TAG_LIST = re.compile(r'\s*(?:W/)?"[^"]*"(?:\s*,\s*(?:W/)?"[^"]*")*\s*')
_KNOWN_TAG = re.compile(r'"([^"]*)"')
_OF_PROXY = re.compile(r"(?:[-;.][A-Za-z0-9_-]{1,20})?")
_PREFERENCE = re.compile(
    r"""\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*(?:=\s*("(?:[^"\\]|\\.)*"|[^\s",;=]*))?"""
    r"""((?:\s*;\s*[^\s",;=]*(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s",;=]*))?)*)\s*(?:,|$)"""
)

_LONGEST = 8000  # characters of an address that is worth reading

C = TypeVar("C", bound=str)

PAGING = ("page[number]", "page[size]", "page[after]", "sort")


def several(request: Request, names: Collection[str]) -> list[str]:
    """What parameters say that may stand more than once, under any of these names, and with commas."""
    sent = (value for name, value in request.query_params.multi_items() if name in names)
    return [part for value in sent for part in value.split(",") if part]


def parameters(request: Request, known: Collection[str] = (), several: Collection[str] = ()) -> dict[str, str]:
    """The query parameters by name; 400 for an unknown or a repeated one. `_…` and `utm_…` are ignored.

    `several`: those that may be repeated, which are read apart.
    """
    given = [(name, value) for name, value in request.query_params.multi_items() if not name.startswith(("_", "utm_"))]
    sent = [(name, value) for name, value in given if name not in several]
    names = [name for name, _ in sent]
    problems = [_unknown(name, known) for name in dict.fromkeys(names) if name not in known]
    problems += [
        Problem(
            "“{name}” is given {count} times; give it once.",
            "repeated_parameter",
            parameter=name,
            name=name,
            count=names.count(name),
        )
        for name in dict.fromkeys(names)
        if name in known and names.count(name) > 1
    ]
    problems += [
        Problem("“{name}” contains a character that no text may have.", "invalid_parameter", parameter=name, name=name)
        for name, value in given
        if name in (*known, *several) and ("\0" in value or "\ufffd" in value)
    ]
    Invalid.if_any(problems)
    return dict(sent)


def page(sent: dict[str, str]) -> Page:
    """Paging and order; 400 with every parameter that does not fit."""
    problems: list[Problem] = []
    number = _whole(sent.get("page[number]", "1"), 1, MAX_PAGE_NUMBER, "page[number]", problems)
    size = _whole(sent.get("page[size]", "10"), 1, MAX_PAGE_SIZE, "page[size]", problems)
    order = _SORT.fullmatch(sent.get("sort", "-created_at"))
    if not order:
        detail = "“sort” must be one of +created_at, -created_at, +updated_at, -updated_at."
        problems.append(Problem(detail, "invalid_parameter", parameter="sort"))
    after = _after(sent, problems)
    Invalid.if_any(problems)
    assert order
    column: Literal["created_at", "updated_at"] = "created_at" if order[2] == "created_at" else "updated_at"
    return Page(number, size, column, order[1] == "-", after)


def _after(sent: dict[str, str], problems: list[Problem]) -> tuple[datetime, UUID] | None:
    if "page[after]" not in sent:
        return None
    if "page[number]" in sent:
        problems.append(
            Problem(
                "“page[after]” and “page[number]” exclude each other.", "invalid_parameter", parameter="page[after]"
            )
        )
    try:
        return uncursor(sent["page[after]"])
    except ValueError:
        detail = "“page[after]” must be taken from the Link header of a page."
        problems.append(Problem(detail, "invalid_parameter", parameter="page[after]"))
        return None


def next_link(request: Request, last: tuple[datetime, UUID] | None) -> dict[str, str]:
    """The Link header to what follows the last row of a page (RFC 8288); none when nothing does."""
    if last is None:
        return {}
    kept = [
        (name, value)
        for name, value in request.query_params.multi_items()
        if name not in ("page[number]", "page[after]")
    ]
    path, others = quote(request.scope["path"]), f"{urlencode(kept)}&" if kept else ""
    return {"Link": f'<{path}?{others}page%5Bafter%5D={cursor(*last)}>; rel="next"'}


def page_links(request: Request, page: Page, total: int) -> list[str]:
    """Where the page before and the last one are, as a Link header has them (RFC 8288)."""
    last = max(1, -(-total // page.size))
    numbers = {"prev": page.number - 1 if 1 < page.number <= last + 1 else 0, "last": last}
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "page[number]"]
    path = quote(request.scope["path"])
    return [
        f'<{path}?{urlencode([*kept, ("page[number]", str(number))])}>; rel="{rel}"'
        for rel, number in numbers.items()
        if number
    ]


def choice(sent: dict[str, str], name: str, options: Sequence[C], default: C) -> C:
    """A parameter that is one of `options`; else 400."""
    value = sent.get(name, default)
    for option in options:
        if value == option:
            return option
    sentence = "“{field}” must be one of {options}."
    raise Invalid.because(sentence, "invalid_parameter", parameter=name, field=name, options=tuple(options))


def json_parameter(sent: dict[str, str], name: str) -> Any:
    """A parameter that holds JSON, read as exactly as a body; None when it is not given."""
    if name not in sent:
        return None
    try:
        return json.decode(sent[name].encode())
    except Invalid as refusal:
        problems = (
            Problem(each.message.about(text=f"“{name}”"), each.code, parameter=name) for each in refusal.problems
        )
        raise Invalid(tuple(problems)) from None


def identifier(text: str, name: str) -> UUID:
    """A uuid that stands in the path; 400 when it is none."""
    if parsed := parse_id(text):
        return parsed
    sentence = "“{name}” in the address must be a uuid, not “{value}”."
    raise Invalid.because(sentence, "invalid_uuid", parameter=name, name=name, value=text)


def body_identifier(text: str, *where: str | int) -> UUID:
    """A uuid that stands in the body; 400 with its pointer when it is none."""
    if parsed := parse_id(text):
        return parsed
    sentence = "“{name}” must be a uuid, not “{value}”."
    raise Invalid.because(sentence, "invalid_uuid", pointer=pointer(*where), name=str(where[-1]), value=text)


def if_match(request: Request) -> int | Literal["*"] | None:
    """The version that `If-Match` names, `*`, or None when there is no such header (RFC 9110 section 13.1.1). No list is taken."""
    header = _if_match(request)
    if header is None or header == "*":
        return "*" if header else None
    tag = _ENTITY_TAG.fullmatch(header)
    if not tag:
        raise _no_tag()
    return int(tag[1])


def if_match_any(request: Request) -> frozenset[int] | Literal["*"] | None:
    """The same where any tag, and a list of them, is taken: the versions that they name; none, where they name other things."""
    header = _if_match(request)
    if header is None or header == "*":
        return "*" if header else None
    if not _TAG_LIST.fullmatch(header):
        raise _no_tag()
    tags = [_ENTITY_TAG.fullmatch(f'"{each}"') for each in _KNOWN_TAG.findall(header)]
    return frozenset(int(tag[1]) for tag in tags if tag)


def _if_match(request: Request) -> str | None:
    if request.method not in ("GET", "HEAD") and _known(request).strip() == "*":
        raise PreconditionFailed.because("If-None-Match: * asks that nothing is there yet; it is.", "exists")
    lines = request.headers.getlist("if-match")
    return ", ".join(lines).strip() if lines else None  # two lines are a list (RFC 9110 section 5.2)


def _no_tag() -> AppError:
    detail = 'If-Match must be the ETag of the thing as it was read, such as "7", or *.'
    return Invalid.because(detail, "invalid_header", parameter="If-Match")


def preferences(request: Request) -> dict[str, str]:
    """What `Prefer` asks for, by name (RFC 7240 section 2): of a preference that stands twice, the first."""
    line = ", ".join(request.headers.getlist("prefer"))
    found: dict[str, str] = {}
    for name, value, _ in _PREFERENCE.findall(line):
        found.setdefault(name.lower(), re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value)
    return found


def raise_if_conditional(request: Request) -> None:
    """400 for an If-Match where what is changed has no version of its own: never is one ignored in silence."""
    if if_match(request) is not None:
        detail = "What this address changes has no version; send If-Match to the address of one thing."
        raise Invalid.because(detail, "invalid_header", parameter="If-Match")


def not_modified(request: Request, version: int, tag: str | None = None) -> bool:
    """Whether a client has this already (`If-None-Match`); 412 when it asks for another version (`If-Match`).

    `tag`: the entity tag without its quotes, where it says more than the version.
    """
    wanted = if_match_any(request)
    if isinstance(wanted, frozenset) and version not in wanted:
        raise PreconditionFailed.because("The version is {version} now.", "changed_since", version=version)
    known = _known(request)
    return known.strip() == "*" or any(_is_tag(tag or str(version), each) for each in _KNOWN_TAG.findall(known))


def _known(request: Request) -> str:
    return ", ".join(request.headers.getlist("if-none-match"))


def _is_tag(tag: str, known: str) -> bool:
    """Whether a client's tag is this one, perhaps with the suffix of a proxy."""
    return known.startswith(tag) and bool(_OF_PROXY.fullmatch(known, len(tag)))


def whole(sent: dict[str, str], name: str, default: int, least: int, most: int) -> int:
    """A parameter that is a whole number, from `least` to `most`; else 400."""
    problems: list[Problem] = []
    number = _whole(sent.get(name, str(default)), least, most, name, problems)
    Invalid.if_any(problems)
    return number


def _whole(text: str, least: int, most: int, name: str, problems: list[Problem]) -> int:
    if re.fullmatch(r"[0-9]{1,1000}", text) and least <= int(text) <= most:
        return int(text)
    sentence = "“{name}” must be a whole number, from {least} to {most}."
    problems.append(Problem(sentence, "invalid_parameter", parameter=name, name=name, least=least, most=most))
    return least


def _unknown(name: str, known: Collection[str]) -> Problem:
    guess = nearest(name, known)
    if guess:
        sentence = "There is no parameter “{name}” here; did you mean “{guess}”?"
    elif known:
        sentence = "There is no parameter “{name}” here."
    else:
        sentence = "There is no parameter “{name}” here; this address takes none."
    message = Message(sentence, {"name": name, "guess": guess or ""})
    return Problem(message, "unknown_parameter", parameter=name)


def parsed(text: str) -> QueryParams:
    """The parameters of a text such as `?a=1&b=2`; what is no parameter is left out."""
    return QueryParams(text.removeprefix("?").replace("\0", "")[:_LONGEST])


def version_seen(sent: dict[str, str]) -> int | None:
    """The version that the person saw who sent a form; after a conflict that is the one with both values."""
    seen = sent.get("version", "")
    return int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 19 else None
