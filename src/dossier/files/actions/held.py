"""The files of things: put there, taken off, exchanged, called otherwise; what the things that show one hear of it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic
from uuid import UUID

from dossier.files.events import FileChecked, FileRead, FileRenamed
from dossier.files.model import File, NamedFile, no_such, on_another_case, raise_if_erased, was_erased
from dossier.files.model.held import H, fields_naming, named_in, newly_named, newly_put, values_named
from dossier.files.store import holding, rows
from dossier.files.store.holders import Holders
from dossier.foundation.actor import Scope, system
from dossier.foundation.database import ReadSession, Topic, Transaction
from dossier.foundation.errors import Conflict, Invalid
from dossier.foundation.jobs import Job, Jobs
from dossier.foundation.services import Services
from dossier.listing.search import SearchIndex
from dossier.records import DataChanges, Keeping
from dossier.records.model import ChangeSet, HistoryEntry

AT_ONCE = 100  # things that hear of a new name in its transaction; a job tells the rest

Ids = Callable[[Sequence[str]], list[str]]


@dataclass(frozen=True, slots=True, eq=False)
class HeldFiles(Generic[H]):
    """How things of a kind hold files: some are put on them, fields name others.

    `tell`: the job that tells those that are left how a file of theirs is called by now; `index`: what finds things by
    the words in their files.
    """

    data: DataChanges[H]
    holders: Holders
    tell: Job
    index: SearchIndex

    @property
    def keeping(self) -> Keeping[H]:
        return self.data.keeping

    def jobs(self) -> Jobs:
        """What does its job."""
        return {self.tell: self.tell_all}

    async def named(
        self, reading: ReadSession, thing: H, entries: Iterable[HistoryEntry] = ()
    ) -> Mapping[str, NamedFile]:
        """The files of a thing, also one of its past, and of entries of its history; those that it does not know as they are called by now."""
        ids = {*values_named(thing), *(id for each in entries for id in named_in(thing, each.changes))}
        unknown = ids - thing.files.keys()
        return {**thing.files, **(await holding.named(reading, thing.workspace_id, unknown) if unknown else {})}

    async def put(self, transaction: Transaction, file: File, id: UUID | None) -> None:
        """Put a locked file on a thing (None: on none) and take it off the one that it is on, each an entry of their histories; 400, 409."""
        transaction.actor.require(self.keeping.needs)
        things = await self.keeping.whole.lock_many(transaction, sorted(filter(None, {file.case, id})))
        if id and (id not in things or things[id].workspace_id != file.workspace_id):
            raise Invalid.because(self.keeping.record.missing, "not_found", pointer="/case", id=id)
        changes = [self._put(transaction, each, file, on=each.id == id) for each in things.values()]
        await self.keeping.save_all([(transaction, each) for each in changes])

    async def add_to_field(self, transaction: Transaction, id: UUID, key: str, file_id: UUID) -> ChangeSet[H]:
        """Put a file behind those that a field names; 400, 404, 409."""
        transaction.actor.require(self.keeping.needs)
        thing = (await self.keeping.lock(transaction, id)).after
        field = thing.field(key)
        named = field.files(thing.data.get(key)) if field else ()
        return await self.data.update(transaction, id, {key: [*named, str(file_id)]})

    async def take_off(self, transaction: Transaction, id: UUID, file_id: UUID) -> ChangeSet[H]:
        """Take a file off a thing, out of each field that names it; 404, 409."""
        transaction.actor.require(self.keeping.needs)
        change, old = await self.keeping.lock(transaction, id), str(file_id)
        values = _in_fields(change.after, old, lambda ids: [each for each in ids if each != old])
        if old in change.after.put_on:
            values[f"files.{old}"] = None
        return await self.keeping.save(transaction, change.put("files", values))

    async def exchange(self, transaction: Transaction, id: UUID, file_id: UUID, by: UUID) -> ChangeSet[H]:
        """Put another file where a thing shows this one, at the same place of each field that names it; 400, 404, 409, 410."""
        transaction.actor.require(self.keeping.needs)
        another = await _another(transaction, by, id)
        change, old, new = await self.keeping.lock(transaction, id), str(file_id), str(by)
        values = _in_fields(
            change.after, old, lambda ids: [new if each == old else each for each in ids if each != new]
        )
        if old in change.after.put_on:
            values |= {f"files.{old}": None, f"files.{new}": {"id": new}}
        change = self.keeping.begin(transaction, _showing(change.after, _named(another)))
        return await self.keeping.save(transaction, change.put("files", values))

    async def restore(self, transaction: Transaction, change: ChangeSet[H]) -> None:
        """Refuse to bring back files whose content was erased since, and such as are on another thing by now; 409."""
        transaction.actor.require(self.keeping.needs)
        put, fields = sorted(newly_put(change)), newly_named(change)
        if not put and not fields:
            return
        of_all = _of_all(transaction, change.after.workspace_id)
        locked = [await rows.lock(of_all, UUID(id)) for id in put]
        Conflict.if_any(on_another_case(each) for each in locked if each and each.case)
        back = await holding.take(of_all, {*put, *(id for ids in fields.values() for id in ids)})
        Conflict.if_any(was_erased(each.name) for each in back.values() if each.erased)

    async def rename(self, transaction: Transaction, fact: FileRenamed) -> None:
        """Let every thing that shows a locked file have it in its history that it is called otherwise; a job tells those that are left."""
        transaction.actor.require("files.change")
        before, after, workspace_id = _named(fact.before), _named(fact.file), fact.file.workspace_id
        of_all = _of_all(transaction, workspace_id)
        ids = await self.holders.showing(of_all, workspace_id, fact.file.id)
        await self._tell(of_all, ids[:AT_ONCE], before, after)
        if left := ids[AT_ONCE:]:
            await self.holders.tell_later(of_all, workspace_id, left, before, after)
            await self.tell.defer(transaction, workspace=str(workspace_id))

    async def check(self, transaction: Transaction, fact: FileChecked) -> None:
        """Let every thing that shows a file have it in its history what a scanner said of it: its `checks`, by the ids of files."""
        transaction.actor.require("files.change")
        of_all, id = _of_all(transaction, fact.workspace_id), str(fact.file_id)
        for thing_id in await self.holders.showing(of_all, fact.workspace_id, fact.file_id):
            for thing in (await self.keeping.whole.lock_many(of_all, [thing_id])).values():
                before = replace(thing, checks={id: fact.before})  # type: ignore[type-var]
                change = self.keeping.begin(of_all, before).put("file_checked", {f"checks.{id}": fact.verdict})
                await self.keeping.save(of_all, change)

    async def tell_all(self, services: Services, workspace: str) -> None:
        """Tell the things that are left how a file of theirs is called by now, one after the other, each once."""
        id = UUID(workspace)
        while await services.database.write(system(scope=Scope((id,))), lambda tx: self._tell_next(tx, id)):
            pass

    async def take_words(self, transaction: Transaction, fact: FileRead) -> None:
        """Have the things that show a file found by the words in it."""
        for id in await self.holders.take_words(transaction, self.index, fact.workspace_id, fact.file_id):
            transaction.announce(Topic(self.keeping.record.name, fact.workspace_id, id))

    def _put(self, transaction: Transaction, thing: H, file: File, *, on: bool) -> ChangeSet[H]:
        thing.raise_if_archived()
        change = self.keeping.begin(transaction, _showing(thing, _named(file)))
        values: Mapping[str, Any] = {f"files.{file.id}": {"id": str(file.id)} if on else None}
        return self.keeping.carried_on(transaction, change.put("files", values))

    async def _tell_next(self, transaction: Transaction, workspace_id: UUID) -> bool:
        """Whether there was one. It was done by whom the file was."""
        news = await self.holders.take_news(transaction, workspace_id)
        if news is None:
            return False
        actor = replace(transaction.actor, type=news.actor_type, id=news.actor_id, name="", via=news.via)
        await self._tell(transaction.acting(actor), [news.id], news.old, news.new)
        return True

    async def _tell(self, transaction: Transaction, ids: Sequence[UUID], before: NamedFile, file: NamedFile) -> None:
        for thing in (await self.keeping.whole.lock_many(transaction, ids)).values() if ids else ():
            change = self.keeping.begin(transaction, _showing(thing, before))
            await self.keeping.save(transaction, change.put("file_renamed", {f"names.{file.id}": file.document()}))


def _of_all(transaction: Transaction, workspace_id: UUID) -> Transaction:
    """The transaction where it also reaches what the actor does not see."""
    return transaction.within(Scope((workspace_id,)))


def _named(file: File) -> NamedFile:
    return NamedFile(str(file.id), file.name, file.type)


def _showing(thing: H, file: NamedFile) -> H:
    """The thing as it is once it shows a file too."""
    return replace(thing, files={**thing.files, file.id: file})  # type: ignore[type-var]


async def _another(transaction: Transaction, file_id: UUID, id: UUID) -> File:
    file = await rows.lock(transaction, file_id)
    if file is None:
        raise no_such(file_id)
    raise_if_erased(file)
    Conflict.if_any([on_another_case(file)] if file.case not in (None, id) else ())
    return file


def _in_fields(thing: H, id: str, changed: Ids) -> dict[str, Any]:
    """Path → the value of each field that names a file, changed; 404 when the thing does not show it."""
    keys = fields_naming(thing, id)
    if not keys and id not in thing.put_on:
        raise no_such(UUID(id))
    named = {field.key: field.files(thing.data.get(field.key)) for field in thing.fields() if field.key in keys}
    return {f"data.{key}": changed(ids) or None for key, ids in named.items()}
