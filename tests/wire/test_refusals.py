"""Every refusal that the contract says of forms, responses and their templates, under both names, is one that somebody can meet."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from dossier.workspaces.model import Workspace
from tests.forms.support import begun, publish
from tests.wire.contract import CONTRACT
from tests.world import Api, World

NOBODYS = "01a2284a-0000-7000-8000-000000000000"
ABOUT = ("/forms", "/requests", "/responses", "/form_templates", "/flows", "/companies")
REFUSALS = [
    (method, path, status)
    for path, item in CONTRACT["paths"].items()
    if path.startswith(ABOUT)
    for method, operation in item.items()
    if method != "parameters"
    for status in operation["x-refusals"]
]


@dataclass
class Place:
    """Two workspaces that one token covers, a third that it does not; forms and form templates of the first."""

    api: Api
    both: Api
    form: str
    response: str
    elsewhere: str

    def id(self, path: str) -> str:
        return self.response if path.startswith("/responses") else self.form


@pytest.fixture
def place(world: World, workspace: Workspace, api: Api) -> Any:
    other = world.workspace()
    publish(world, workspace)
    publish(world, workspace, slug="coded", access="email_code")
    publish(world, workspace, slug="twice", presets=[{"key": "a", "name": "A"}, {"key": "b", "name": "B"}])
    publish(world, other)
    form = api.json("POST", "/v1/forms", 201, json={"flow": {"slug": "accident"}})["id"]
    with world.client(world.token(workspace, other)) as both:
        yield Place(api, both, form, begun(world, workspace, form), world.workspace().slug)


Produce = Callable[[Place, str, str], httpx.Response]


def at(path: str, id: str) -> str:
    return "/v1" + path.replace("{id}", id).replace("{slug}", id)


def make(**body: Any) -> Produce:
    """A form that cannot be made so."""
    return lambda place, method, path: place.api.request(method, at(path, ""), json=body)


def named(id: str, **parameters: str) -> Produce:
    """One that is called so; None: the one that there is."""
    return lambda place, method, path: place.api.request(method, at(path, id or place.id(path)), params=parameters)


def elsewhere(slug: str = "") -> Produce:
    """Within a workspace that the token does not cover."""
    return lambda place, method, path: place.api.request(
        method, at(path, slug), params={"workspace[slug]": place.elsewhere}
    )


def listed(**parameters: str) -> Produce:
    return lambda place, method, path: place.api.request(method, at(path, ""), params=parameters)


def patched(body: Any, id: str = "", **headers: str) -> Produce:
    return lambda place, method, path: place.api.request(
        method, at(path, id or place.id(path)), json=body, headers=headers
    )


def made_elsewhere(place: Place, method: str, path: str) -> httpx.Response:
    body = {"flow": {"slug": "accident"}, "workspace": {"slug": place.elsewhere}}
    return place.api.request(method, at(path, ""), json=body)


def of_two(place: Place, method: str, path: str) -> httpx.Response:
    return place.both.request(method, at(path, "accident"))


LISTS: dict[int, Produce] = {400: listed(**{"page[size]": "0"}), 403: elsewhere()}
MAKING: dict[int, Produce] = {
    400: make(flow={"slug": "accident"}, user={"email": "nobody"}),
    403: made_elsewhere,
    404: make(flow={"slug": "nothing"}),
    409: make(flow={"slug": "twice"}),
    422: make(flow={"slug": "coded"}),
}
ONE: dict[int, Produce] = {400: named("nope"), 404: named(NOBODYS)}
PATCHING: dict[int, Produce] = {
    400: patched({"processed": None}),
    404: patched({"archived": True}, NOBODYS),
    412: patched({"archived": True}, **{"If-Match": '"99"'}),
    422: patched({"processed": True}),
}
TEMPLATE: dict[int, Produce] = {
    400: named("accident", **{"workspace[id]": "nope"}),
    403: elsewhere("accident"),
    404: named("nothing"),
    409: of_two,
}
PRODUCED: dict[str, dict[int, Produce]] = {
    "get /forms": LISTS,
    "get /requests": LISTS,
    "get /form_templates": LISTS,
    "get /flows": LISTS,
    "get /companies": {400: LISTS[400]},
    "get /forms/count": {400: listed(**{"group-by": "colour"}), 403: elsewhere(), 422: listed(**{"group-by": "data.papers"})},
    "post /forms": MAKING,
    "post /requests": MAKING,
    "get /forms/{id}": ONE,
    "get /requests/{id}": ONE,
    "get /responses/{id}": ONE,
    "patch /forms/{id}": PATCHING,
    "patch /requests/{id}": PATCHING,
    **{f"get /{name}/{{slug}}/{part}": TEMPLATE for name in ("form_templates", "flows") for part in ("options", "steps")},
}  # fmt: skip


@pytest.mark.parametrize(("method", "path", "status"), REFUSALS)
def test_a_refusal_of_the_contract_is_met(place: Place, method: str, path: str, status: int) -> None:
    refused = PRODUCED[f"{method} {path}"][status](place, method.upper(), path)
    assert refused.status_code == status, refused.text
    for each in refused.json()["errors"]:
        assert each["status"] == str(status)
        assert each["code"]
        assert each["title"]
        assert each["detail"]
    if status in (400, 422):
        assert any(each["source"] for each in refused.json()["errors"]), refused.text


def test_nothing_else_is_tried() -> None:
    known = {f"{method} {path}" for method, path, _ in REFUSALS}
    assert PRODUCED.keys() == known
