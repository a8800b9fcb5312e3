"""What calls of a workspace may reach inside, where the operator leaves that to its administrators."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from dossier.foundation.reachable import Allowed
from tests.automations.conftest import FIELDS, rule
from tests.webhooks.receivers import Receiver, Sender, receiving
from tests.world import Api, Browser, World, errors

PAGE = "/workspace/settings/general"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as one:
        yield one


@pytest.fixture
def left(world: World) -> Iterator[None]:
    """Nothing inside is reached, but what workspaces allow."""
    before = world.services.outbound
    object.__setattr__(world.services, "outbound", Allowed(leaves_more=True))
    yield
    object.__setattr__(world.services, "outbound", before)


@pytest.fixture
def boss(world: World, workspace: Any) -> Browser:
    return world.browser(world.member(workspace, f"boss-{workspace.slug}@example.org", "administrator"))


@pytest.mark.usefixtures("left")
def test_an_administrator_lets_calls_of_their_workspace_reach_a_host(
    world: World, workspace: Any, api: Api, boss: Browser, receiver: Receiver, make_case: Any
) -> None:
    """[18] Webhooks, when they are made and when they are sent; and those of no other workspace."""
    host = receiver.url.removeprefix("http://").partition("/")[0]
    body = {"url": receiver.url}
    refused = api.post("/v1/webhooks", json=body)
    assert errors(refused).keys() == {"/url"}
    assert "Saved." in boss.send_form(f"{PAGE}/outbound", outbound=f" {host} ,10.9.0.0/16").text
    assert f'value="{host}, 10.9.0.0/16"' in boss.get(PAGE).text
    webhook = api.json("POST", "/v1/webhooks", 201, json=body)
    assert api.patch(f"/v1/webhooks/{webhook['id']}", json={"url": receiver.url + "/x"}).status_code == 200
    with world.client(world.token(world.workspace())) as other:
        assert errors(other.post("/v1/webhooks", json=body)).keys() == {"/url"}
    make_case()
    Sender(world).all()
    assert receiver.types() == ["case.created"]
    boss.send_form(f"{PAGE}/outbound", outbound="")
    make_case()
    Sender(world).all()
    assert receiver.types() == ["case.created"], "it is looked at again when it is sent"
    api.delete(f"/v1/webhooks/{webhook['id']}")


@pytest.mark.usefixtures("left")
def test_calls_of_steps_and_rules_are_published(api: Api, boss: Browser) -> None:
    http = {"http": {"url": "https://10.9.0.1/x"}}
    document = {"title": "T", "schema": FIELDS, "automations": [rule("ask", {"created": True}, http)]}
    assert errors(api.post("/v1/case_templates", json=document)) == {
        "/automations/0/then/0/http/url": "forbidden_address"
    }
    boss.send_form(f"{PAGE}/outbound", outbound="10.9.0.0/16")
    api.json("POST", "/v1/case_templates", 201, json=document)


@pytest.mark.usefixtures("left")
@pytest.mark.parametrize("text", ["crm.local", "10.9.0.1/8", "x" * 3000 + ":1", "http://crm.local:80"])
def test_what_is_no_host_is_refused(boss: Browser, text: str) -> None:
    refused = boss.send_form(f"{PAGE}/outbound", outbound=text)
    assert refused.status_code == 400
    assert text[:40] in refused.text, "what was typed stays"


def test_where_the_operator_keeps_it_nobody_adds_to_it(world: World, boss: Browser) -> None:
    assert "Inside calls" not in boss.get(PAGE).text
    assert boss.send_form(f"{PAGE}/outbound", outbound="10.9.0.0/16").status_code == 403
    allowed = Allowed.read("crm.local:1")
    assert allowed.with_more("10.9.0.0/16") == allowed
    assert replace(allowed, leaves_more=True).with_more("b.local:2").names("b.local", 2)
