"""A field on the page of a thing, saved by itself; when somebody else changed the same part meanwhile, both values are shown."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Generic

from starlette.requests import Request
from starlette.responses import Response

from dossier.fields import Field, Shown, held, read_in
from dossier.foundation.database import Transaction
from dossier.foundation.errors import AppError, Invalid
from dossier.foundation.http import query
from dossier.records.actions.data import D, DataChanges
from dossier.records.model import WithData
from dossier.web import PageRoute, current_user, database_of, form, render
from dossier.web.addresses import Address


def _as_it_is(thing: WithData, field: Field) -> Shown:
    return Shown(field, thing.data.get(field.key))


@dataclass(frozen=True, slots=True)
class FieldPages(Generic[D]):
    """The fields of things whose pages are under an `address`.

    `template` draws one of them, and gets the thing under what one is called. `unknown`: what is said of a field that it has not. `show`: a field of a thing as its page shows it.
    """

    data: DataChanges[D]
    address: Address
    template: str
    unknown: str
    show: Callable[[D, Field], Shown] = _as_it_is

    def pages(self) -> tuple[PageRoute, ...]:
        """The address of each field."""
        return (PageRoute("POST", self.address + "/{id}/fields/{key}", self.set_field),)

    async def set_field(self, request: Request) -> Response:
        """Save what was typed into the inputs of one field."""
        user, sent = current_user(request), request.state.form
        id, key = query.identifier(request.path_params["id"], "id"), request.path_params["key"]
        database, keeping = database_of(request), self.data.keeping

        async def handle(transaction: Transaction) -> D:
            thing = (await keeping.lock(transaction, id)).after
            field, seen = self._field(thing, key), query.version_seen(form(request))
            value = read_in(field, user.time_zone).typed(sent)
            return (await self.data.set_field(transaction, thing, field, value, seen)).after

        try:
            thing = await database.write(user.actor, handle)
        except AppError as refusal:
            async with database.reading(user.actor.scope) as reading:
                thing = await keeping.get(reading, id)
            field = self._field(thing, key)
            shown = replace(self.show(thing, field), typed=held(field, sent), refusal=refusal)
        else:
            shown = replace(self.show(thing, self._field(thing, key)), saved=True)
        status = shown.refusal.status if shown.refusal else 200
        drawn: dict[str, Any] = {keeping.record.name: thing, "shown": shown, "fixed": bool(thing.archived_at)}
        return render(request, self.template, status=status, **drawn)

    def _field(self, thing: D, key: str) -> Field:
        if found := thing.field(key):
            return found
        raise Invalid.because(self.unknown, "unknown_field")
