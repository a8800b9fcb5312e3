"""What was made to break who opens it: kept harmless, named in what is made of it, and never an error of the server's."""

import io
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from dossier.foundation.services import Services
from dossier.foundation.testing import postgres
from dossier.foundation.testing.server import serving
from dossier.server.application import create
from dossier.server.services import database_on
from dossier.workspaces.model import Workspace
from tests.files.support import content, kept
from tests.many import MANY
from tests.workshop import samples
from tests.world import Api, Browser, World

pytestmark = pytest.mark.long

_SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10">%b</svg>'
_USES = b'<g id="a0"><path d="M0 0"/></g>' + b"".join(
    b'<g id="a%d">%b</g>' % (at, b'<use href="#a%d"/>' % (at - 1) * 10) for at in range(1, 10)
)


def _bomb() -> bytes:
    """50 MB of zeros as a Word document of 50 kB."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", b"<Types/>")
        made.writestr("word/document.xml", bytes(50_000_000))
    return out.getvalue()


HARD: list[tuple[Callable[[], bytes], str, str]] = [  # each made when it is tried
    (_bomb, "bomb.docx", "named"),
    (samples.vast_png, "vast.png", "named"),
    (samples.locked_pdf, "locked.pdf", "named"),
    (lambda: samples.pdf()[:400], "cut.pdf", "named"),
    (lambda: b"GIF89a/*\x00" + bytes(30) + b"*/=alert(1)", "script.gif", "named"),
    (lambda: b"<html>\n" + samples.pdf(), "page.pdf", "named"),
    (lambda: samples.pdf() + b"<script>alert(1)</script>", "tail.pdf", "shown"),
    (lambda: samples.picture(kind="JPEG") + _bomb(), "photo.jpg", "shown"),
    (lambda: _SVG % (b"<g>" * 100_000 + b"</g>" * 100_000), "deep.svg", "named"),
    (lambda: _SVG % _USES, "uses.svg", "named"),
    (lambda: b"\n" * 3_000_000, "lines.txt", "shown"),
    (lambda: b"a\t" * 50_000, "line.txt", "shown"),
    (lambda: b'#read("/etc/passwd") $x$ \\ <label>', "markup.txt", "shown"),
]

if not MANY:
    HARD = [each for each in HARD if each[1] in ("bomb.docx", "vast.png", "photo.jpg", "uses.svg", "markup.txt")]


@pytest.mark.parametrize(("made", "name", "becomes"), HARD, ids=[name for _, name, _ in HARD])
def test_what_is_hard_is_named_or_shown(
    world: World, workspace: Workspace, api: Api, made: Callable[[], bytes], name: str, becomes: str
) -> None:
    data = made()
    file = kept(api, data, name)
    assert content(api, file["id"]).content == data
    browser = world.browser(world.member(workspace, f"ada-{workspace.slug}@example.org"))
    assert browser.get(f"/workspace/files/{file['id']}/thumbnail").status_code == (200 if becomes == "shown" else 404)
    answer = api.get("/v1/attachments", params={"ids": file["id"]})
    assert answer.status_code == 200, answer.text
    with pypdfium2.PdfDocument(answer.content) as document:
        said = document[0].get_textpage().get_text_bounded()
    assert (name in said) == (becomes == "named")
    if name == "markup.txt":
        assert "#read" in said


def test_a_hundred_ids_of_one_file_are_one_file(api: Api) -> None:
    """Its size counts once."""
    file = kept(api, bytes(2_000_000), "large.bin")
    answer = api.get("/v1/attachments", params={"ids": ",".join([file["id"]] * 100)})
    assert answer.status_code == 200
    assert 2_000_000 < len(answer.content) < 2_200_000


# ---- office papers, by a program of the operator's ----

OFFICE = """#!{python}
import os, shutil, sys
assert sorted(os.environ) == sorted(["HOME", "TMPDIR", "PATH", "LC_ALL", "MALLOC_ARENA_MAX", "RAYON_NUM_THREADS"]), os.environ
assert os.environ["HOME"] == os.getcwd() and sys.argv[1].startswith("-env:UserInstallation=file://" + os.getcwd())
file, out = sys.argv[-1], sys.argv[sys.argv.index("--outdir") + 1]
if b"break" in open(file, "rb").read():
    sys.exit(77)
shutil.copy({pdf!r}, os.path.join(out, "content.pdf" if file.endswith("content") else "source.pdf"))
"""


@pytest.fixture
def with_office(world: World, database_url: str, workspace: Workspace, tmp_path: Path) -> Any:
    """A server that has a LibreOffice, which makes the same of everything."""
    import sys

    (tmp_path / "made.pdf").write_bytes(samples.pdf(2, "Of office"))
    program = tmp_path / "soffice"
    program.write_text(OFFICE.format(python=sys.executable, pdf=str(tmp_path / "made.pdf")))
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    database = database_on(postgres.serving(database_url), clock=world.clock)
    services = Services(database, storage=world.services.storage, works_on_jobs=False, office=str(program))
    with serving(create(services)) as server, world.client(world.token(workspace)) as api:
        api.base_url = server.url
        yield api


def test_office_papers_are_shown_where_there_is_a_libreoffice(
    world: World, workspace: Workspace, with_office: Api
) -> None:
    api = with_office
    files = [kept(api, samples.docx(), "a.docx"), kept(api, samples.RTF, "b.rtf"), kept(api, b"To: a@b\n\nHi", "c.eml")]
    answer = api.get("/v1/attachments", params={"ids": ",".join(each["id"] for each in files)})
    assert (answer.status_code, "warning" in answer.headers) == (200, False)
    with pypdfium2.PdfDocument(answer.content) as document:
        assert len(document) == 6
        assert "Of office 1" in document[4].get_textpage().get_text_bounded()
    browser: Browser = world.browser(world.member(workspace, f"ada-{workspace.slug}@example.org"))
    browser.base_url = api.base_url
    assert browser.get(f"/workspace/files/{files[0]['id']}/preview/2").status_code == 200
    assert browser.get(f"/workspace/files/{files[0]['id']}/preview/3").status_code == 404
    broken = kept(api, b"{\\rtf1 break}", "d.rtf")
    answer = api.get("/v1/attachments", params={"ids": broken["id"]})
    assert answer.headers["warning"] == '299 - "enclosed: d.rtf"'
    assert browser.get(f"/workspace/files/{broken['id']}/thumbnail").status_code == 404
