"""Sending a form to many: looked through row by row before, made by a job at a pace, followed, and what nobody has begun taken back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import structlog

from dossier import form_templates, members, tokens, workspaces
from dossier.form_templates.model import FormTemplate, PresetRow
from dossier.forms.actions.closing import put_away
from dossier.forms.actions.making import country_of, create, preset_of
from dossier.forms.actions.notifying import Origin
from dossier.forms.actions.saving import CASE_IS_ARCHIVED
from dossier.forms.model import new as model
from dossier.forms.model.batch import (
    AT_ONCE,
    MOST_PACE,
    MOST_ROWS,
    Batch,
    BatchRow,
    Given,
    NewBatch,
    RowProblem,
    no_such,
)
from dossier.forms.model.new import NewForm
from dossier.forms.model.prefill import Where, prefilled
from dossier.forms.store import batches as store
from dossier.forms.store import reading
from dossier.foundation.actor import SERVER, Scope, system
from dossier.foundation.clock import today
from dossier.foundation.database import ReadSession, Transaction
from dossier.foundation.errors import AppError, Invalid, Problem, pointer
from dossier.foundation.identifiers import new_id
from dossier.foundation.jobs import BULK, Job
from dossier.foundation.messages import Message, Named
from dossier.foundation.services import Services
from dossier.foundation.text import fold, gettext_noop

log = structlog.get_logger()

DO_BATCH = Job("forms.do_batch", BULK)  # workspace, batch
DO_DUE_BATCHES = Job("forms.do_due_batches", BULK, cron="* * * * *")
_MINUTE = timedelta(minutes=1)
_UNFIT = gettext_noop("“{question}”: what is given does not fit, and is not filled in.")
_UNKNOWN = gettext_noop("The form has no question “{key}”; what is given there is kept, and fills in nothing.")
_NOT_ANY_MORE = gettext_noop("Whoever asked for this may not do it any more.")
_NO_CASE = gettext_noop("There is no case {id}.")
_TWICE = gettext_noop("The same person is asked in an earlier row, too.")
_NOBODY = gettext_noop("There is no e-mail address and no telephone number: nobody is written to.")


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """How many forms would be made, and everything that is wrong with what is given for them."""

    preset: PresetRow
    rows: int
    problems: tuple[RowProblem, ...]


async def rehearse(transaction: Transaction, asked: NewBatch) -> Rehearsed:
    """What is wrong with a batch, row by row and column by column; 400, 403, 404, 409."""
    transaction.actor.require("forms.create")
    Invalid.if_any(_shape(asked))
    preset = await _preset(transaction, asked)
    template = await form_templates.version(transaction, preset.workspace_id, preset.template_id, preset.version)
    workspace = await workspaces.get(transaction, preset.workspace_id)
    where = Where(today(transaction.clock(), workspace.time_zone), workspace.time_zone, country_of(workspace))
    found = [
        each
        for row, given in enumerate(asked.rows)
        if row not in asked.unread
        for each in (*_of_user(row, given, preset, where), *_of_data(row, given, template, where))
    ]
    found += _repeated(asked.rows)
    found += [each async for each in _of_cases(transaction, preset.workspace_id, asked)]
    found += [RowProblem(row, _column(each), each, fatal=True) for row, all in asked.unread.items() for each in all]
    return Rehearsed(preset, len(asked.rows), tuple(sorted(found, key=lambda each: (each.row, each.column))))


async def _preset(transaction: Transaction, asked: NewBatch) -> PresetRow:
    try:
        return await preset_of(transaction, NewForm(asked.workspaces, slug=asked.slug, preset_id=asked.preset_id))
    except AppError as refused:
        at = "/template" if asked.slug else "/preset"
        raise type(refused)(tuple(each.at(at) for each in refused.problems)) from None


async def start(transaction: Transaction, asked: NewBatch) -> Batch:
    """The batch, whose forms are made by a job; refused as `rehearse`, and for rows of another shape. What else is wrong with a row is
    said of it afterwards.
    """
    rehearsed = await rehearse(transaction, asked)
    Invalid.if_any(each.under(pointer("rows", row)) for row, all in asked.unread.items() for each in all)
    actor, now, preset = transaction.actor, transaction.clock(), rehearsed.preset
    by = {"type": actor.type, "id": actor.id, "name": actor.name}
    batch = Batch(preset.workspace_id, new_id(), now, by, preset.id, preset.slug, asked.pace, now, None)
    await store.insert(transaction, batch, asked.rows)
    await DO_BATCH.defer(transaction, workspace=str(batch.workspace_id), batch=str(batch.id))
    return batch


async def get(session: ReadSession, batch_id: UUID) -> tuple[Batch, list[BatchRow]]:
    """A batch with what came of each row; 404."""
    batch = await store.get(session, batch_id)
    if batch is None:
        raise no_such(batch_id)
    return batch, await store.rows_of(session, batch)


async def cancel(transaction: Transaction, batch_id: UUID) -> tuple[Batch, list[BatchRow]]:
    """What waits is not made, and what nobody has begun to answer is put away; 404."""
    transaction.actor.require("forms.change")
    batch = await store.get(transaction, batch_id, lock=True)
    if batch is None:
        raise no_such(batch_id)
    await store.cancel(transaction, batch)
    for each in await store.rows_of(transaction, batch):
        if each.form_id and not each.begun:
            await put_away(transaction, each.form_id)
    return await get(transaction, batch_id)


# ---- what is wrong ----


def _shape(asked: NewBatch) -> Iterator[Problem]:
    if not asked.rows:
        yield Problem("Name somebody to send it to.", "missing", "/rows")
    if len(asked.rows) > MOST_ROWS:
        yield Problem("At most {count} rows are sent at once.", "too_many", "/rows", count=MOST_ROWS)
    if asked.pace is not None and not 1 <= asked.pace <= MOST_PACE:
        yield Problem("“pace” is from 1 to {count} a minute.", "invalid_value", "/pace", count=MOST_PACE)


def _column(problem: Problem) -> str:
    return (problem.pointer or "").removeprefix("/").replace("/", ".")


def _of_user(row: int, given: Given, preset: PresetRow, where: Where) -> Iterator[RowProblem]:
    user, problems = model.asked_user(given.user, where.country)
    for each in problems:
        yield RowProblem(row, _column(each), each, fatal=True)
    try:
        model.raise_if_no_way_in(preset, preset.access, user)
    except AppError as refused:
        first = refused.problems[0]
        yield RowProblem(row, _column(first), first, fatal=True)
        return
    if not problems and not (user.email or user.phone):
        yield RowProblem(row, "user.email", Problem(_NOBODY, "no_recipient"), fatal=False)


def _of_data(row: int, given: Given, template: FormTemplate, where: Where) -> Iterator[RowProblem]:
    for key in prefilled(template, given.data, where).unfit:
        element = template.element_by_key.get(key)
        said = Message(_UNFIT, {"question": Named(key, element.label)}) if element else Message(_UNKNOWN, {"key": key})
        code = "invalid_value" if element else "unknown_element"
        yield RowProblem(row, f"data.{key}", Problem(said, code), fatal=False)


def _repeated(rows: Sequence[Given]) -> Iterator[RowProblem]:
    """Who is asked in an earlier row of the same case, too: they would be written to twice."""
    seen: set[tuple[str, UUID | None]] = set()
    for row, given in enumerate(rows):
        for member in ("email", "phone"):
            if not (text := (given.user.get(member) or "").strip()):
                continue
            if (fold(text), given.case_id) in seen:
                yield RowProblem(row, f"user.{member}", Problem(_TWICE, "duplicate"), fatal=False)
            seen.add((fold(text), given.case_id))


async def _of_cases(transaction: Transaction, workspace_id: UUID, asked: NewBatch) -> Any:
    known: dict[UUID, reading.CaseOfForm | None] = {}
    for row, given in enumerate(asked.rows):
        if given.no_case:
            yield RowProblem(row, "case", Problem(_NO_CASE, "not_found", id=given.no_case), fatal=True)
        if given.case_id is None:
            continue
        if given.case_id not in known:
            known[given.case_id] = await reading.case_of(transaction, workspace_id, given.case_id)
        case = known[given.case_id]
        if case is None:
            problem = Problem(_NO_CASE, "not_found", id=given.case_id)
            yield RowProblem(row, "case", problem, fatal=True)
        elif case.is_put_away:
            yield RowProblem(row, "case", Problem(CASE_IS_ARCHIVED, "archived"), fatal=True)


# ---- made by a job ----


async def do_batch(services: Services, workspace: str, batch: str) -> None:
    """The next forms of a batch."""
    await _do(services, UUID(workspace), UUID(batch))


async def do_all(services: Services) -> None:
    """The next forms of every batch of which some are due."""
    async with services.database.reading(SERVER) as session:
        found = await store.due(session, services.clock(), AT_ONCE)
    for workspace_id, batch_id in found:
        try:
            await _do(services, workspace_id, batch_id)
        except Exception:
            log.exception("batch", id=str(batch_id))


async def _do(services: Services, workspace_id: UUID, batch_id: UUID) -> None:
    """As many as are made in a minute, each by itself: what is made stays made whatever becomes of the next."""
    actor, origin = system("automation", Scope((workspace_id,))), Origin.of(services)
    for _ in range(await services.database.write(actor, partial(_turn, batch_id=batch_id))):
        if not await services.database.write(actor, partial(_next, batch_id=batch_id, origin=origin)):
            return


async def _turn(transaction: Transaction, batch_id: UUID) -> int:
    """How many are made now; the next ones are due in a minute. None while another process is at it, or nothing is due."""
    batch, now = await store.get(transaction, batch_id, lock=True), transaction.clock()
    if batch is None or batch.next_at is None or batch.next_at > now:
        return 0
    await store.put_off(transaction, batch, now + _MINUTE)
    return batch.pace or AT_ONCE


async def _next(transaction: Transaction, batch_id: UUID, origin: Origin) -> bool:
    """One row; whether there was one."""
    batch = await store.get(transaction, batch_id, lock=True)
    if batch is None or batch.cancelled_at:
        return False
    if (acting := await _acting(transaction, batch)) is None:
        await store.stop(transaction, batch, Message(_NOT_ANY_MORE))
        return False
    for place, given in await store.waiting(transaction, batch, 1):
        form_id, error = await _made(acting, batch, given, origin)
        await store.settle(transaction, batch, place, form_id, error)
        await store.put_off(transaction, batch, batch.next_at or transaction.clock() + _MINUTE)
        return True
    return False


async def _made(
    acting: Transaction, batch: Batch, given: Given, origin: Origin
) -> tuple[UUID | None, Sequence[Message]]:
    """The form of a row, or why there is none."""
    if given.no_case:
        return None, [Message(_NO_CASE, {"id": given.no_case})]
    new = NewForm(
        (batch.workspace_id,), preset_id=batch.preset_id, user=given.user, data=given.data, case_id=given.case_id
    )
    try:
        return (await create(acting, new, origin)).form.id, ()
    except AppError as refused:
        return None, [each.message for each in refused.problems]


async def _acting(transaction: Transaction, batch: Batch) -> Transaction | None:
    """The same in the name of who sent it: what a limited member asks for is theirs, and of no case that they do not see. None for a
    member who may not any more, and for a token that does not hold.
    """
    by, actor = batch.by, replace(transaction.actor, name=batch.by["name"])
    if by["type"] == "member" and by["id"]:
        member = await members.actor_for_member(transaction, batch.workspace_id, by["id"])
        if member is None or not member.may("forms.create"):
            return None
        actor = replace(actor, scope=member.scope)
    if by["type"] == "token" and not await tokens.holds(transaction, batch.workspace_id, by["id"]):
        return None
    return transaction.acting(actor)


__all__ = ["DO_BATCH", "DO_DUE_BATCHES", "cancel", "do_all", "do_batch", "get", "rehearse", "start"]
