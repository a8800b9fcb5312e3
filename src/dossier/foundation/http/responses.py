"""What goes back: JSON with exact numbers, and refusals in either of the two shapes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from starlette.responses import Response

from dossier.foundation import json
from dossier.foundation.errors import AppError, Problem

PROBLEM_JSON = "application/problem+json"


@dataclass(frozen=True, slots=True)
class ApiResponse:
    """What a request is answered: any JSON value (None: no body), and which thing's data it holds.

    `once`: secrets: members that are kept for who repeats the request under its key encrypted alone.
    """

    content: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    about: UUID | None = None
    once: Mapping[str, Any] = field(default_factory=dict)

    def body(self) -> bytes:
        return b"" if self.content is None else json.encode(self.content)

    def response(self) -> Response:
        whole = replace(self, content={**self.content, **self.once}) if self.once else self
        return json_response(whole.body(), self.status, self.headers)


def json_response(body: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A response of JSON that is already bytes; 204 and 304 have neither body nor type."""
    media_type = None if status in (204, 304) else "application/json"
    return Response(body, status, dict(headers or {}), media_type)


def error_response(refusal: AppError, accept: str = "") -> Response:
    """The error envelope of contract section 3, or RFC 9457 for who asks for it."""
    if PROBLEM_JSON in accept:
        return Response(json.encode(_rfc9457(refusal)), refusal.status, dict(refusal.headers), PROBLEM_JSON)
    return json_response(json.encode({"errors": error_objects(refusal)}), refusal.status, refusal.headers)


def error_objects(refusal: AppError) -> list[dict[str, Any]]:
    """The members of `errors`: one for each problem."""
    return [_error(refusal, problem) for problem in refusal.problems]


def _error(refusal: AppError, problem: Problem) -> dict[str, Any]:
    return {
        "status": str(refusal.status.value),
        "title": refusal.status.phrase,
        "detail": problem.detail,
        "code": problem.code,
    } | _source(problem)


def _source(problem: Problem) -> dict[str, Any]:
    where = {"pointer": problem.pointer, "parameter": problem.parameter}
    named = {name: value for name, value in where.items() if value is not None}
    return ({"source": named} if named else {}) | ({"meta": problem.meta} if problem.meta else {})


def _rfc9457(refusal: AppError) -> dict[str, Any]:
    return {
        "type": "about:blank",
        "title": refusal.status.phrase,
        "status": refusal.status.value,
        "detail": str(refusal),
        "errors": [{"detail": each.detail, "code": each.code} | _source(each) for each in refusal.problems],
    }
