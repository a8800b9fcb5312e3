"""Who is told, at which address, and who may say so."""

from collections.abc import Iterator
from typing import Any

import pytest

from dossier.foundation.identifiers import new_id
from dossier.webhooks.actions import subscriptions
from tests.world import Api, World, errors

PUBLIC = "https://93.184.216.34/hooks"
AMOUNT = {"key": "amount", "type": "number", "name": "Amount"}


@pytest.fixture
def make_webhook(api: Api) -> Any:
    def make(url: str = PUBLIC, **members: Any) -> dict[str, Any]:
        return dict(api.json("POST", "/v1/webhooks", 201, json={"url": url} | members))

    return make


def test_made_read_listed_changed_deleted(api: Api, workspace: Any, make_template: Any) -> None:
    template = make_template(schema=[AMOUNT])
    body = {
        "url": PUBLIC,
        "events": ["case.data_changed", "step.*"],
        "templates": [template["id"]],
        "condition": {"data.amount": {"$gt": 10000}},
        "content": "full",
        "description": "The book-keeping",
    }
    made = api.json("POST", "/v1/webhooks", 201, json=body)
    assert made.pop("secret").startswith("whsec_")
    times = {name: made[name] for name in ("created_at", "updated_at")}
    assert made == body | times | {
        "id": made["id"],
        "workspace": {"id": str(workspace.id), "slug": workspace.slug},
        "enabled": True,
        "status": "active",
        "disabled_reason": None,
        "last_success_at": None,
        "pending": 0,
    }
    address = f"/v1/webhooks/{made['id']}"
    assert api.json("GET", address) == made
    listed = api.json("GET", "/v1/webhooks")
    assert (listed["meta"]["total_count"], listed["data"]) == (1, [made])
    changed = api.json("PATCH", address, json={"enabled": False, "condition": None, "events": ["*"]})
    assert (changed["enabled"], changed["status"], changed["disabled_reason"]) == (False, "disabled", "by_hand")
    assert (changed["condition"], changed["events"], changed["content"]) == (None, ["*"], "full")
    again = api.json("PATCH", address, json={"enabled": True})
    assert (again["status"], again["disabled_reason"]) == ("active", None)
    assert api.delete(address).status_code == 204
    assert [api.get(address).status_code, api.delete(address).status_code] == [404, 404]


def test_a_secret_is_shown_once_and_lies_encrypted(world: World, api: Api, make_webhook: Any) -> None:
    made = make_webhook()
    address = f"/v1/webhooks/{made['id']}"
    assert "secret" not in api.json("GET", address)
    assert "secret" not in api.json("GET", "/v1/webhooks")["data"][0]
    assert "secret" not in api.json("PATCH", address, json={"description": "x"})
    newer = api.json("POST", f"{address}/secret")
    assert newer["secret"] != made["secret"]

    async def kept(transaction: Any) -> list[str]:
        rows = [row for row in await transaction.all("SELECT * FROM webhooks") if str(row["id"]) == made["id"]]
        return [world.services.cipher.decrypt(bytes(rows[0][name])) for name in ("secret", "secret_before")]

    assert world.do(kept) == [newer["secret"], made["secret"]]


def test_for_a_day_both_secrets_sign(world: World, make_webhook: Any, api: Api) -> None:
    made = make_webhook()
    api.json("POST", f"/v1/webhooks/{made['id']}/secret")

    def signing() -> int:
        async def found(transaction: Any) -> int:
            from uuid import UUID

            return len((await subscriptions.found(transaction, UUID(made["id"]))).secrets(world.clock()))

        count: int = world.do(lambda tx: found(tx.within(_scope(made))))
        return count

    assert signing() == 2
    world.clock.forward(hours=24)
    assert signing() == 1


def _scope(made: dict[str, Any]) -> Any:
    from uuid import UUID

    from dossier.foundation.actor import Scope

    return Scope((UUID(made["workspace"]["id"]),))


def test_a_request_that_is_repeated_makes_one_and_has_the_same_answer(api: Api) -> None:
    """[18] Who lost the first answer repeats the request to have it: with the secret, which stands nowhere else."""
    headers = {"Idempotency-Key": str(new_id())}
    first = api.json("POST", "/v1/webhooks", 201, json={"url": PUBLIC}, headers=headers)
    second = api.json("POST", "/v1/webhooks", 201, json={"url": PUBLIC}, headers=headers)
    assert first["secret"].startswith("whsec_")
    assert second == first
    address = f"/v1/webhooks/{first['id']}/secret"
    changed = {"Idempotency-Key": str(new_id())}
    assert api.json("POST", address, headers=changed) == api.json("POST", address, headers=changed)
    assert api.json("GET", "/v1/webhooks")["meta"]["total_count"] == 1


def test_what_is_kept_of_a_request_has_no_secret(world: World, api: Api) -> None:
    key = str(new_id())
    made = api.json("POST", "/v1/webhooks", 201, json={"url": PUBLIC}, headers={"Idempotency-Key": key})

    async def kept(transaction: Any) -> bytes:
        row = await transaction.one("SELECT body, sealed FROM idempotency_keys WHERE key = %(key)s", key=key)
        return bytes(row["body"]) + b" " + bytes(row["sealed"])

    assert made["secret"].encode() not in world.do(kept)


def test_a_rehearsal_makes_none(api: Api) -> None:
    api.json("POST", "/v1/webhooks", 201, json={"url": PUBLIC}, params={"dry_run": "true"})
    assert api.json("GET", "/v1/webhooks")["meta"]["total_count"] == 0


@pytest.mark.parametrize(
    "url",
    ["https://127.0.0.2/", "https://10.0.0.1/x", "https://[::1]/", "https://169.254.169.254/latest/meta-data", "https://2130706434/", "https://0x7f000002/",
     "https://[::ffff:10.0.0.1]/", "https://[64:ff9b::a00:1]/", "https://192.168.1.1:8443/"],
)  # fmt: skip
def test_an_address_that_leads_inside_is_refused(api: Api, make_webhook: Any, url: str) -> None:
    refused = api.post("/v1/webhooks", json={"url": url})
    assert (refused.status_code, errors(refused)) == (400, {"/url": "forbidden_address"})
    changed = api.patch(f"/v1/webhooks/{make_webhook()['id']}", json={"url": url})
    assert (changed.status_code, errors(changed)) == (400, {"/url": "forbidden_address"})


def test_http_is_for_what_the_operator_allows(api: Api, make_webhook: Any) -> None:
    assert make_webhook("http://127.0.0.1:9/hooks")["url"] == "http://127.0.0.1:9/hooks"
    assert errors(api.post("/v1/webhooks", json={"url": "http://93.184.216.34/"})) == {"/url": "https_only"}
    assert errors(api.post("/v1/webhooks", json={"url": "http://127.0.0.2/"})) == {"/url": "https_only"}


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"url": "example.org"}, {"/url": "invalid_value"}),
        ({"url": "ftp://example.org/"}, {"/url": "invalid_value"}),
        ({"url": "https://"}, {"/url": "invalid_value"}),
        ({"url": "https://a b/"}, {"/url": "invalid_value"}),
        ({"url": "https://example.org:99999/"}, {"/url": "invalid_value"}),
        ({"url": "https://example.org:0/"}, {"/url": "invalid_value"}),
        ({"url": "https://user:secret@93.184.216.34/"}, {"/url": "invalid_value"}),
        ({"events": ["case.datachanged"]}, {"/events/0": "unknown_event"}),
        ({"events": ["case.created", "case.datachanged"]}, {"/events/1": "unknown_event"}),
        ({"events": ["case.created", 3]}, {"/events/1": "invalid_value"}),
        ({"templates": ["no id"]}, {"/templates/0": "invalid_value"}),
        ({"templates": [str(new_id())]}, {"/templates/0": "unknown_template"}),
        ({"condition": {"amuont": 1}}, {"/condition/amuont": "unknown_attribute"}),
        ({"content": "fat"}, {"/content": "invalid_value"}),
        ({"colour": "red"}, {"/colour": "unknown_member"}),
    ],
)
def test_what_is_wrong_is_said_with_its_place(api: Api, members: dict[str, Any], expected: dict[str, str]) -> None:
    refused = api.post("/v1/webhooks", json={"url": PUBLIC} | members)
    assert refused.status_code == 400
    assert errors(refused).keys() == expected.keys(), refused.text


def test_a_member_that_must_not_be_null_is_named(api: Api, make_webhook: Any) -> None:
    """[18] It was said of “body”, with no place."""
    refused = api.patch(f"/v1/webhooks/{make_webhook()['id']}", json={"events": None})
    assert errors(refused) == {"/events": "invalid_type"}
    assert "“events” must not be null." in refused.text


def test_a_workspace_has_fifty_at_most(api: Api, make_webhook: Any) -> None:
    for _ in range(50):
        make_webhook(enabled=False)
    refused = api.post("/v1/webhooks", json={"url": PUBLIC})
    assert (refused.status_code, errors(refused)) == (409, {"": "too_many"})


def test_a_token_of_two_workspaces_names_one(world: World, workspace: Any) -> None:
    other, third = world.workspace(), world.workspace()
    with world.client(world.token(workspace, other)) as both:
        assert errors(both.post("/v1/webhooks", json={"url": PUBLIC})) == {"/workspace": "missing_member"}
        made = both.json("POST", "/v1/webhooks", 201, json={"url": PUBLIC, "workspace": {"id": str(other.id)}})
        assert made["workspace"]["slug"] == other.slug
        assert both.post("/v1/webhooks", json={"url": PUBLIC, "workspace": {"id": str(third.id)}}).status_code == 403
    with world.client(world.token(workspace)) as one:
        assert one.get(f"/v1/webhooks/{made['id']}").status_code == 404
        assert one.json("GET", "/v1/webhooks")["data"] == []


def test_each_act_is_in_the_audit_log(world: World, api: Api, make_webhook: Any) -> None:
    made = make_webhook()
    address = f"/v1/webhooks/{made['id']}"
    changed = api.json("PATCH", address, json={"description": "x"})
    assert api.json("PATCH", address, json={"description": "x"}) == changed, "what is so already is no act"
    api.json("POST", f"{address}/secret")
    api.delete(address)
    entries = api.json("GET", "/v1/audit", params={"page[size]": 100})["data"]
    acts = [each["act"] for each in entries if each["subject"] == made["id"]]
    assert acts == ["webhook.deleted", "webhook.secret_changed", "webhook.changed", "webhook.made"]
    assert made["secret"] not in str(entries)


@pytest.fixture(autouse=True)
def _nothing_is_left(api: Api) -> Iterator[None]:
    yield
    for each in api.json("GET", "/v1/webhooks", params={"page[size]": 100})["data"]:
        api.delete(f"/v1/webhooks/{each['id']}")
