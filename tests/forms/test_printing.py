"""A response as a PDF: in any state, in its language, with its files; kept until it changes."""

import asyncio
import io
import random
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pikepdf
import pypdfium2
import pytest
from PIL import Image

from dossier.forms.actions import printing
from dossier.foundation.workshop import asking
from dossier.workspaces.model import Workspace
from tests.forms.answering import Contact
from tests.forms.support import ask, publish
from tests.many import left_to_ci
from tests.workshop import samples
from tests.world import Api, World, errors

ELEMENTS: list[dict[str, Any]] = [
    {"key": "hello", "type": "information", "text": "Take **your** time."},
    {"key": "amount", "type": "number", "label": "Amount", "required": True},
    {"key": "note", "type": "text", "label": "Note", "multiline": True},
    {"key": "hurt", "type": "checkbox", "label": "Was somebody hurt?"},
    {"key": "who", "type": "group", "label": "Who", "visible_when": {"data.hurt": {"$eq": True}},
     "repeat": {"min": 1, "max": 3}, "elements": [{"key": "their_name", "type": "text", "label": "Name"}]},
    {"key": "photos", "type": "file", "label": "Photos"},
    {"key": "sign", "type": "signature", "label": "Sign here"},
]  # fmt: skip
TEXTS = {"ar": {"title": "تقرير", "pages.one.title": "عنك", "elements.amount.label": "المبلغ"},
         "fr": {"title": "Constat", "elements.amount.label": "Montant"}}  # fmt: skip
PDF = {"Accept": "application/pdf"}


@pytest.fixture
def form(world: World, workspace: Workspace, api: Api) -> dict[str, Any]:
    publish(world, workspace, pages=[{"key": "one", "title": "About it", "elements": ELEMENTS}], texts=TEXTS)
    made: dict[str, Any] = ask(api, user={"email": "tess@example.org", "given_name": "Tess"})
    return made


def response(api: Api, form: dict[str, Any]) -> str:
    return str(api.json("GET", f"/v1/forms/{form['id']}")["responses"][0]["id"])


def texts(content: bytes) -> list[str]:
    with pypdfium2.PdfDocument(content) as document:
        return [page.get_textpage().get_text_range().replace("\r\n", "\n") for page in document]


def test_questions_and_answers_stand_page_by_page(
    world: World, workspace: Workspace, api: Api, form: dict[str, Any]
) -> None:
    upload = api.request("POST", "/v1/attachments", files={"file": ("car.png", samples.picture(300, 200), "image/png")})
    photo = upload.json()
    contact = Contact(world, workspace, form)
    contact.answers(amount=5, note="#read('x') <b>", hurt=True, who=[{"their_name": "Ann"}, {"their_name": "Bob"}])
    contact.submits()
    got = api.get(f"/v1/responses/{response(api, form)}", headers=PDF)
    assert (got.status_code, got.headers["content-type"]) == (200, "application/pdf")
    name = f'inline; filename="accident-{form["reference"]}.pdf"'
    assert got.headers["content-disposition"].startswith(name)
    (text,) = texts(got.content)
    said = ["Accident report", form["reference"], "About it", "Amount 5", "Note", "#read('x') <b>", "Ann", "Bob", "Sign here", "Not signed"]  # fmt: skip
    places = [text.index(each) for each in said]
    assert places == sorted(places), text
    assert "Take" not in text
    assert photo["id"]


def test_files_are_listed_with_size_and_hash_and_pictures_are_shown(
    world: World, workspace: Workspace, api: Api, form: dict[str, Any]
) -> None:
    upload = api.request("POST", "/v1/attachments", files={"file": ("car.png", samples.picture(300, 200), "image/png")})
    photo = upload.json()
    given = ask(api, data={"photos": [{"id": photo["id"]}], "amount": 3})
    contact = Contact(world, workspace, given)
    contact.answers(note="x").submits()
    content = api.get(f"/v1/responses/{response(api, given)}", headers=PDF).content
    text = texts(content)[0].replace("\n", "")
    assert "car.png" in text
    assert photo["metadata"]["sha256"] in text
    with _opened(content) as opened:
        assert len(opened.pages[0].get_images()) == 1


def _opened(content: bytes) -> Any:
    from io import BytesIO

    return pikepdf.open(BytesIO(content))


def test_what_is_not_finished_says_so_on_each_page(
    world: World, workspace: Workspace, api: Api, form: dict[str, Any]
) -> None:
    contact = Contact(world, workspace, form).answers(amount=5, note="\n".join(["A line"] * 120))
    unfinished = texts(api.get(f"/v1/responses/{response(api, form)}", headers=PDF).content)
    assert len(unfinished) > 1
    assert all("Not finished" in text for text in unfinished)
    contact.submits()
    assert not any("Not finished" in text for text in texts(api.get(f"/v1/responses/{response(api, form)}", headers=PDF).content))  # fmt: skip


@pytest.mark.parametrize(("language", "said"), [("fr-BE", ("Constat", "Montant")), ("ar", ())])
def test_it_is_in_the_language_of_the_response(
    world: World, workspace: Workspace, api: Api, form: dict[str, Any], language: str, said: tuple[str, ...]
) -> None:
    Contact(world, workspace, form, language).answers(amount=5).submits()
    content = api.get(f"/v1/responses/{response(api, form)}", headers=PDF).content
    text = texts(content)[0]
    assert all(each in text for each in said)
    with _opened(content) as opened:
        assert str(opened.Root.Lang) == language[:2]
        assert opened.open_metadata()["pdfaid:part"] == "2"


def test_it_is_made_once_and_again_when_the_response_has_changed(
    world: World, workspace: Workspace, api: Api, form: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    contact = Contact(world, workspace, form).answers(amount=5)
    made = []
    ask_for = asking.ask

    async def counted(order: Any, *more: Any) -> Any:
        made.append(order["work"])
        return await ask_for(order, *more)

    monkeypatch.setattr("dossier.forms.actions.printing.have_done", counted)
    first = api.get(f"/v1/responses/{response(api, form)}", headers=PDF)
    again = api.get(f"/v1/responses/{response(api, form)}", headers=PDF)
    assert (first.content, made) == (again.content, ["paper"])
    known = api.get(f"/v1/responses/{response(api, form)}", headers={**PDF, "If-None-Match": first.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")
    contact.answers(amount=6)
    changed = api.get(f"/v1/responses/{response(api, form)}", headers=PDF)
    assert (changed.headers["etag"] != first.headers["etag"], made) == (True, ["paper", "paper"])


def noise(colour: int) -> bytes:
    """A picture that takes a hundred kilobytes however it is written."""
    made = io.BytesIO()
    Image.frombytes("RGB", (200, 200), random.Random(colour).randbytes(200 * 200 * 3)).save(made, "PNG")
    return made.getvalue()


def test_one_with_many_pictures_shows_so_many_that_it_is_kept(
    world: World, workspace: Workspace, api: Api, form: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was made anew for each who asked."""
    monkeypatch.setattr(printing, "_MOST_KEPT", 100_000)
    uploads = [
        api.request("POST", "/v1/attachments", files={"file": (f"{n}.png", noise(n), "image/png")}).json()
        for n in range(4)
    ]
    given = ask(api, data={"photos": [{"id": each["id"]} for each in uploads], "amount": 3})
    Contact(world, workspace, given).answers(note="x").submits()
    made: list[str] = []
    ask_for = asking.ask

    async def counted(order: dict[str, Any], *more: Any) -> Any:
        made.append(str(order["work"]))
        return await ask_for(order, *more)

    monkeypatch.setattr(printing, "have_done", counted)
    first, second = (api.get(f"/v1/responses/{response(api, given)}", headers=PDF).content for _ in range(2))
    assert (first == second, made) == (True, ["paper", "paper"]), "once with all, once with fewer, and kept"
    assert len(first) <= 100_000
    with _opened(first) as opened:
        assert sum(len(page.get_images()) for page in opened.pages) in (1, 2, 3)
    assert all(f"{n}.png" in "".join(texts(first)) for n in range(4)), "all are listed"


@left_to_ci("waits for a paper that is made slowly on purpose")
def test_many_who_ask_together_have_it_made_once(
    world: World, workspace: Workspace, api: Api, form: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    Contact(world, workspace, form).answers(amount=5)
    made = []
    ask_for = asking.ask

    async def slowly(order: Any, *more: Any) -> Any:
        made.append(order["work"])
        await asyncio.sleep(1)
        return await ask_for(order, *more)

    monkeypatch.setattr("dossier.forms.actions.printing.have_done", slowly)
    id = response(api, form)
    with ThreadPoolExecutor(12) as crowd:
        got = list(crowd.map(lambda _: api.get(f"/v1/responses/{id}", headers=PDF), range(12)))
    assert made == ["paper"], "each of them costs a processor, and links let anybody ask"
    assert {each.status_code for each in got} <= {200, 503}
    assert sum(each.status_code == 503 for each in got) >= 1, "nobody waits without end"
    assert all(each.headers["retry-after"] for each in got if each.status_code == 503)


def test_who_is_erased_while_it_is_made_is_on_none_that_is_kept(
    world: World, workspace: Workspace, api: Api, form: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    Contact(world, workspace, form).answers(amount=5)
    (person,) = api.json("GET", "/v1/contacts", params={"email": "tess@example.org"})["data"]
    ask_for = asking.ask

    async def meanwhile(order: Any, *more: Any) -> Any:
        await asyncio.to_thread(api.json, "DELETE", f"/v1/contacts/{person['id']}", 204)
        return await ask_for(order, *more)

    monkeypatch.setattr("dossier.forms.actions.printing.have_done", meanwhile)
    assert api.get(f"/v1/responses/{response(api, form)}", headers=PDF).status_code == 200
    kept = world.do(lambda tx: tx.all("SELECT 1 FROM form_papers WHERE workspace_id = %(id)s", id=workspace.id))
    assert kept == []


def test_what_cannot_be_printed_now_says_when_to_ask_again(
    world: World, workspace: Workspace, api: Api, form: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    Contact(world, workspace, form).answers(amount=5)

    async def dies(*_: Any) -> None:
        raise asking.Died

    monkeypatch.setattr("dossier.forms.actions.printing.have_done", dies)
    refused = api.get(f"/v1/responses/{response(api, form)}", headers=PDF)
    assert (refused.status_code, errors(refused)) == (503, {"": "cannot_print"})
    assert int(refused.headers["retry-after"]) > 0
    assert re.match("application/json", api.get(f"/v1/responses/{response(api, form)}").headers["content-type"])


def test_nobody_elses_response_is_printed(world: World, workspace: Workspace, api: Api, form: dict[str, Any]) -> None:
    Contact(world, workspace, form).answers(amount=5)
    with world.client(world.token(world.workspace())) as stranger:
        for accept in ("application/pdf", "*/*"):
            refused = stranger.get(f"/v1/responses/{response(api, form)}", headers={"Accept": accept})
            assert refused.status_code == 404
