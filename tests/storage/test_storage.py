"""What both kinds of storage do: a folder, and a real S3 server."""

import errno
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dossier.foundation.errors import AppError
from dossier.foundation.storage import Missing, Place, Storage, Unfinished, opened
from dossier.foundation.storage.kinds import CHUNK
from dossier.foundation.storage.s3 import PART
from dossier.foundation.storage.unfinished import sweep
from tests.many import left_to_ci
from tests.storage.conftest import on_s3
from tests.storage.seaweed import Seaweed

pytestmark = pytest.mark.long


def finished(storage: Storage, content: bytes) -> Path:
    made = Unfinished(storage.unfinished)
    made.take(content)
    made.write()
    made.close()
    return made.file


def read(storage: Storage, key: str, start: int = 0, end: int | None = None) -> bytes:
    return b"".join(storage.read(key, start, storage.size(key) if end is None else end))


@pytest.mark.parametrize("size", [1, 70_000, CHUNK + 1, PART + 5])
def test_what_is_put_is_read_again_whole_and_in_part(storage: Storage, size: int) -> None:
    content = os.urandom(size)
    file = finished(storage, content)
    storage.put("w/aa/one", file)
    assert not file.exists()
    assert storage.size("w/aa/one") == size
    assert read(storage, "w/aa/one") == content
    assert read(storage, "w/aa/one", size // 2, size) == content[size // 2 :]
    assert max(map(len, storage.read("w/aa/one", 0, size))) <= CHUNK


@pytest.mark.parametrize("size", [3, PART + 5])
def test_nothing_is_put_over_another(storage: Storage, size: int) -> None:
    storage.put("w/aa/one", finished(storage, b"a" * size))
    second = finished(storage, b"b" * size)
    with pytest.raises(FileExistsError):
        storage.put("w/aa/one", second)
    assert read(storage, "w/aa/one") == b"a" * size


def test_what_is_missing_is_missing_and_deleting_it_is_no_error(storage: Storage) -> None:
    storage.put("w/aa/one", finished(storage, b"one"))
    for _ in range(2):
        storage.delete("w/aa/one")
    with pytest.raises(Missing):
        storage.size("w/aa/one")
    with pytest.raises(Missing):
        list(storage.read("w/aa/one", 0, 1))
    storage.delete("w/bb/never")


def test_the_list_says_size_and_time_and_nothing_unfinished(storage: Storage) -> None:
    for at in range(3):
        storage.put(f"w/a{at}/one", finished(storage, b"x" * (at + 1)))
    finished(storage, b"not put")
    found = sorted(storage.list(), key=lambda each: each.key)
    assert [(each.key, each.size) for each in found] == [("w/a0/one", 1), ("w/a1/one", 2), ("w/a2/one", 3)]
    assert all(abs(datetime.now(UTC) - each.at) < timedelta(minutes=1) for each in found)


def test_unfinished_files_are_nobodys_but_their_owners(storage: Storage) -> None:
    file = finished(storage, b"x")
    assert storage.unfinished.stat().st_mode & 0o777 == 0o700
    assert file.stat().st_mode & 0o777 == 0o600
    assert sweep(storage.unfinished) == 0
    os.utime(file, (1, 1))
    assert sweep(storage.unfinished) == 1


# ---- the folder ----


def test_a_file_is_on_the_disk_before_it_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its bytes, then its name, then every folder above it: an fsync that is left out is found here."""
    storage = opened(None, tmp_path)
    file, done = finished(storage, b"content"), list[str]()
    key, root = "w/aa/one", tmp_path / "files"

    def noted(name: str, real: Callable[..., Any], path_of: Callable[..., str]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            done.append(f"{name} {path_of(*given)}")
            return real(*given, **named)

        return call

    monkeypatch.setattr(
        os, "fsync", noted("fsync", os.fsync, lambda handle: str(Path(f"/proc/self/fd/{handle}").readlink()))
    )
    monkeypatch.setattr(os, "link", noted("link", os.link, lambda _source, target: str(target)))
    storage.put(key, file)
    assert done == [
        f"fsync {file}",
        f"link {root / key}",
        f"fsync {root / 'w' / 'aa'}",
        f"fsync {root / 'w'}",
        f"fsync {root}",
    ]


def _failing(code: int) -> Callable[..., Any]:
    def fail(*_given: object, **_named: object) -> None:
        raise OSError(code, os.strerror(code))

    return fail


@pytest.mark.parametrize("call", ["fsync", "link", "pwritev"])
@pytest.mark.parametrize(("code", "status"), [(errno.ENOSPC, 507), (errno.EDQUOT, 507), (errno.EIO, 503)])
def test_a_disk_that_refuses_is_said_and_keeps_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, code: int, status: int
) -> None:
    storage = opened(None, tmp_path)
    file = None if call == "pwritev" else finished(storage, b"content")
    monkeypatch.setattr(os, call, _failing(code))
    with pytest.raises(AppError) as refused:
        storage.put("w/aa/one", file or finished(storage, b"content"))
    assert refused.value.status == status
    if call != "fsync":
        assert list(storage.list()) == []


def test_a_key_leads_nowhere_else(tmp_path: Path) -> None:
    for key in ("../x", "w/../../x", "w//x", "/etc/passwd"):
        with pytest.raises(AssertionError):
            opened(None, tmp_path).size(key)


# ---- S3 ----


@left_to_ci("starts a real S3 server", "storage/test_storage.py::test_a_place_that_cannot_be_is_refused")
def test_a_wrong_secret_is_storage_away(s3: Seaweed, tmp_path: Path) -> None:
    storage = on_s3(s3, tmp_path, secret="another")
    with pytest.raises(AppError) as refused:
        storage.put("w/aa/one", finished(storage, b"x"))
    assert (refused.value.status, refused.value.problems[0].code) == (503, "storage_away")
    assert refused.value.headers["Retry-After"]


@left_to_ci(
    "waits for an S3 server that stands still",
    "storage/test_storage.py::test_what_is_put_is_read_again_whole_and_in_part",
)
def test_an_s3_that_is_away_for_a_moment_is_asked_again(s3: Seaweed, tmp_path: Path) -> None:
    import threading

    storage = on_s3(s3, tmp_path)
    file = finished(storage, b"patience")
    s3.pause()
    threading.Timer(2, s3.go_on).start()
    storage.put("w/aa/one", file)
    assert read(storage, "w/aa/one") == b"patience"


@left_to_ci(
    "waits until an S3 server that is not there is given up",
    "storage/test_storage.py::test_what_is_put_is_read_again_whole_and_in_part",
)
def test_an_s3_that_is_not_there_is_storage_away(tmp_path: Path) -> None:
    storage = opened(Place.read("s3://files?endpoint=http://127.0.0.1:9"), tmp_path, "a", "b")
    with pytest.raises(AppError) as refused:
        storage.size("w/aa/one")
    assert refused.value.problems[0].code == "storage_away"


# ---- what the operator names ----


@pytest.mark.parametrize(
    "text",
    ["files", "s3://", "s3://key:secret@bucket", "s3://b?bucket=x", "s3://b?endpoint=s3.example.org", "s3://b?encryption=yes", "s3://b?style=any"],
)  # fmt: skip
def test_a_place_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"must|knows|has"):
        Place.read(text)


def test_places(tmp_path: Path) -> None:
    assert opened(Place.read(str(tmp_path / "x")), tmp_path).place == str(tmp_path / "x")
    far = Place.read("s3://bucket/a/b?region=eu-west-3&encryption=aws:kms&encryption_key=k&style=host")
    assert far.bucket
    assert (far.bucket.prefix, far.bucket.region, far.bucket.path_style) == ("a/b", "eu-west-3", False)
    assert opened(far, tmp_path, "k", "s").place == "s3://bucket/a/b"
