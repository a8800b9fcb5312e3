"""Every refusal that the contract says of attachments, uploads and lists of files is one that somebody can meet."""

import base64
import errno
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from dossier.files.actions import merging
from dossier.foundation.services import FileLimits, Pace
from dossier.workspaces.model import Workspace
from tests.files.scanners import Fake, fake
from tests.files.support import beside, in_a_folder, kept, sent
from tests.files.test_resuming import PIECE, TUS, begun, metadata, send
from tests.files.test_under_way import begun as on_its_way
from tests.files.test_under_way import status as answered
from tests.wire.contract import CONTRACT
from tests.world import Api, World

pytestmark = pytest.mark.long

NOBODYS = "01a2284a-0000-7000-8000-000000000000"
BYTES = {"Accept": "application/octet-stream"}
ABOUT = ("/attachments", "/uploads", "/files", "/cases/{id}/files")
REFUSALS = [
    (f"{method} {path}", status)
    for path, item in CONTRACT["paths"].items()
    if path.startswith(ABOUT)
    for method, operation in item.items()
    if method != "parameters"
    for status in operation.get("x-refusals", ())
    if (method, status) != ("delete", 403)  # every token may what an administrator may
]
LIMITS = FileLimits(inline=1000, quota=100_000, pace=Pace(silent=1, window=1.5, least=1000))


@dataclass
class Place:
    """A server with little room and patience, a workspace there, and one that the token does not cover."""

    api: Api
    world: World
    workspace: Workspace
    elsewhere: str
    scanner: Fake
    monkeypatch: pytest.MonkeyPatch

    def file(self, **more: Any) -> str:
        return str(kept(self.api, **more)["id"])

    def on_a_case(self) -> str:
        case = self.api.json("POST", "/v1/cases", json={"title": "A"})["id"]
        return self.file(data={"case": case})

    def erased(self) -> str:
        """One whose content was erased although a case holds it."""
        id = self.on_a_case()
        self.api.json("DELETE", f"/v1/attachments/{id}?force=true", 204)
        return id

    def unchecked(self) -> str:
        """One that no scanner could look at."""
        id = self.file()
        sql = "UPDATE files SET verdict = 'not_possible' WHERE workspace_id = %(workspace)s AND id = %(id)s"
        self.world.do(lambda tx: tx.send(sql, workspace=self.workspace.id, id=id))
        return id

    def archived_case(self) -> str:
        case = self.api.json("POST", "/v1/cases", json={"title": "A"})["id"]
        self.api.json("POST", f"/v1/cases/{case}", json={"archived": True})
        return str(case)

    def full_disk(self) -> None:
        def full(*_: Any, **__: Any) -> None:
            raise OSError(errno.ENOSPC, "full")

        self.monkeypatch.setattr(os, "link", full)
        self.monkeypatch.setattr(os, "pwrite", full)


@pytest.fixture(scope="module")
def served(world: World, database_url: str) -> Iterator[tuple[str, Fake]]:
    """One server for all refusals, and its scanner."""
    with fake() as scanner, beside(world, database_url, file_limits=LIMITS, scanner=scanner.scanner()) as (server, _):
        yield server.url, scanner


@pytest.fixture
def place(
    world: World, workspace: Workspace, served: tuple[str, Fake], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Place]:
    url, scanner = served
    monkeypatch.setattr(scanner, "answer", scanner.answer)  # put back afterwards
    with world.client(world.token(workspace)) as api:
        api.base_url = httpx.URL(url)
        yield Place(api, world, workspace, world.workspace().slug, scanner, monkeypatch)


Produce = Callable[[Place], "httpx.Response | int"]


def reads(path: str, **headers: str) -> Produce:
    return lambda place: place.api.get(f"/v1{path}", headers=headers)


def reads_one(make: Callable[[Place], str], **headers: str) -> Produce:
    return lambda place: place.api.get(f"/v1/attachments/{make(place)}", headers=headers or BYTES)


def together(make: Callable[[Place], str], **headers: str) -> Produce:
    return lambda place: place.api.get(f"/v1/attachments?ids={make(place)}", headers=headers)


def too_much_together(place: Place) -> httpx.Response:
    place.monkeypatch.setattr(merging, "MOST_IN", 1)
    return together(Place.file)(place)


def posted(content: bytes = b"Dear all", **more: Any) -> Produce:
    return lambda place: sent(place.api, content, **more)


def posted_slowly(place: Place) -> int:
    with on_its_way(str(place.api.base_url), place.api.headers["authorization"], 100_000) as still:
        return answered(still)


def posted_to_an_archived_case(place: Place) -> httpx.Response:
    return sent(place.api, data={"case": place.archived_case()})


def posted_again_after_it_was_erased(place: Place) -> httpx.Response:
    key = {"Idempotency-Key": "once"}
    place.api.delete(f"/v1/attachments/{place.file(headers=key)}")
    return sent(place.api, headers=key)


def posted_inside_json(place: Place) -> httpx.Response:
    data = base64.b64encode(bytes(1001)).decode()
    return place.api.post("/v1/attachments", json={"name": "a", "data": data})


def posted_to_a_full_disk(place: Place) -> httpx.Response:
    place.full_disk()
    return sent(place.api)


def changed(make: Callable[[Place], str], body: Any = None, **headers: str) -> Produce:
    return lambda place: place.api.patch(f"/v1/attachments/{make(place)}", json=body or {"name": "b.txt"}, headers=headers)  # fmt: skip


def to_an_archived_case(place: Place) -> httpx.Response:
    return changed(Place.file, {"case": place.archived_case()})(place)


def deleted(make: Callable[[Place], str], query: str = "", **headers: str) -> Produce:
    return lambda place: place.api.delete(f"/v1/attachments/{make(place)}{query}", headers=headers)


def announced(size: int = 4, query: str = "", headers: dict[str, str] | None = None, **said: str) -> Produce:
    sends = {**TUS, "Upload-Length": str(size), "Upload-Metadata": metadata(**({"filename": "a.bin"} | said))}
    return lambda place: place.api.post(f"/v1/uploads{query}", headers=sends | (headers or {}))


def nobodys(_: Place) -> str:
    return NOBODYS


def none(_: Place) -> str:
    return "nope"


def upload(make: Callable[[Place], str], method: str, **headers: str) -> Produce:
    return lambda place: place.api.request(method, f"/v1/uploads/{make(place)}", headers={**TUS, **headers})


def fresh(place: Place) -> str:
    return begun(place.api, 4).rpartition("/")[2]


def finished_and_erased(place: Place) -> str:
    case = place.api.json("POST", "/v1/cases", json={"title": "A"})["id"]
    at = begun(place.api, 4, case=case)
    send(place.api, at, 0, b"Dear")
    id = at.rpartition("/")[2]
    place.api.json("DELETE", f"/v1/attachments/{id}?force=true", 204)
    return id


def piece(make: Callable[[Place], str] = fresh, data: bytes = b"De", **headers: str) -> Produce:
    sends = {**PIECE, "Upload-Offset": "0", **headers}
    return lambda place: place.api.patch(f"/v1/uploads/{make(place)}", content=data, headers=sends)


def piece_that_stops(place: Place) -> httpx.Response:
    def slowly() -> Iterator[bytes]:
        yield b"D"
        time.sleep(2)
        yield b"e"

    sends = {**PIECE, "Upload-Offset": "0"}
    return place.api.patch(f"/v1/uploads/{fresh(place)}", content=slowly(), headers=sends)


def last_piece_with_a_virus(place: Place) -> httpx.Response:
    place.scanner.answer = b"stream: Win.Test FOUND\0"
    return piece(data=b"Dear")(place)


def piece_on_a_full_disk(place: Place) -> httpx.Response:
    id = fresh(place)
    place.full_disk()
    return piece(lambda _: id)(place)


OTHER = {"Tus-Resumable": "0.2.2"}
PRODUCED: dict[str, dict[int, Produce]] = {
    "get /attachments": {
        400: reads("/attachments"),
        404: together(nobodys),
        409: together(Place.unchecked),
        413: too_much_together,
        422: together(lambda place: place.file(content=b"PK\x05\x06" + bytes(18)), Prefer="handling=strict"),
    },
    "post /attachments": {
        400: posted(b""),
        403: lambda place: sent(place.api, params={"workspace": place.elsewhere}),
        408: posted_slowly,
        409: posted_to_an_archived_case,
        410: posted_again_after_it_was_erased,
        413: posted_inside_json,
        415: lambda place: place.api.post("/v1/attachments", content=b"x", headers={"Content-Type": "text/plain"}),
        422: posted(bytes(100_001)),
        507: posted_to_a_full_disk,
    },
    "get /attachments/{id}": {
        400: reads_one(none),
        404: reads_one(nobodys),
        409: reads_one(Place.unchecked),
        410: reads_one(Place.erased),
        413: reads_one(lambda place: place.file(content=bytes(1001)), Accept="application/json"),
        416: reads_one(Place.file, **BYTES, Range="bytes=100-"),
    },
    "patch /attachments/{id}": {
        400: changed(Place.file, {"name": ""}),
        404: changed(nobodys),
        409: to_an_archived_case,
        410: changed(Place.erased),
        412: changed(Place.file, **{"If-Match": '"99-free"'}),
    },
    "delete /attachments/{id}": {
        400: deleted(none),
        404: deleted(nobodys),
        409: deleted(Place.on_a_case),
        410: deleted(Place.erased, "?force=true"),
        412: deleted(Place.file, **{"If-Match": '"99-free"'}),
    },
    "post /uploads": {
        400: announced(0),
        403: lambda place: announced(4, f"?workspace={place.elsewhere}")(place),
        412: announced(4, headers=OTHER),
        413: announced(10**11),
        422: announced(100_001),
    },
    "head /uploads/{id}": {
        404: upload(nobodys, "HEAD"),
        410: upload(finished_and_erased, "HEAD"),
        412: upload(fresh, "HEAD", **OTHER),
    },
    "patch /uploads/{id}": {
        400: piece(**{"Upload-Offset": "-1"}),
        404: piece(nobodys),
        408: piece_that_stops,
        409: piece(**{"Upload-Offset": "2"}),
        410: piece(finished_and_erased, b""),
        412: piece(**OTHER),
        413: piece(data=b"Dear all"),
        415: piece(**{"Content-Type": "text/plain"}),
        422: last_piece_with_a_virus,
        507: piece_on_a_full_disk,
    },
    "delete /uploads/{id}": {404: upload(nobodys, "DELETE"), 412: upload(fresh, "DELETE", **OTHER)},
    "get /files": {400: reads("/files?held=perhaps"), 403: lambda place: reads(f"/files?workspace[slug]={place.elsewhere}")(place)},
    "get /cases/{id}/files": {400: reads("/cases/nope/files"), 404: reads(f"/cases/{NOBODYS}/files")},
}  # fmt: skip


@in_a_folder
@pytest.mark.parametrize(("operation", "status"), REFUSALS)
def test_a_refusal_of_the_contract_is_met(place: Place, operation: str, status: int) -> None:
    refused = PRODUCED[operation][status](place)
    if isinstance(refused, int):
        assert refused == status
        return
    assert refused.status_code == status, refused.text
    for each in refused.json()["errors"] if refused.content else ():
        assert each["status"] == str(status)
        assert each["code"]
        assert each["title"]
        assert each["detail"]


def test_nothing_else_is_tried() -> None:
    assert {(operation, status) for operation, each in PRODUCED.items() for status in each} == set(REFUSALS)
