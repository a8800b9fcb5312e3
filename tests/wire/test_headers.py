"""What headers ask for: conditions, preferences, encodings, preflights, and a list that goes on behind a row."""

import gzip
import json
from typing import Any
from urllib.parse import urlsplit

import pytest

from dossier.foundation.identifiers import new_id
from dossier.foundation.services import Services
from dossier.foundation.testing import postgres
from dossier.foundation.testing.server import serving
from dossier.server.application import create
from dossier.server.services import database_on
from dossier.workspaces.model import Workspace
from tests.forms.support import publish
from tests.wire.contract import CONTRACT
from tests.world import Api, World, errors, values

FIELD = {"key": "note", "type": "text", "name": "Note"}
ASKING = [{"key": "p", "title": "P", "elements": [{"key": "a", "type": "text", "label": "A"}]}]
BODY = b'{"data": {"note": "x"}}'


@pytest.fixture
def case(make_template: Any, make_case: Any) -> str:
    return f"/v1/cases/{make_case(template={'id': make_template(schema=[FIELD])['id']})['id']}"


# ---- conditions ----


@pytest.mark.parametrize("tag", ['"{}"', 'W/"{}"', '"{}-gzip"', '"{};br"', "*"])
def test_tags_count_as_their_version_also_as_proxies_change_them(api: Api, case: str, tag: str) -> None:
    """[F30] Weakened by nginx, with a suffix by Apache."""
    version = api.get(case).headers["etag"].strip('"')
    headers = {"If-Match": tag.format(version)}
    assert api.post(f"{case}/data", json={"data": {"note": "y"}}, headers=headers).status_code == 200
    assert api.post(f"{case}/data", json={"data": {"note": "z"}}, headers=headers).status_code == (
        200 if tag == "*" else 412
    )


def test_a_version_that_was_not_reached_is_412(api: Api, case: str) -> None:
    """A tag of another case, or of a restored backup, is no permission."""
    response = api.post(f"{case}/data", json={"data": {"note": "y"}}, headers={"If-Match": '"99"'})
    assert (response.status_code, errors(response)) == (412, {"": "not_reached"})
    assert values(api.json("GET", case)) == {"note": None}


def test_what_a_client_has_is_not_sent_again(api: Api, case: str) -> None:
    """[F31] 304 with the ETag and no body; 412 for If-Match on GET and If-None-Match: * on POST."""
    tag = api.get(case).headers["etag"]
    for known in (tag, f"W/{tag}", f'"0", {tag}', "*"):
        response = api.get(case, headers={"If-None-Match": known})
        assert (response.status_code, response.content, response.headers["etag"]) == (304, b"", tag)
    assert api.get(case, headers={"If-None-Match": '"999"'}).status_code == 200
    assert api.get(case, headers={"If-Match": '"999"'}).status_code == 412
    assert api.get(case, headers={"If-Match": tag}).status_code == 200
    # RFC 9110 section 13.1.1: reading takes a list, and tags that are not ours
    for sent, status in ((f'"999", {tag}', 200), ('"999", "998"', 412), ('"of another"', 412), ("7", 400)):
        assert api.get(case, headers={"If-Match": sent}).status_code == status, sent
    assert api.get(case, headers=[("If-Match", '"999"'), ("If-Match", tag)]).status_code == 200
    assert api.post(f"{case}/data", json={"data": {"note": "y"}}, headers={"If-None-Match": "*"}).status_code == 412


def test_what_has_no_version_refuses_if_match(api: Api, case: str) -> None:
    """[F31] No writing address ignores If-Match in silence: it is honoured, or refused before anything is done."""
    before = api.json("GET", "/v1/cases/count"), api.json("GET", "/v1/case_templates")["meta"]
    id = case.rpartition("/")[2]
    bodies: dict[str, Any] = {
        "/v1/cases/data": {"cases": [{"id": id, "data": {"note": "y"}}]},
        "/v1/cases": {"title": "New"},
        "/v1/case_templates": {"title": "New"},
    }
    for path, body in bodies.items():
        for tag in ('"1"', '"999"', "*"):
            response = api.post(path, json=body, headers={"If-Match": tag})
            assert (response.status_code, errors(response)) == (400, {"If-Match": "invalid_header"}), path
    assert (api.json("GET", "/v1/cases/count"), api.json("GET", "/v1/case_templates")["meta"]) == before
    assert values(api.json("GET", case)) == {"note": None}


def test_every_writing_address_looks_at_if_match(api: Api, case: str, world: World, workspace: Workspace) -> None:
    """[F31] The reference walked through: what takes If-Match says 412 for a version that is not there, what does not says 400."""
    entry = api.json("GET", f"{case}/history")["data"][0]["id"]
    template = api.json("GET", case)["template"]
    contact = api.json("POST", f"{case}/contacts", json={"contacts": [{"email": "a@example.org"}]})["contacts"][0]["id"]
    bodies: dict[tuple[str, str], Any] = {
        ("/cases/{id}/undo", "post"): {"entry": entry},
        ("/cases/{id}", "post"): {"archived": True},
        ("/cases/{id}", "patch"): {"title": "Other"},
        ("/cases/{id}/data", "post"): {"data": {"note": "y"}},
        ("/cases/{id}/contacts", "post"): {"contacts": [{"email": "b@example.org"}]},
        ("/cases/data", "post"): {"cases": [{"id": case.rpartition("/")[2], "data": {"note": "y"}}]},
        ("/cases", "post"): {"title": "New"},
        ("/case_templates", "post"): {"title": "New"},
        ("/case_templates/{id}", "post"): {"archived": True},
        ("/case_templates/{id}", "put"): {"title": "New"},
        ("/form_templates", "post"): {"title": "New", "pages": ASKING},
        ("/form_templates/{slug}", "post"): {"archived": True},
        ("/form_templates/{slug}", "put"): {"title": "New", "pages": ASKING},
        ("/option_lists/{slug}", "put"): {"title": "New", "options": [{"value": "a", "label": "A"}]},
        ("/attachments", "post"): {"name": "a", "data": "QUJD"},
        ("/attachments/{id}", "patch"): {"name": "b"},
        ("/cases/{id}/messages", "post"): {"to": ["ann@example.org"], "subject": "Hello", "body": "Dear Ann"},
        ("/forms", "post"): {"flow": {"slug": "accident"}},
        ("/requests", "post"): {"flow": {"slug": "accident"}},
        ("/forms/{id}", "patch"): {"archived": True},
        ("/forms/{id}/review", "post"): {"accept": ["*"]},
        ("/forms/{id}/reopen", "post"): {"elements": ["amount"]},
        ("/form_batches", "post"): {"template": "accident", "rows": [{"user": {"email": "ann@example.org"}}]},
        ("/requests/{id}", "patch"): {"archived": True},
    }
    file = api.json("POST", "/v1/attachments", 201, json=bodies["/attachments", "post"])["id"]
    ids = {"/cases": case.rpartition("/")[2], "/case_templates": template, "/contacts": contact}
    tus = {"Tus-Resumable": "1.0.0"}
    upload = api.post("/v1/uploads", headers={**tus, "Upload-Length": "3", "Upload-Metadata": "filename YQ=="})
    ids |= {"/attachments": file, "/uploads": upload.headers["location"].rpartition("/")[2]}
    message = api.json("POST", f"{case}/messages", 201, json=bodies["/cases/{id}/messages", "post"])["id"]
    hook = {"url": "https://93.184.216.34/hook", "events": ["*"]}
    ids |= {"/messages": message, "/webhooks": api.json("POST", "/v1/webhooks", 201, json=hook)["id"]}
    publish(world, workspace)
    ids["/form_batches"] = api.json("POST", "/v1/form_batches", 202, json=bodies["/form_batches", "post"])["id"]
    ids["/forms"] = ids["/requests"] = api.json("POST", "/v1/forms", 201, json=bodies["/forms", "post"])["id"]
    ids["/workspaces"] = api.json("GET", "/v1/workspaces")["data"][0]["id"]
    ids |= {
        "/form_templates": api.json("POST", "/v1/form_templates", 201, json={"title": "F", "pages": ASKING})["slug"]
    }
    api.json("PUT", "/v1/form_templates/f?draft=true", json={"title": "F2", "pages": ASKING})
    reference = api.json("GET", "/v1/openapi.json")["paths"]
    for path, operations in reference.items():
        for method in operations.keys() & {"post", "put", "patch", "delete"}:
            if "{stepKey}" in path:
                continue
            id = next((each for begin, each in ids.items() if path.startswith(begin + "/")), "")
            body, headers = bodies.get((path, method)), {"If-Match": '"999"', **tus}
            response = api.request(
                method.upper(),
                "/v1"
                + path.replace("{id}", id)
                .replace("{slug}", id or "x")
                .replace("{name}", "key")
                .replace("{key}", "key")
                .replace("{delivery}", id),
                json=body,
                headers=headers,
            )
            takes = "If-Match" in [each["name"] for each in operations[method].get("parameters", ())]
            assert response.status_code == (412 if takes else 400), (method, path, response.text)


def test_a_template_that_a_client_has_is_not_sent_again(api: Api, case: str) -> None:
    """[F31] Archiving is no version, but another tag: 304 never hides it."""
    template = f"/v1/case_templates/{api.json('GET', case)['template']}"
    for path in (template, f"{template}/document"):
        tag = api.get(path).headers["etag"]
        answer = api.get(path, headers={"If-None-Match": f'"0", W/{tag}'})
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)
    tag = api.get(template).headers["etag"]
    assert api.post(template, json={"archived": True}, headers={"If-Match": '"7"'}).status_code == 412
    archived = api.post(template, json={"archived": True}, headers={"If-Match": tag})
    assert archived.status_code == 200, archived.text
    read = api.get(template, headers={"If-None-Match": tag})
    assert read.status_code == 200
    assert read.json()["archived_at"]
    assert api.get(template, headers={"If-None-Match": archived.headers["etag"]}).status_code == 304
    assert api.post(template, json={"archived": False}, headers={"If-Match": read.headers["etag"]}).status_code == 200
    assert api.get(template, headers={"If-None-Match": tag}).status_code == 200, "it was changed at another moment"


def test_a_contact_that_a_client_has_is_not_sent_again(api: Api, case: str, make_case: Any) -> None:
    """[F31] Also the number of cases is covered by the tag, and If-Match takes the tag that was read."""
    api.json("POST", f"{case}/contacts", json={"contacts": [{"key": "main", "email": "shared@example.org"}]})
    contact = f"/v1/contacts/{api.json('GET', case)['contacts'][0]['id']}"
    tag = api.get(contact).headers["etag"]
    for known in (tag, f"W/{tag}", f'{tag[:-1]}-gzip"', f'"0", {tag}', "*"):
        answer = api.get(contact, headers={"If-None-Match": known})
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag), known
    assert api.get(contact, headers={"If-Match": '"9"'}).status_code == 412
    make_case(contacts=[{"email": "shared@example.org"}])
    read = api.get(contact, headers={"If-None-Match": tag})
    assert (read.status_code, read.json()["cases"]) == (200, 2)
    assert (
        api.get(contact, headers=[("If-None-Match", '"0"'), ("If-None-Match", read.headers["etag"])]).status_code == 304
    )  # type: ignore[arg-type]
    assert api.delete(contact, headers={"If-Match": read.headers["etag"]}).status_code == 204


def test_the_past_that_a_client_has_is_not_sent_again(api: Api, case: str) -> None:
    """[F31] `?at=` too."""
    at = {"at": api.json("GET", case)["updated_at"]}
    tag = api.get(case, params=at).headers["etag"]
    assert api.get(case, params=at, headers={"If-None-Match": tag}).status_code == 304


def test_undo_takes_if_match(api: Api, case: str) -> None:
    """[F31] Of the parts that the entry changed, as everywhere."""
    api.json("POST", f"{case}/data", json={"data": {"note": "one"}})
    seen = api.get(case).headers["etag"]
    api.json("PATCH", case, json={"title": "Elsewhere"})
    api.json("POST", f"{case}/data", json={"data": {"note": "two"}})
    entries = api.json("GET", f"{case}/history")["data"]
    refused = api.post(f"{case}/undo", json={"entry": entries[0]["id"]}, headers={"If-Match": seen})
    assert (refused.status_code, errors(refused)) == (412, {"/data/note": "changed_since"})
    title = api.post(f"{case}/undo", json={"entry": entries[1]["id"]}, headers={"If-Match": '"999"'})
    assert title.status_code == 412
    now = api.get(case).headers["etag"]
    assert api.post(f"{case}/undo", json={"entry": entries[1]["id"]}, headers={"If-Match": now}).status_code == 200


def test_a_rehearsal_has_no_tag(api: Api, case: str) -> None:
    """[F31] Its version is another one's later: what was only shown must not answer for that."""
    shown = api.post(f"{case}/data?dry_run=true", json={"data": {"note": "tried"}})
    assert shown.status_code == 200
    assert "etag" not in shown.headers


# ---- preferences ----


@pytest.mark.parametrize(
    ("lines", "minimal"),
    [
        (["return=minimal"], True), (['return="minimal"'], True), (["wait=5", "return=minimal"], True), (["Return=Minimal"], True),
        (["return=minimal; x=1, wait=3"], True), (["respond-async, return=minimal"], True),
        (["return=minimally"], False), (['return=representation, x="return=minimal"'], False), (['x="a, return=minimal"'], False),
        (["return=representation, return=minimal"], False), (["return"], False),
    ],
)  # fmt: skip
def test_prefer_is_read_by_its_grammar(api: Api, case: str, lines: list[str], minimal: bool) -> None:
    """[F32] RFC 7240: quoted values, several lines, the first of two."""
    headers = [("Prefer", line) for line in lines]
    response = api.post(f"{case}/data", json={"data": {"note": "p"}}, headers=headers)  # type: ignore[arg-type]
    assert ("changed" in response.json()) is minimal
    assert ("preference-applied" in response.headers) is minimal


# ---- bodies ----


@pytest.mark.parametrize("kind", [
    "application/json", "application/json;charset=utf-8;", "application/json; charset=utf-8; version=1", 'application/json; charset="utf-8"; x=y',
    "application/json; x-charset=latin1", "application/json; charset=us-ascii", "APPLICATION/JSON;odata=verbose;charset=UTF-8",
])  # fmt: skip
def test_parameters_of_the_content_type_are_tolerated(api: Api, case: str, kind: str) -> None:
    """[F21] As RFC 9110 writes them."""
    assert api.post(f"{case}/data", content=BODY, headers={"Content-Type": kind}).status_code == 200


@pytest.mark.parametrize(
    "kind", ["text/json", "application/json; charset=latin1", "", "application/x-www-form-urlencoded"]
)
def test_other_types_are_415(api: Api, case: str, kind: str) -> None:
    assert api.post(f"{case}/data", content=BODY, headers={"Content-Type": kind}).status_code == 415


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "gzip, identity", "zstd"])
def test_compressed_bodies_are_415_and_say_what_is_taken(api: Api, case: str, coding: str) -> None:
    """[F20] RFC 9110 section 15.5.16."""
    headers = {"Content-Type": "application/json", "Content-Encoding": coding}
    response = api.post(f"{case}/data", content=gzip.compress(BODY), headers=headers)
    assert (response.status_code, response.headers["accept-encoding"]) == (415, "identity")
    for fine in ("identity", "UTF-8"):
        assert api.post(f"{case}/data", content=BODY, headers=headers | {"Content-Encoding": fine}).status_code == 200


# ---- other origins ----


def test_options_says_what_can_be_done_without_a_token(world: World, case: str) -> None:
    """[F35] 204 with Allow, never 401; no other origin is let in."""
    with world.client() as nobody:
        response = nobody.request("OPTIONS", f"{case}/data", headers={"Origin": "https://crm.example"})
        assert (response.status_code, response.headers["allow"]) == (204, "OPTIONS, POST")
        assert not [name for name in response.headers if name.startswith("access-control")]
        assert nobody.request("OPTIONS", "/v1/nowhere").status_code == 404


def test_origins_that_the_operator_names_are_let_in(world: World, database_url: str, workspace: Any) -> None:
    """[F35] The named one and no other; refusals can be read too."""
    database = database_on(postgres.serving(database_url), clock=world.clock)
    services = Services(database, works_on_jobs=False, cors_origins=frozenset({"https://crm.example"}))
    with serving(create(services)) as server, world.client(world.token(workspace)) as client:
        client.base_url = server.url  # type: ignore[assignment]
        asked = client.request(
            "OPTIONS", "/v1/cases", headers={"Origin": "https://crm.example", "Access-Control-Request-Method": "POST"}
        )
        assert asked.headers["access-control-allow-origin"] == "https://crm.example"
        assert "POST" in asked.headers["access-control-allow-methods"]
        assert "Idempotency-Key" in asked.headers["access-control-allow-headers"]
        for path in ("/v1/uploads", f"/v1/uploads/{new_id()}"):  # with what tus asks for
            tus = client.options(path, headers={"Origin": "https://crm.example"}).headers
            assert "Upload-Offset" in tus["access-control-allow-headers"]
            assert "Location" in tus["access-control-expose-headers"]
            assert ("POST" if path == "/v1/uploads" else "PATCH") in tus["access-control-allow-methods"]
        for path in ("/v1/cases", "/v1/nowhere"):
            assert client.get(path, headers={"Origin": "https://crm.example"}).headers["vary"] == "Origin"
        for origin in ("https://crm.example.evil", "null", "http://crm.example"):
            assert "access-control-allow-origin" not in client.get("/v1/cases", headers={"Origin": origin}).headers
        assert (
            "access-control-allow-origin"
            not in client.get("/sign-in", headers={"Origin": "https://crm.example"}).headers
        )


@pytest.mark.parametrize("path", ["/v1/cases", "/docs", "/sign-in", "/livez", "/v1/openapi.json", "/nowhere"])
def test_every_answer_has_its_guards(api: Api, path: str) -> None:
    """[S19] No page of ours stands in a frame of others, nothing is guessed or shared."""
    headers = api.get(path).headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]


# ---- repeats ----


def test_a_create_is_not_repeated_after_its_case_was_erased(api: Api) -> None:
    """410, and nothing is made anew; what was stored is gone."""
    headers = {"Idempotency-Key": "made-once"}
    body = {"title": "Secret title"}
    case = api.json("POST", "/v1/cases", json=body, headers=headers)
    assert api.delete(f"/v1/cases/{case['id']}").status_code == 204
    again = api.post("/v1/cases", json=body, headers=headers)
    assert (again.status_code, errors(again)) == (410, {"": "erased"})
    assert api.json("GET", "/v1/cases")["data"] == []


def test_a_replay_stays_within_the_tokens_reach(world: World) -> None:
    """[S16] After a token lost a workspace, a repeat does not answer what lies there."""
    one, other = world.workspace(), world.workspace()
    with world.client(token := world.token(one, other)) as api:
        headers = {"Idempotency-Key": "reach"}
        body = {"title": "Canary", "workspace": {"id": str(one.id)}}
        case = api.json("POST", "/v1/cases", json=body, headers=headers)
        assert api.post("/v1/cases", json=body, headers=headers).json() == case
        world.do(lambda tx: tx.send("DELETE FROM token_workspaces WHERE workspace_id = %(id)s", id=one.id))
        again = api.post("/v1/cases", json=body, headers=headers)
        assert again.status_code in (403, 404)
        assert "Canary" not in again.text
        assert token


def test_two_keys_are_none(api: Api) -> None:
    response = api.post("/v1/cases", json={"title": "T"}, headers=[("Idempotency-Key", "a"), ("Idempotency-Key", "b")])  # type: ignore[arg-type]
    assert (response.status_code, errors(response)) == (400, {"Idempotency-Key": "invalid_header"})


# ---- lists that go on behind a row ----


@pytest.mark.long
@pytest.mark.parametrize("sort", ["+created_at", "-created_at", "+updated_at", "-updated_at"])
@pytest.mark.parametrize("kind", ["cases", "case_templates"])
def test_a_walk_by_link_loses_and_repeats_nothing(
    world: World, api: Api, make_case: Any, make_template: Any, kind: str, sort: str
) -> None:
    """However many are made meanwhile, and with a filter too."""
    make = make_case if kind == "cases" else make_template
    ids = []
    for number in range(7):
        world.clock.forward(milliseconds=3)
        ids.append(make(title=f"W {number}")["id"])
    seen: list[str] = []
    address = f"/v1/{kind}?page[size]=2&sort={sort.replace('+', '%2B')}"
    while address:
        response = api.get(address)
        assert response.status_code == 200, response.text
        seen += [each["id"] for each in response.json()["data"]]
        address = response.headers["link"].partition(">")[0].removeprefix("<") if "link" in response.headers else ""
        assert not address or urlsplit(address).path == f"/v1/{kind}"
        if len(seen) == 4 and sort.startswith("-"):
            world.clock.forward(milliseconds=3)
            make(title="Meanwhile")
    assert seen == (ids if sort.startswith("+") else ids[::-1])


@pytest.mark.parametrize(
    "query", ["page[after]=x", "page[after]=", "page[after]=MjAyNg", "page[after]=MjAyNg&page[number]=2"]
)
def test_a_cursor_that_is_none_is_refused(api: Api, query: str) -> None:
    assert api.get(f"/v1/cases?{query}").status_code == 400


# ---- what generators of clients read ----


def test_request_schemas_have_no_defaults_and_no_bare_null(api: Api) -> None:
    """[F16 F17] openapi-typescript asks for members with a default; several generators stumble over a type that is only null."""
    schemas = api.json("GET", "/v1/openapi.json")["components"]["schemas"]
    for name, schema in schemas.items():
        for path, part in _parts(schema, name):
            assert "default" not in part or path.endswith("/properties"), path  # a member may be called so
            assert part.get("type") != "null" or "anyOf" in path or "oneOf" in path, path
    assert "contact" in schemas["ContactInput"]["properties"]


def _parts(schema: Any, path: str) -> Any:
    if isinstance(schema, dict):
        yield path, schema
        for name, part in schema.items():
            yield from _parts(part, f"{path}/{name}")
    elif isinstance(schema, list):
        for number, part in enumerate(schema):
            yield from _parts(part, f"{path}/{number}")


def test_the_contract_is_the_present_one() -> None:
    assert "meta" in json.dumps(CONTRACT)


def test_metrics_can_be_read_from_elsewhere_with_a_secret_only(world: World, database_url: str) -> None:
    """[S20] Then the machine's own programs need it too."""
    database = database_on(postgres.serving(database_url), clock=world.clock)
    secret = "s" * 40
    with (
        serving(create(Services(database, works_on_jobs=False, metrics_secret=secret))) as server,
        world.client() as client,
    ):
        client.base_url = server.url  # type: ignore[assignment]
        assert client.get("/metrics").status_code == 404
        assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 404
        assert (
            client.get(
                "/metrics", headers={"Authorization": f"Bearer {secret}", "X-Forwarded-For": "203.0.113.9"}
            ).status_code
            == 200
        )
        assert "checks" not in client.get("/readyz?verbose").json()
