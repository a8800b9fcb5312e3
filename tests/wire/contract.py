"""Holds answers against the contract: the project's copy of Connect v1, in two parts, and the OpenAPI that is served."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import yaml
from jsonschema_rs import Draft202012Validator


def _part(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.load((Path(__file__).parent / name).read_text(), yaml.CSafeLoader)
    return found


def _together(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Both parts as one document: what has the same name in both is the same (section 14 of the second)."""
    kinds = one["components"].keys() | other["components"].keys()
    components = {kind: {**other["components"].get(kind, {}), **one["components"].get(kind, {})} for kind in kinds}
    return {**one, "paths": {**one["paths"], **other["paths"]}, "components": components}


CONTRACT = _together(_part("connect-v1.openapi.yaml"), _part("connect-v1-rest.openapi.yaml"))
FORMATS = {"email": lambda text: "@" in text}  # in any script, as mail systems have them
_served: dict[str, Any] = {}
_validators: dict[tuple[int, str], Draft202012Validator] = {}


def served(base_url: str) -> dict[str, Any]:
    """The OpenAPI document that the server under test serves."""
    if base_url not in _served:
        _served[base_url] = httpx.get(
            f"{base_url}/v1/openapi.json", timeout=60
        ).json()  # built at first: a busy machine takes a while
    return _served[base_url]


def held(response: httpx.Response) -> None:
    """Check an answer of the API against both documents; an httpx response hook."""
    path = response.request.url.path
    if not path.startswith("/v1/") or path == "/v1/openapi.json":
        return
    response.read()
    assert response.headers["x-request-id"], "every answer carries its request id"
    base = str(response.request.url.copy_with(raw_path=b"")).rstrip("/")
    template = _matching(path.removeprefix("/v1"), tuple(served(base)["paths"]))
    query = response.request.url.query.decode() if response.request.method == "POST" else ""
    is_receipt = "/start/" in path and "return=minimal" in response.headers.get("preference-applied", "")
    is_rehearsed = template in ("/forms", "/requests") and response.status_code == 200 and "dry_run=true" in query
    for name, document in (("contract", CONTRACT), ("served", served(base))):
        # which knows the receipt of an update alone, and of making a form nothing but the form
        if not ((is_receipt or is_rehearsed) and name == "contract"):
            _hold(response, template, name, document)


def _hold(response: httpx.Response, template: str | None, name: str, document: dict[str, Any]) -> None:
    operation = document["paths"].get(template or "", {}).get(response.request.method.lower())
    if response.status_code >= 400 and response.request.method == "HEAD":
        assert not response.content
    elif response.status_code >= 400:
        schemas = document["components"]["schemas"]
        errors = schemas.get("Errors") or schemas["ErrorList"]  # the contract's name; ours, which generators can bear
        if "problem+json" not in response.headers["content-type"] and response.request.method != "HEAD":
            _validate(response, errors, document, name, "errors")
    elif response.status_code == 304:  # contract section 6, item 8; no description has a body to hold it against
        assert not response.content
    elif operation and response.request.method != "OPTIONS":
        answer = operation["responses"].get(str(response.status_code))
        assert answer is not None, f"{name}: {response.status_code} is not documented for {template}"
        answer = _resolved(answer, document)
        if "content" in answer:
            what = f"{response.request.method} {template} {response.status_code}"
            schema = _of_type(answer["content"], response, f"{name}: {what}")
            if schema:
                _validate(response, schema, document, name, what)


def _of_type(content: dict[str, Any], response: httpx.Response, what: str) -> dict[str, Any] | None:
    """The schema of JSON; None for bytes, of which it says that there are such."""
    type = response.headers.get("content-type", "").partition(";")[0]
    if type == "application/json":
        found: dict[str, Any] = content["application/json"]["schema"]
        return found
    assert type in content or "*/*" in content, f"{what} is not documented as {type}"
    return None


def _matching(path: str, templates: tuple[str, ...]) -> str | None:
    return next(
        (each for each in sorted(templates, key=lambda t: t.count("{")) if _pattern(each).fullmatch(path)), None
    )


@cache
def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{[^}]+\}", "[^/]+", template))


def _resolved(node: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        found: Any = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        node = found
    return node


def _validate(response: httpx.Response, schema: dict[str, Any], document: dict[str, Any], name: str, what: str) -> None:
    if (id(document), what) not in _validators:  # made once: it is Rust, of which the making takes the most
        whole = {**schema, "components": document["components"]}
        _validators[id(document), what] = Draft202012Validator(whole, formats=FORMATS, validate_formats=True)
    problem = next(_validators[id(document), what].iter_errors(response.json()), None)
    assert not problem, f"{name}: {problem.message} at {problem.instance_path}"
