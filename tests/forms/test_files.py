"""Files of answers: who sees them, how long they stay, and that nothing of them is left in papers."""

import io
from datetime import timedelta
from uuid import UUID

import httpx
import pikepdf
import pytest

from dossier import files
from dossier.files.actions import checking
from dossier.workspaces.model import Workspace
from tests.files import scanners
from tests.files.support import beside
from tests.files.test_checking import asked
from tests.portal.support import Contact, Made, make_form, token
from tests.portal.test_files import DOCUMENT, picture, send
from tests.world import Api, World

PDF = {"Accept": "application/pdf"}


@pytest.fixture
def made(world: World, workspace: Workspace) -> Made:
    return make_form(world, workspace, DOCUMENT)


def answered(made: Made) -> Contact:
    """Somebody answers with a photograph."""
    contact = made.visitor()
    contact.press("start")
    send(contact, ("a.jpg", picture()))
    return contact


def pictures(paper: bytes) -> int:
    with pikepdf.open(io.BytesIO(paper)) as opened:
        return sum(len(page.get_images()) for page in opened.pages)


def count(api: Api) -> int:
    found: int = api.json("GET", "/v1/files/count")["count"]
    return found


def papers(made: Made) -> int:
    """How many are kept."""
    sql = "SELECT count(*) AS count FROM form_papers WHERE workspace_id = ANY(%(scope)s)"
    found: int = made.world.do(lambda tx: tx.one(sql), made.scope())["count"]
    return found


def test_they_go_with_the_form(made: Made, api: Api) -> None:
    answered(made)
    assert count(api) == 1
    api.json("DELETE", f"/v1/forms/{made.form.id}", 204)
    assert count(api) == 0


def test_they_go_with_who_is_erased(made: Made, api: Api, world: World, workspace: Workspace) -> None:
    answered(made)
    api.get(f"/v1/responses/{made.responses()[0].id}", headers=PDF)
    api.json("POST", "/v1/cases", json={"title": "Hers", "contacts": [{"email": "eve@example.org"}]})
    (person,) = api.json("GET", "/v1/contacts", params={"email": "eve@example.org"})["data"]
    api.json("DELETE", f"/v1/contacts/{person['id']}", 204)
    assert count(api) == 0
    assert papers(made) == 0


def test_one_that_was_taken_off_again_goes_after_a_week(made: Made, api: Api, world: World) -> None:
    contact = answered(made)
    (id,) = made.data()["photos"]
    word = {"x-csrf-token": token(contact.at("pages", "papers").text)}
    contact.put(f"{made.address}/answers/photos", json={"value": [], "base": 1}, headers=word)
    assert "photos" not in made.data()
    file = api.json("GET", f"/v1/attachments/{id}?data=false")
    assert (file["held"], file["expires_at"][:10]) == (False, f"{world.clock() + timedelta(days=7):%Y-%m-%d}")
    contact.put(f"{made.address}/answers/photos", json={"value": [id], "base": 2}, headers=word)
    assert made.data()["photos"] == [id]
    assert api.json("GET", f"/v1/attachments/{id}?data=false")["held"]


def test_a_limited_member_sees_those_of_their_forms(world: World, workspace: Workspace, api: Api) -> None:
    limited = world.member(workspace, f"l-{workspace.slug}@example.org", "limited")
    for owner, status in ((limited.id, 200), (None, 404)):
        made = make_form(world, workspace, DOCUMENT, owner_id=owner)
        answered(made)
        (id,) = made.data()["photos"]
        assert world.browser(limited).get(f"/workspace/files/{id}/thumbnail").status_code == status


def test_an_erased_picture_is_in_no_paper(made: Made, api: Api) -> None:
    answered(made)
    (id,) = made.data()["photos"]
    paper = f"/v1/responses/{made.responses()[0].id}"
    assert pictures(api.get(paper, headers=PDF).content) == 1
    api.json("DELETE", f"/v1/attachments/{id}?force=true", 204)
    assert papers(made) == 0, "what was kept has the picture"
    assert pictures(api.get(paper, headers=PDF).content) == 0


def test_an_erased_picture_is_in_no_paper_of_what_was_asked_again(made: Made, api: Api) -> None:
    contact = answered(made)
    (id,) = made.data()["photos"]
    contact.fill("pages", "end", **{"sign.typed": "Eve"})
    contact.press("submit")
    api.json("POST", f"/v1/forms/{made.form.id}/reopen", json={"elements": ["note"]})
    ways = [f"/v1/responses/{each.id}" for each in made.responses()]
    assert [pictures(api.get(each, headers=PDF).content) for each in ways] == [1, 1]
    api.json("DELETE", f"/v1/attachments/{id}?force=true", 204)
    assert papers(made) == 0
    assert [pictures(api.get(each, headers=PDF).content) for each in ways] == [0, 0]


@pytest.mark.long
def test_what_is_not_given_is_in_no_paper_and_no_picture(
    made: Made, world: World, workspace: Workspace, database_url: str
) -> None:
    with (
        scanners.fake() as fake,
        beside(world, database_url, scanner=fake.scanner()) as served,
        asked(world, workspace, *served) as here,
    ):
        fake.answer = b"garbage\0"
        contact = made.visitor()
        contact.base_url = httpx.URL(here.server.url)
        contact.press("start")
        send(contact, ("a.jpg", picture()))
        contact.fill("pages", "end", **{"sign.typed": "Eve"})
        contact.press("submit")
        (id,), paper = made.data()["photos"], f"/v1/responses/{made.responses()[0].id}"
        ways = (
            lambda: contact.get(f"{made.address}/copy.pdf").content,
            lambda: here.api.get(paper, headers=PDF).content,
        )
        page = f"{made.address}/files/{id}/picture"
        assert here.check(id) == "pending"
        assert ([pictures(way()) for way in ways], contact.get(page).status_code) == ([0, 0], 409)
        fake.answer = b"stream: OK\0"
        world.clock.forward(minutes=6)
        here.work()
        assert here.check(id) == "clean"
        assert ([pictures(way()) for way in ways], contact.get(page).status_code) == ([1, 1], 200)
        fake.answer = b"stream: Win.Test FOUND\0"
        found = here.server.run(checking.look_at(here.services, waiting(made, id)))
        here.server.run(checking.settle(here.services, waiting(made, id), found))
        assert here.check(id) == "infected"
        assert papers(made) == 0
        assert ([pictures(way()) for way in ways], contact.get(page).status_code) == ([0, 0], 410)


def waiting(made: Made, id: str) -> checking.Waiting:
    """The file as the scanner is asked about it."""
    file = made.world.do(lambda tx: files.get(tx, UUID(id)), made.scope())
    return checking.Waiting(file.workspace_id, file.id, file.object, file.size, file.created_at)
