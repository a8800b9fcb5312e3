"""Where cases and templates meet: a condition tried on a case, and a case moved to a newer version."""

from starlette.requests import Request
from starlette.responses import Response

from dossier import case_templates as templates
from dossier.case_templates.model import CASES, document_choices
from dossier.case_templates.pages.moving import MovePages
from dossier.cases.actions.history import named_case
from dossier.cases.actions.saving import MOVING
from dossier.cases.pages.lists import LIST
from dossier.cases.pages.reasons import Reasons
from dossier.conditions import parse_condition
from dossier.conditions.explaining import explained
from dossier.conditions.rows import last_value, typed_condition
from dossier.foundation.errors import Invalid
from dossier.foundation.http import query
from dossier.web import PageRoute, addresses, current_user, database_of, language_of, render


async def try_condition(request: Request) -> Response:
    """Whether the condition of the form holds for a case, and what the case has of what it looks at."""
    async with database_of(request).reading(current_user(request).actor.scope) as reading:
        draft = await templates.get_draft(reading, query.identifier(request.path_params["id"], "id"))
        case = await named_case(reading, last_value(request.state.form, "case"))
    raw = typed_condition(request.state.form, "", document_choices(draft.document), CASES)
    if raw is None:
        raise Invalid.because("There is no condition to try yet.")
    condition, known = parse_condition(raw, CASES), case.context()
    reasons = map(Reasons(case, language_of(request)).one, explained(condition, known))
    return render(request, "cases/_condition_result.html", case=case, holds=condition.evaluate(known), reasons=reasons)


PAGES = (
    PageRoute("POST", addresses.TEMPLATES + "/{id}/try", try_condition, "templates.design"),
    *MovePages(MOVING, LIST, "cases/move.html").pages(),
)
