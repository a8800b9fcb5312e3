"""A field on the page: what its inputs hold, and what was typed into them as JSON."""

from starlette.requests import Request
from starlette.responses import Response

from dossier.cases import actions
from dossier.cases.model import Case
from dossier.cases.pages.lists import LIST
from dossier.fields import Field, Shown, held, read_in
from dossier.foundation.database import Transaction
from dossier.foundation.errors import AppError, Invalid
from dossier.foundation.http import query
from dossier.web import PageRoute, current_user, database_of, form, render


async def set_field(request: Request) -> Response:
    """Save one field; when somebody else changed the same part of it meanwhile, both values are shown."""
    user, sent = current_user(request), request.state.form
    case_id, key = query.identifier(request.path_params["id"], "id"), request.path_params["key"]
    database = database_of(request)

    async def handle(transaction: Transaction) -> Case:
        case = (await actions.KEEPING.lock(transaction, case_id)).after
        field, seen = _field(case, key), query.version_seen(form(request))
        value = read_in(field, user.time_zone).typed(sent)
        return (await actions.DATA.set_field(transaction, case, field, value, seen)).after

    try:
        case = await database.write(user.actor, handle)
    except AppError as refusal:
        async with database.reading(user.actor.scope) as reading:
            case = await actions.KEEPING.get(reading, case_id)
        shown = Shown(_field(case, key), case.data.get(key), held(_field(case, key), sent), refusal)
    else:
        shown = Shown(_field(case, key), case.data.get(key), saved=True)
    status = shown.refusal.status if shown.refusal else 200
    return render(request, "cases/field.html", status=status, case=case, shown=shown, fixed=bool(case.archived_at))


PAGES = (PageRoute("POST", LIST + "/{id}/fields/{key}", set_field),)


def _field(case: Case, key: str) -> Field:
    if found := case.field(key):
        return found
    raise Invalid.because("The case has no such field.", "unknown_field")
