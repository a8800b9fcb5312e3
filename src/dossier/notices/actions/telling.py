"""Telling members, seeing what one was told, and choosing how."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from dossier.foundation.actor import Scope, system
from dossier.foundation.clock import today
from dossier.foundation.database import Topic, Transaction
from dossier.foundation.errors import Invalid, NotFound
from dossier.foundation.messages import Message
from dossier.foundation.services import Services
from dossier.foundation.text import gettext_noop
from dossier.notices import store
from dossier.notices.model import KINDS, WAYS, About, Kind, Way
from dossier.web.workspace.current_user import CurrentUser

KEPT = timedelta(days=90)
AHEAD, DUES_AT_ONCE = timedelta(days=1), 100
_DUE = gettext_noop("“{step}” is to be done until {day}.")
NOTICE = "notice"
"""The kind of topic under which notices are announced, of the member who is told."""


async def tell(
    transaction: Transaction,
    workspace_id: UUID,
    members: Iterable[UUID],
    kind: Kind,
    what: Message,
    case_id: UUID | None = None,
) -> None:
    """Tell members something, each in their own way; nobody is told of what they did themselves."""
    await tell_about(transaction, workspace_id, members, kind, what, About(case_id))


async def tell_about(
    transaction: Transaction,
    workspace_id: UUID,
    members: Iterable[UUID],
    kind: Kind,
    what: Message,
    about: About,
) -> None:
    """The same of a form too, or beside what is written to them anyway (`about.written`): see `wants_mail`."""
    others = sorted(set(members) - {transaction.actor.id}, key=str)
    if not others:
        return
    await store.insert(transaction, workspace_id, others, kind, what, about)
    for member in others:
        transaction.announce(Topic(NOTICE, workspace_id, member))


async def wants_mail(transaction: Transaction, workspace_id: UUID, member: UUID, kind: Kind) -> bool:
    """Whether somebody wants to have such a thing by e-mail at once, and did not do it themselves."""
    chosen = await store.choices(transaction, workspace_id, member)
    return member != transaction.actor.id and chosen[kind] == "mail"


async def tell_of_dues(services: Services) -> None:
    """Tell who has to do what within a day. Once: it is taken by the transaction that tells."""
    until = services.clock() + AHEAD
    for workspace_id in await services.database.write(system(), partial(store.workspaces_with_dues, until=until)):
        actor = system("automation", Scope((workspace_id,)))
        while await services.database.write(actor, partial(_tell_of_some, workspace_id=workspace_id, until=until)):
            continue


async def _tell_of_some(transaction: Transaction, workspace_id: UUID, until: datetime) -> bool:
    dues = await store.take_dues(transaction, workspace_id, until, DUES_AT_ONCE)
    for due in dues:
        said = Message(_DUE, {"step": due.title, "day": today(due.due_at, due.time_zone)})
        await tell(transaction, workspace_id, [due.member_id], "due", said, due.case_id)
    return len(dues) == DUES_AT_ONCE


async def see(transaction: Transaction, user: CurrentUser, id: UUID) -> About:
    """Note that one of one's notices was seen; what it is about. 404."""
    transaction.actor.require("account.change")
    seen = await store.see(transaction, user.workspace_id, user.actor.id, id)
    if not seen:
        raise NotFound.because("There is no notice {id}.", id=str(id))
    return seen[0]


async def see_all(transaction: Transaction, user: CurrentUser) -> None:
    """Note that all of one's notices were seen."""
    transaction.actor.require("account.change")
    await store.see(transaction, user.workspace_id, user.actor.id)


async def choose(transaction: Transaction, user: CurrentUser, ways: Mapping[str, str]) -> None:
    """Choose how one is told of some kinds of things in this workspace. 400: no such kind, no such way."""
    transaction.actor.require("account.change")
    chosen: dict[Kind, Way] = {}
    for kind in KINDS:
        if (way := ways.get(kind)) is None:
            continue
        if way not in WAYS:
            raise Invalid.because("Choose one of the ways.", pointer=f"/{kind}")
        chosen[kind] = way
    await store.choose(transaction, user.workspace_id, user.actor.id, chosen)


async def forget(transaction: Transaction) -> None:
    """Forget what is older than ninety days."""
    transaction.actor.require("server.operate")
    await store.forget(transaction, transaction.clock() - KEPT)
