"""The addresses that programs call: each with what answers there, and what the reference says of it.

They are served as they stand here (`server/application.py`). FastAPI describes them, once somebody asks for the reference
(`openapi.py`): loading it takes six megabytes.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from starlette.requests import Request
from starlette.responses import Response

Answers = TypeVar("Answers", bound=Callable[[Request], Awaitable[Response]])


@dataclass(frozen=True, slots=True)
class Address:
    """`described`: what FastAPI is told of it, as `openapi.documented` makes it."""

    method: str
    path: str
    endpoint: Callable[[Request], Awaitable[Response]]
    described: Mapping[str, Any]


@dataclass(frozen=True)
class Router:
    """Addresses that belong together: `@router.get("/things", **documented(…))` adds one, as FastAPI's own does."""

    routes: list[Address] = field(default_factory=list)

    def get(self, path: str, **described: Any) -> Callable[[Answers], Answers]:
        return self._adding("GET", path, described)

    def head(self, path: str, **described: Any) -> Callable[[Answers], Answers]:
        return self._adding("HEAD", path, described)

    def options(self, path: str, **described: Any) -> Callable[[Answers], Answers]:
        return self._adding("OPTIONS", path, described)

    def post(self, path: str, **described: Any) -> Callable[[Answers], Answers]:
        return self._adding("POST", path, described)

    def put(self, path: str, **described: Any) -> Callable[[Answers], Answers]:
        return self._adding("PUT", path, described)

    def patch(self, path: str, **described: Any) -> Callable[[Answers], Answers]:
        return self._adding("PATCH", path, described)

    def delete(self, path: str, **described: Any) -> Callable[[Answers], Answers]:
        return self._adding("DELETE", path, described)

    def add(self, method: str, path: str, endpoint: Callable[[Request], Awaitable[Response]], **described: Any) -> None:
        self.routes.append(Address(method, path, endpoint, described))

    def _adding(self, method: str, path: str, described: Mapping[str, Any]) -> Callable[[Answers], Answers]:
        def add(endpoint: Answers) -> Answers:
            self.add(method, path, endpoint, **described)
            return endpoint

        return add
