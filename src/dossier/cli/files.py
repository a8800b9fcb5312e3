"""`dossier files`: look whether everything that was kept is there and as it was."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Annotated
from uuid import UUID

import typer

from dossier import workspaces
from dossier.cli.connection import database_url, settings
from dossier.cli.output import refusals, say
from dossier.files.actions.sweeping import strays
from dossier.files.store.leaving import Expected, expected
from dossier.foundation.actor import SERVER, Scope
from dossier.foundation.identifiers import parse_id
from dossier.foundation.services import Services
from dossier.foundation.storage import InThreads, Missing, Storage

app = typer.Typer(no_args_is_help=True, help="Files: what people and programs sent.")

AT_ONCE = 500
_FIRST = UUID(int=0)


@app.callback()
def _group() -> None:
    """A group with one command is still a group."""


@dataclass
class Found:
    """What was looked at, and what was wrong with it."""

    files: int = 0
    bytes: int = 0
    wrong: list[str] = field(default_factory=list)
    strays: int = 0


@app.command(epilog="Example: dossier files verify --sizes")
def verify(
    sizes: Annotated[bool, typer.Option("--sizes", help="Compare sizes only; do not read every byte.")] = False,
) -> None:
    """Compare every file with its content: sizes and hashes. Ends with 1 when one is damaged or missing."""
    with database_url() as url, refusals():
        found = asyncio.run(_verify(url, sizes=sizes))
    for each in found.wrong:
        say(each)
    say(f"Looked at {found.files:,} files, {found.bytes / 1e6:,.1f} MB: {len(found.wrong)} damaged or missing.")
    if found.strays:
        say(f"Belonging to no file: {found.strays:,}. They go by themselves some days after they came.")
    if found.wrong:
        raise typer.Exit(1)


async def _verify(url: str, *, sizes: bool) -> Found:
    from dossier.server.services import database_on, storage_of  # noqa: PLC0415 - as other commands do

    database = database_on(url)
    await database.open()
    try:
        services, found = Services(database, storage=InThreads(lambda: storage_of(settings()))), Found()
        async for file in _every_file(services):
            found.files += 1
            found.bytes += file.size
            if wrong := await services.storage.do(_compared, services.storage.storage, file, sizes=sizes):
                found.wrong.append(f"{file.id} {wrong}")
        found.strays = await _strays(services)
        return found
    finally:
        await database.close()


async def _every_file(services: Services) -> AsyncIterator[Expected]:
    async with services.database.reading(SERVER) as reading:
        everywhere = await workspaces.list_all(reading)
    for workspace in everywhere:
        after = _FIRST
        while True:
            async with services.database.reading(Scope((workspace.id,))) as reading:
                page = await expected(reading, workspace.id, after, AT_ONCE)
            for each in page:
                yield each
            if len(page) < AT_ONCE:
                break
            after = page[-1].id


def _compared(storage: Storage, file: Expected, *, sizes: bool) -> str | None:
    """What is wrong with the content of a file."""
    try:
        if (size := storage.size(file.object)) != file.size:
            return f"has {size:,} bytes and not {file.size:,}"
        if sizes:
            return None
        sha256 = hashlib.sha256()
        for piece in storage.read(file.object, 0, file.size):
            sha256.update(piece)
    except Missing:
        return "is missing"
    return None if sha256.digest() == file.sha256 else "is damaged: its SHA-256 is another"


async def _strays(services: Services) -> int:
    keys = [each.key for each in await services.storage.do(lambda: list(services.storage.storage.list()))]
    ours = [key for key in keys if parse_id(key.partition("/")[0])]
    return sum([len(await strays(services, ours[at : at + AT_ONCE])) for at in range(0, len(ours), AT_ONCE)])
