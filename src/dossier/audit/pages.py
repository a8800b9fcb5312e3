"""The audit log for administrators: what happened in their workspace, the newest first."""

from starlette.requests import Request
from starlette.responses import Response

from dossier.audit import store
from dossier.audit.model import ACTS
from dossier.foundation.errors import Invalid
from dossier.foundation.identifiers import parse_id
from dossier.web import PageRoute, addresses, current_user, database_of, render

PAGE_SIZE = 50


async def audit(request: Request) -> Response:
    user, sent = current_user(request), request.query_params
    act = sent.get("act") or None
    if act and act not in ACTS:
        raise Invalid.because("The audit log knows no act “{name}”.", name=act)
    async with database_of(request).reading(user.actor.scope) as reading:
        entries = await store.page(reading, act=act, before=parse_id(sent.get("before", "")), most=PAGE_SIZE + 1)
    more = entries[PAGE_SIZE - 1].id if len(entries) > PAGE_SIZE else None
    return render(request, "audit/audit.html", entries=entries[:PAGE_SIZE], acts=ACTS, act=act or "", more=more)


PAGES = (PageRoute("GET", addresses.AUDIT, audit, "audit.read"),)
