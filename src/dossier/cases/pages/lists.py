"""The list of cases: searched, filtered, counted and sorted."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from starlette.requests import Request
from starlette.responses import Response

from dossier.case_templates.model import BUILT_IN_STATUSES, PARENT_STATUSES
from dossier.case_templates.model.rows import TemplateChoice
from dossier.cases.model import WAITING_FOR
from dossier.cases.pages.looking import CASES_PAGE, LIST, look
from dossier.cases.store.lists import ROWS
from dossier.cases.store.views import VIEWS
from dossier.conditions.rows import operator_of
from dossier.listing.counting import Group
from dossier.listing.list_pages import counts_exactly
from dossier.listing.view_pages import ViewPages, chosen
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
        counts=_counts(numbers.groups, asked.states),
        search=looked.resolved.search,
        previous=asked.previous(shown),
        next=asked.next(shown),
        choices=looked.resolved.choices,
        operator_of=operator_of,
        labels=status_labels(looked.templates),
        offered=list(_offered(looked.templates)),
        templates=looked.templates,
        colleagues=looked.colleagues,
        views=saved,
        view_address=VIEW_PAGES.address,
        chosen=chosen(saved, asked),
        parent_statuses=PARENT_STATUSES,
        waiting_for=WAITING_FOR,
        titles={each.id: each.title for each in looked.templates},
    )


PAGES = (PageRoute("GET", LIST, case_list), *VIEW_PAGES.pages())


def _counts(found: Sequence[Group], states: Mapping[str, str]) -> dict[str, Counter[str]]:
    """How many cases each value of a state has, given the other states that are asked for; `all` of them."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in _STATES}
    for group in found:
        wrong = [name for name, value in states.items() if group.values[name] != value]
        for name in _STATES:
            if wrong in ([], [name]):
                counts[name][group.values[name]] += group.count
                counts[name]["all"] += group.count
    return {name: Counter(dict(each.most_common())) for name, each in counts.items()}


def _offered(recipes: Sequence[TemplateChoice]) -> Iterator[tuple[str, str, list[tuple[str, str]]]]:
    """Template, its title, and the statuses that only it has: key and name. The first one is of every case."""
    built_in = {each.key: each.label for each in BUILT_IN_STATUSES}
    yield "", "", list(built_in.items())
    for each in recipes:
        own = [(status["key"], str(status["label"])) for status in each.statuses if status["key"] not in built_in]
        if own:
            yield str(each.id), each.title, own


def status_labels(recipes: Sequence[TemplateChoice]) -> dict[str, str]:
    """Status → how it is called; of templates that call it differently, one of the names."""
    own = {each["key"]: str(each["label"]) for recipe in recipes for each in recipe.statuses}
    return {each.key: each.label for each in BUILT_IN_STATUSES} | own
