"""Events are given out: a delivery for each subscription that wants to be told, in the order in which they were kept."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from dossier import cases
from dossier.cases.model import Case
from dossier.foundation import json
from dossier.foundation.actor import Scope
from dossier.foundation.clock import wire_time
from dossier.foundation.database import ReadSession, Transaction
from dossier.foundation.identifiers import new_id
from dossier.webhooks.model import cursors
from dossier.webhooks.model.cursors import ANY, LAST, Cursor
from dossier.webhooks.model.deliveries import KEPT
from dossier.webhooks.model.events import Event, Version, document, events_of
from dossier.webhooks.model.subscriptions import Webhook
from dossier.webhooks.store import deliveries, events, subscriptions

log = structlog.get_logger()

AT_ONCE = 300  # versions in a transaction
MOST_ROWS = 3000  # deliveries in a transaction, or those that are in hand meanwhile would be held too late
ERASED = "case.erased"
Rows = list[dict[str, Any]]


@dataclass
class _Cases:
    """Cases as they were in versions, each read once; None: gone."""

    reading: ReadSession
    known: dict[tuple[UUID, int], Case | None] = field(default_factory=dict)

    async def get(self, version: Version) -> Case | None:
        key = (version.case_id, version.version)
        if key not in self.known:
            self.known[key] = await case_in_version(self.reading, *key)
        return self.known[key]


async def case_in_version(reading: ReadSession, case_id: UUID, version: int) -> Case | None:
    """A case of the scope as it was in a version; None when it is gone."""
    case = await cases.KEEPING.whole.get(reading, case_id)
    return await cases.in_version(reading, case, version) if case else None


async def give_out(transaction: Transaction) -> bool | None:
    """Give out the next events; whether there may be more at once, and None where nobody is told anything.

    Nobody else gives out meanwhile: `deliveries.lock`.
    """
    transaction.actor.require("server.operate")
    webhooks = await subscriptions.enabled(transaction)
    if not webhooks:
        return None
    situation = await events.situation(transaction, transaction.clock() - KEPT)
    begin = await _begin(transaction, webhooks)
    of_workspace = _by_workspace(webhooks)
    within = transaction.within(Scope(tuple(of_workspace)))
    most = min(AT_ONCE, MOST_ROWS // max(map(len, of_workspace.values())))
    versions = await events.since(within, begin, situation.settled, most)
    more = len(versions) == most
    end = cursors.after(versions[-1]) if more else Cursor(situation.settled - 1, 0, ANY, LAST)
    if end != begin:
        await _hand_out(transaction, within, versions, of_workspace)
        await deliveries.keep_progress(transaction, end)
        await subscriptions.forget_kept_before(transaction, end.position)
    return more


async def _begin(reading: ReadSession, webhooks: Sequence[Webhook]) -> Cursor:
    """Where the last time ended, but not before any subscription was made."""
    first = Cursor(max(1, min(each.after for each in webhooks)), 0, ANY, LAST)
    known = await deliveries.progress(reading)
    return max(known, first) if known else first


def _by_workspace(webhooks: Sequence[Webhook]) -> Mapping[UUID, list[Webhook]]:
    found: defaultdict[UUID, list[Webhook]] = defaultdict(list)
    for each in webhooks:
        found[each.workspace_id].append(each)
    return found


async def _hand_out(
    transaction: Transaction,
    within: Transaction,
    versions: Sequence[Version],
    of_workspace: Mapping[UUID, list[Webhook]],
) -> None:
    rows: Rows = []
    known, before = _Cases(within), await subscriptions.kept_before(transaction) if versions else {}
    erased: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for version in versions:
        workspace_id = UUID(version.workspace["id"])
        for event in events_of(version):
            if event.type == ERASED:
                erased[workspace_id].append(version.case_id)
            for webhook in of_workspace[workspace_id]:
                if _is_new(webhook, version, before) and await _wants(webhook, event, version, known):
                    rows.append(row(webhook, event, version))
    for workspace_id, ids in erased.items():
        await deliveries.forget_cases(transaction, workspace_id, ids)
    await deliveries.insert(transaction, rows)


def _is_new(webhook: Webhook, version: Version, before: Mapping[tuple[UUID, UUID], int]) -> bool:
    """Whether it was kept after the webhook was made, and not a moment before while something older was under way."""
    last = before.get((webhook.id, version.case_id), -1)
    return version.position > webhook.after and (version.version or LAST) > last


async def _wants(webhook: Webhook, event: Event, version: Version, known: _Cases) -> bool:
    """Whether it is told. Of a case that is erased nothing can be asked any more: whoever may have been told of it is told that too."""
    if event.type == ERASED:
        return webhook.names_type(event.type)
    if not webhook.names(event.type, version.case["template"]):
        return False
    if webhook.wanted.condition is None:
        return True
    case = await known.get(version)
    return case is not None and _is_true(webhook, case)


def _is_true(webhook: Webhook, case: Case) -> bool:
    """Whether its condition is true of a case. What cannot be decided, whatever it is, is not: all others are told all the same."""
    try:
        return webhook.condition is not None and webhook.condition.evaluate(case.context())
    except Exception as error:  # noqa: BLE001 - of one subscription, which the others must not wait for
        log.warning("condition not decided", webhook=str(webhook.id), case=str(case.id), error=type(error).__name__)
        return False


def row(webhook: Webhook, event: Event, version: Version) -> dict[str, Any]:
    """A delivery as it is kept. The case in full is put into its body at the first try."""
    is_thin = webhook.wanted.content == "thin" or event.type == ERASED
    return {
        "workspace_id": webhook.workspace_id,
        "id": new_id(),
        "webhook_id": webhook.id,
        "case_id": version.case_id,
        "version": version.version,
        "event_id": event.id,
        "type": event.type,
        "happened_at": wire_time(event.timestamp),
        "body": json.encode(document(event)).decode(),
        "written": is_thin,
    }


def test_row(webhook: Webhook, now: datetime, event_id: UUID, body: str, type: str) -> dict[str, Any]:
    """A delivery of no case."""
    return {
        "workspace_id": webhook.workspace_id,
        "id": new_id(),
        "webhook_id": webhook.id,
        "case_id": None,
        "version": None,
        "event_id": event_id,
        "type": type,
        "happened_at": wire_time(now),
        "body": body,
        "written": True,
    }
