"""[F9] Whatever is sent to a page or to an answer: it is kept, or refused, and never an error of ours."""

import random
from typing import Any

import pytest

from dossier.workspaces.model import Workspace
from tests.many import MANY
from tests.portal.support import WHOLE, make_form, token
from tests.world import World

pytestmark = pytest.mark.long
KEYS = (
    *(
        "name",
        "phone",
        "hurt",
        "who",
        "who.0.who_name",
        "who.0.who_age",
        "who.999.who_name",
        "who.-1.x",
        "day",
        "amount",
    ),
    *("kind", "story", "home", "parts", "photos", "sign", "nothing", "who.0", "who..", "."),
)
ENDS = (".value", ".base", ".typed", ".drawn", ".value.street", ".value.country", ".cell.1.x", "", ".file")
TEXTS = (
    *(
        "",
        "x",
        "0",
        "-1",
        "1e999",
        "NaN",
        "\0",
        "999999999999999999999999",
        "2026-02-30",
        "true",
        "[1",
        "{}",
        "1:abc",
        ":",
    ),
    *("[[[1,2,3]]]", "[[[1e400,2,3]]]", "99999999999999999999:a", "01a2288c-f98f-71f0-8166-313e4be3ecd5", "٣٣"),
)
ELEMENTS = ("name", "phone", "hurt", "who", "day", "amount", "kind", "story", "home", "parts", "photos", "sign")
VALUES: tuple[Any, ...] = (
    *(None, True, 1, 1.5, "x", [], {}, [[]], [None], ["front"], ["x", "x"], 10**30),
    *(
        [{"who_name": 3}],
        [{"who_name": "a", "who_age": {}}],
        {"street": []},
        {"typed": 3},
        {"drawn": {"a": 1}},
        {"typed": "x"},
    ),
)


@pytest.mark.parametrize("seed", range(6 if MANY else 1))
def test_nothing_that_is_sent_is_an_error_of_ours(world: World, workspace: Workspace, seed: int) -> None:
    chance, made = random.Random(seed), make_form(world, workspace, WHOLE)
    with made.visitor() as contact:
        contact.press("start")
        word = token(contact.at("pages", "you").text)
        for _ in range(25):
            page = chance.choice(("you", "what", "more"))
            fields = {key + chance.choice(ENDS): chance.choice(TEXTS) for key in KEYS if chance.random() < 0.5}
            fields |= {f"{key}.base": chance.choice(TEXTS) for key in ELEMENTS if chance.random() < 0.6}
            fields |= {name: chance.choice(KEYS) for name in ("add", "remove", "go") if chance.random() < 0.2}
            sent = contact.post(f"{made.address}/pages/{page}", data=fields | {"form_token": word})
            assert sent.status_code < 500, fields
            body = {"value": chance.choice(VALUES), "base": chance.choice((None, 0, 1, 10**30, -1))}
            element = chance.choice(ELEMENTS)
            put = contact.put(f"{made.address}/answers/{element}", json=body, headers={"x-csrf-token": word})
            assert put.status_code < 500, (element, body)
            for there in (("check",), ("pages", "you"), ("pages", "what"), ("pages", "more"), ()):
                assert contact.at(*there).status_code < 500, there


@pytest.mark.parametrize(
    "kind", ["multipart/form-data", "multipart/form-data; boundary=a", "application/json", "text/plain"]
)
def test_a_body_of_another_kind_is_refused(world: World, workspace: Workspace, kind: str) -> None:
    made = make_form(world, workspace, WHOLE)
    with made.visitor() as contact:
        contact.press("start")
        answer = contact.post(f"{made.address}/pages/more", content=b"x", headers={"content-type": kind})
        assert answer.status_code in (400, 403)
