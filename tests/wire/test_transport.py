"""Headers, health, the reference page, and what the logs do not say (contract section 1)."""

import re
from typing import Any

import httpx
import psycopg
import pytest

from dossier.foundation.rate_limit import RateLimit
from dossier.foundation.services import Services
from dossier.foundation.testing.server import serving
from dossier.server.application import create
from dossier.server.services import database_on
from tests.log_lines import LogFile
from tests.world import Api, World


def test_every_answer_carries_a_request_id(world: World, api: Api) -> None:
    assert api.get("/v1/workspaces", headers={"X-Request-Id": "abc-1"}).headers["x-request-id"] == "abc-1"
    for odd in ("a b", "x" * 200, "<script>"):
        given = api.get("/v1/workspaces", headers={"X-Request-Id": odd}).headers["x-request-id"]
        assert re.fullmatch("[0-9a-f-]{36}", given)


def test_personal_data_is_not_stored_on_the_way(api: Api) -> None:
    headers = api.get("/v1/cases").headers
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"


def test_health(world: World) -> None:
    with world.client() as client:
        assert client.get("/livez").json() == {"status": "ok"}
        assert client.get("/readyz").json() == {"status": "ok"}


def test_metrics_are_for_this_machine_only(world: World, api: Api) -> None:
    api.get("/v1/cases")
    text = api.get("/metrics").text
    assert 'dossier_request_seconds_count{method="GET",route="/v1/cases",status="200"}' in text
    assert api.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 404


def test_the_reference_works_without_the_internet(world: World) -> None:
    with world.client() as client:
        page = client.get("/docs")
        addresses = re.findall(r'(?:src|href)="([^"]+)"', page.text)
        assert addresses
        for address in addresses:
            assert address.startswith("/")
            assert client.get(address).status_code == 200
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert client.get("/docs/secrets.env").status_code == 404


def test_an_address_that_does_not_exist(api: Api) -> None:
    response = api.get("/v1/nowhere")
    assert (response.status_code, response.json()["errors"][0]["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("method", "path", "allowed"), [("PATCH", "/v1/cases/data", "POST"), ("DELETE", "/v1/cases/count", "GET, HEAD")]
)
def test_a_literal_address_is_no_id(api: Api, method: str, path: str, allowed: str) -> None:
    """`PATCH /cases/data` was taken for the case called “data”."""
    response = api.request(method, path, json={"title": "x"} if method == "PATCH" else None)
    assert (response.status_code, response.headers["allow"]) == (405, allowed)


def test_a_method_that_does_not_exist_names_those_that_do(api: Api, make_case: Any) -> None:
    response = api.put(f"/v1/cases/{make_case()['id']}")
    assert response.status_code == 405
    assert set(response.headers["allow"].split(", ")) == {"DELETE", "GET", "HEAD", "PATCH", "POST"}


def test_no_token_and_no_personal_value_in_a_log(
    world: World, api: Api, make_template: Any, make_case: Any, server_log: LogFile
) -> None:
    canary = "canary91"
    template = make_template(schema=[{"key": "name", "type": "text", "name": "N", "maxlength": 50}])
    case = make_case(template={"id": template["id"]}, contacts=[{"email": f"{canary}@example.org"}])
    url = f"/v1/cases/{case['id']}"
    api.post(f"{url}/data", json={"data": {"name": canary}}, headers={"Idempotency-Key": canary})
    api.post(f"{url}/data", json={"data": {"name": canary * 20}})
    api.post(f"{url}/data", json={"data": {canary: canary}})
    api.post(f"{url}/data", content=f'{{"data": {canary}'.encode(), headers={"Content-Type": "application/json"})
    api.get("/v1/cases", params={"contact[email]": f"{canary}@example.org"})
    api.get("/v1/cases", params={"filter": f'{{"attributes":{{"{canary}":1}}}}'})
    api.get(f"/v1/{canary}")
    with world.client(f"pnbx_{canary}") as stranger:
        stranger.get("/v1/cases")
    said = server_log.text
    assert said.count("request") >= 8, "the requests are logged"
    assert canary not in said
    assert api.headers["authorization"].removeprefix("Bearer ") not in said


def test_an_error_of_ours_says_nothing_and_is_logged_without_its_message(
    world: World, api: Api, monkeypatch: pytest.MonkeyPatch, server_log: LogFile
) -> None:
    async def broken(*_: Any, **__: Any) -> Any:
        message = "canary of a value"
        raise ValueError(message)

    monkeypatch.setattr("dossier.listing.keyset.page", broken)
    response = api.get("/v1/cases")
    assert (response.status_code, response.json()["errors"][0]["code"]) == (500, "internal_error")
    assert response.headers["x-request-id"] in response.text
    said = server_log.text
    assert "ValueError at" in said
    assert "canary" not in said + response.text


def test_a_failing_commit_is_not_a_success(world: World, api: Api, make_case: Any, database_url: str) -> None:
    """A constraint that is only checked at the commit."""
    case = make_case()
    with psycopg.connect(database_url) as owner:
        owner.execute("ALTER TABLE case_tombstones ADD CONSTRAINT trap UNIQUE (id) DEFERRABLE INITIALLY DEFERRED")
        owner.execute(
            "INSERT INTO case_tombstones (workspace_id, id, deleted_at, actor_type)"
            " SELECT workspace_id, id, now(), 'system' FROM cases WHERE id = %s",
            (case["id"],),
        )
    try:
        assert api.delete(f"/v1/cases/{case['id']}").status_code >= 500
    finally:
        with psycopg.connect(database_url) as owner:
            owner.execute("ALTER TABLE case_tombstones DROP CONSTRAINT trap")
            owner.execute("DELETE FROM case_tombstones WHERE id = %s", (case["id"],))
    assert api.get(f"/v1/cases/{case['id']}").status_code == 200


def test_a_rate_limit_says_when_to_come_back(world: World, workspace: Any) -> None:
    """It is off by default, so this has a server of its own."""
    database = database_on(world.database.conninfo)
    services = Services(database, rate_limit=RateLimit(3), works_on_jobs=False)
    headers = {"Authorization": f"Bearer {world.token(workspace)}"}
    other = {"Authorization": f"Bearer {world.token(workspace)}"}
    with serving(create(services)) as server, httpx.Client(base_url=server.url) as client:
        assert [client.get("/v1/workspaces", headers=headers).status_code for _ in range(4)] == [200, 200, 200, 429]
        refused = client.get("/v1/workspaces", headers=headers)
        assert 0 < int(refused.headers["retry-after"]) <= 60
        assert "r=0" in refused.headers["ratelimit"]
        assert refused.json()["errors"][0]["code"] == "too_many_requests"
        assert client.get("/v1/workspaces", headers=other).status_code == 200, "another token has its own"


def test_a_database_that_is_gone_is_a_503(world: World) -> None:
    database = database_on("host=/nowhere")
    with pytest.raises(Exception, match="503"):
        world.server.run(_refused_by(create(Services(database, works_on_jobs=False))))


async def _refused_by(app: Any) -> None:
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        (await client.get("/readyz")).raise_for_status()
