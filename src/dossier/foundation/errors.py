"""How Dossier refuses: one exception a status of the contract, each with all its problems."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, ClassVar

from dossier.foundation.messages import Message, Value, together


@dataclass(frozen=True, slots=True, init=False)
class Problem:
    """One thing that is wrong, said so that a person can act on it.

    `pointer` is a JSON Pointer (RFC 6901) into the body; `parameter` names a query parameter or header;
    `meta` holds facts for a program, as JSON.
    """

    message: Message
    code: str
    pointer: str | None
    parameter: str | None
    meta: Mapping[str, Any] | None

    def __init__(
        self,
        message: str | Message,
        code: str = "invalid_value",
        /,
        pointer: str | None = None,
        parameter: str | None = None,
        *,
        meta: Mapping[str, Any] | None = None,
        people: str | None = None,
        **values: Value,
    ) -> None:
        """`message`: the sentence's id, with `values` in its gaps and what `people` are told instead; or a whole message."""
        message = message if isinstance(message, Message) else Message(message, values, people)
        given = {"message": message, "code": code, "pointer": pointer, "parameter": parameter, "meta": meta}
        for name, value in given.items():
            object.__setattr__(self, name, value)

    @property
    def detail(self) -> str:
        """What is wrong, for programs: in English."""
        return str(self.message)

    def at(self, pointer: str | None) -> "Problem":
        """The same problem of another place."""
        return Problem(self.message, self.code, pointer, self.parameter, meta=self.meta)

    def of_parameter(self, name: str) -> "Problem":
        """The same problem of a query parameter."""
        return Problem(self.message, self.code, None, name, meta=self.meta)

    def under(self, prefix: str) -> "Problem":
        """The same problem seen from further out: `prefix` is put before the pointer."""
        return self.at(prefix + (self.pointer or ""))


class InvalidValue(ValueError):
    """A value, or a text that should say one, that does not fit. Its message speaks of “{field}”, whose name is filled in by who knows it.

    `code` is “invalid_value”, or “read_only_field” for signature and api_call.
    `pointer` leads from the value to the part of it that is wrong; "" is the value itself.
    """

    def __init__(
        self,
        message: str | Message,
        code: str = "invalid_value",
        /,
        pointer: str = "",
        *,
        people: str | None = None,
        **values: Value,
    ) -> None:
        self.message = message if isinstance(message, Message) else Message(message, values, people)
        self.code = code
        self.pointer = pointer
        super().__init__(self.message)

    def __str__(self) -> str:
        return str(self.message)

    def of(self, field: Value, at: str = "") -> Problem:
        """The problem of a field or another part, whose value stands `at` that pointer."""
        return Problem(self.message.about(field=field), self.code, at + self.pointer)


def pointer(*parts: str | int) -> str:
    """A JSON Pointer to a member: pointer("data", "a/b") is "/data/a~1b"."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


@dataclass
class AppError(Exception):
    """A request that is not carried out. Nothing has been written."""

    problems: tuple[Problem, ...]
    headers: Mapping[str, str] = field(default_factory=dict)
    status: ClassVar[HTTPStatus] = HTTPStatus.BAD_REQUEST
    code: ClassVar[str] = "bad_request"

    @classmethod
    def because(
        cls,
        message: str | Message,
        code: str | None = None,
        /,
        *,
        pointer: str | None = None,
        parameter: str | None = None,
        people: str | None = None,
        **values: Value,
    ) -> "AppError":
        """The refusal with a single problem: the id of its sentence, and the values of its gaps."""
        message = message if isinstance(message, Message) else Message(message, values, people)
        return cls((Problem(message, code or cls.code, pointer, parameter),))

    @classmethod
    def if_any(cls, problems: Iterable[Problem]) -> None:
        """Raise with all problems together, if there is one."""
        if found := tuple(problems):
            raise cls(found)

    @property
    def message(self) -> Message:
        """All that is wrong, one sentence after the other."""
        return together(*(problem.message for problem in self.problems)) or Message(self.code)

    def __str__(self) -> str:
        return " ".join(problem.detail for problem in self.problems)


class Invalid(AppError):
    """400: the request says something that cannot be."""

    code = "invalid_value"


class Unauthenticated(AppError):
    """401: no token, or none that holds."""

    status = HTTPStatus.UNAUTHORIZED
    code = "unauthenticated"


class Forbidden(AppError):
    """403: the caller named a workspace, or an act, that is not theirs."""

    status = HTTPStatus.FORBIDDEN
    code = "forbidden"


class NotFound(AppError):
    """404: it does not exist, or not for this caller; nobody can tell which."""

    status = HTTPStatus.NOT_FOUND
    code = "not_found"


class MethodNotAllowed(AppError):
    """405: the address exists, this method does not."""

    status = HTTPStatus.METHOD_NOT_ALLOWED
    code = "method_not_allowed"


class TimedOut(AppError):
    """408: the body did not arrive in time."""

    status = HTTPStatus.REQUEST_TIMEOUT
    code = "request_timeout"


class Conflict(AppError):
    """409: the present state stands in the way."""

    status = HTTPStatus.CONFLICT
    code = "conflict"


class Gone(AppError):
    """410: it was there, and was erased."""

    status = HTTPStatus.GONE
    code = "gone"


class PreconditionFailed(AppError):
    """412: what If-Match asked for is no longer so."""

    status = HTTPStatus.PRECONDITION_FAILED
    code = "precondition_failed"


class TooLarge(AppError):
    """413: more bytes than are accepted."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    code = "too_large"


class HeadTooLarge(AppError):
    """431: more bytes or fields before the body than are accepted."""

    status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
    code = "head_too_large"


class UnsupportedMediaType(AppError):
    """415: not JSON."""

    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    code = "unsupported_media_type"


class RangeNotSatisfiable(AppError):
    """416: there are no such bytes."""

    status = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
    code = "range_not_satisfiable"


class Unprocessable(AppError):
    """422: well-formed, refused by a rule of the business."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "unprocessable"


class TooManyRequests(AppError):
    """429: slow down."""

    status = HTTPStatus.TOO_MANY_REQUESTS
    code = "too_many_requests"


class NoSpace(AppError):
    """507: the disk of the database is full."""

    status = HTTPStatus.INSUFFICIENT_STORAGE
    code = "no_space"


class GatewayTimeout(AppError):
    """504: what makes the answer took too long."""

    status = HTTPStatus.GATEWAY_TIMEOUT
    code = "took_too_long"


class Unavailable(AppError):
    """503: not now; try again."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    code = "unavailable"
