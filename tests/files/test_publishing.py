"""What a public address shows of a picture: everything but where and with what it was taken."""

import io
from typing import Any

import pytest
from PIL import Image

from dossier.files.actions import publishing
from dossier.foundation.workshop.asking import Died
from dossier.workspaces.model import Workspace
from tests.files.support import content, kept, limited
from tests.many import some
from tests.workshop import samples
from tests.world import Api, World

pytestmark = pytest.mark.long  # processes of their own open what was sent

PHOTOS = [
    (samples.photo("JPEG"), "image/jpeg"),
    (samples.photo("JPEG") + samples.photo("JPEG"), "image/jpeg"),  # as phones put another picture behind the first
    (samples.photo("PNG"), "image/png"),
    (samples.photo("WEBP"), "image/webp"),
    (samples.photo("TIFF"), "image/tiff"),
    (samples.HEIC, "image/heic"),
]


def public(world: World, file: dict[str, Any], **headers: str) -> Any:
    with world.client() as nobody:
        return nobody.get(file["uri"], headers=headers)


@pytest.mark.parametrize(("data", "type"), some(PHOTOS))
def test_place_and_device_are_not_shown(world: World, api: Api, data: bytes, type: str) -> None:
    """[ours] The original is as it was for who has a token; what is seen is the same, and stands as upright."""
    assert b"MakerOfDevice" in data
    file = kept(api, data, "photo", data={"scope": "public"})
    answer = public(world, file)
    assert (answer.status_code, answer.headers["content-type"]) == (200, type)
    assert b"OfDevice" not in answer.content
    assert content(api, file["id"]).content == data
    assert answer.headers["etag"] != content(api, file["id"]).headers["etag"]
    if type != "image/heic":
        shown = Image.open(io.BytesIO(answer.content))
        assert not shown.getexif().get_ifd(0x8825)
        assert shown.getexif().get(0x0112) == (None if type == "image/tiff" else 6)  # which stands upright itself
        assert shown.convert("RGB").tobytes() == Image.open(io.BytesIO(data)).convert("RGB").tobytes()
    part = public(world, file, Range="bytes=2-5")
    assert (part.status_code, part.content) == (206, answer.content[2:6])
    assert public(world, file, **{"If-None-Match": answer.headers["etag"]}).status_code == 304
    with world.client() as nobody:
        assert nobody.head(file["uri"]).headers["content-length"] == str(len(answer.content))


def test_what_cannot_be_cleaned_is_not_shown(world: World, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    async def dies(*_: Any) -> None:
        raise Died

    monkeypatch.setattr(publishing, "ask", dies)
    file = kept(api, samples.photo(), "photo.jpg", data={"scope": "public"})
    assert public(world, file).status_code == 409
    pdf = samples.pdf()
    assert public(world, kept(api, pdf, "a.pdf", data={"scope": "public"})).content == pdf


def test_a_copy_that_is_lost_is_made_again(world: World, api: Api) -> None:
    file = kept(api, samples.photo(), "photo.jpg", data={"scope": "public"})
    first = public(world, file)

    async def copy(transaction: Any) -> Any:
        return await transaction.one("SELECT object FROM file_previews WHERE file_id = %(id)s", id=file["id"])

    world.services.storage.storage.delete(world.do(copy)["object"])
    assert public(world, file).content == first.content


def test_where_the_quota_is_full_it_is_shown_all_the_same(
    world: World, database_url: str, workspace: Workspace
) -> None:
    with limited(world, database_url, workspace, quota=len(samples.photo()) + 10) as api:
        file = kept(api, samples.photo(), "photo.jpg", data={"scope": "public"})
        assert api.get(file["uri"]).status_code == 200
        assert public(world, file).status_code == 200
