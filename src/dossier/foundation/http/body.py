"""The body of a request: bounded in size and time, exact JSON, and of the shape that was asked for."""

import asyncio
import email.message
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError
from starlette.requests import ClientDisconnect, Request

from dossier.foundation import json
from dossier.foundation.errors import Invalid, Problem, TimedOut, TooLarge, UnsupportedMediaType, pointer
from dossier.foundation.http.query import preferences
from dossier.foundation.http.services import services_of
from dossier.foundation.messages import Message
from dossier.foundation.misshapen import in_its_words
from dossier.foundation.services import BodyLimits
from dossier.foundation.text import nearest

DISCARD_LIMIT = 32 * 1024 * 1024  # bytes of a body too large that are still taken in, so that the client sees the 413
CLOSE = {"Connection": "close"}
MOST_NAMED = 20  # things in a warning, for clients and proxies take headers of a few kilobytes, not more
STRICT = {"Preference-Applied": "handling=strict"}
_CHARSETS = ("utf-8", "utf8", "us-ascii", "ascii")  # ASCII is UTF-8 too

_USUAL_TYPES = ("application/json", "application/json; charset=utf-8")

NULL = "null_member"  # the kind of error of a member that may be left out, but not be null
B = TypeVar("B", bound="RequestModel")


class RequestModel(BaseModel):
    """A body of a documented operation: unknown members are ignored, and named in a Warning header."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


class StrictRequestModel(RequestModel):
    """A body of an operation of our own: an unknown member is refused."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


async def read_json(
    request: Request, *, optional: bool = False, any_text_at: str | None = None, limits: BodyLimits | None = None
) -> Any:
    """The JSON value of the body; 408, 413, 415 or 400. `optional`: no body reads as `{}`; `any_text_at`: as `json.decode` has it.

    `limits`: others than those of every body.
    """
    body = request.state.body = await receive(request, limits or services_of(request).body_limits)
    if not body:
        if optional:
            return {}
        raise Invalid.because("A JSON body is missing: send an object.", "missing_body", pointer="")
    raise_if_not_json(request)
    raise_if_compressed(request.headers.get("content-encoding", ""))
    return json.decode(body, any_text_at)


async def read_object(
    request: Request, *, optional: bool = False, any_text_at: str | None = None, limits: BodyLimits | None = None
) -> dict[str, Any]:
    """The body, which must be a JSON object."""
    value = await read_json(request, optional=optional, any_text_at=any_text_at, limits=limits)
    if not isinstance(value, dict):
        raise Invalid.because("The body must be a JSON object.", "invalid_type", pointer="")
    return value


async def read(
    request: Request,
    shape: type[B],
    *,
    optional: bool = False,
    any_text_at: str | None = None,
    limits: BodyLimits | None = None,
) -> B:
    """The body as `shape`; every member that does not fit is named with its pointer."""
    value = await read_object(request, optional=optional, any_text_at=any_text_at, limits=limits)
    note_ignored(request, shape, value)
    raise_if_strict(request)
    return validate(value, shape)


def validate(value: dict[str, Any], shape: type[B]) -> B:
    """An object as `shape`; 400 naming every member that does not fit."""
    try:
        return shape.model_validate(value)
    except ValidationError as error:
        raise Invalid(tuple(_problem(each, shape) for each in error.errors(include_url=False))) from None


def split(value: dict[str, Any], shape: type[B]) -> tuple[B, dict[str, Any]]:
    """The members of an object that `shape` knows, as `shape`, and the rest."""
    own = {name: member for name, member in value.items() if name in shape.model_fields}
    return validate(own, shape), {name: member for name, member in value.items() if name not in own}


def warnings(request: Request) -> dict[str, str]:
    """The Warning header (RFC 7234 section 5.5, code 299) that names ignored members and says what else was noted, if anything was."""
    ignored, noted = _ignored(request), _notes(request)
    names = ", ".join([*(plain(".".join(path)) for path in ignored[:MOST_NAMED]), *_more(ignored)])
    said = [f"ignored members: {names}"] if names else []
    notes = [*said, *(what for what, _pointer in noted[:MOST_NAMED]), *_more(noted)]
    return {"Warning": ", ".join(f'299 - "{each}"' for each in notes)} if notes else {}


def _more(things: Sequence[Any]) -> list[str]:
    return [f"and {len(things) - MOST_NAMED} more"] if len(things) > MOST_NAMED else []


def note(request: Request, what: str, pointer: str | None = None) -> None:
    """Remember something that its sender should know, in English and ASCII, for the warning; `pointer`: to what it is about."""
    request.state.notes = [*_notes(request), (what, pointer)]


def ignore(request: Request, names: Iterable[str]) -> None:
    """Remember what is not known here, for the warning."""
    request.state.ignored = [(name,) for name in names]


def is_strict(request: Request) -> bool:
    """Whether its sender prefers a refusal to a warning (RFC 7240 section 4.4)."""
    return "prefer" in request.headers and preferences(request).get("handling", "").lower() == "strict"


def raise_if_strict(request: Request) -> None:
    """400 for each thing of which there would be a warning, where a refusal is preferred."""
    if is_strict(request):
        unknown = [_not_known(path) for path in _ignored(request)]
        noted = [
            Problem("Not taken as it was sent: {what}.", "not_as_sent", at, what=what) for what, at in _notes(request)
        ]
        if problems := (*unknown, *noted):
            raise Invalid(problems, STRICT)


def _not_known(path: tuple[str, ...]) -> Problem:
    at = pointer(*(part[:120] for part in path))
    return Problem("“{name}” is not a member here.", "unknown_member", at, name=path[-1])


def _ignored(request: Request) -> list[tuple[str, ...]]:
    return getattr(request.state, "ignored", [])


def _notes(request: Request) -> list[tuple[str, str | None]]:
    return getattr(request.state, "notes", [])


def plain(name: str) -> str:
    """As a header can say it."""
    return "".join(each if each.isascii() and each.isprintable() and each not in '"\\' else "?" for each in name[:60])


async def receive(request: Request, limits: BodyLimits) -> bytes:
    """The bytes of the body; 408 or 413."""
    kept, size = bytearray(), 0
    try:
        async with asyncio.timeout(limits.seconds):
            async for chunk in request.stream():
                size += len(chunk)
                if size <= limits.size:
                    kept += chunk
                else:
                    kept.clear()
                if size > max(DISCARD_LIMIT, limits.size):
                    raise _too_large(limits, CLOSE)
    except TimeoutError:
        raise _too_slow(size, limits) from None
    except ClientDisconnect:
        raise TimedOut.because("The connection ended before the body was complete.") from None
    if size > limits.size:
        raise _too_large(limits, {})
    return bytes(kept)


def _too_large(limits: BodyLimits, headers: dict[str, str]) -> TooLarge:
    problem = Problem("The body is larger than {count} bytes; send less at once.", TooLarge.code, count=limits.size)
    return TooLarge((problem,), headers)


def _too_slow(size: int, limits: BodyLimits) -> TooLarge | TimedOut:
    if size > limits.size:
        return _too_large(limits, CLOSE)
    seconds = f"{limits.seconds:g}"
    problem = Problem("The body did not arrive within {seconds} seconds.", TimedOut.code, seconds=seconds)
    return TimedOut((problem,), CLOSE)


def raise_if_not_json(request: Request) -> None:
    """415 for another type than JSON in UTF-8."""
    content_type = request.headers.get("content-type", "")
    if content_type in _USUAL_TYPES:
        return
    parsed = email.message.Message()
    parsed["Content-Type"] = content_type or "none/none"
    if parsed.get_content_type() != "application/json" or parsed.get_content_charset("utf-8") not in _CHARSETS:
        raise UnsupportedMediaType.because(
            "The body must be JSON in UTF-8: send Content-Type: application/json.", parameter="Content-Type"
        )


def raise_if_compressed(content_encoding: str) -> None:
    """415 for a body that is not as it is."""
    if content_encoding.strip().lower() not in ("", "identity", "utf-8", "utf8"):  # the last two are sent by mistake
        problem = Problem(
            "Content-Encoding “{encoding}” is not taken; send the body as it is.",
            UnsupportedMediaType.code,
            parameter="Content-Encoding",
            encoding=content_encoding,
        )
        raise UnsupportedMediaType((problem,), {"Accept-Encoding": "identity"})


def note_ignored(request: Request, shape: type[RequestModel], value: dict[str, Any]) -> None:
    """Remember the members that the shape does not know, those of its objects among them, for the warning."""
    request.state.ignored = list(_unused(shape, value))


def _unused(shape: type[RequestModel], value: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    known = _known(shape)
    if shape.model_config.get("extra") == "ignore":
        yield from ((name,) for name in value if name not in known)
    for name, inner in known.items():
        if inner and isinstance(each := value.get(name), dict):
            yield from ((name, *path) for path in _unused(inner, each))


@cache
def _known(shape: type[RequestModel]) -> Mapping[str, type[RequestModel] | None]:
    """The members of a shape; of those that are objects of a shape, which."""
    return {each.alias or name: _object_of(each.annotation) for name, each in shape.model_fields.items()}


def _object_of(annotation: Any) -> type[RequestModel] | None:
    """`SomeShape`, also where it may be null."""
    parts = get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)
    return _only(each for each in parts if get_origin(each) is None)


def _only(parts: Iterable[Any]) -> type[RequestModel] | None:
    """The one of the parts that is a shape; None where there are several, or none."""
    shapes = [each for each in parts if isinstance(each, type) and issubclass(each, RequestModel)]
    return shapes[0] if len(shapes) == 1 else None


def _parts(annotation: Any) -> Iterator[Any]:
    """What an annotation is made of, that of lists too."""
    if not get_args(annotation):
        yield annotation
    for each in get_args(annotation):
        yield from _parts(each)


def _around(shape: type[RequestModel], path: Sequence[str | int]) -> type[RequestModel] | None:
    """The shape of the object at a path; None where more than one is possible."""
    for part in path:
        members = {each.alias or name: each.annotation for name, each in shape.model_fields.items()}
        if part in members:
            inner = _only(_parts(members[str(part)]))
            if inner is None:
                return None
            shape = inner
    return shape


def null_member(name: str) -> PydanticCustomError:
    """What a shape raises for a member that may be left out, but not be null."""
    return PydanticCustomError(NULL, "must not be null", {"member": name})


def _problem(error: ErrorDetails, shape: type[RequestModel]) -> Problem:
    if error["type"] == NULL:
        member = error["ctx"]["member"]
        return Problem("“{field}” must not be null.", "invalid_type", pointer(*error["loc"], member), field=member)
    where = pointer(*error["loc"])
    name = str(error["loc"][-1]) if error["loc"] else "body"
    if error["type"] == "missing":
        return Problem("“{field}” is required.", "missing_member", where, field=name)
    if error["type"] == "extra_forbidden":
        return Problem(_unknown(name, _around(shape, error["loc"][:-1])), "unknown_member", where)
    return Problem(in_its_words(error).about(field=name), "invalid_type", where)


def _unknown(name: str, shape: type[RequestModel] | None) -> Message:
    if shape is None:
        return Message("“{name}” is not a member here.", {"name": name})
    known = [field.alias or key for key, field in shape.model_fields.items()]
    if guess := nearest(name, known):
        return Message("“{name}” is not a member here; did you mean “{guess}”?", {"name": name, "guess": guess})
    return Message("“{name}” is not a member here; known are {known}.", {"name": name, "known": tuple(known)})
