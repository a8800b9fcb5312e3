"""Starting a step, saying that it is done or called off, trying again; and what messages and calls make of it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal
from uuid import UUID

from dossier.case_templates.model import Step
from dossier.cases import KEEPING
from dossier.cases.model import CASE_RECORD, Case, CaseChange
from dossier.flow import named_assignee, next_assignee
from dossier.flow.model.planning import due_at, in_sending_hours, next_reminder, waits_for
from dossier.flow.model.states import (
    SENDING,
    called_off,
    cancelled,
    completed,
    failed,
    is_available_here,
    scheduled,
    started,
)
from dossier.foundation.clock import wire_time
from dossier.foundation.database import Transaction
from dossier.foundation.errors import Conflict, Invalid, NotFound, Unprocessable, pointer
from dossier.foundation.messages import Message, Named
from dossier.foundation.text import did_you_mean, gettext_noop
from dossier.messages import call_off, of_case
from dossier.records import check_if_match
from dossier.records.model import IfMatch
from dossier.steps.actions.doing import Begun, Starting, begin, message_of
from dossier.steps.actions.given import checked, problems_of

Wanted = Literal["completed", "cancelled", "started"]
"""What somebody can say that a step is."""

_NOT_STARTED = {
    "hidden": gettext_noop("The step “{step}” is hidden; only a started step can be completed."),
    "available": gettext_noop("The step “{step}” is available; only a started step can be completed."),
    "scheduled": gettext_noop("The step “{step}” is not started yet; only a started step can be completed."),
    "completed": gettext_noop("The step “{step}” is completed; only a started step can be completed."),
    "failed": gettext_noop("The step “{step}” has failed; only a started step can be completed."),
    "cancelled": gettext_noop("The step “{step}” is called off; only a started step can be completed."),
}
_NOT_BY_HAND = {
    False: gettext_noop("The step “{step}” is completed by its message, once that is taken; it can be called off."),
    True: gettext_noop("The step “{step}” is completed by its form, once that is handed in; it can be called off."),
}
_BEGUN = {
    "started": gettext_noop("The step “{step}” is started already."),
    "completed": gettext_noop("The step “{step}” is completed already."),
}
_CALLED_OFF = Message(gettext_noop("The step was called off."))
_MOST_MESSAGES = 1000  # of a case, that are looked through
_STARTABLE = ("available", "scheduled", "failed", "cancelled")


async def start_step(
    transaction: Transaction,
    case_id: UUID,
    key: str,
    data: Mapping[str, Any],
    if_match: IfMatch = None,
    origin: str = "",
) -> Begun:
    """Start a step by hand, with its data, now or at `send_at`. `origin`: where people reach the server, for addresses in texts.

    404 no such step; 409 started already, not possible yet, nobody to write to; 422 hidden; 400 for data that mean nothing.
    """
    transaction.actor.require("cases.change")
    change = await KEEPING.lock(transaction, case_id)
    step = _step(change.after, key)
    _raise_if_start(change.after, step)
    await _raise_if_wrong(transaction, change.after, step, data, origin)
    at = checked(data).get("send_at")
    await check_if_match(transaction, CASE_RECORD, change.after, if_match, [f"steps.{key}"])
    if at and at > change.after.updated_at and change.after.steps[key]["status"] == "available":
        state = scheduled(change.after.steps[key], transaction.actor, at, data)
        return Begun(await KEEPING.save(transaction, change.put("step_scheduled", {f"steps.{key}": state})))
    begun = await _started(transaction, change, step, data, Starting(origin=origin))
    return replace(begun, change=await KEEPING.save(transaction, begun.change))


async def start_by_rule(transaction: Transaction, case_id: UUID, key: str, origin: str) -> CaseChange:
    """Start a step as a rule does, for which nobody pressed a button: what is sent waits for sending hours; refused as `start_step`."""
    transaction.actor.require("cases.change")
    change = await KEEPING.lock(transaction, case_id)
    case, step = change.after, _step(change.after, key)
    _raise_if_start(case, step)
    at = in_sending_hours(case, step, case.updated_at)
    if at > case.updated_at and case.steps[key]["status"] == "available":
        state = scheduled(case.steps[key], transaction.actor, at, by_rule=True)
        changed = change.put("step_scheduled", {f"steps.{key}": state}, Message("It waits for sending hours."))
    else:
        starting = Starting(origin=origin, at=at if at > case.updated_at else None)
        changed = (await _started(transaction, change, step, {}, starting)).change
    return await KEEPING.save(transaction, changed)


async def set_step(
    transaction: Transaction,
    case_id: UUID,
    key: str,
    wanted: Wanted,
    data: Mapping[str, Any],
    if_match: IfMatch = None,
    origin: str = "",
) -> CaseChange:
    """Say that a step is done, call it off, or have it tried again; `data` is merged into what it has. 409 where it is not at that."""
    transaction.actor.require("cases.change")
    change = await KEEPING.lock(transaction, case_id)
    step = _step(change.after, key)
    if wanted != "started":
        checked(data)
    await check_if_match(transaction, CASE_RECORD, change.after, if_match, [f"steps.{key}"])
    if wanted == "started":
        _raise_if_start(change.after, step)
        await _raise_if_wrong(transaction, change.after, step, data, origin)
        changed = (await _started(transaction, change, step, data, Starting(origin=origin))).change
    else:
        change_to = _completed if wanted == "completed" else _cancelled
        changed = await change_to(transaction, change, step, data)
    return await KEEPING.save(transaction, changed)


async def finish_step(transaction: Transaction, case_id: UUID, key: str, data: Mapping[str, Any]) -> CaseChange:
    """What a started step is for has happened: a message was taken, a call answered. Nothing where it is not under way any more."""
    transaction.actor.require("cases.change")
    change = await KEEPING.lock(transaction, case_id, archived_too=True)
    state = change.after.steps.get(key)
    if state and state["status"] == "started":
        done = completed(state, transaction.actor, change.after.updated_at, data)
        change = change.put("step_completed", {f"steps.{key}": done})
    return await KEEPING.save(transaction, change)


async def fail_step(transaction: Transaction, case_id: UUID, key: str, error: Message) -> CaseChange:
    """What a started step is for cannot be done; `error` says why, in a sentence. Nothing where it is not under way any more."""
    transaction.actor.require("cases.change")
    change = await KEEPING.lock(transaction, case_id, archived_too=True)
    state = change.after.steps.get(key)
    if state and state["status"] == "started":
        change = change.put("step_failed", {f"steps.{key}": failed(state, error)}, error)
    return await KEEPING.save(transaction, change)


async def _started(
    transaction: Transaction, change: CaseChange, step: Step, data: Mapping[str, Any], starting: Starting
) -> Begun:
    if step.type in SENDING:
        transaction.actor.require("messages.send")
    case, given = change.after, checked(data)
    if "assignee" in given:
        assignee = await named_assignee(transaction, case, data["assignee"])
    else:
        assignee = await next_assignee(transaction, case, step)
    due = wire_time(given["due_at"]) if "due_at" in given else due_at(case, step, case.updated_at)
    state = started(
        case.steps[step.key], transaction.actor, case.updated_at, data, due_at=due, assignee=assignee or None
    )
    try:
        return await begin(transaction, change, step, state, starting)
    except Invalid as refused:
        raise Invalid(tuple(each.under("/data") for each in refused.problems)) from None


async def _raise_if_wrong(
    transaction: Transaction, case: Case, step: Step, data: Mapping[str, Any], origin: str
) -> None:
    """400 with all that is wrong with what is given, and with the message that would come of the rest of it."""
    problems, state = list(problems_of(data)), case.steps[step.key]
    if step.type in SENDING and (problems or "send_at" in data):
        wrong = {each.pointer for each in problems}
        fit = {name: value for name, value in data.items() if pointer("data", name) not in wrong}
        try:
            await message_of(transaction, case, step, {**state, "data": {**state["data"], **fit}}, origin)
        except Invalid as refused:
            problems += (each.under("/data") for each in refused.problems)
        except Conflict:
            pass  # somebody to write to may be there by then
    Invalid.if_any(problems)


async def _completed(transaction: Transaction, change: CaseChange, step: Step, data: Mapping[str, Any]) -> CaseChange:
    state, moment = change.after.steps[step.key], change.after.updated_at
    if state["status"] == "completed" and next_reminder(change.after, step, state):
        return change.put("reminders_ended", {f"steps.{step.key}": called_off(state, "by hand")})
    if state["status"] != "started":
        raise Conflict.because(_NOT_STARTED[state["status"]], "not_started", step=Named(step.key, step.title))
    if step.type in SENDING or step.type == "form":
        raise Conflict.because(_NOT_BY_HAND[step.type == "form"], "not_by_hand", step=Named(step.key, step.title))
    done = completed(state, transaction.actor, moment, data)
    return change.put("step_completed", {f"steps.{step.key}": done})


async def _cancelled(transaction: Transaction, change: CaseChange, step: Step, data: Mapping[str, Any]) -> CaseChange:
    state, moment = change.after.steps[step.key], change.after.updated_at
    if state["status"] not in ("scheduled", "started"):
        raise Conflict.because(
            "The step “{step}” is not under way; there is nothing to call off.",
            "not_under_way",
            step=Named(step.key, step.title),
        )
    if "message" in state and not await _is_held_back(transaction, change.after, UUID(state["message"])):
        raise Conflict.because(
            "The message of the step “{step}” is on its way already.", "sent", step=Named(step.key, step.title)
        )
    off = cancelled({**state, "data": {**state["data"], **data}}, transaction.actor, moment)
    return change.put("step_cancelled", {f"steps.{step.key}": off})


async def _is_held_back(transaction: Transaction, case: Case, message_id: UUID) -> bool:
    """Whether the message does not go: it is called off now, or somebody has cancelled it."""
    if await call_off(transaction, message_id, _CALLED_OFF):
        return True
    known = await of_case(transaction, case.workspace_id, case.id, _MOST_MESSAGES)
    return any(each.id == message_id and each.status == "skipped" for each in known)


def _step(case: Case, key: str) -> Step:
    steps = {each.key: each for each in case.all_steps}
    if step := steps.get(key):
        return step
    hint = did_you_mean(key, steps)
    raise NotFound.because("The case has no step “{step}”.{hint}", "unknown_step", step=key, hint=hint)


def _raise_if_start(case: Case, step: Step) -> None:
    status, named = case.steps[step.key]["status"], Named(step.key, step.title)
    if status == "hidden":
        raise Unprocessable.because(
            "The step “{step}” is hidden: its condition does not hold.", "step_hidden", step=named
        )
    if status not in _STARTABLE:
        raise Conflict.because(_BEGUN[status], "already_started", step=named)
    if not is_available_here(step):
        raise Conflict.because(
            "Steps of type “{type}” cannot be started by this server yet.",
            "not_available",
            people="The step “{step}” cannot be started by this server yet.",
            type=step.type,
            step=named,
        )
    if first := next(iter(waits_for(case, step)), None):
        before = case.template.step_by_key[first] if case.template else step
        raise Conflict.because(
            "The step “{step}” comes after “{before}”, which is not completed.",
            "waits_for_steps",
            step=named,
            before=Named(before.key, before.title),
        )
