"""Pictures of pages: made by us, by a job or when they are asked for, kept beside the file, gone with it."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from dossier.files.jobs import delete_what_is_left, draw
from dossier.foundation.identifiers import new_id
from dossier.foundation.workshop.asking import Died, Overdue
from dossier.workspaces.model import Workspace
from tests.files.support import content, kept, limited
from tests.many import some
from tests.workshop import samples
from tests.world import Api, Browser, World

pytestmark = pytest.mark.long  # processes of their own open what was sent

Made = Callable[..., Any]


@pytest.fixture
def browser(world: World, workspace: Workspace) -> Browser:
    return world.browser(world.member(workspace, f"ada-{workspace.slug}@example.org", given_name="Ada"))


def seen(browser: Browser, file: dict[str, Any], what: str = "preview/1", **more: Any) -> Image.Image:
    answer = browser.get(f"/workspace/files/{file['id']}/{what}", **more)
    assert answer.status_code == 200, answer.text
    assert (answer.headers["content-type"], answer.headers["x-content-type-options"]) == ("image/webp", "nosniff")
    return Image.open(io.BytesIO(answer.content))


def status(browser: Browser, file: dict[str, Any], what: str = "preview/1") -> int:
    return browser.get(f"/workspace/files/{file['id']}/{what}").status_code


def stored(world: World) -> set[str]:
    return {each.key for each in world.services.storage.storage.list()}


def of(world: World, file: dict[str, Any], what: str) -> Any:
    """What the database says of a file."""

    async def asked(transaction: Any) -> Any:
        sql = "SELECT (SELECT array_agg(object) FROM file_previews WHERE file_id = f.id) AS previews, u.bytes AS used, f.* FROM files f JOIN file_usage u USING (workspace_id) WHERE f.id = %(id)s"
        return await transaction.first(sql, id=file["id"])

    return world.do(asked)[what]


@pytest.mark.parametrize(("data", "name", "size"), some([
    (samples.picture(3000, 1500, "JPEG"), "a.jpg", (1600, 800)),
    (samples.picture(30, 20), "a.png", (30, 20)),
    (samples.HEIC, "a.heic", (40, 20)),
    (samples.frames("TIFF"), "a.tif", (30, 20)),
    (samples.pdf(2), "a.pdf", (1131, 1600)),
    (b"Dear all", "a.txt", (1131, 1600)),
    (samples.SVG, "a.svg", (1131, 1600)),
    (samples.many_pages(), "million.pdf", (1600, 1600)),
]))  # fmt: skip
@pytest.mark.long
def test_pages_are_pictures(api: Api, browser: Browser, data: bytes, name: str, size: tuple[int, int]) -> None:
    file = kept(api, data, name)
    picture = seen(browser, file)
    assert picture.format == "WEBP"
    assert max(abs(picture.width - size[0]), abs(picture.height - size[1])) <= 1
    if name == "a.pdf":
        assert max(seen(browser, file, "thumbnail").size) == 320
        assert max(seen(browser, file, "preview/1?size=800").size) == 800


def test_a_picture_is_turned_as_it_says_and_says_nothing_else(api: Api, browser: Browser) -> None:
    """[ours] EXIF: place and device are in no picture that we make."""
    answer = browser.get(f"/workspace/files/{kept(api, samples.photo(), 'a.jpg')['id']}/preview/1")
    assert b"OfDevice" not in answer.content
    picture = Image.open(io.BytesIO(answer.content)).convert("RGB")
    assert (picture.size, dict(picture.getexif())) == ((20, 40), {})
    assert [picture.getpixel((10, y))[0] > 200 for y in (4, 36)] == [True, False]  # red is up


@pytest.mark.long
def test_what_has_none_says_so(api: Api, browser: Browser) -> None:
    for data, name in (
        (b"\x00\x01", "a.bin"),
        (samples.locked_pdf(), "a.pdf"),
        (samples.docx(), "a.docx"),
    ):
        file = kept(api, data, name)
        assert (status(browser, file), status(browser, file, "thumbnail")) == (404, 404)
    file = kept(api, samples.pdf(2), "a.pdf")
    for page in ("3", "0", "x", "-1", "²", "99999999999"):
        assert status(browser, file, f"preview/{page}") == 404
    assert status(browser, file, "preview/1?size=7") == 400
    assert status(browser, {"id": new_id()}) == 404


def test_what_is_not_theirs_is_not_there(world: World, workspace: Workspace, api: Api) -> None:
    file = kept(api, samples.picture(), "a.png")
    limited = world.member(workspace, f"lim-{workspace.slug}@example.org", "limited")
    stranger = world.member(world.workspace(), f"eve-{workspace.slug}@example.org")
    for each in (limited, stranger):
        assert status(world.browser(each), file) == 404


@pytest.mark.long
def test_a_job_draws_what_was_sent(world: World, workspace: Workspace, api: Api, browser: Browser) -> None:
    """The first ten pages and their thumbnails; it may run twice; what was drawn is given without being made again."""
    file = kept(api, samples.pdf(12), "a.pdf")
    used = of(world, file, "used")
    for _ in range(2):
        world.server.run(draw(world.services, str(workspace.id), file["id"]))
        objects = of(world, file, "previews")
        assert len(objects) == 20
    assert set(objects) <= stored(world)
    assert (of(world, file, "pages"), of(world, file, "drawn")) == (12, True)
    assert of(world, file, "used") > used
    answer = browser.get(f"/workspace/files/{file['id']}/preview/2")
    known = browser.get(f"/workspace/files/{file['id']}/preview/2", headers={"If-None-Match": answer.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")
    assert of(world, file, "previews") == objects
    assert seen(browser, file, "preview/12").size == (1131, 1600)
    world.server.run(draw(world.services, str(workspace.id), str(new_id())))


def test_pictures_go_with_the_file(world: World, api: Api, browser: Browser) -> None:
    file = kept(api, samples.picture(), "a.png")
    kept(api)
    before = of(world, file, "used")
    seen(browser, file)
    objects = set(of(world, file, "previews"))
    assert objects <= stored(world)
    assert api.delete(f"/v1/attachments/{file['id']}").status_code == 204
    used = world.do(
        lambda tx: tx.one("SELECT bytes FROM file_usage WHERE workspace_id = ANY(%(ids)s)", ids=[_workspace(objects)])
    )
    assert used["bytes"] == before - len(samples.picture())
    world.clock.forward(days=8)
    world.server.run(delete_what_is_left(world.services))
    assert not objects & stored(world)


def _workspace(objects: set[str]) -> str:
    return next(iter(objects)).partition("/")[0]


def test_a_lost_picture_is_made_again(world: World, api: Api, browser: Browser) -> None:
    file = kept(api, samples.picture(), "a.png")
    seen(browser, file)
    lost = of(world, file, "previews")
    world.services.storage.storage.delete(lost[0])
    seen(browser, file)
    assert of(world, file, "previews") not in (lost, None)


def test_where_the_quota_has_no_room_pictures_are_given_and_not_kept(
    world: World, database_url: str, workspace: Workspace, browser: Browser
) -> None:
    data = samples.picture()
    with limited(world, database_url, workspace, quota=len(data) + 10) as api:
        file = kept(api, data, "a.png")
        browser.base_url = api.base_url
        seen(browser, file)
        assert (of(world, file, "previews"), of(world, file, "used")) == (None, len(data))


@pytest.mark.parametrize(("error", "first", "then"), [(Died, 404, 404), (Overdue, 504, 504)])
def test_what_breaks_or_never_ends_is_said(
    api: Api, browser: Browser, monkeypatch: pytest.MonkeyPatch, error: type[Exception], first: int, then: int
) -> None:
    """What broke the process is not tried again; a limit of time may have been the machine's fault."""
    from dossier.files.actions import previewing

    tried = []

    async def fails(*_: Any, **__: Any) -> Any:
        tried.append(1)
        raise error

    monkeypatch.setattr(previewing, "_make", fails)
    file = kept(api, samples.pdf(), "a.pdf")
    assert (status(browser, file), status(browser, file)) == (first, then)
    assert len(tried) == (1 if error is Died else 2)


def test_what_is_not_given_is_not_shown(world: World, api: Api, browser: Browser) -> None:
    """Every way to content obeys the verdict of the scanner; found infected later, the pictures are gone too."""
    file = kept(api, samples.picture(), "a.png")
    seen(browser, file)

    async def judged(transaction: Any) -> None:
        await transaction.send("UPDATE files SET verdict = 'infected' WHERE id = %(id)s", id=file["id"])

    world.do(judged)
    assert status(browser, file) in (409, 410)
    assert of(world, file, "previews") is None
    assert content(api, file["id"]).status_code in (200, 409, 410)


def test_of_erased_content_no_picture_stays(
    world: World, workspace: Workspace, api: Api, browser: Browser, make_case: Made
) -> None:
    """Erased although a case holds it: what was made of it goes too, the row stays."""
    file = kept(api, samples.picture(), "a.png", data={"case": make_case()["id"]})
    seen(browser, file)
    assert api.delete(f"/v1/attachments/{file['id']}", params={"force": "true"}).status_code == 204
    assert of(world, file, "previews") is None
    assert status(browser, file) == 410
