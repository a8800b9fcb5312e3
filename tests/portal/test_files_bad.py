"""What somebody outside may not do with files: put them on a case, make them public, send what the form does not ask for, or fill the workspace."""

import base64
from datetime import timedelta
from typing import Any

import httpx
import pytest

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
        assert "100" in answer.text
        refused = announce(contact, 101)
        assert (refused.status_code, errors(refused)) == (422, {"": "quota_reached"})
        assert announce(contact, 60).status_code == 201
        assert announce(contact, 60).status_code == 422, "what is announced counts"
        assert len(list(services.storage.storage.list())) == before
    assert api.json("GET", "/v1/files/count") == {"count": 0}


def test_twenty_are_begun_at_most(made: Made) -> None:
    contact = begun(made)
    answers = [announce(contact).status_code for _ in range(21)]
    assert answers == [201] * 20 + [429]


def test_who_sent_it_is_said(made: Made, api: Api) -> None:
    send(begun(made), ("a.jpg", picture()))
    (id,) = made.data()["photos"]
    by = api.json("GET", f"/v1/attachments/{id}?data=false")["created_by"]
    assert (by["type"], by["name"]) == ("contact", "Eve Adam")
