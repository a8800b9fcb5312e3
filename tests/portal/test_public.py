"""[F8] The public link of a preset: looking makes nothing, pressing makes a form of one's own, so many a day."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from dossier.forms.actions import opening
from dossier.foundation.identifiers import new_id
from tests.portal.support import ACCIDENT, state, token
from tests.world import Api, Client, World


@pytest.fixture
def preset(api: Api) -> str:
    document = ACCIDENT | {"slug": f"report-{new_id().hex[-12:]}"}
    slug = api.json("POST", "/v1/form_templates", 201, json=document)["slug"]
    (row,) = [each for each in api.json("GET", "/v1/form_templates")["data"] if each["slug"] == slug]
    return str(row["id"])


@pytest.fixture
def passer(world: World) -> Iterator[Client]:
    with Client(base_url=world.server.url, follow_redirects=True) as client:
        yield client


def press(passer: Client, preset: str) -> httpx.Response:
    word = token(passer.get(f"/f/{preset}").text)
    return passer.post(f"/f/{preset}/start", data={"form_token": word})


def test_looking_makes_nothing(api: Api, passer: Client, preset: str) -> None:
    page = passer.get(f"/f/{preset}?embed_v=1&autostart")
    assert (page.status_code, state(page)) == (200, "start")
    assert "data-autostart" in page.text
    assert "set-cookie" not in page.headers
    assert api.json("GET", "/v1/forms")["data"] == []


def test_whoever_presses_gets_a_form_of_their_own(api: Api, passer: Client, preset: str) -> None:
    first = press(passer, preset)
    assert state(first) == "page"
    assert press(passer, preset).url != first.url
    forms: list[dict[str, Any]] = api.json("GET", "/v1/forms")["data"]
    assert [each["user"]["anonymous"] for each in forms] == [True, True]
    assert {len(each["responses"]) for each in forms} == {1}


def test_whoever_is_not_known_is_told_by_which_address_they_come_back(passer: Client, preset: str) -> None:
    """The public link would begin anew, and there is nobody to send the other one to."""
    begun = press(passer, preset)
    link = str(begun.url).partition("/pages/")[0]
    page = passer.get(f"{link}?later=saved")
    assert f"<bdi>{link}</bdi>" in page.text
    assert "Send me the link" not in page.text


def test_so_many_a_day_from_one_network(api: Api, passer: Client, preset: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "OF_NETWORK", 2)
    assert [press(passer, preset).status_code for _ in range(3)] == [200, 200, 429]
    assert len(api.json("GET", "/v1/forms")["data"]) == 2


def test_who_has_begun_their_share_uses_up_nothing_of_what_others_may_begin(
    passer: Client, preset: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "OF_NETWORK", 1)
    monkeypatch.setattr(opening, "OF_PRESET", 3)
    assert [press(passer, preset).status_code for _ in range(5)] == [200, 429, 429, 429, 429]
    monkeypatch.setattr(opening, "network", lambda _client: "198.51.100.0/24")
    assert press(passer, preset).status_code == 200


@pytest.mark.parametrize(
    ("client", "network"),
    [("203.0.113.77", "203.0.113.0/24"), ("2001:db8:1:2ff::1", "2001:db8:1:200::/56"), ("unix", "unix")],
)
def test_a_network_is_that_of_a_household(client: str, network: str) -> None:
    assert opening.network(client) == network


@pytest.mark.parametrize("id", ["x", "00000000-0000-0000-0000-000000000000"])
def test_there_is_nothing_else(passer: Client, id: str) -> None:
    page = passer.get(f"/f/{id}")
    assert (page.status_code, state(page)) == (404, "missing")


def test_what_asks_who_one_is_has_no_public_link(api: Api, passer: Client) -> None:
    document = ACCIDENT | {"slug": f"secret-{new_id().hex[-12:]}", "access": "email_code"}
    slug = api.json("POST", "/v1/form_templates", 201, json=document)["slug"]
    (row,) = [each for each in api.json("GET", "/v1/form_templates")["data"] if each["slug"] == slug]
    assert passer.get(f"/f/{row['id']}").status_code == 404
