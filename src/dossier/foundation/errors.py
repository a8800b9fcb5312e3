"""How Dossier refuses: one exception a status of the contract, each with all its problems."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, said so that a person can act on it.

    `pointer` is a JSON Pointer (RFC 6901) into the body; `parameter` names a query parameter or header;
    `meta` holds facts for a program, as JSON.
    """

    detail: str
    code: str = "invalid_value"
    pointer: str | None = None
    parameter: str | None = None
    meta: Mapping[str, Any] | None = None

    def under(self, prefix: str) -> "Problem":
        """The same problem seen from further out: `prefix` is put before the pointer."""
        return Problem(self.detail, self.code, prefix + (self.pointer or ""), self.parameter, self.meta)


def pointer(*parts: str | int) -> str:
    """A JSON Pointer to a member: pointer("data", "a/b") is "/data/a~1b"."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


@dataclass
class Refusal(Exception):
    """A request that is not carried out. Nothing has been written."""

    problems: tuple[Problem, ...]
    headers: Mapping[str, str] = field(default_factory=dict)
    status: ClassVar[HTTPStatus] = HTTPStatus.BAD_REQUEST
    code: ClassVar[str] = "bad_request"

    @classmethod
    def because(
        cls, detail: str, code: str | None = None, *, pointer: str | None = None, parameter: str | None = None
    ) -> "Refusal":
        """The refusal with a single problem."""
        return cls((Problem(detail, code or cls.code, pointer, parameter),))

    @classmethod
    def if_any(cls, problems: Iterable[Problem]) -> None:
        """Raise with all problems together, if there is one."""
        if found := tuple(problems):
            raise cls(found)

    def __str__(self) -> str:
        return " ".join(problem.detail for problem in self.problems)


class Invalid(Refusal):
    """400: the request says something that cannot be."""

    code = "invalid_value"


class Unauthenticated(Refusal):
    """401: no token, or none that holds."""

    status = HTTPStatus.UNAUTHORIZED
    code = "unauthenticated"


class Forbidden(Refusal):
    """403: the caller named a workspace, or an act, that is not theirs."""

    status = HTTPStatus.FORBIDDEN
    code = "forbidden"


class NotFound(Refusal):
    """404: it does not exist, or not for this caller; nobody can tell which."""

    status = HTTPStatus.NOT_FOUND
    code = "not_found"


class MethodNotAllowed(Refusal):
    """405: the address exists, this method does not."""

    status = HTTPStatus.METHOD_NOT_ALLOWED
    code = "method_not_allowed"


class TimedOut(Refusal):
    """408: the body did not arrive in time."""

    status = HTTPStatus.REQUEST_TIMEOUT
    code = "request_timeout"


class Conflict(Refusal):
    """409: the present state stands in the way."""

    status = HTTPStatus.CONFLICT
    code = "conflict"


class Gone(Refusal):
    """410: it was there, and was erased."""

    status = HTTPStatus.GONE
    code = "gone"


class PreconditionFailed(Refusal):
    """412: what If-Match asked for is no longer so."""

    status = HTTPStatus.PRECONDITION_FAILED
    code = "precondition_failed"


class TooLarge(Refusal):
    """413: more bytes than are accepted."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    code = "too_large"


class HeadTooLarge(Refusal):
    """431: more bytes or fields before the body than are accepted."""

    status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
    code = "head_too_large"


class UnsupportedMediaType(Refusal):
    """415: not JSON."""

    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    code = "unsupported_media_type"


class Unprocessable(Refusal):
    """422: well-formed, refused by a rule of the business."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "unprocessable"


class TooManyRequests(Refusal):
    """429: slow down."""

    status = HTTPStatus.TOO_MANY_REQUESTS
    code = "too_many_requests"


class NoSpace(Refusal):
    """507: the disk of the database is full."""

    status = HTTPStatus.INSUFFICIENT_STORAGE
    code = "no_space"


class Unavailable(Refusal):
    """503: not now; try again."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    code = "unavailable"
