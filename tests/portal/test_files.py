"""[F6] Files: with the page and without scripts, to one question, in several goes; whose they are; signatures."""

import base64
import io
import re
from typing import Any

import pytest
from PIL import Image

from dossier.workspaces.model import Workspace
from tests.portal.support import Contact, Made, hidden, make_form, problems, state, token
from tests.world import World

DOCUMENT: dict[str, Any] = {
    "title": "Papers",
    "pages": [
        {
            "key": "papers",
            "title": "Your papers",
            "elements": [
                {
                    "key": "photos",
                    "type": "file",
                    "label": "Photos",
                    "accept": ["image/*"],
                    "max_files": 2,
                    "required": True,
                },
                {"key": "note", "type": "text", "label": "Note"},
            ],
        },
        {
            "key": "end",
            "title": "Sign",
            "elements": [{"key": "sign", "type": "signature", "label": "Sign here", "required": True}],
        },
    ],
}


@pytest.fixture
def made(world: World, workspace: Workspace) -> Made:
    return make_form(world, workspace, DOCUMENT)


def picture(colour: str = "red") -> bytes:
    """A photograph that says where it was taken."""
    exif = Image.Exif()
    exif[0x010F] = "CAMERA-OF-EVE"
    made = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(made, "JPEG", exif=exif)
    return made.getvalue()


def begun(made: Made) -> Contact:
    contact = made.visitor()
    contact.press("start")
    return contact


def send(contact: Contact, *files: tuple[str, bytes], **fields: str) -> Any:
    page = contact.at("pages", "papers")
    return contact.post(
        f"{contact.made.address}/pages/papers",
        data=hidden(page.text) | fields,
        files=[("photos.file", (name, content)) for name, content in files],
    )


def test_a_file_comes_with_the_page(made: Made) -> None:
    contact = begun(made)
    answer = send(contact, ("a.jpg", picture()), **{"note.value": "Hello"})
    assert answer.url.path.endswith("/pages/end"), problems(answer)
    (id,) = made.data()["photos"]
    assert made.data()["note"] == "Hello"
    page = contact.at("pages", "papers")
    assert "a.jpg" in page.text
    shown = contact.get(f"{made.address}/files/{id}/picture")
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/webp")
    assert b"CAMERA-OF-EVE" not in shown.content
    check = contact.at("check").text
    assert ">a.jpg</dd>" in check
    assert id not in check


def test_several_files_and_one_taken_off(made: Made) -> None:
    contact = begun(made)
    send(contact, ("a.jpg", picture()), ("b.jpg", picture("blue")), go="stay")
    first, second = made.data()["photos"]
    page = contact.at("pages", "papers")
    contact.post(
        f"{made.address}/pages/papers",
        data={"form_token": token(page.text), "photos.base": hidden(page.text)["photos.base"],
              "photos.value": [first, second], "remove": f"photos.value={first}"},
    )  # fmt: skip
    assert made.data()["photos"] == [second]


def test_what_does_not_fit_is_said_and_no_answer(made: Made) -> None:
    contact = begun(made)
    answer = send(contact, ("a.txt", b"Dear all"))
    assert answer.status_code == 400
    assert problems(answer) == ["“Photos” takes image/*; “a.txt” is text/plain."]
    assert "photos" not in made.data()


def test_a_file_of_another_form_is_no_answer(made: Made, world: World, workspace: Workspace) -> None:
    other = make_form(world, workspace, DOCUMENT)
    send(begun(other), ("a.jpg", picture()))
    (id,) = other.data()["photos"]
    contact = begun(made)
    word = token(contact.at("pages", "papers").text)
    saved = contact.put(
        f"{made.address}/answers/photos", json={"value": [id], "base": 0}, headers={"x-csrf-token": word}
    )
    assert saved.json()["errors"][0]["code"] == "not_found"
    assert contact.get(f"{made.address}/files/{id}/picture").status_code == 404
    assert made.data() == {}


def test_a_file_for_one_question(made: Made) -> None:
    contact = begun(made)
    fields = {"form_token": token(contact.at("pages", "papers").text)}
    answer = contact.post(f"{made.address}/files/photos", data=fields, files={"photos.file": ("a.jpg", picture())})
    assert state(answer) == "page"
    assert len(made.data()["photos"]) == 1
    foreign = contact.post(
        f"{made.address}/files/photos", data={"form_token": "x"}, files={"photos.file": ("b.jpg", picture())}
    )
    assert foreign.status_code == 403
    assert len(made.data()["photos"]) == 1


def test_a_file_in_several_goes(made: Made) -> None:
    contact, content = begun(made), picture()
    headers = {"x-csrf-token": token(contact.at("pages", "papers").text), "tus-resumable": "1.0.0"}
    name = base64.b64encode(b"a.jpg").decode()
    announced = {"upload-length": str(len(content)), "upload-metadata": f"filename {name}"}
    begun_there = contact.post(f"{made.address}/uploads", headers=headers | announced)
    assert begun_there.status_code == 201, begun_there.text
    at = begun_there.headers["location"]
    piece = {"content-type": "application/offset+octet-stream"}
    for start in (0, 100):
        part = content[start:] if start else content[:100]
        answer = contact.patch(at, content=part, headers=headers | piece | {"upload-offset": str(start)})
        assert answer.status_code == 204, answer.text
    id = at.split("/")[-1]
    saved = contact.put(f"{made.address}/answers/photos", json={"value": [id], "base": 0}, headers=headers)
    assert (saved.json()["value"], saved.json()["errors"]) == ([id], [])
    other = made.visitor()
    word = {"x-csrf-token": token(other.at().text), "tus-resumable": "1.0.0"}
    assert other.head(at, headers=word).status_code in (200, 404)
    assert made.world.token  # the same form by another browser is the same contact


def test_an_upload_belongs_to_its_form(made: Made, world: World, workspace: Workspace) -> None:
    contact = begun(made)
    headers = {"x-csrf-token": token(contact.at("pages", "papers").text), "tus-resumable": "1.0.0"}
    name = base64.b64encode(b"a.jpg").decode()
    at = contact.post(
        f"{made.address}/uploads", headers=headers | {"upload-length": "9", "upload-metadata": f"filename {name}"}
    ).headers["location"]
    other = make_form(world, workspace, DOCUMENT)
    thief = begun(other)
    word = {"x-csrf-token": token(thief.at("pages", "papers").text), "tus-resumable": "1.0.0"}
    assert thief.head(f"{other.address}/uploads/{at.split('/')[-1]}", headers=word).status_code == 404


def test_a_name_is_a_signature_and_so_are_strokes(made: Made) -> None:
    contact = begun(made)
    assert contact.fill("pages", "end", **{"sign.typed": ""}).status_code == 400
    contact.fill("pages", "end", **{"sign.typed": "Eve Adam"})
    assert made.data()["sign"] == {"method": "typed", "name": "Eve Adam"}
    contact.fill("pages", "end", **{"sign.drawn": "[[[1,2,0],[30,40,12]]]", "sign.typed": ""})
    assert made.data()["sign"]["strokes"] == [[[1, 2, 0], [30, 40, 12]]]
    assert '<path d="M1 2L30 40"' in contact.at("pages", "end").text
    assert "Signed" in contact.at("check").text


@pytest.mark.parametrize(
    "drawn", ["x", '{"a":1}', "[[1]]", '[[["a",1,2]]]', "[[[1,2]]]", "[" + ",".join(["[[1,1,1]]"] * 300) + "]"]
)
def test_what_is_no_signature_is_none(made: Made, drawn: str) -> None:
    contact = begun(made)
    answer = contact.fill("pages", "end", **{"sign.drawn": drawn, "sign.typed": ""})
    assert answer.status_code == 400
    assert made.data() == {}


def test_a_file_is_no_answer_to_a_question_of_another_kind(made: Made) -> None:
    contact = begun(made)
    page = contact.at("pages", "papers")
    contact.post(f"{made.address}/pages/papers", data=hidden(page.text) | {"note.value": "Mine", "go": "stay"})
    assert made.data()["note"] == "Mine"
    files = [("note.file", ("a.jpg", picture()))]
    refused = contact.post(f"{made.address}/files/note", data=hidden(contact.at("pages", "papers").text), files=files)
    assert refused.status_code == 404
    assert made.data()["note"] == "Mine"


# ---- several pictures as one PDF ----

PAPERS: dict[str, Any] = {
    "title": "Papers",
    "pages": [
        {
            "key": "papers",
            "title": "Your papers",
            "elements": [
                {"key": "photos", "type": "file", "label": "Contract", "accept": ["image/*", "application/pdf"], "max_files": 1},
                {"key": "note", "type": "text", "label": "Note"},
            ],
        }
    ],
}  # fmt: skip


def kinds(made: Made) -> list[tuple[str, str, int]]:
    """Name, type and pages of the files that were answered with, in order."""
    ids = made.data().get("photos") or []

    async def look(transaction: Any) -> Any:
        return await transaction.all(
            "SELECT id, name, type, pages FROM files WHERE workspace_id = ANY(%(scope)s) AND id = ANY(%(ids)s::uuid[])",
            ids=ids,
        )

    found = {str(each["id"]): (each["name"], each["type"], each["pages"]) for each in made.world.do(look, made.scope())}
    return [found[id] for id in ids]


def test_several_pictures_become_one_pdf(world: World, workspace: Workspace) -> None:
    """Where one file is taken, several pictures of a paper may be sent all the same."""
    made = make_form(world, workspace, PAPERS)
    contact = begun(made)
    refused = send(contact, ("1.jpg", picture()), ("2.jpg", picture("blue")), ("3.jpg", picture("green")))
    assert (refused.status_code, made.data().get("photos")) == (400, None), "three are too many for now"
    assert "Make one PDF of these pictures" in contact.at("pages", "papers").text
    page = contact.at("pages", "papers")
    values = re.findall(r'name="photos.value" value="([^"]+)"', page.text)
    fields: dict[str, Any] = {"photos.value": values, "note.value": "Typed beside", "join": "photos"}
    answer = contact.post(f"{made.address}/pages/papers", data=hidden(page.text) | fields)
    assert (answer.status_code, state(answer)) == (200, "page"), problems(answer)
    assert kinds(made) == [("Contract.pdf", "application/pdf", 3)]
    assert made.data()["note"] == "Typed beside"
    assert "Make one PDF" not in answer.text


def test_pictures_that_are_sent_with_the_button_are_joined_at_once(world: World, workspace: Workspace) -> None:
    made = make_form(world, workspace, PAPERS)
    send(begun(made), ("1.jpg", picture()), ("2.jpg", picture("blue")), join="photos")
    assert kinds(made) == [("Contract.pdf", "application/pdf", 2)]


def test_files_of_others_are_in_no_pdf(world: World, workspace: Workspace) -> None:
    other, mine = make_form(world, workspace, PAPERS), make_form(world, workspace, PAPERS)
    send(begun(other), ("1.jpg", picture()))
    (theirs,) = other.data()["photos"]
    contact = begun(mine)
    page = contact.at("pages", "papers")
    fields = {"photos.value": [theirs, theirs], "join": "photos"}
    contact.post(f"{mine.address}/pages/papers", data=hidden(page.text) | fields)
    assert kinds(mine) == []


def test_what_is_no_picture_inside_is_said_and_stays(world: World, workspace: Workspace) -> None:
    made = make_form(world, workspace, PAPERS)
    answer = send(begun(made), ("1.jpg", picture()), ("2.jpg", picture()[:200]), join="photos")
    assert (answer.status_code, state(answer)) in ((422, "page"), (400, "page"))
    assert len(re.findall(r'name="photos.value"', answer.text)) == 2
    assert problems(answer)


def test_where_no_pdf_is_taken_there_is_no_button(made: Made) -> None:
    contact = begun(made)
    send(contact, ("1.jpg", picture()), ("2.jpg", picture()))
    page = contact.at("pages", "papers")
    assert page.text.count('name="photos.value"') == 2
    assert "Make one PDF" not in page.text
