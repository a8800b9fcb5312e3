"""`dossier files`: look whether everything that was kept is there and as it was, have it checked for viruses, release what could not be."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Protocol, TypeVar
from uuid import UUID

import psycopg
import typer

from dossier import files, workspaces
from dossier.cli import contents
from dossier.cli.connection import database_url, operate, settings
from dossier.cli.output import fail, refusals, say
from dossier.cli.programs import busy
from dossier.files.actions import release as release_file
from dossier.files.actions.checking import look_at, settle
from dossier.files.actions.sweeping import keys_before, strays
from dossier.files.model import File
from dossier.files.store.checking import page
from dossier.files.store.leaving import Expected, expected
from dossier.files.store.rows import workspace_of
from dossier.foundation.actor import SERVER, Scope
from dossier.foundation.database import ReadSession, Transaction
from dossier.foundation.scanner import Verdict
from dossier.foundation.services import Services
from dossier.foundation.storage import InThreads, Missing, Place, Storage
from dossier.server.settings import overridden

app = typer.Typer(no_args_is_help=True, help="Files: what people and programs sent.")

AT_ONCE = 500
_FIRST = UUID(int=0)
NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass
class Found:
    """What was looked at, and what was wrong with it."""

    files: int = 0
    bytes: int = 0
    wrong: list[str] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)


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
    for key in found.strays:
        say(f"{key} belongs to no file")
    if found.strays:
        say(f"Belonging to no file: {len(found.strays):,}. They go by themselves some days after they came.")
    if found.wrong:
        raise typer.Exit(1)


@app.command(epilog="Example: dossier files release 019ac5e0-6d3e-7c11-8f8e-4d1f0a6f2b10")
def release(id: Annotated[UUID, typer.Argument(help="The file, as the API names it.")]) -> None:
    """Let the content of a file be given that the virus scanner could not look at. The audit log says so."""
    say(f"Released: {operate(partial(_release, id=id)).name}.")


async def _release(transaction: Transaction, id: UUID) -> File:
    where = await workspace_of(transaction, id)
    return await release_file(transaction.within(Scope((where,) if where else ())), id)


@app.command(epilog="Example: dossier files check --all")
def check(
    everything: Annotated[
        bool, typer.Option("--all", help="Also those that were clean: for newer signatures.")
    ] = False,
) -> None:
    """Have the virus scanner look at every file that it has not looked at. Ends with 1 when one is infected, or it does not answer."""
    verdicts: list[Verdict] = ["none", "pending", "not_possible"]
    if everything:
        verdicts.append("clean")
    with database_url() as url, refusals():
        found = asyncio.run(_check(url, verdicts))
    say(
        f"Looked at {sum(found.values()):,} files: {found['infected']} infected, {found['not_possible']} could not be checked."
    )
    if found[None]:
        raise fail(f"The scanner had no answer for {found[None]:,} of them; run this again when it answers.")
    if found["infected"]:
        raise typer.Exit(1)


PLACE = typer.Argument(
    help="A folder, or a bucket as DOSSIER_FILES_URL names one (s3://…).", parser=Place.read, metavar="PLACE"
)


@app.command(epilog="Example: dossier files move 's3://dossier/files?endpoint=https://s3.example.org'")
def move(to: Annotated[Place, PLACE]) -> None:
    """Copy what all files contain to another place, each read again there, while servers run. Run it again to go on."""
    source, target = _storages(to)
    with database_url() as url:
        found = _copied(url, source, target)
        serves = _serves(url)
    if serves:
        say("A server runs, and keeps what comes meanwhile in the old place: stop it and run this once more.")
    else:
        say(
            f"Now name {target.place} in DOSSIER_FILES_URL. {source.place} is as it was; delete it when you need it no more."
        )
    say(f"There now: {found.files:,} files, {found.bytes / 1e6:,.1f} MB, {found.new:,} new.")


@app.command(epilog="Example: dossier files fetch /backups/dossier-files")
def fetch(source: Annotated[Place, PLACE]) -> None:
    """Copy what files contain from another place to where this server keeps it: what is not there yet."""
    here, there = _storages(source)
    with database_url() as url:
        found = _copied(url, there, here)
    say(f"Here now: {found.files:,} files, {found.bytes / 1e6:,.1f} MB, {found.new:,} new.")


def _storages(other: Place) -> tuple[Storage, Storage]:
    """Where this server keeps files, and another place, with the same credentials."""
    from dossier.server.services import storage_of  # noqa: PLC0415 - as other commands do

    here, there = storage_of(settings()), storage_of(overridden(settings(), files_url=other))
    if here.place == there.place:
        raise fail(f"Files are kept in {here.place} already.", 2)
    return here, there


def _copied(url: str, source: Storage, target: Storage) -> contents.Copied:
    with busy("Copying files…") as shown, refusals(), contents.of_database(url, contents.WITH_PICTURES) as named:
        found = contents.copied(source, target, named, shown.update, again=True)
    found.wrong = [each for each in found.wrong if contents.is_still_named(url, each.partition(" ")[0])]
    if found.wrong:
        raise fail("\n".join(["Not all was copied:", *found.wrong]))
    return found


def _serves(url: str) -> bool:
    """Whether a server gave a sign of life a moment ago."""
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT EXISTS (SELECT FROM server_signs WHERE at > clock_timestamp() - interval '20 seconds')"
        ).fetchone()
    return bool(row and row[0])


async def _check(url: str, verdicts: list[Verdict]) -> Counter[str | None]:
    async with _services(url) as services:
        if services.scanner is None:
            raise fail("No virus scanner is set: name one in DOSSIER_CLAMD.", 2)
        found: Counter[str | None] = Counter()
        async for file in _every(services, partial(page, verdicts=verdicts)):
            finding = await look_at(services, file)
            found[finding.verdict if finding else None] += 1
            if finding and await settle(services, file, finding) and finding.virus:
                say(f"{file.id} is infected: {finding.virus}")
        return found


@asynccontextmanager
async def _services(url: str) -> AsyncIterator[Services]:
    from dossier.server.services import database_on, scanner_of, storage_of  # noqa: PLC0415 - as other commands do

    database = database_on(url)
    await database.open()
    try:
        yield Services(database, storage=InThreads(lambda: storage_of(settings())), scanner=scanner_of(settings()))
    finally:
        await database.close()


async def _verify(url: str, *, sizes: bool) -> Found:
    found = Found()
    async with _services(url) as services:
        async for file in _every(services, expected):
            found.files += 1
            found.bytes += file.size
            wrong = await services.storage.do(_compared, services.storage.storage, file, sizes=sizes)
            if wrong and await _has_content(services, file):
                found.wrong.append(f"{file.id} {wrong}")
        found.strays = await _strays(services)
    return found


async def _has_content(services: Services, file: Expected) -> bool:
    """Whether it still should: it may have been erased, or found to have a virus, a moment ago."""
    async with services.database.reading(Scope((file.workspace_id,))) as reading:
        now = await files.get(reading, file.id)
    return now is not None and not now.erased_at


class _Listed(Protocol):
    @property
    def id(self) -> UUID: ...


T = TypeVar("T", bound=_Listed)


async def _every(
    services: Services, page: Callable[[ReadSession, UUID, UUID, int], Awaitable[list[T]]]
) -> AsyncIterator[T]:
    """Each file of each workspace that pages of a workspace, behind an id, have."""
    async with services.database.reading(SERVER) as reading:
        everywhere = await workspaces.list_all(reading)
    for workspace in everywhere:
        after = _FIRST
        while True:
            async with services.database.reading(Scope((workspace.id,))) as reading:
                found = await page(reading, workspace.id, after, AT_ONCE)
            for each in found:
                yield each
            if len(found) < AT_ONCE:
                break
            after = found[-1].id


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


async def _strays(services: Services) -> list[str]:
    """Keys of our own shape that no file has; asked twice, for a row comes after its content."""
    found: list[str] = []
    pages = keys_before(services.storage.storage.list(), NEVER)
    while keys := await services.storage.do(next, pages, None):
        found += await strays(services, keys)
    return [key for at in range(0, len(found), AT_ONCE) for key in await strays(services, found[at : at + AT_ONCE])]
