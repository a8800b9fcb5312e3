"""What is sent: everything that was kept and nothing else, in order, again and again until it is taken or given up."""

import socket
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from psycopg_pool import PoolTimeout
from standardwebhooks import Webhook
from starlette.responses import Response

from dossier.conditions.condition import Comparison
from dossier.foundation.clock import wire_time
from dossier.webhooks.jobs import forget_deliveries, look_after
from dossier.webhooks.model.deliveries import AT_ONCE, WAITS
from tests.many import left_to_ci, some
from tests.webhooks.receivers import Call, Receiver, Sender, endless, raw, receiving
from tests.webhooks.test_events import Writer
from tests.world import Api, World, errors

FIELDS = [{"key": "amount", "type": "number", "name": "Amount"}, {"key": "note", "type": "text", "name": "Note"}]


@pytest.fixture
def sender(world: World) -> Sender:
    return Sender(world)


@pytest.fixture(scope="module")
def listening() -> Iterator[Receiver]:
    with receiving() as one:
        yield one


@pytest.fixture
def receiver(listening: Receiver) -> Receiver:
    """Where nothing has come yet, and all is taken."""
    vars(listening).update(vars(Receiver(listening.url)))
    return listening


@pytest.fixture
def case(make_template: Any, make_case: Any) -> dict[str, Any]:
    made: dict[str, Any] = make_case(template={"id": make_template(schema=FIELDS)["id"]})
    return made


@pytest.fixture
def subscribe(api: Api, sender: Sender) -> Iterator[Any]:
    """Made once all that was kept before is settled, which other tests hold up: of that nothing is told then."""
    made: list[str] = []

    def make(url: str, **members: Any) -> dict[str, Any]:
        sender.settled()
        webhook = api.json("POST", "/v1/webhooks", 201, json={"url": url} | members)
        made.append(webhook["id"])
        return dict(webhook)

    yield make
    for each in made:
        api.delete(f"/v1/webhooks/{each}")


def is_signed(call: Call, secret: str) -> bool:
    """Whether the package of Standard Webhooks signs the same; it would refuse the time, which tests move."""
    at = datetime.fromtimestamp(int(call.headers["webhook-timestamp"]), UTC)
    ours = Webhook(secret).sign(call.headers["webhook-id"], at, call.body.decode())
    return ours in call.headers["webhook-signature"].split(" ")


def set_data(api: Api, case: dict[str, Any], **data: Any) -> None:
    api.json("POST", f"/v1/cases/{case['id']}/data", json={"data": data})


def shown(api: Api, webhook: dict[str, Any]) -> dict[str, Any]:
    return dict(api.json("GET", f"/v1/webhooks/{webhook['id']}"))


def test_a_change_is_told_with_what_changed(
    api: Api, workspace: Any, sender: Sender, receiver: Receiver, subscribe: Any, case: dict[str, Any]
) -> None:
    webhook = subscribe(receiver.url, events=["case.data_changed"])
    set_data(api, case, amount=12, note="é")
    sender.all()
    (call,) = receiver.calls
    assert is_signed(call, webhook["secret"])
    event = call.event
    assert event["type"] == "case.data_changed"
    assert event["data"]["changes"] == {"data.amount": {"old": None, "new": 12}, "data.note": {"old": None, "new": "é"}}
    assert event["data"]["case"]["id"] == case["id"]
    assert event["data"]["workspace"] == {"id": str(workspace.id), "slug": workspace.slug}
    assert event["data"]["truncated"] is False
    assert "object" not in event["data"]
    assert call.headers["webhook-id"] == event["id"]
    assert call.headers["user-agent"] == "Dossier-Webhooks/1"
    assert call.headers["content-type"] == "application/json"
    assert call.headers["digest"].startswith("SHA-512=")
    assert shown(api, webhook)["status"] == "active"
    assert shown(api, webhook)["last_success_at"]
    sender.all()
    assert len(receiver.calls) == 1, "what was taken is not sent again"


def test_the_same_events_are_told_as_those_who_ask_are_told(
    api: Api, sender: Sender, receiver: Receiver, subscribe: Any, case: dict[str, Any]
) -> None:
    sender.settled()
    start = api.json("GET", "/v1/events")["next"]
    subscribe(receiver.url)
    set_data(api, case, amount=1)
    api.json("PATCH", f"/v1/cases/{case['id']}", json={"title": "Another"})
    api.json("POST", f"/v1/cases/{case['id']}", json={"archived": True})
    sender.all()
    asked = api.json("GET", "/v1/events", params={"after": start})["data"]
    assert [each.event for each in receiver.calls] == asked
    assert receiver.types() == ["case.data_changed", "case.details_changed", "case.archived"]


def test_what_happened_before_is_not_told(
    api: Api, sender: Sender, receiver: Receiver, subscribe: Any, case: dict[str, Any]
) -> None:
    set_data(api, case, amount=1)
    subscribe(receiver.url)
    sender.all()
    assert receiver.calls == []


def test_a_change_that_was_rolled_back_is_not_told(
    api: Api, sender: Sender, receiver: Receiver, subscribe: Any, case: dict[str, Any]
) -> None:
    subscribe(receiver.url)
    api.json("POST", f"/v1/cases/{case['id']}/data", json={"data": {"amount": 1}}, params={"dry_run": "true"})
    assert api.post(f"/v1/cases/{case['id']}/data", json={"data": {"amount": "x"}}).status_code == 400
    sender.all()
    assert receiver.calls == []


def test_only_what_is_wanted_by_type_template_and_condition(
    api: Api, sender: Sender, receiver: Receiver, subscribe: Any, case: dict[str, Any], make_case: Any
) -> None:
    """The condition is asked of the case as it was in that version, not as it is by now."""
    template = api.json("GET", f"/v1/cases/{case['id']}")["template"]
    condition = {"data.amount": {"$gt": 100}}
    subscribe(receiver.url, events=["case.*"], templates=[template], condition=condition)
    other = make_case(title="Of no template")
    api.json("PATCH", f"/v1/cases/{other['id']}", json={"title": "x"})
    for amount in (50, 150, 20):
        set_data(api, case, amount=amount)
    api.json("PATCH", f"/v1/cases/{case['id']}", json={"title": "small by now"})
    sender.all()
    assert [each.event["data"]["changes"] for each in receiver.calls] == [{"data.amount": {"old": 50, "new": 150}}]


@pytest.mark.parametrize("reason", ["that is no condition any more", "that raises when it is evaluated"])
def test_a_condition_that_cannot_be_decided_holds_up_nobody_else(
    api: Api,
    world: World,
    sender: Sender,
    receiver: Receiver,
    subscribe: Any,
    case: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    reason: str,
) -> None:
    broken = subscribe(receiver.url + "/broken", condition={"data.amount": {"$gt": 0}})
    subscribe(receiver.url)
    if "raises" in reason:
        monkeypatch.setattr(Comparison, "evaluate", lambda *_: 1 / 0)
    else:
        spoil = 'UPDATE webhooks SET condition = \'{"data.amount": {"$odd": 1}}\' WHERE id = %(id)s'
        world.do(lambda tx: tx.send(spoil, id=broken["id"]))
    set_data(api, case, amount=1)
    sender.all()
    assert [(each.path, each.type) for each in receiver.calls] == [("/hooks", "case.data_changed")]


def test_full_is_the_case_as_it_was_in_that_version(
    api: Api, sender: Sender, receiver: Receiver, subscribe: Any, case: dict[str, Any]
) -> None:
    subscribe(receiver.url, content="full", events=["case.data_changed"])
    whole = []
    for amount in (1, 2, 3):
        set_data(api, case, amount=amount)
        whole.append(api.json("GET", f"/v1/cases/{case['id']}"))
    sender.all()
    assert [each.event["data"]["object"] for each in receiver.calls] == whole


def test_the_body_is_written_at_the_first_try_and_the_same_at_each(
    api: Api, world: World, sender: Sender, receiver: Receiver, subscribe: Any, case: dict[str, Any]
) -> None:
    subscribe(receiver.url, content="full", events=["case.data_changed"])
    receiver.says(500)
    set_data(api, case, amount=1)
    sender.all()
    api.json("PATCH", f"/v1/cases/{case['id']}", json={"title": "Another meanwhile"})
    sender.after(seconds=6)
    receiver.says(204)
    sender.after(seconds=34)
    assert len(receiver.calls) == 3
    assert len({each.body for each in receiver.calls}) == 1
    assert len({each.headers["webhook-id"] for each in receiver.calls}) == 1
    assert len({each.headers["webhook-timestamp"] for each in receiver.calls}) == 3


def test_ten_tries_over_75_hours_then_it_is_dead(
    api: Api, world: World, sender: Sender, receiver: Receiver, subscribe: Any, case: dict[str, Any]
) -> None:
    webhook = subscribe(receiver.url)
    receiver.says(503, "try later")
    set_data(api, case, amount=1)
    with world.clock.held():
        sender.all()
        for number, wait in enumerate(WAITS, 1):
            sender.after(seconds=wait * 0.88)
            assert len(receiver.calls) == number, "not before its time"
            sender.after(seconds=wait * 0.23)
            assert len(receiver.calls) == number + 1
        sender.after(hours=100)
        assert len(receiver.calls) == 10
    (delivery,) = api.json("GET", f"/v1/webhooks/{webhook['id']}/deliveries")["data"]
    assert (delivery["status"], delivery["next_at"]) == ("dead", None)
    assert [(each["status"], each["body"], each["error"]) for each in delivery["attempts"]] == [
        (503, "try later", None)
    ] * 10
    assert shown(api, webhook)["status"] == "failing"


def test_of_a_case_the_later_waits_for_the_earlier_and_others_do_not(
    api: Api, sender: Sender, receiver: Receiver, subscribe: Any, case: dict[str, Any], make_case: Any
) -> None:
    other = make_case(title="Other")
    subscribe(receiver.url, events=["case.data_changed", "case.details_changed"])
    receiver.answer = lambda call: Response(status_code=500 if case["id"] in str(call.event) else 204)
    for amount in (1, 2, 3):
        set_data(api, case, amount=amount)
    for title in ("a", "b"):
        api.json("PATCH", f"/v1/cases/{other['id']}", json={"title": title})
    sender.all()
    told = [each.event["data"]["changes"] for each in receiver.calls]
    assert told.count({"data.amount": {"old": None, "new": 1}}) == 1
    assert {"title": {"old": "a", "new": "b"}} not in told[:1]
    assert len([each for each in told if "title" in each]) == 2, "another case goes on"
    assert not [each for each in told if each.get("data.amount", {}).get("old")], "later ones wait"
    receiver.says(204)
    receiver.calls.clear()
    sender.after(seconds=7)
    assert [each.event["data"]["changes"]["data.amount"]["new"] for each in receiver.calls] == [1, 2, 3]


def test_what_came_of_a_call_is_kept_though_turns_came_meanwhile(
    api: Api, sender: Sender, receiver: Receiver, subscribe: Any, case: dict[str, Any]
) -> None:
    """A receiver that takes its time is told once, and what it answered is known."""
    webhook = subscribe(receiver.url, events=["case.data_changed"])
    sender.all()
    receiver.hold = 0.5
    api.json("POST", f"/v1/cases/{case['id']}/data", json={"data": {"amount": 1}})
    sender.with_turns_meanwhile()
    (delivery,) = api.json("GET", f"/v1/webhooks/{webhook['id']}/deliveries")["data"]
    assert (delivery["status"], len(delivery["attempts"]), len(receiver.calls)) == ("delivered", 1, 1)


@left_to_ci(
    "waits for receivers that take a second each",
    "webhooks/test_deliveries.py::test_what_came_of_a_call_is_kept_though_turns_came_meanwhile",
)
def test_who_stood_still_sends_nothing_that_another_has_taken_over(
    api: Api, sender: Sender, receiver: Receiver, subscribe: Any, make_case: Any, database_url: str
) -> None:
    """[18] What it had claimed and not sent yet was sent once more, after what had followed it: found among twenty thousand, under load."""
    subscribe(receiver.url, events=["case.created"])
    receiver.hold = 1.0
    for number in range(AT_ONCE + 3):
        make_case(title=f"Case {number}")
    sender.settled()

    def expire() -> None:
        with psycopg.connect(database_url) as owner:
            owner.execute(
                "UPDATE webhook_deliveries SET leased_until = now() - interval '1 second' WHERE leased_until > now()"
            )

    sender.with_a_standstill(lambda: receiver.under_way, expire)
    told = Counter(each.event["data"]["case"]["id"] for each in receiver.calls)
    assert sorted(told.values()) == [1] * 3 + [2] * AT_ONCE, "twice those alone that were under way"


def test_that_the_database_is_away_is_no_try(
    api: Api, sender: Sender, receiver: Receiver, subscribe: Any, case: dict[str, Any], database_url: str
) -> None:
    """[18] A receiver that was never called had one of its ten tries taken, with “not sent: PoolTimeout” in the log."""

    async def away(_delivery: Any) -> Any:
        raise PoolTimeout

    webhook = subscribe(receiver.url)
    set_data(api, case, amount=1)
    sender.with_a_send(away)
    (delivery,) = api.json("GET", f"/v1/webhooks/{webhook['id']}/deliveries")["data"]
    assert (delivery["status"], delivery["attempts"]) == ("pending", [])
    with psycopg.connect(database_url) as owner:
        owner.execute(
            "UPDATE webhook_deliveries SET leased_until = now() - interval '1 second' WHERE leased_until > now()"
        )
    sender.all()
    assert len(receiver.calls) == 1


def test_no_address_waits_for_another(
    api: Api, sender: Sender, receiver: Receiver, subscribe: Any, case: dict[str, Any]
) -> None:
    with receiving() as other:
        subscribe(receiver.url)
        subscribe(other.url)
        receiver.says(500)
        for amount in range(5):
            set_data(api, case, amount=amount)
        sender.all()
        assert len(other.calls) == 5
        assert len(receiver.calls) == 1


def test_at_most_four_calls_at_once_for_an_address(
    api: Api, sender: Sender, receiver: Receiver, subscribe: Any, make_case: Any
) -> None:
    subscribe(receiver.url)
    subscribe(receiver.url, description="the same address again")
    receiver.hold = 0.05
    for number in range(12):
        make_case(title=f"Case {number}")
    sender.all()
    assert len(receiver.calls) == 24
    assert 1 < receiver.most_at_once <= 4


@pytest.mark.parametrize("status", some([301, 302, 307, 400, 404, 500]))
def test_what_is_not_2xx_is_a_failure(
    api: Api, sender: Sender, receiver: Receiver, subscribe: Any, case: dict[str, Any], status: int
) -> None:
    """A redirect too: it is not followed, wherever it leads."""
    with receiving() as elsewhere:
        webhook = subscribe(receiver.url)
        receiver.says(status, location=elsewhere.url)
        set_data(api, case, amount=1)
        sender.all()
        assert (len(receiver.calls), elsewhere.calls) == (1, [])
        assert shown(api, webhook)["status"] == "failing"
        receiver.says(204)
        sender.after(seconds=6)
        assert shown(api, webhook)["status"] == "active"


def test_410_switches_off_at_once(
    api: Api, sender: Sender, receiver: Receiver, subscribe: Any, case: dict[str, Any]
) -> None:
    webhook = subscribe(receiver.url)
    receiver.says(410)
    for amount in (1, 2):
        set_data(api, case, amount=amount)
    sender.all()
    off = shown(api, webhook)
    assert (off["status"], off["disabled_reason"], off["enabled"], off["pending"]) == ("disabled", "gone", False, 0)
    set_data(api, case, amount=3)
    sender.after(hours=80)
    assert len(receiver.calls) == 1
    acts = [each["act"] for each in api.json("GET", "/v1/audit")["data"] if each["subject"] == webhook["id"]]
    assert acts[0] == "webhook.disabled"
    api.json("PATCH", f"/v1/webhooks/{webhook['id']}", json={"enabled": True})
    receiver.says(204)
    set_data(api, case, amount=4)
    sender.all()
    assert [each.event["data"]["changes"]["data.amount"]["new"] for each in receiver.calls[1:]] == [4]


@pytest.mark.parametrize(
    ("status", "asks", "waits"),
    [
        (429, "100", 100),
        (503, "7200", 7200),
        (503, "999999", 24 * 3600),
        (500, "7200", 5),
        (429, "1", 5),  # [18] no sooner than planned: who is busy for a moment used up all ten tries in ten seconds
        (503, "0", 5),
    ],
)
def test_retry_after_is_honoured_up_to_a_day(
    api: Api,
    sender: Sender,
    receiver: Receiver,
    subscribe: Any,
    case: dict[str, Any],
    status: int,
    asks: str,
    waits: int,
) -> None:
    subscribe(receiver.url)
    receiver.says(status, retry_after=asks)
    set_data(api, case, amount=1)
    sender.all()
    sender.after(seconds=max(waits * 0.88 - 1, 2))
    assert len(receiver.calls) == 1
    sender.after(seconds=waits * 0.23 + 2)
    assert len(receiver.calls) == 2


def test_an_erased_case_is_told_without_values_and_what_was_told_of_it_is_forgotten(
    api: Api, world: World, sender: Sender, receiver: Receiver, subscribe: Any, case: dict[str, Any]
) -> None:
    webhook = subscribe(receiver.url, content="full", condition={"data.amount": {"$gt": 0}})
    set_data(api, case, amount=1, note="canary-of-an-erased-case")
    sender.all()
    receiver.says(500)
    set_data(api, case, amount=2)
    sender.all()
    receiver.says(204)
    assert api.delete(f"/v1/cases/{case['id']}").status_code == 204
    sender.after(seconds=10)
    last = receiver.calls[-1].event
    assert (last["type"], last["data"]["changes"], last["data"]["case"]["id"]) == ("case.erased", {}, case["id"])
    assert "object" not in last["data"]

    async def kept(transaction: Any) -> list[str]:
        return [str(row) for row in await transaction.all("SELECT * FROM webhook_deliveries")]

    assert not [each for each in world.do(kept) if "canary-of-an-erased-case" in each]
    assert shown(api, webhook)["pending"] == 0


def test_nothing_is_kept_of_an_erased_case_where_all_is_switched_off(
    api: Api, world: World, sender: Sender, receiver: Receiver, subscribe: Any, case: dict[str, Any]
) -> None:
    webhook = subscribe(receiver.url, content="full")
    set_data(api, case, note="canary-of-a-case-nobody-is-told-of")
    sender.all()
    api.json("PATCH", f"/v1/webhooks/{webhook['id']}", json={"enabled": False})
    api.delete(f"/v1/cases/{case['id']}").raise_for_status()

    async def kept(transaction: Any) -> list[str]:
        return [str(row) for row in await transaction.all("SELECT * FROM webhook_deliveries")]

    assert not [each for each in world.do(kept) if "canary-of-a-case-nobody-is-told-of" in each]


def test_of_somebody_erased_nothing_is_kept_and_what_waits_is_made_anew(
    api: Api, world: World, sender: Sender, receiver: Receiver, subscribe: Any, make_case: Any
) -> None:
    """Neither in what was sent, nor in what was answered; what still waits, and what is sent again, is as the history is by then."""
    canary, since = "canary-of-a-contact", wire_time(world.clock())
    wanted = {"events": ["case.created", "case.contacts_changed"]}
    webhooks = [subscribe(receiver.url, content=content, **wanted) for content in ("thin", "full")]
    receiver.says(200, f"{canary} was told")
    case = make_case(contacts=[{"family_name": canary}])
    person = case["contacts"][0]["id"]
    sender.all()
    receiver.says(500, f"{canary} again")
    again = {"contacts": [{"key": "main", "family_name": canary, "phone": "1"}]}
    api.json("POST", f"/v1/cases/{case['id']}/contacts", json=again)
    sender.all()
    assert sum(canary in str(each.event) for each in receiver.calls) == 4
    receiver.calls.clear()
    assert api.delete(f"/v1/contacts/{person}").status_code == 204

    async def kept(transaction: Any) -> list[str]:
        return [str(row) for row in await transaction.all("SELECT * FROM webhook_deliveries")]

    assert not [each for each in world.do(kept) if canary in each]
    receiver.says(204)
    sender.after(seconds=10)
    told = [each.event for each in receiver.calls if each.event["data"]["case"]["version"] == 2]
    assert sorted("object" in each["data"] for each in told) == [False, True]
    for each in webhooks:
        again = {"since": since, "status": "any"}
        assert api.json("POST", f"/v1/webhooks/{each['id']}/replay", 202, json=again) == {"count": 3}, (
            "created, changed, erased"
        )
    sender.all()
    assert [each.event["data"]["case"]["version"] for each in receiver.calls].count(1) == 2
    assert canary not in str([each.event for each in receiver.calls])


def test_both_secrets_sign_while_they_change(
    api: Api, sender: Sender, receiver: Receiver, subscribe: Any, case: dict[str, Any]
) -> None:
    webhook = subscribe(receiver.url)
    newer = api.json("POST", f"/v1/webhooks/{webhook['id']}/secret")["secret"]
    set_data(api, case, amount=1)
    sender.all()
    assert is_signed(receiver.calls[0], webhook["secret"])
    assert is_signed(receiver.calls[0], newer)


def test_the_signature_of_connect_names_the_very_address(
    world: World, api: Api, receiver: Receiver, subscribe: Any, case: dict[str, Any]
) -> None:
    object.__setattr__(world.services, "base_url", "https://dossier.example.org")
    try:
        subscribe(receiver.url + "?tenant=1")
        set_data(api, case, amount=1)
        Sender(world).all()
    finally:
        object.__setattr__(world.services, "base_url", "")
    (call,) = receiver.calls
    fetched = KeySet.import_key_set(api.get("/.well-known/jwks.json").json())
    claims = jwt.decode(call.headers["x-pnbx-signature"], fetched, algorithms=["RS256"]).claims
    assert (claims["iss"], claims["aud"]) == ("https://dossier.example.org/", receiver.url + "?tenant=1")
    assert (claims["digest"], claims["jti"]) == (call.headers["digest"], call.headers["webhook-id"])


def test_without_a_base_address_the_signature_names_where_the_server_listens(
    world: World, api: Api, receiver: Receiver, subscribe: Any, case: dict[str, Any]
) -> None:
    """[18] Nobody has to set anything for calls to be signed as Connect has it (contract section 2.10)."""
    object.__setattr__(world.services, "listens_at", "http://127.0.0.1:8000")
    try:
        subscribe(receiver.url, content="full")
        set_data(api, case, amount=1)
        Sender(world).all()
    finally:
        object.__setattr__(world.services, "listens_at", "")
    (call,) = receiver.calls
    fetched = KeySet.import_key_set(api.get("/.well-known/jwks.json").json())
    claims = jwt.decode(call.headers["x-pnbx-signature"], fetched, algorithms=["RS256"]).claims
    assert claims["iss"] == "http://127.0.0.1:8000/"


# ---- sent again ----


def test_one_is_sent_again_with_the_same_id_and_body(
    api: Api, sender: Sender, receiver: Receiver, subscribe: Any, case: dict[str, Any]
) -> None:
    webhook = subscribe(receiver.url)
    set_data(api, case, amount=1)
    sender.all()
    address = f"/v1/webhooks/{webhook['id']}/deliveries"
    (delivered,) = api.json("GET", address)["data"]
    assert delivered["event"]["id"] == receiver.calls[0].headers["webhook-id"]
    assert (delivered["status"], delivered["case"], len(delivered["attempts"])) == ("delivered", {"id": case["id"]}, 1)
    again = api.json("POST", f"{address}/{delivered['id']}/replay", 202)
    assert (again["id"], again["status"]) == (delivered["id"], "pending")
    sender.all()
    first, second = receiver.calls
    assert (first.body, first.headers["webhook-id"]) == (second.body, second.headers["webhook-id"])
    (delivered,) = api.json("GET", address)["data"]
    assert (delivered["status"], len(delivered["attempts"])) == ("delivered", 2)


def test_those_of_a_time_are_sent_again_in_order(
    api: Api, world: World, sender: Sender, receiver: Receiver, subscribe: Any, case: dict[str, Any]
) -> None:
    webhook = subscribe(receiver.url, events=["case.data_changed"])
    moments = []
    for amount in range(4):
        world.clock.forward(minutes=1)
        moments.append(wire_time(world.clock()))
        set_data(api, case, amount=amount)
        sender.all()
    receiver.calls.clear()
    body = {"since": moments[1], "until": moments[3]}
    assert api.json("POST", f"/v1/webhooks/{webhook['id']}/replay", 202, json=body) == {"count": 0}, "all were taken"
    body |= {"status": "any"}
    assert api.json("POST", f"/v1/webhooks/{webhook['id']}/replay", 202, json=body) == {"count": 2}
    sender.all()
    assert [each.event["data"]["changes"]["data.amount"]["new"] for each in receiver.calls] == [1, 2]
    assert api.json("POST", f"/v1/webhooks/{webhook['id']}/replay", 202, json=body | {"status": "dead"}) == {"count": 0}


def test_those_given_up_are_sent_again(
    api: Api, world: World, sender: Sender, receiver: Receiver, subscribe: Any, case: dict[str, Any]
) -> None:
    webhook, since = subscribe(receiver.url), wire_time(world.clock())
    receiver.says(500)
    set_data(api, case, amount=1)
    sender.all()
    for wait in WAITS:
        sender.after(seconds=wait * 1.11)
    receiver.says(204)
    body = {"since": since}
    assert api.json("POST", f"/v1/webhooks/{webhook['id']}/replay", 202, json=body) == {"count": 1}
    sender.all()
    assert len(receiver.calls) == 11
    assert shown(api, webhook)["status"] == "active"


def test_what_was_called_off_when_a_webhook_was_switched_off_can_be_sent_again(
    api: Api, world: World, sender: Sender, receiver: Receiver, subscribe: Any, case: dict[str, Any]
) -> None:
    """[18] Not taken is not only what used up its tries: whatever waited when an address was switched off was not taken either."""
    webhook, since = subscribe(receiver.url, events=["case.data_changed"]), wire_time(world.clock())
    set_data(api, case, amount=1)
    sender.all()
    receiver.says(500)
    set_data(api, case, amount=2)
    sender.all()
    address = f"/v1/webhooks/{webhook['id']}"
    api.json("PATCH", address, json={"enabled": False})
    api.json("PATCH", address, json={"enabled": True})
    assert api.json("POST", f"{address}/replay", 202, json={"since": since, "status": "dead"}) == {"count": 0}
    assert api.json("POST", f"{address}/replay", 202, json={"since": since}) == {"count": 1}


def test_what_was_kept_before_is_not_told_whoever_is_under_way(
    api: Api, world: World, sender: Sender, receiver: Receiver, workspace: Any, make_case: Any, database_url: str
) -> None:
    """[18] Somebody has begun, others keep changes, and then a webhook is made: it is told of what is kept from then on alone."""
    one, before, after = make_case(), make_case(), make_case()
    sender.settled()
    late = Writer(database_url, one, workspace)
    api.json("PATCH", f"/v1/cases/{before['id']}", json={"title": "Kept before"})
    webhook = api.json("POST", "/v1/webhooks", 201, json={"url": receiver.url})
    api.json("PATCH", f"/v1/cases/{after['id']}", json={"title": "Kept after"})
    api.json("PATCH", f"/v1/cases/{before['id']}", json={"title": "And again"})
    late.commit()
    sender.all()
    told = [(each.event["data"]["case"]["id"], each.event["data"]["case"]["version"]) for each in receiver.calls]
    api.delete(f"/v1/webhooks/{webhook['id']}")
    assert sorted(told) == sorted([(one["id"], 101), (after["id"], 2), (before["id"], 3)])

    async def left(transaction: Any) -> list[Any]:
        return list(await transaction.all("SELECT * FROM webhook_kept_before"))

    assert world.do(left) == []


def test_one_that_is_switched_on_is_not_told_what_was_kept_while_it_was_off(
    api: Api, sender: Sender, receiver: Receiver, workspace: Any, make_case: Any, database_url: str
) -> None:
    one, other = make_case(), make_case()
    webhook = api.json("POST", "/v1/webhooks", 201, json={"url": receiver.url, "enabled": False})
    sender.settled()
    late = Writer(database_url, one, workspace)
    api.json("PATCH", f"/v1/cases/{other['id']}", json={"title": "While it is off"})
    api.json("PATCH", f"/v1/webhooks/{webhook['id']}", json={"enabled": True})
    late.roll_back()
    sender.all()
    api.delete(f"/v1/webhooks/{webhook['id']}")
    assert receiver.calls == []


def test_a_test_is_sent(api: Api, sender: Sender, receiver: Receiver, subscribe: Any) -> None:
    webhook = subscribe(receiver.url, events=["case.erased"])
    sent = api.json("POST", f"/v1/webhooks/{webhook['id']}/test", 202)
    assert (sent["event"]["type"], sent["case"], sent["status"]) == ("webhook.test", None, "pending")
    sender.all()
    (call,) = receiver.calls
    assert (call.type, call.event["id"]) == ("webhook.test", sent["event"]["id"])
    assert call.event["data"]["webhook"] == {"id": webhook["id"]}
    found = api.json("GET", f"/v1/webhooks/{webhook['id']}/deliveries", params={"event": "webhook.test"})["data"]
    assert [each["status"] for each in found] == ["delivered"]


def test_what_is_switched_off_sends_nothing_again(
    api: Api, sender: Sender, receiver: Receiver, subscribe: Any, case: dict[str, Any]
) -> None:
    webhook = subscribe(receiver.url)
    receiver.says(500)
    set_data(api, case, amount=1)
    sender.all()
    address = f"/v1/webhooks/{webhook['id']}"
    assert api.json("PATCH", address, json={"enabled": False})["pending"] == 0
    (delivery,) = api.json("GET", f"{address}/deliveries", params={"status": "cancelled", "case[id]": case["id"]})[
        "data"
    ]
    for path in ("test", f"deliveries/{delivery['id']}/replay"):
        assert errors(api.post(f"{address}/{path}")) == {"": "disabled"}
    assert errors(api.post(f"{address}/replay", json={"since": "2026-01-01T00:00:00Z"})) == {"": "disabled"}
    api.json("PATCH", address, json={"enabled": True})
    receiver.says(204)
    api.json("POST", f"{address}/deliveries/{delivery['id']}/replay", 202)
    sender.all()
    assert len(receiver.calls) == 2


# ---- given up ----


def test_failing_for_three_days_switches_off_a_day_after_a_warning(
    api: Api, world: World, sender: Sender, receiver: Receiver, subscribe: Any, case: dict[str, Any]
) -> None:
    webhook = subscribe(receiver.url)

    def acts() -> list[str]:
        world.server.run(look_after(world.services))
        entries = api.json("GET", "/v1/audit", params={"page[size]": 100})["data"]
        return [each["act"] for each in entries if each["subject"] == webhook["id"]][:-1]

    receiver.says(500)
    set_data(api, case, amount=1)
    sender.all()
    world.clock.forward(days=2, seconds=-60)
    assert acts() == []
    world.clock.forward(seconds=61)
    assert acts() == ["webhook.failing"]
    assert acts() == ["webhook.failing"], "once"
    world.clock.forward(days=1, seconds=-60)
    assert acts() == ["webhook.failing"]
    world.clock.forward(seconds=61)
    assert acts() == ["webhook.disabled", "webhook.failing"]
    assert (shown(api, webhook)["disabled_reason"], shown(api, webhook)["pending"]) == ("failing", 0)


def test_administrators_are_told_a_day_before_one_is_switched_off_and_when_it_is(
    api: Api, world: World, workspace: Any, sender: Sender, receiver: Receiver, subscribe: Any, case: dict[str, Any]
) -> None:
    """However late it is looked: they have a day. Others are not told; nor is the address, in which there may be a secret."""
    ada, bob = (
        world.member(workspace, f"{name}-{workspace.slug}@example.org", role)
        for name, role in (("ada", "administrator"), ("bob", "handler"))
    )
    webhook = subscribe(receiver.url + "?key=canary")

    def told() -> list[bool]:
        world.server.run(look_after(world.services))
        page = world.browser(ada).get("/workspace/notices").text
        assert "canary" not in page
        return [
            sentence in page
            for sentence in ("“127.0.0.1” has taken no call", "To “127.0.0.1” nothing is sent any more")
        ]

    receiver.says(500)
    set_data(api, case, amount=1)
    sender.all()
    world.clock.forward(days=2, seconds=-60)
    assert told() == [False, False]
    world.clock.forward(days=3)
    assert told() == [True, False]
    world.clock.forward(days=1, seconds=-60)
    assert told() == [True, False]
    world.clock.forward(seconds=61)
    assert told() == [True, True]
    assert shown(api, webhook)["disabled_reason"] == "failing"
    assert "Nothing yet." in world.browser(bob).get("/workspace/notices").text


def test_administrators_are_told_of_one_that_says_that_it_is_gone(
    api: Api, world: World, workspace: Any, sender: Sender, receiver: Receiver, subscribe: Any, case: dict[str, Any]
) -> None:
    ada = world.browser(world.member(workspace, f"ada-{workspace.slug}@example.org", "administrator"))
    subscribe(receiver.url)
    receiver.says(410)
    set_data(api, case, amount=1)
    sender.all()
    assert "To “127.0.0.1” nothing is sent any more: it answered that it is gone" in ada.get("/workspace/notices").text


def test_one_that_takes_something_meanwhile_is_not_switched_off(
    api: Api, world: World, sender: Sender, receiver: Receiver, subscribe: Any, case: dict[str, Any]
) -> None:
    webhook = subscribe(receiver.url)
    receiver.says(500)
    set_data(api, case, amount=1)
    sender.all()
    sender.after(days=2)
    world.server.run(look_after(world.services))
    receiver.says(204)
    sender.after(hours=4)
    world.clock.forward(days=2)
    world.server.run(look_after(world.services))
    assert shown(api, webhook)["status"] == "active"


def test_what_was_sent_is_forgotten_after_thirty_days(
    api: Api, world: World, sender: Sender, receiver: Receiver, subscribe: Any, case: dict[str, Any]
) -> None:
    webhook = subscribe(receiver.url)
    set_data(api, case, amount=1)
    sender.all()
    for days, left in ((29, 1), (2, 0)):
        world.clock.forward(days=days)
        world.server.run(forget_deliveries(world.services))
        found = api.json("GET", f"/v1/webhooks/{webhook['id']}/deliveries")["meta"]
        assert found["total_count"] == left


# ---- hostile receivers ----


def test_a_gigabyte_is_cut_after_16_kilobytes(
    api: Api, sender: Sender, receiver: Receiver, subscribe: Any, case: dict[str, Any]
) -> None:
    webhook = subscribe(receiver.url)
    receiver.answer = endless
    set_data(api, case, amount=1)
    began = time.monotonic()
    sender.all()
    (delivery,) = api.json("GET", f"/v1/webhooks/{webhook['id']}/deliveries")["data"]
    assert (delivery["status"], len(delivery["attempts"][0]["body"])) == ("delivered", 16 * 1024)
    assert time.monotonic() - began < 10


def garbage(connection: socket.socket) -> None:
    connection.recv(100)
    connection.sendall(b"\x00\xff" * 500 + b"\r\n\r\n")


def hangs(_connection: socket.socket) -> None:
    time.sleep(5)


def closes(connection: socket.socket) -> None:
    connection.recv(100)


def half(connection: socket.socket) -> None:
    connection.recv(100_000)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nNUL \x00 and \xff")


def long_head(connection: socket.socket) -> None:
    connection.recv(100_000)
    connection.sendall(b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 10_000_000)


@pytest.mark.parametrize(
    ("says", "status"), [(garbage, "pending"), (closes, "pending"), (half, "delivered"), (long_head, "pending")]
)
def test_whatever_is_answered_is_an_outcome(
    api: Api, sender: Sender, subscribe: Any, case: dict[str, Any], says: Any, status: str
) -> None:
    with raw(says) as url:
        webhook = subscribe(url)
        set_data(api, case, amount=1)
        sender.all()
        (delivery,) = api.json("GET", f"/v1/webhooks/{webhook['id']}/deliveries")["data"]
    (attempt,) = delivery["attempts"]
    assert delivery["status"] == status, attempt
    assert (attempt["error"] is None) == (status == "delivered")


def test_who_hangs_is_given_up_after_15_seconds(
    api: Api, sender: Sender, subscribe: Any, case: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from dossier.webhooks.actions import sending

    assert sending.SECONDS == 15
    monkeypatch.setattr(sending, "SECONDS", 0.3)
    with raw(hangs) as url:
        webhook = subscribe(url)
        set_data(api, case, amount=1)
        sender.all()
        (delivery,) = api.json("GET", f"/v1/webhooks/{webhook['id']}/deliveries")["data"]
    assert (delivery["status"], delivery["attempts"][0]["status"]) == ("pending", None)
    assert "no answer within" in delivery["attempts"][0]["error"]
    assert 200 < delivery["attempts"][0]["ms"] < 3000


def test_an_address_that_came_to_lead_inside_is_not_called(
    api: Api, world: World, sender: Sender, receiver: Receiver, subscribe: Any, case: dict[str, Any]
) -> None:
    """What was allowed when it was saved, and is not any more, fails; nothing reaches it."""
    from dossier.foundation.reachable import Allowed

    webhook = subscribe(receiver.url)
    allowed = world.services.outbound
    object.__setattr__(world.services, "outbound", Allowed())
    try:
        set_data(api, case, amount=1)
        sender.all()
    finally:
        object.__setattr__(world.services, "outbound", allowed)
    assert receiver.calls == []
    (delivery,) = api.json("GET", f"/v1/webhooks/{webhook['id']}/deliveries")["data"]
    assert delivery["status"] == "pending"
    assert delivery["attempts"][0]["error"]
