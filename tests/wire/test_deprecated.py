"""Every address of old says that it is one, on every answer, also where nobody knows who calls."""

import re

import pytest

from dossier.foundation.identifiers import new_id
from tests.wire.contract import CONTRACT
from tests.world import Api, Client, World

TWINS = [
    (method, re.sub(r"\{\w+\}", "01a2284a-0000-7000-8000-000000000000", f"/v1{path}"))
    for path, item in CONTRACT["paths"].items()
    for method, operation in item.items()
    if method != "parameters" and operation.get("deprecated")
]


@pytest.mark.parametrize(("method", "path"), TWINS)
def test_a_twin_says_so_whatever_it_answers(world: World, api: Api, method: str, path: str) -> None:
    with Client(base_url=world.server.url) as nobody:
        answers = [nobody.request(method, path), nobody.request(method, path, headers={"Authorization": "Bearer no"})]
    answers += [api.request(method, path, json=None), api.request("DELETE", path), api.request(method, f"{path}?no=1")]
    assert [each.status_code for each in answers[:2]] == [401, 401]
    assert answers[3].status_code == 405
    for each in answers:
        assert each.headers["deprecation"] == answers[0].headers["deprecation"], each
        assert each.headers["link"].count('rel="successor-version"') == 1, each


def test_all_since_the_same_day(api: Api) -> None:
    said = {api.get(f"/v1{path}").headers["deprecation"] for path in ("/requests", "/flows", "/companies")}
    assert len(said) == 1


def test_their_successors_do_not(api: Api, world: World) -> None:
    assert "deprecation" not in api.get(f"/v1/forms/{new_id()}").headers
    with Client(base_url=world.server.url) as nobody:
        assert "deprecation" not in nobody.get("/v1/forms").headers
