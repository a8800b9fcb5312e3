"""Every route with a token of another workspace: as if nothing of ours existed.

The walk is built from the route table, so a new route is covered, or fails here, the day it appears.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from psycopg import sql

from dossier.foundation.database import ReadSession, Wall
from dossier.foundation.identifiers import new_id
from dossier.server.application import routes
from dossier.web import Called, Page
from tests.forms.support import begun
from tests.world import Api, World

pytestmark = pytest.mark.long

PUBLIC = {
    "/livez",
    "/readyz",
    "/metrics",
    "/v1/openapi.json",
    "/docs",
    "/docs/{name}",
    "/assets/{version}/{name}",
    "/favicon.ico",
    "/.well-known/jwks.json",
}

CANARY = "canary-7f3a"
"""Stands in everything that belongs to the victim."""

Names = dict[str, Any]
_TUS = {"Tus-Resumable": "1.0.0"}
_ANNOUNCED = {**_TUS, "Upload-Length": "3", "Upload-Metadata": "filename Y2FuYXJ5LTdmM2E="}
_PIECE = {**_TUS, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}


class Victim:
    """A workspace full of things that nobody else may notice."""

    def __init__(self, world: World, database_url: str) -> None:
        workspace = world.workspace()
        member = world.member(workspace, f"{CANARY}-{workspace.slug}@example.org", given_name=CANARY)
        with world.client(world.token(workspace)) as api:
            document = {
                "title": CANARY,
                "schema": [{"key": "name", "type": "text", "name": CANARY}],
                "steps": [{"key": "call", "title": CANARY, "type": "task"}],
            }
            template = api.json("POST", "/v1/case_templates", 201, json=document)
            body = {
                "template": {"id": template["id"]},
                "owner": {"email": member.email},
                "contacts": [{"email": f"{CANARY}@example.org"}],
                "schema": [{"key": "name", "value": CANARY}],
            }
            case = api.json("POST", "/v1/cases", json=body)
            upload = {"name": f"{CANARY}.txt", "data": "QUJD"}
            coming = api.post("/v1/uploads", headers=_ANNOUNCED).headers["location"].rpartition("/")[2]
            file = api.json("POST", "/v1/attachments", 201, json=upload)
            letter = {"subject": CANARY, "body": CANARY}
            message = api.json("POST", f"/v1/cases/{case['id']}/messages", 201, json=letter)
            entry = api.json("GET", f"/v1/cases/{case['id']}/history")["data"][0]
            hook = {"url": f"https://93.184.216.34/{CANARY}", "description": CANARY}
            webhook = api.json("POST", "/v1/webhooks", 201, json=hook)
            delivery = api.json("POST", f"/v1/webhooks/{webhook['id']}/test", 202)
            page = {"key": "p", "title": CANARY, "elements": [{"key": "a", "type": "text", "label": CANARY}]}
            api.json("POST", "/v1/form_templates", 201, json={"title": CANARY, "slug": "of-victim", "pages": [page]})
            options = [{"value": "a", "label": CANARY}]
            api.json("PUT", "/v1/option_lists/of-victim", json={"title": CANARY, "options": options})
            asked = {
                "flow": {"slug": "of-victim"},
                "user": {"email": f"{CANARY}@example.org", "given_name": CANARY},
            }
            form = api.json("POST", "/v1/forms", 201, json=asked | {"data": {"a": CANARY}})
            response = begun(world, workspace, form["id"])
        self._database_url = database_url
        self.names: Names = {
            "workspace": str(workspace.id),
            "slug": workspace.slug,
            "case": case["id"],
            "template": template["id"],
            "entry": entry["id"],
            "contact": case["contacts"][0]["id"],
            "attachment": file["id"],
            "message": message["id"],
            "upload": coming,
            "webhook": webhook["id"],
            "delivery": delivery["id"],
            "owner": member.email,
            "stepKey": "call",
            "form": "of-victim",
            "asked": form["id"],
            "response": response,
            "preset": form["flow"]["customization"],
        }
        self.at_first = self.as_it_is()

    def as_it_is(self) -> list[Any]:
        """All its rows, table by table."""
        with psycopg.connect(self._database_url) as owner:
            tables = [sql.Identifier(name) for (name,) in owner.execute(_TABLES)]
            rows = sql.SQL(" UNION ALL ").join(_ROWS.format(table, sql.Literal(table.as_string())) for table in tables)
            return owner.execute(rows, {"workspace": self.names["workspace"]}).fetchall()


_TABLES = "SELECT table_name FROM information_schema.columns WHERE column_name = 'workspace_id' ORDER BY table_name"
_ROWS = sql.SQL("SELECT {1}, array_agg(t::text ORDER BY t::text) FROM {0} t WHERE workspace_id = %(workspace)s")


NOTHING: Callable[[], Names] = lambda: {  # noqa: E731 - names of things that never existed
    "workspace": str(new_id()),
    "slug": "never-was",
    "case": str(new_id()),
    "template": str(new_id()),
    "entry": str(new_id()),
    "contact": str(new_id()),
    "attachment": str(new_id()),
    "message": str(new_id()),
    "upload": str(new_id()),
    "webhook": str(new_id()),
    "delivery": str(new_id()),
    "owner": "never-was@example.org",
    "stepKey": "call",
    "form": "not-there",
    "asked": str(new_id()),
    "response": str(new_id()),
    "preset": str(new_id()),
}

# (method, path) → the requests that name something of a workspace, made from names.
BODIES: dict[tuple[str, str], Callable[[Names], list[dict[str, Any]]]] = {
    ("POST", "/v1/cases"): lambda names: [
        {"json": {"title": "A", "template": {"id": names["template"]}}},
        {"json": {"title": "A", "workspace": {"id": names["workspace"]}}},
        {"json": {"title": "A", "owner": {"email": names["owner"]}}},
    ],
    ("POST", "/v1/attachments"): lambda names: [
        {"json": {"name": "A", "data": "QUJD"}, "params": {"workspace": names["workspace"]}},
        {"json": {"name": "A", "data": "QUJD"}, "params": {"company": names["slug"]}},
    ],
    ("POST", "/v1/uploads"): lambda names: [
        {"headers": _ANNOUNCED, "params": {"workspace": names["workspace"]}},
        {"headers": _ANNOUNCED, "params": {"company": names["slug"]}},
    ],
    ("PATCH", "/v1/uploads/{id}"): lambda _: [{"headers": _PIECE, "content": b"x"}],
    ("DELETE", "/v1/uploads/{id}"): lambda _: [{"headers": _TUS}],
    ("PATCH", "/v1/attachments/{id}"): lambda _: [{"json": {"name": "x"}}],
    ("GET", "/v1/attachments/{id}"): lambda _: [{}, {"headers": {"Accept": "*/*;q=0.1, application/octet-stream"}}],
    ("GET", "/v1/attachments"): lambda names: [
        {"params": {"ids": names["attachment"]}, "headers": {"Accept": type}}
        for type in ("application/pdf", "application/zip")
    ],
    ("GET", "/v1/files"): lambda names: [
        {},
        {"params": {"name": f"{CANARY}.txt"}},
        {"params": {"workspace[id]": names["workspace"]}},
        {"params": {"filter": json.dumps({"attributes": {"id": {"$eq": names["attachment"]}}})}},
    ],
    ("POST", "/v1/webhooks"): lambda names: [
        {"json": {"url": "https://93.184.216.34/", "workspace": {"id": names["workspace"]}}},
        {"json": {"url": "https://93.184.216.34/", "templates": [names["template"]]}},
    ],
    ("PATCH", "/v1/webhooks/{id}"): lambda _: [{"json": {"enabled": False}}],
    ("POST", "/v1/webhooks/{id}/secret"): lambda _: [{}],
    ("POST", "/v1/webhooks/{id}/test"): lambda _: [{}],
    ("POST", "/v1/webhooks/{id}/replay"): lambda _: [{"json": {"since": "2026-01-01T00:00:00Z"}}],
    ("POST", "/v1/webhooks/{id}/deliveries/{delivery}/replay"): lambda _: [{}],
    ("POST", "/v1/cases/data"): lambda names: [{"json": {"cases": [{"id": names["case"], "data": {"name": "x"}}]}}],
    ("POST", "/v1/cases/{id}"): lambda _: [{"json": {"archived": True}}],
    ("POST", "/v1/cases/{id}/data"): lambda _: [{"json": {"data": {"name": "x"}}}],
    ("POST", "/v1/cases/{id}/contacts"): lambda _: [{"json": {"contacts": [{"given_name": "x"}]}}],
    ("POST", "/v1/cases/{id}/undo"): lambda names: [{"json": {"entry": names["entry"]}}],
    ("PATCH", "/v1/cases/{id}"): lambda _: [{"json": {"title": "x"}}],
    ("PATCH", "/v1/cases/{id}/steps/{stepKey}"): lambda _: [{"json": {"status": "completed"}}],
    ("POST", "/v1/case_templates"): lambda names: [
        {"json": {"title": "A", "workspace": {"id": names["workspace"]}}},
        {"json": {"title": "A", "owner": {"email": names["owner"]}}},
    ],
    ("POST", "/v1/case_templates/{id}"): lambda _: [{"json": {"archived": True}}],
    ("PUT", "/v1/case_templates/{id}"): lambda _: [{"json": {"title": "x"}}],
    ("POST", "/v1/cases/{id}/automations/{key}/retry"): lambda _names: [{}],
    ("POST", "/v1/case_templates/{id}/automations/try"): lambda names: [
        {"json": {"case": names["case"], "data": {"name": "x"}}},
        {"json": {"case": names["case"], "document": {"title": "x"}}},
    ],
    ("POST", "/v1/form_templates"): lambda names: [
        {"json": {"title": "A", "workspace": {"id": names["workspace"]}}},
        {"json": {"title": "A", "company": {"slug": names["slug"]}}},
    ],
    ("PUT", "/v1/form_templates/{slug}"): lambda names: [
        {"json": {"title": "A"}},
        {"json": {"title": "A"}, "params": {"draft": "true"}},
        {"json": {"title": "A"}, "params": {"workspace[id]": names["workspace"]}},
    ],
    ("POST", "/v1/form_templates/{slug}"): lambda _: [{"json": {"archived": True}}, {"json": {"enabled": False}}],
    ("POST", "/v1/form_templates/{slug}/publish"): lambda _: [{}],
    ("GET", "/v1/form_templates/{slug}/steps"): lambda names: [{}, {"params": {"workspace[slug]": names["slug"]}}],
    ("PUT", "/v1/option_lists/{slug}"): lambda names: [
        {
            "json": {"title": "A", "options": [{"value": "a", "label": "A"}]},
            "params": {"workspace[id]": names["workspace"]},
        }
    ],
    ("GET", "/v1/form_templates"): lambda names: [
        {"params": {"slug": names["form"]}},
        {"params": {"workspace[id]": names["workspace"]}},
        {"params": {"workspace[slug]": names["slug"]}},
    ],
    ("PUT", "/v1/workspaces/{id}/secrets/{name}"): lambda _: [{"json": {"value": "x"}}],
    ("GET", "/v1/cases"): lambda names: _lists(names),
    ("GET", "/v1/cases/count"): lambda names: _lists(names),
    ("GET", "/v1/contacts"): lambda names: [
        {},
        {"params": {"email": f"{CANARY}@example.org"}},
        {"params": {"workspace[id]": names["workspace"]}},
        {"params": {"workspace[slug]": names["slug"]}},
        {"params": {"filter": json.dumps({"attributes": {"id": {"$eq": names["contact"]}}})}},
    ],
    ("POST", "/v1/cases/{id}/messages"): lambda names: [
        {"json": {"to": [names["owner"]], "subject": "x", "body": "x"}}
    ],
    **{
        ("POST", f"/v1/{each}"): lambda names: [
            {"json": {"flow": {"customization": names["preset"]}}},
            {"json": {"flow": {"slug": names["form"]}}},
            {"json": {"flow": {"slug": "x"}, "workspace": {"id": names["workspace"]}}},
            {"json": {"flow": {"slug": "x"}, "company": {"slug": names["slug"]}}},
        ]
        for each in ("forms", "requests")
    },
    **{("PATCH", f"/v1/{each}/{{id}}"): lambda _: [{"json": {"archived": True}}] for each in ("forms", "requests")},
    ("POST", "/v1/forms/{id}/remind"): lambda _: [{}],
    ("POST", "/v1/forms/{id}/review"): lambda _: [{"json": {"accept": ["*"]}}],
    ("POST", "/v1/forms/{id}/reopen"): lambda _: [{"json": {"elements": ["a"]}}],
    ("POST", "/v1/form_batches"): lambda names: [
        {"json": {"template": names["form"], "rows": [{"user": {"email": "eve@example.org"}}]}},
        {"json": {"preset": names["preset"], "rows": [{"case": {"id": names["case"]}}]}},
        {"json": {"template": names["form"], "workspace": {"slug": names["slug"]}, "rows": [{}]}},
    ],
    ("POST", "/v1/form_batches/{id}/cancel"): lambda _: [{}],
    ("POST", "/v1/forms/{id}/link"): lambda _: [{}],
    **{
        ("GET", f"/v1/{each}"): lambda names: [
            {},
            {"params": {"flow[slug]": names["form"]}},
            {"params": {"user[email]": f"{CANARY}@example.org"}},
            {"params": {"owner[email]": names["owner"]}},
            {"params": {"case[id]": names["case"]}},
            {"params": {"workspace[id]": names["workspace"]}},
            {"params": {"filter": json.dumps({"company": {"slug": names["slug"]}})}},
            {"params": {"filter": json.dumps({"attributes": {"id": {"$eq": names["asked"]}}})}},
        ]
        for each in ("forms", "forms/count", "requests")
    },
    ("POST", "/v1/messages/{id}/retry"): lambda _: [{}],
    ("POST", "/v1/messages/{id}/cancel"): lambda _: [{}],
    ("GET", "/v1/messages"): lambda names: [
        {},
        {"params": {"to": f"{CANARY}@example.org"}},
        {"params": {"case[id]": names["case"]}},
        {"params": {"workspace[id]": names["workspace"]}},
        {"params": {"filter": json.dumps({"attributes": {"id": {"$eq": names["message"]}}})}},
    ],
    ("GET", "/v1/case_templates"): lambda names: [
        {},
        {"params": {"title": "can"}},
        {"params": {"workspace[id]": names["workspace"]}},
        {"params": {"workspace[slug]": names["slug"]}},
        {"params": {"owner[email]": names["owner"]}},
    ],
}


def _lists(names: Names) -> list[dict[str, Any]]:
    by_owner = {"relationships": {"owner": {"attributes": {"email": {"$eq": names["owner"]}}}}}
    by_workspace = {"relationships": {"workspace": {"attributes": {"slug": {"$eq": names["slug"]}}}}}
    return [
        {"params": params}
        for params in (
            {},
            {"archived": "any"},
            {"template[id]": names["template"]},
            {"owner[email]": names["owner"]},
            {"workspace[id]": names["workspace"]},
            {"workspace[slug]": names["slug"]},
            {"filter": json.dumps({"attributes": {"data.name": {"$contains": "can"}}})},
            {"filter": json.dumps({"attributes": {"id": {"$eq": names["case"]}}})},
            {"filter": json.dumps(by_owner)},
            {"filter": json.dumps(by_workspace)},
        )
    ]


def table() -> list[tuple[str, str]]:
    """Every route that needs a token, with each of its methods."""
    return sorted(
        (method, route.path_format)
        for route in routes()
        if route.path_format not in PUBLIC
        # pages, and what they call: tests/members/test_page_permissions.py, tests/files/test_resuming.py
        and not isinstance(route.app, Page | Called)
        for method in (route.methods or set()) - {"HEAD", "OPTIONS"}
    )


@pytest.fixture(scope="module")
def victim(world: World, database_url: str) -> Victim:
    return Victim(world, database_url)


@pytest.fixture(scope="module")
def stranger(world: World) -> Iterator[Api]:
    """With a token of a workspace that stays empty, for nothing that is tried may succeed."""
    with world.client(world.token(world.workspace())) as api:
        yield api


@pytest.fixture(params=["both", "only the code's", "only the database's"], scope="module")
def walls(request: pytest.FixtureRequest, database_url: str, stranger: Api, victim: Victim) -> Iterator[str]:
    """What keeps workspaces apart, or only half of it: the scope of statements, or row-level security."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        if request.param == "only the code's":
            look = Wall.let_see
            monkeypatch.setattr(Wall, "let_see", lambda wall, _workspaces: look(wall, "*"))
        elif request.param == "only the database's":
            with psycopg.connect(database_url) as owner:
                every = "{" + ",".join(str(row[0]) for row in owner.execute("SELECT id FROM workspaces")) + "}"
            begin = ReadSession.__init__

            def unscoped(reading: ReadSession, *given: Any) -> None:
                begin(reading, *given)
                reading._workspaces = every

            monkeypatch.setattr(ReadSession, "__init__", unscoped)
        yield request.param
    assert victim.as_it_is() == victim.at_first, f"something that was tried changed this; {request.param} stood"


@pytest.mark.parametrize(("method", "path"), table())
def test_another_workspace_does_not_exist(stranger: Api, victim: Victim, walls: str, method: str, path: str) -> None:
    """[S11] With both walls, and with either of them switched off. 500: the code stumbles over what the database hides."""
    needs_body = method in ("POST", "PUT", "PATCH") and "start" not in path
    assert (method, path) in BODIES or not needs_body, "say in BODIES what this route takes"
    of_victim, of_nothing = ([_sent(stranger, method, path, names, index) for index in range(_count(method, path, names))]
                             for names in (victim.names, NOTHING()))  # fmt: skip
    assert of_victim == of_nothing
    assert CANARY not in str(of_victim)
    for status, body in of_victim:
        stumbled = status == 500 and walls == "only the database's"
        assert status in (400, 403, 404) or stumbled or (status == 200 and _says_nothing(body)), body


def _count(method: str, path: str, names: Names) -> int:
    return len(BODIES.get((method, path), lambda _: [{}])(names))


def _sent(api: Api, method: str, path: str, names: Names, index: int) -> tuple[int, str]:
    """Status and body of the answer, with the names that were sent taken out."""
    request = BODIES.get((method, path), lambda _: [{}])(names)[index]
    kind = re.match(
        r"/v1/(case_template|contact|attachment|upload|message|workspace|webhook|form|request|response)s/", path
    )
    id = names[{"request": "asked", "form": "asked"}.get(kind[1], kind[1].removeprefix("case_")) if kind else "case"]
    for name, value in (
        ("id", id),
        ("stepKey", names["stepKey"]),
        ("delivery", names["delivery"]),
        ("slug", names["form"]),
        ("name", "key"),
        ("key", "key"),
    ):
        path = path.replace(f"{{{name}}}", value)
    response = api.request(method, path, **request)
    body = re.sub(r"request id [0-9a-f-]+", "request id", response.text)
    for name in sorted(names.values(), key=len, reverse=True):
        body = body.replace(name, "…")
    return response.status_code, body


def _says_nothing(body: str) -> bool:
    answer = json.loads(body)
    if isinstance(answer, list):  # of the addresses of old: nothing, or one's own workspace
        return all("version" not in each for each in answer)
    if "results" in answer:
        return all(each["status"] == 404 for each in answer["results"])
    return (
        answer.get("data") == [] or answer.get("count") == 0 or "slug" in body or '"token.made"' in body
    )  # one's own workspace, and that one's token was made


def test_public_routes_are_listed_and_need_no_token(world: World) -> None:
    with world.client() as nobody:
        for path in PUBLIC:
            name = "styles.css" if path.startswith("/assets") else "docs.js"
            response = nobody.get(re.sub(r"\{.*?\}", name, path))
            assert response.status_code == 200, path
        for method, path in table():
            assert nobody.request(method, re.sub(r"\{.*?\}", "x", path)).status_code == 401, path
