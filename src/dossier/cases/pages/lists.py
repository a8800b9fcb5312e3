"""The list of cases: searched, filtered, counted and sorted."""

from starlette.requests import Request
from starlette.responses import Response

from dossier.case_templates.model import PARENT_STATUSES, own_statuses, status_labels
from dossier.cases.model import WAITING_FOR
from dossier.cases.pages.looking import CASES_PAGE, LIST, look
from dossier.cases.store.collection import VIEWS
from dossier.cases.store.lists import ROWS
from dossier.conditions.rows import operator_of
from dossier.listing.counting import counts_by_state
from dossier.listing.list_pages import counts_exactly
from dossier.listing.view_pages import ViewPages
from dossier.web import PageRoute, current_user, database_of, render, see_other

PAGE_SIZE = 25
VIEW_PAGES = ViewPages(CASES_PAGE, VIEWS)
_STATES = ("parent_status", "status", "waiting_for")


async def case_list(request: Request) -> Response:
    user = current_user(request)
    if not request.query_params and (first := await VIEW_PAGES.first(request)):
        return see_other(first)
    async with database_of(request).reading(user.actor.scope, "costly") as reading:
        looked = await look(reading, user, request.query_params, database_of(request).clock())
        saved = await VIEW_PAGES.known(reading, user)
        numbers = await looked.resolved.numbers(reading, _STATES, exactly=counts_exactly(request))
        asked = looked.asked
        shown = await looked.resolved.fetch(reading, ROWS, PAGE_SIZE)
    wrong = looked.resolved.wrong
    return render(
        request,
        "cases/list.html",
        status=wrong.status if wrong else 200,
        rows=shown.rows,
        asked=asked,
        wrong=wrong,
        numbers=numbers,
        counts=counts_by_state(numbers.groups, _STATES, asked.states),
        search=looked.resolved.search,
        previous=asked.previous(shown),
        next=asked.next(shown),
        choices=looked.resolved.choices,
        operator_of=operator_of,
        labels=status_labels(looked.templates),
        offered=list(own_statuses(looked.templates)),
        templates=looked.templates,
        colleagues=looked.colleagues,
        **VIEW_PAGES.shown(saved, asked),
        parent_statuses=PARENT_STATUSES,
        waiting_for=WAITING_FOR,
        titles={each.id: each.title for each in looked.templates},
    )


PAGES = (PageRoute("GET", LIST, case_list), *VIEW_PAGES.pages())
