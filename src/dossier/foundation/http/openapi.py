"""The served OpenAPI: each route says what it takes and gives, beside its code."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from dossier.foundation.http.responses import PROBLEM_JSON
from dossier.foundation.http.router import Router

BASE_PATH = "/v1"

Parameter = Mapping[str, Any]

Timestamp = Annotated[
    str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", json_schema_extra={"format": "date-time"})
]
Uuid = Annotated[str, Field(json_schema_extra={"format": "uuid"})]
Email = Annotated[str, Field(json_schema_extra={"format": "email"})]


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def query(name: str, schema: Mapping[str, Any], description: str) -> Parameter:
    """A query parameter."""
    return {"name": name, "in": "query", "schema": schema, "description": description}


def path(name: str, description: str, schema: Mapping[str, Any] | None = None) -> Parameter:
    """A part of the address; a uuid unless `schema` says otherwise."""
    what = schema or {"type": "string", "format": "uuid"}
    return {"name": name, "in": "path", "required": True, "schema": what, "description": description}


def header(name: str, description: str) -> Parameter:
    """A request header."""
    return {"name": name, "in": "header", "schema": {"type": "string"}, "description": description}


PAGE_NUMBER = query(
    "page[number]", {"type": "integer", "minimum": 1, "maximum": 2**63 - 1, "default": 1}, "which page, from 1"
)
PAGE_SIZE = query("page[size]", {"type": "integer", "minimum": 1, "maximum": 100, "default": 10}, "rows a page")
PAGE_AFTER = query("page[after]", {"type": "string"}, "go on after a row: from the Link header of a page")
SORT = query(
    "sort",
    {"type": "string", "pattern": "^[ +-]?(created_at|updated_at)$", "default": "-created_at"},
    "`-` is descending, `+` or nothing ascending",
)
FILTER = query("filter", {"type": "string"}, "a condition as a JSON object; direct filters are then ignored")
ARCHIVED = query(
    "archived",
    {"type": "string", "enum": ["true", "false", "any"], "default": "false"},
    "archived ones, live ones, both",
)
DRY_RUN = query(
    "dry_run", {"type": "string", "enum": ["true", "false"], "default": "false"}, "answer as if, and write nothing"
)
IDEMPOTENCY_KEY = header("Idempotency-Key", "a repeat within 24 hours replays the stored answer")
IF_MATCH = header("If-Match", 'the ETag as read, such as "7", or *')
WRITE = (DRY_RUN, IDEMPOTENCY_KEY)


class PageMeta(BaseModel):
    """Where this page stands in the whole list."""

    total_count: int = Field(ge=0)
    total_pages: int = Field(ge=0)
    page_size: int = Field(ge=1, le=100)
    current_page: int = Field(ge=1)


class Count(BaseModel):
    """How many there are."""

    count: int = Field(ge=0)


class ErrorSource(BaseModel):
    """What the problem is about."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    pointer: str = Field(default="", description="JSON Pointer into the body")
    parameter: str = Field(default="", description="query parameter or header")


class Detail(BaseModel):
    """What is wrong, and where; `meta` holds what a program needs to put it right."""

    detail: str
    code: str
    source: ErrorSource = ErrorSource()
    meta: dict[str, Any] = {}


class ErrorObject(Detail):
    """One problem."""

    status: str = Field(pattern="^[45][0-9][0-9]$")
    title: str


class ErrorList(BaseModel):
    """All problems of a request."""

    errors: list[ErrorObject] = Field(min_length=1)


class ProblemDetails(BaseModel):
    """The same as RFC 9457, for `Accept: application/problem+json`."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[Detail]


_documented_bodies: dict[str, type[BaseModel]] = {"ErrorList": ErrorList, "ProblemDetails": ProblemDetails}

_ERROR_ANSWER = {
    "description": "what is wrong",
    "content": {
        "application/json": {"schema": _ref("ErrorList")},
        PROBLEM_JSON: {"schema": _ref("ProblemDetails")},
    },
}


def documented(
    operation: str,
    summary: str,
    *,
    parameters: Sequence[Parameter] = (),
    body: type[BaseModel] | None = None,
    body_required: bool = True,
    gives: type[BaseModel] | tuple[type[BaseModel], ...] | None = None,
    status: int = 200,
    description: str = "",
) -> dict[str, Any]:
    """The keyword arguments of a route decorator that say what the operation takes and gives."""
    extra: dict[str, Any] = {"parameters": list(parameters)}
    if body:
        _name(body)
        content = {"application/json": {"schema": _ref(body.__name__)}}
        extra["requestBody"] = {"required": body_required, "content": content}
    return {
        "operation_id": operation,
        "summary": summary,
        "description": description,
        "status_code": status,
        "response_class": Response,
        "openapi_extra": extra,
        "responses": {status: _success(gives), "default": _ERROR_ANSWER},
    }


def success(model: type[BaseModel], said: str) -> dict[str, Any]:
    """One more answer of an operation, under another status."""
    _name(model)
    return {"description": said, "content": {"application/json": {"schema": _ref(model.__name__)}}}


def array(model: type[BaseModel], said: str) -> dict[str, Any]:
    """An answer that is a bare array."""
    _name(model)
    return {
        "description": said,
        "content": {"application/json": {"schema": {"type": "array", "items": _ref(model.__name__)}}},
    }


def _name(model: type[BaseModel]) -> None:
    """Let schemas be found by the name of their class; two classes of one name would be one schema, and one of them wrong."""
    known = _documented_bodies.setdefault(model.__name__, model)
    assert known is model, f"{known.__module__} and {model.__module__} both have a schema {model.__name__}"


def _success(gives: type[BaseModel] | tuple[type[BaseModel], ...] | None) -> dict[str, Any]:
    models = gives if isinstance(gives, tuple) else (gives,) if gives else ()
    if not models:
        return {"description": "done; no body"}
    for model in models:
        _name(model)
    refs = [_ref(model.__name__) for model in models]
    schema = refs[0] if len(refs) == 1 else {"anyOf": refs}
    return {"description": models[0].__doc__ or "", "content": {"application/json": {"schema": schema}}}


def document(title: str, version: str, description: str, routers: Iterable[Router]) -> dict[str, Any]:
    """The OpenAPI 3.1 document of these addresses, as they are served under `/v1`."""
    from fastapi import FastAPI
    from fastapi.openapi.utils import get_openapi

    described = FastAPI()
    for router in routers:
        for each in router.routes:
            described.add_api_route(each.path, each.endpoint, methods=[each.method], **each.described)
    whole = get_openapi(title=title, version=version, description=description, routes=described.routes)
    security = {"token": {"type": "http", "scheme": "bearer", "description": "`pnbx_…`"}}
    return {
        **whole,
        "servers": [{"url": BASE_PATH}],
        "security": [{"token": []}],
        "components": {"schemas": _schemas(), "securitySchemes": security},
    }


def _schemas() -> dict[str, Any]:
    schemas: dict[str, Any] = {}
    for name, model in sorted(_documented_bodies.items()):
        schema = model.model_json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
        for other, part in (schema.pop("$defs", {}) | {name: schema}).items():
            assert schemas.setdefault(other, part) == part, f"two schemas are called {other}"
    return {name: _without_defaults(schema) for name, schema in sorted(schemas.items())}


def _without_defaults(schema: Any) -> Any:
    """Generators of clients take a member with a default for one that is always there, and ask for it."""
    if isinstance(schema, list):
        return [_without_defaults(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {name: _without_defaults(part) for name, part in schema.items() if name not in ("default", "properties")}
    members = {name: _without_defaults(part) for name, part in schema.get("properties", {}).items()}
    return kept | ({"properties": members} if "properties" in schema else {})
