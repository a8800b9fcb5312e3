"""Why the rules of a case did or did not, and a rule tried on a case before it is published."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from dossier import case_templates as templates
from dossier.automations import actions
from dossier.case_templates.model import document_choices
from dossier.case_templates.pages import rule_forms
from dossier.cases import KEEPING, named_case
from dossier.cases.pages.reasons import Reasons
from dossier.cases.pages.telling import Telling
from dossier.conditions.rows import last_value
from dossier.fields import parse_fields
from dossier.foundation.http import query
from dossier.foundation.http.services import services_of
from dossier.web import PageRoute, addresses, current_user, database_of, language_of, render, see_other


async def why(request: Request) -> Response:
    """What each rule did to a case last, and why, or why not."""
    case_id = query.identifier(request.path_params["id"], "id")
    async with database_of(request).reading(current_user(request).actor.scope) as reading:
        case = await KEEPING.get(reading, case_id)
        traces = await actions.explain(reading, case_id)
    return render(
        request, "automations/why.html", case=case, traces=traces, reasons=Reasons(case, language_of(request))
    )


async def retry(request: Request) -> Response:
    """Have tried again what failed of a rule."""
    case_id, key = query.identifier(request.path_params["id"], "id"), request.path_params["key"]
    await database_of(request).write(current_user(request).actor, lambda tx: actions.retry(tx, case_id, key))
    return see_other(addresses.CASES / case_id / "automations")


async def attempt(request: Request) -> Response:
    """What the rule of the form would do to a case with a new value; nothing happens."""
    user, sent = current_user(request), request.state.form
    template_id, key = query.identifier(request.path_params["id"], "id"), request.query_params.get("key") or None
    async with database_of(request).reading(user.actor.scope) as reading:
        draft = await templates.get_draft(reading, template_id)
        case = await named_case(reading, last_value(sent, "case"))
        rule = rule_forms.rule(sent, key, document_choices(draft.document), draft.document)
        document = {**draft.document, "automations": [rule | {"enabled": True}]}
        data = _data(document, last_value(sent, "try.field"), last_value(sent, "try.value"))
        clock = services_of(request).clock
        found = await actions.attempt(reading, user.actor, clock, template_id, case.id, data, document)
    telling = Telling(found.case, language_of(request), fixed=True, files={})
    changes = [telling.line(path, each["old"], each["new"]) for path, each in found.changes.items() if each]
    reasons = Reasons(found.case, language_of(request))
    return render(request, "automations/tried.html", case=case, changes=changes, trace=found.traces[0], reasons=reasons)


def _data(document: Any, key: str, text: str) -> dict[str, Any]:
    fields = {each.key: each for each in parse_fields(document.get("schema") or [], "")[0]}
    return {key: fields[key].read_or_refuse(text) if text else None} if key in fields else {}


PAGES = (
    PageRoute("GET", addresses.CASES + "/{id}/automations", why),
    PageRoute("POST", addresses.CASES + "/{id}/automations/{key}/retry", retry, "cases.change"),
    PageRoute("POST", addresses.TEMPLATES + "/{id}/automations/try", attempt, "templates.design"),
)
