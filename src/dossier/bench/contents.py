"""Files sent and had: megabytes a second, in turns with `cp` and with a bare loop of obstore's on the same disk."""

import contextlib
import hashlib
import os
import shutil
import statistics
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

from dossier.bench import report as named
from dossier.bench.bed import Bed, Server, serving
from dossier.bench.measures import TURNS, Progress
from dossier.bench.report import Figure, Report

MEGABYTES = 200  # of the file
_PIECE, _SERVED = 1024 * 1024, 64 * 1024  # bytes that the client takes at once, and that come to a server at once
_BOUNDARY = "a-boundary-that-no-file-has"


def contents(bed: Bed, report: Report, progress: Progress) -> None:
    """A file to the server and back, to a copy of it, and through obstore to and from a folder."""
    folder, file = bed.folder / "contents", bed.folder / "large"
    folder.mkdir(mode=0o700)
    file.write_bytes(os.urandom(_PIECE) * (MEGABYTES * 10**6 // _PIECE))
    environment = {"DATABASE_URL": bed.cluster.serving_conninfo, "DOSSIER_FILES_URL": str(folder / "served")}
    with serving(environment) as server:
        _send(bed, server, file)  # warm up
        turns = []
        for turn in range(1, TURNS + 1):
            progress(f"A file of {MEGABYTES} MB sent and had, copied, and through obstore, turn {turn}")
            turns.append(_turn(bed, server, folder, file))
    for name in turns[0]:
        report.figures[name] = Figure(statistics.median(each[name] for each in turns), "MB/s")
    for name, ours, bare in ((named.SENT, _UP, _PUT), (named.SENT_AS_SAFE, _UP, _KEPT), (named.HAD, _DOWN, _GET)):
        report.figures[name] = Figure(statistics.median(each[ours] / each[bare] for each in turns), "times")
    shutil.rmtree(folder)
    file.unlink()


_UP, _DOWN, _CP = "a file sent", "a file had", "a file copied by cp"
_PUT, _GET = "a file put by a bare obstore loop", "a file got by a bare obstore loop"
_KEPT = "a file put by an obstore loop that hashes it and waits for the disk"


def _turn(bed: Bed, server: Server, folder: Path, file: Path) -> dict[str, float]:
    """Each writes a file that was not there, into memory that files of the turn before left: new memory costs some machines more than the disk."""
    found, id = {}, ""
    _tidy(folder)

    def sent() -> None:
        nonlocal id
        id = _send(bed, server, file)

    found[_UP] = _speed(sent)
    found[_PUT] = _speed(lambda: _put(folder, _pieces(file, _SERVED)))
    found[_KEPT] = _speed(lambda: _keep(folder, file))
    found[_DOWN] = _speed(lambda: _have(bed, server, id))
    found[_GET] = _speed(lambda: _got(folder))
    found[_CP] = _speed(lambda: shutil.copyfile(file, folder / "copy"))
    return found


def _tidy(folder: Path) -> None:
    for each in folder.rglob("*"):
        if each.is_file():
            each.unlink()


def _speed(work: Callable[[], object]) -> float:
    """Megabytes a second; what the disk still has to do from before is waited for."""
    os.sync()
    began = time.perf_counter()
    work()
    return MEGABYTES / (time.perf_counter() - began)


def _send(bed: Bed, server: Server, file: Path) -> str:
    """The id of the attachment that the file has become."""
    head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="large"\r\n\r\n'.encode()
    end = f"\r\n--{_BOUNDARY}--\r\n".encode()
    connection = _connected(server)
    connection.putrequest("POST", "/v1/attachments")
    connection.putheader("Authorization", f"Bearer {bed.seeded.large.token}")
    connection.putheader("Content-Type", f"multipart/form-data; boundary={_BOUNDARY}")
    connection.putheader("Content-Length", str(len(head) + file.stat().st_size + len(end)))
    connection.endheaders(head)
    with file.open("rb") as source:
        connection.sock.sendfile(source)  # the work of who sends is not what is measured
    connection.send(end)
    answer = connection.getresponse()
    location = answer.getheader("location") or ""
    assert location, answer.read()
    answer.read()
    return location.rpartition("/")[2]


def _have(bed: Bed, server: Server, id: str) -> None:
    connection = _connected(server)
    heads = {"Authorization": f"Bearer {bed.seeded.large.token}", "Accept": "application/octet-stream"}
    connection.request("GET", f"/v1/attachments/{id}", headers=heads)
    _read(connection.getresponse())


def _read(answer: HTTPResponse) -> None:
    while answer.read(_PIECE):
        continue


def _connected(server: Server) -> HTTPConnection:
    return HTTPConnection("127.0.0.1", server.port, blocksize=_PIECE)


def _pieces(file: Path, size: int) -> Iterator[bytes]:
    with file.open("rb", buffering=0) as source:
        while piece := source.read(size):
            yield piece


def _keep(folder: Path, file: Path) -> None:
    """What a server promises of a file, without one: its hash is known, and it outlasts a power cut."""
    digest = hashlib.sha256()
    _put(folder, _hashed(_pieces(file, _SERVED), digest), "kept")
    for path in (folder / "kept", folder):
        with _opened(path) as descriptor:
            os.fsync(descriptor)
    digest.hexdigest()


def _hashed(pieces: Iterator[bytes], digest: "hashlib._Hash") -> Iterator[bytes]:
    for piece in pieces:
        digest.update(piece)
        yield piece


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _put(folder: Path, pieces: Iterator[bytes], name: str = "bare") -> None:
    """In pieces as a server gets them; it never calls fsync, as ours does."""
    import obstore  # noqa: PLC0415 - nobody else needs it who keeps files in a folder
    from obstore.store import LocalStore  # noqa: PLC0415

    store = LocalStore(folder)
    obstore.put(store, name, pieces, chunk_size=8 * 1024 * 1024, max_concurrency=4)


def _got(folder: Path) -> None:
    import obstore  # noqa: PLC0415
    from obstore.store import LocalStore  # noqa: PLC0415

    for _ in obstore.get(LocalStore(folder), "bare").stream(min_chunk_size=_PIECE):
        continue
