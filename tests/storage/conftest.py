"""Storages of both kinds, each empty."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dossier.foundation.storage import Storage, opened
from tests.many import some
from tests.storage import seaweed


@pytest.fixture(scope="session")
def s3() -> Iterator[seaweed.Seaweed]:
    with seaweed.running() as server:
        yield server


def on_s3(server: seaweed.Seaweed, folder: Path, more: str = "", secret: str = seaweed.SECRET) -> Storage:
    """A bucket's part of its own."""
    return seaweed.part_of_its_own(server.endpoint, folder, more, secret)


@pytest.fixture(params=some(["folder", "s3"]))
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    """A folder; in `make test-all` also a real S3 server, which takes its time to start."""
    if request.param == "folder":
        return opened(None, tmp_path)
    return on_s3(request.getfixturevalue("s3"), tmp_path)
