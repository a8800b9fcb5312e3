"""Storages of both kinds, each empty."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dossier.foundation.identifiers import new_id
from dossier.foundation.storage import Place, Storage, opened
from tests.storage import seaweed


@pytest.fixture(scope="session")
def s3() -> Iterator[seaweed.Seaweed]:
    with seaweed.running() as server:
        yield server


def on_s3(server: seaweed.Seaweed, folder: Path, more: str = "", secret: str = seaweed.SECRET) -> Storage:
    """A bucket's part of its own."""
    place = Place.read(f"s3://files/{new_id()}?endpoint={server.endpoint}{more}")
    return opened(place, folder, seaweed.KEY_ID, secret)


@pytest.fixture(params=["folder", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "folder":
        return opened(None, tmp_path)
    return on_s3(request.getfixturevalue("s3"), tmp_path)
