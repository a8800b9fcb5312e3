"""What somebody outside may not do with files: put them on a case, make them public, send what the form does not ask for, or fill the workspace."""

import base64
import copy
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import pytest

from dossier.files.jobs import erase_what_nothing_holds
from dossier.forms.model import FormUser, room
from dossier.foundation.services import FileLimits
from dossier.workspaces.model import Workspace
from tests.files.support import beside
from tests.portal.support import Contact, Made, hidden, make_form, token
from tests.portal.test_files import DOCUMENT, begun, picture, send
from tests.world import Api, World, errors


@pytest.fixture
def made(world: World, workspace: Workspace) -> Made:
    return make_form(world, workspace, DOCUMENT)


def announce(contact: Contact, length: int = 4, **metadata: str) -> httpx.Response:
    said = {"filename": "a.txt"} | metadata
    headers = {
        "x-csrf-token": token(contact.at().text if not contact.made.responses() else contact.at("check").text),
        "tus-resumable": "1.0.0",
        "upload-length": str(length),
        "upload-metadata": ",".join(
            f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in said.items()
        ),
    }
    return contact.post(f"{contact.made.address}/uploads", headers=headers)


def sent_whole(contact: Contact, **metadata: str) -> httpx.Response:
    """Announced and sent, in one piece."""
    there = announce(contact, **metadata)
    assert there.status_code == 201, there.text
    headers = {
        "x-csrf-token": token(contact.at("check").text),
        "tus-resumable": "1.0.0",
        "content-type": "application/offset+octet-stream",
        "upload-offset": "0",
    }
    return contact.patch(there.headers["location"], content=b"Dear", headers=headers)


def test_they_put_no_file_on_a_case(made: Made, api: Api) -> None:
    case = api.json("POST", "/v1/cases", json={"title": "Mine"})
    contact = begun(made)
    sent_whole(contact, case=case["id"])
    assert api.json("GET", f"/v1/cases/{case['id']}/files")["data"] == []


def test_they_make_no_file_public(made: Made, api: Api) -> None:
    sent_whole(begun(made), scope="public")
    assert [each["scope"] for each in api.json("GET", "/v1/files")["data"]] == ["restricted"]


def test_what_is_never_handed_in_goes_after_a_week(made: Made, api: Api, world: World) -> None:
    sent_whole(begun(made))
    (file,) = api.json("GET", "/v1/files")["data"]
    assert file["expires_at"][:10] == f"{world.clock() + timedelta(days=7):%Y-%m-%d}"


def test_a_form_that_asks_for_no_file_takes_none(world: World, workspace: Workspace, api: Api) -> None:
    contact = begun(make_form(world, workspace))
    assert announce(contact).status_code == 404


def test_what_is_larger_than_any_question_takes_is_not_begun(world: World, workspace: Workspace) -> None:
    pages: list[dict[str, Any]] = [
        {"key": "papers", "title": "P", "elements": [{"key": "photos", "type": "file", "label": "P", "max_size": 1000}]}
    ]
    contact = begun(make_form(world, workspace, DOCUMENT | {"pages": pages}))
    assert announce(contact, 1001).status_code == 413
    assert announce(contact, 1000).status_code == 201


def test_files_for_other_inputs_are_not_kept(made: Made, api: Api) -> None:
    contact = begun(made)
    fields = {
        "form_token": token(contact.at("pages", "papers").text),
        "note.base": "0:",
        "note.value": "Hello",
        "go": "stay",
    }
    files = [(name, ("a.jpg", picture())) for name in ("note.file", "photos", "x.file")]
    contact.post(f"{made.address}/pages/papers", data=fields, files=files)
    assert made.data()["note"] == "Hello"
    assert api.json("GET", "/v1/files/count") == {"count": 0}


def test_an_empty_file_is_said(made: Made) -> None:
    answer = send(begun(made), ("a.jpg", b""), go="stay")
    assert answer.status_code == 400
    assert "The file is empty." in answer.text


def test_nobody_elses_file_is_called_by_its_name(made: Made, world: World, workspace: Workspace) -> None:
    other = make_form(world, workspace, DOCUMENT)
    send(begun(other), ("secret-name.jpg", picture()))
    (id,) = other.data()["photos"]
    contact = begun(made)
    page = contact.at("pages", "papers")
    fields = hidden(page.text) | {"photos.value": id}
    answer = contact.post(f"{made.address}/pages/papers", data=fields, files=[("x", ("", b""))])
    for each in (answer, contact.at("pages", "papers"), contact.at("check")):
        assert "secret-name" not in each.text
    assert made.data() == {}


def test_where_the_workspace_has_no_room_it_is_said_and_nothing_is_kept(
    made: Made, api: Api, world: World, database_url: str
) -> None:
    limits = FileLimits(quota=100)
    with beside(world, database_url, file_limits=limits) as (server, services):
        contact = begun(made)
        contact.base_url = httpx.URL(server.url)
        before = len(list(services.storage.storage.list()))
        answer = send(contact, ("a.jpg", picture()), **{"note.value": "Hello"})
        assert answer.status_code == 422
        assert "90" in answer.text, "a tenth is left to who works there"
        refused = announce(contact, 101)
        assert (refused.status_code, errors(refused)) == (422, {"": "quota_reached"})
        assert announce(contact, 60).status_code == 201
        assert announce(contact, 60).status_code == 422, "what is announced counts"
        assert len(list(services.storage.storage.list())) == before
    assert api.json("GET", "/v1/files/count") == {"count": 0}


def of(size: int | None, files: int = 2) -> dict[str, Any]:
    """The same form, which says how much its question takes."""
    pages = copy.deepcopy(DOCUMENT["pages"])
    pages[0]["elements"][0] |= {"max_files": files} | ({"max_size": size} if size else {})
    return {**DOCUMENT, "pages": pages}


@pytest.fixture
def tight(world: World, workspace: Workspace, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A form of somebody who may send two files of together 2,000 bytes, and what is stored."""
    monkeypatch.setattr(room, "JOINED", 1)
    with beside(world, database_url, file_limits=FileLimits(of_form=2_000)) as (server, services):

        def someone() -> Contact:
            contact = begun(make_form(world, workspace, of(1_000, files=1)))
            contact.base_url = httpx.URL(server.url)
            return contact

        yield someone, services.storage.storage


def test_a_form_takes_no_more_than_twice_what_it_asks_for(tight: Any, api: Api) -> None:
    someone, storage = tight
    contact, before = someone(), len(list(storage.list()))
    assert announce(contact, 900).status_code == 201
    assert announce(contact, 900).status_code == 201
    full = announce(contact, 201)
    assert (full.status_code, errors(full)) == (413, {"": "form_full"})
    assert full.json()["errors"][0]["meta"] == {"files": 2, "bytes": 2000}
    refused = send(contact, ("a.jpg", picture()), go="stay")
    assert refused.status_code == 413
    assert "This form takes" in refused.text
    assert len(list(storage.list())) == before
    assert api.json("GET", "/v1/files/count") == {"count": 0}
    assert announce(someone(), 900).status_code == 201, "each form for itself"


def test_what_comes_with_a_page_counts_as_it_comes(tight: Any, api: Api) -> None:
    someone, storage = tight
    contact, before = someone(), len(list(storage.list()))
    page = contact.at("pages", "papers")
    files = [("photos.file", (f"{each}.txt", b"x" * 800)) for each in range(3)]
    refused = contact.post(f"{contact.made.address}/pages/papers", data=hidden(page.text), files=files)
    assert refused.status_code == 413
    assert (len(list(storage.list())), api.json("GET", "/v1/files/count")) == (before, {"count": 0})


def test_so_many_files_are_sent_to_a_form_whatever_becomes_of_them(tight: Any, world: World) -> None:
    contact = tight[0]()
    for each in range(2):
        assert send(contact, (f"{each}.jpg", b"x" * 100), go="stay").status_code == 400, "it is no picture"
    assert send(contact, ("c.jpg", b"x"), go="stay").status_code == 413
    world.clock.forward(days=8)
    world.server.run(erase_what_nothing_holds(world.services))
    assert send(contact, ("d.jpg", b"x"), go="stay").status_code == 400, "what was no answer has gone"


def test_whoever_is_not_known_may_send_a_tenth(world: World, workspace: Workspace, database_url: str) -> None:
    """A public link makes as many forms as somebody presses for."""
    statuses = []
    with beside(world, database_url, file_limits=FileLimits(of_form=1_000)) as (server, _):
        for user in (FormUser(), FormUser(email="eve@example.org")):
            contact = begun(make_form(world, workspace, of(None), user=user))
            contact.base_url = httpx.URL(server.url)
            statuses.append([announce(contact, 60).status_code for _ in range(2)])
    assert statuses == [[201, 413], [201, 201]]


def test_at_once_a_form_takes_no_more_either(tight: Any) -> None:
    contact = tight[0]()
    with ThreadPoolExecutor(4) as threads:
        answers = [each.status_code for each in threads.map(lambda _: announce(contact, 900), range(4))]
    assert sorted(answers) == [201, 201, 413, 413]


def test_where_no_question_says_how_large_its_files_are_the_operator_does(
    world: World, workspace: Workspace, database_url: str
) -> None:
    made = make_form(world, workspace, of(None))
    with beside(world, database_url, file_limits=FileLimits(of_form=100)) as (server, _):
        contact = begun(made)
        contact.base_url = httpx.URL(server.url)
        assert announce(contact, 60).status_code == 201
        assert announce(contact, 60).status_code == 413


def test_twenty_are_begun_at_most(made: Made, workspace: Workspace) -> None:
    contact = begun(make_form(made.world, workspace, of(None, files=20)))
    answers = [announce(contact).status_code for _ in range(21)]
    assert answers == [201] * 20 + [429]


def test_who_sent_it_is_said(made: Made, api: Api) -> None:
    send(begun(made), ("a.jpg", picture()))
    (id,) = made.data()["photos"]
    by = api.json("GET", f"/v1/attachments/{id}?data=false")["created_by"]
    assert (by["type"], by["name"]) == ("contact", "Eve Adam")
