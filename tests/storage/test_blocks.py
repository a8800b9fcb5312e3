"""Pieces on their way to the disk: all of them, in order, in blocks, and never more in memory than two of these."""

import asyncio
import os
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossier.foundation.storage import InThreads, Unfinished, blocks, nowhere
from dossier.foundation.storage.blocks import BLOCK, Behind, Held, Pieces, put


@pytest.fixture
def handle(tmp_path: Path) -> Iterator[int]:
    opened = os.open(tmp_path / "file", os.O_CREAT | os.O_RDWR)
    yield opened
    os.close(opened)


def joined(pieces: Pieces) -> bytes:
    return b"".join(pieces)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 50_000), max_size=12))
def test_what_is_held_comes_out_as_it_went_in(sizes: list[int]) -> None:
    held, all = Held(), b""
    for size in sizes:
        piece = os.urandom(size)
        held.add(piece)
        all += piece
    assert held.size == len(all)
    assert (joined(held.taken()), held.size, joined(held.taken())) == (all, 0, b"")


def test_a_million_small_pieces_are_few_objects() -> None:
    held = Held()
    for _ in range(BLOCK):
        held.add(b"ab")
    assert len(held.taken()) == 2


@pytest.mark.parametrize("most", [1, 7, 70_000])
def test_a_disk_that_takes_a_part_is_given_the_rest(handle: int, monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    real = os.pwritev

    def some(to: int, pieces: list[memoryview], at: int) -> int:
        return real(to, [joined(pieces)[:most]], at)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "pwritev", some)
    pieces = [b"", b"ab", bytearray(b"c"), b"", os.urandom(300), b""]
    assert put(handle, pieces, 3) == 306
    assert os.pread(handle, 1000, 0) == b"\0\0\0" + joined(pieces)
    assert put(handle, [], 5) == 5


def hash(pieces: Pieces) -> None:
    assert joined(pieces)


def running(work: Callable[[InThreads], Awaitable[None]]) -> None:
    async def run() -> None:
        await work(InThreads(nowhere))

    asyncio.run(run())


def test_while_a_block_is_written_one_is_taken_and_a_third_waits() -> None:
    written, goes_on = list[bytes](), threading.Event()

    def write(pieces: Pieces) -> None:
        goes_on.wait(10)
        written.append(joined(pieces))

    async def work(storage: InThreads) -> None:
        behind = Behind(storage, write, hash, lambda: None)
        for letter in (b"a", b"b", b"c"):
            await asyncio.wait_for(behind.take(letter * (BLOCK // 2)), 2)
        waits = asyncio.create_task(behind.take(b"d" * (BLOCK // 2)))
        await asyncio.sleep(0.1)
        assert not waits.done()
        goes_on.set()
        await waits
        await behind.take(b"e")
        await behind.all()
        assert (joined(written), behind.size) == (
            joined([letter * (BLOCK // 2) for letter in (b"a", b"b", b"c", b"d")]) + b"e",
            2 * BLOCK + 1,
        )

    running(work)


def test_who_stands_still_has_nothing_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "QUIET", 0.05)
    written = list[bytes]()

    async def work(storage: InThreads) -> None:
        behind = Behind(storage, lambda pieces: written.append(joined(pieces)), hash, lambda: None)
        for letter in (b"a", b"b"):
            await behind.take(letter)
            await asyncio.sleep(0.3)
        assert written == [b"a", b"b"]

    running(work)


def test_who_stands_still_while_a_slow_disk_writes_has_nothing_in_memory_either(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(blocks, "QUIET", 0.05)
    written, goes_on = list[bytes](), threading.Event()

    def write(pieces: Pieces) -> None:
        goes_on.wait(10)
        written.append(joined(pieces))

    async def work(storage: InThreads) -> None:
        behind = Behind(storage, write, hash, lambda: None)
        await behind.take(b"a" * BLOCK)
        await asyncio.sleep(0.1)
        await behind.take(b"b")
        await asyncio.sleep(0.3)
        goes_on.set()
        await asyncio.sleep(0.3)
        assert joined(written) == b"a" * BLOCK + b"b"

    running(work)


def test_a_disk_begins_before_all_is_there_and_nobody_waits_for_it() -> None:
    begun, goes_on, written = list[int](), threading.Event(), list[int]()

    def begin() -> None:
        begun.append(sum(written))
        goes_on.wait(10)

    async def work(storage: InThreads) -> None:
        many = [Behind(storage, lambda pieces: written.append(len(joined(pieces))), hash, begin) for _ in range(4)]
        for behind in many:
            for _ in range(20):
                await asyncio.wait_for(behind.take(b"a" * BLOCK), 5)
            await asyncio.wait_for(behind.all(), 5)
        assert sum(written) == 4 * 20 * BLOCK
        assert len(begun) == 2  # of four, and the threads are not all theirs
        assert 0 < begun[0] < 20 * BLOCK
        goes_on.set()

    running(work)


def test_nothing_is_put_behind_what_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "QUIET", 0.05)
    tried = list[bytes]()

    def write(pieces: Pieces) -> None:
        tried.append(joined(pieces)[:1])
        raise EOFError

    async def work(storage: InThreads) -> None:
        behind = Behind(storage, write, hash, lambda: None)
        await behind.take(b"a" * BLOCK)
        for _ in range(3):
            with pytest.raises(EOFError):
                await behind.take(b"b" * BLOCK)
            with pytest.raises(EOFError):
                await behind.all()
        with suppress(EOFError):
            await behind.take(b"c")
        await asyncio.sleep(0.2)
        assert tried == [b"a"]

    running(work)


def test_a_file_is_not_closed_while_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another one would have its number, and get what was to be written here."""
    unfinished, real, begun = Unfinished(tmp_path), os.pwritev, threading.Event()

    def slow(to: int, pieces: list[bytes], at: int) -> int:
        begun.set()
        time.sleep(0.2)
        return real(to, pieces, at)

    monkeypatch.setattr(os, "pwritev", slow)
    writing = threading.Thread(target=unfinished.put, args=([b"abc"],))
    writing.start()
    assert begun.wait(5)
    unfinished.close()
    assert unfinished.file.read_bytes() == b"abc"
    writing.join()
    unfinished.put([b"behind the end"])
    unfinished.discard()
    assert list(tmp_path.iterdir()) == []
