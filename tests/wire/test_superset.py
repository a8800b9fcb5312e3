"""What is served says at least what the contract says: addresses, methods, parameters, bodies and answers."""

from collections.abc import Iterator
from typing import Any

from tests.wire.contract import CONTRACT
from tests.world import World

Schema = dict[str, Any]


NOT_YET = {
    "post /document_intelligence",
    "get /document_intelligence/{id}",
    "get /signatures/{id}",
    "get /authorize",
    "post /token",
}
"""Operations of the contract's second part that are still to come. This only ever shrinks: one that is served stands here no more."""


OF_READING_ALONE = {
    f"{method} /attachments/{{id}}: no parameter {name} in query"
    for method in ("patch", "delete")
    for name in ("data", "key")
}
"""Said of the whole address, and about its content."""


class Document:
    """An OpenAPI document whose references are followed."""

    def __init__(self, document: Schema) -> None:
        self._document = document
        self.paths: Schema = document["paths"]

    def follow(self, node: Schema) -> Schema:
        while "$ref" in node:
            found: Any = self._document
            for part in node["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            node = found
        return node

    def parts(self, schema: Schema) -> list[Schema]:
        return [part for kind in ("allOf", "anyOf", "oneOf") for part in schema.get(kind, [])]

    def parameters(self, path: str, method: str) -> set[tuple[str, str]]:
        item = self.paths[path]
        both = [*item.get("parameters", []), *item[method].get("parameters", [])]
        return {(each["name"], each["in"]) for each in map(self.follow, both)}

    def members(self, schema: Schema) -> Schema:
        """Member → schema of an object, those of its parts included."""
        schema = self.follow(schema)
        found = dict(schema.get("properties", {}))
        for part in self.parts(schema):
            for name, each in self.members(part).items():
                found[name] = {"allOf": [found[name], each]} if name in found else each
        return found

    def required(self, schema: Schema) -> set[str]:
        schema = self.follow(schema)
        return set(schema.get("required", [])).union(*map(self.required, self.parts(schema)))

    def types(self, schema: Schema) -> set[str]:
        """The JSON types that a value may have; empty when any."""
        schema = self.follow(schema)
        said = schema.get("type", [])
        found = {said} if isinstance(said, str) else set(said)
        if "const" in schema or "enum" in schema:
            values = [schema["const"]] if "const" in schema else schema["enum"]
            found |= {"null" if each is None else "string" for each in values if not isinstance(each, bool)}
        for part in self.parts(schema):
            found |= self.types(part)
        return found

    def items(self, schema: Schema) -> Schema | None:
        schema = self.follow(schema)
        if "items" in schema:
            return dict(schema["items"])
        return next(filter(None, map(self.items, self.parts(schema))), None)


def content(node: Schema) -> Schema | None:
    return node.get("content", {}).get("application/json", {}).get("schema")


def missing(wanted: Document, served: Document, ours: Schema, theirs: Schema, where: str) -> Iterator[str]:
    """What an answer of the contract says and the served one does not, as paths into it."""
    mine = served.members(ours)
    for name, schema in wanted.members(theirs).items():
        at = f"{where}/{name}"
        if name not in mine:
            if name in wanted.required(theirs):
                yield f"{at} is not served"
            continue
        if wanted.types(schema) and not served.types(mine[name]) <= wanted.types(schema):
            yield f"{at} is served as {served.types(mine[name])}"
        yield from missing(wanted, served, mine[name], schema, at)
    yield from (f"{where}/{name} is optional" for name in wanted.required(theirs) - served.required(ours))
    their_items, our_items = wanted.items(theirs), served.items(ours)
    if their_items and our_items:
        yield from missing(wanted, served, our_items, their_items, f"{where}/0")


def test_the_served_document_says_all_that_the_contract_says(world: World) -> None:
    wanted, served = Document(CONTRACT), Document(world.client().json("GET", "/v1/openapi.json"))
    problems: list[str] = []
    for path, item in wanted.paths.items():
        for method in item.keys() - {"parameters"}:
            where = f"{method} {path}"
            theirs, ours = item[method], served.paths.get(path, {}).get(method)
            assert (where in NOT_YET) <= (ours is None), f"{where} is served: take it out of NOT_YET"
            if where in NOT_YET:
                continue
            if ours is None:
                problems.append(f"{where} is not served")
                continue
            problems += [f"{where}: {each}" for each in _differences(wanted, served, theirs, ours)]
            lacking = wanted.parameters(path, method) - served.parameters(path, method)
            problems += [f"{where}: no parameter {name} in {place}" for name, place in sorted(lacking)]
    assert sorted(problems) == sorted(OF_READING_ALONE)


def _differences(wanted: Document, served: Document, theirs: Schema, ours: Schema) -> Iterator[str]:
    if theirs["operationId"] != ours["operationId"]:
        yield f"is called {ours['operationId']}"
    their_body, our_body = (content(each.get("requestBody", {})) for each in (theirs, ours))
    if their_body:
        names = wanted.members(their_body).keys() - served.members(our_body or {}).keys()
        yield from (f"no member {name} in the body" for name in sorted(names))
    for status, answer in theirs["responses"].items():
        if status not in ours["responses"]:
            yield f"no answer {status}"
            continue
        their_answer, our_answer = content(wanted.follow(answer)), content(served.follow(ours["responses"][status]))
        if their_answer:
            yield from missing(wanted, served, our_answer or {}, their_answer, status)
