"""The addresses of old: the same under the words that they had, saying what came after them (contract, second part, section 10)."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from dossier import workspaces
from dossier.form_templates import schemas
from dossier.form_templates.routes.naming import NAMED, SLUG
from dossier.form_templates.routes.reading import (
    LOCALE,
    found,
    get_form_template_options,
    get_form_template_steps,
    selected,
)
from dossier.foundation.http import openapi, query
from dossier.foundation.http.deprecated import deprecated
from dossier.foundation.http.reads import read
from dossier.foundation.http.responses import ApiResponse
from dossier.foundation.http.router import Router
from dossier.foundation.lists import Page
from dossier.workspaces.schemas import WorkspaceList, workspace

router = Router()

MOST = 1000  # rows without `page[…]`
_PAGING = (openapi.PAGE_NUMBER, openapi.PAGE_SIZE)


@router.get(
    "/flows",
    **openapi.documented(
        "listFlows",
        "Every form template, or a page of them",
        parameters=(openapi.ARCHIVED, *NAMED, *_PAGING),
        gives=schemas.FormTemplateList,
    ),
    deprecated=True,
)
@deprecated(f"{openapi.BASE_PATH}/form_templates")
async def list_flows(request: Request) -> Response:
    sent = query.parameters(request, ("archived", *(each["name"] for each in NAMED), *_names()))
    selection, offered = selected(_without_page(sent), request.state.caller)
    _, rows = await found(request, selection, (page := _page(sent)), offered=offered)
    return ApiResponse([schemas.row(each) for each in rows[: page.size]]).response()


@router.get(
    "/companies",
    **openapi.documented(
        "listCompanies",
        "The workspaces that the token covers",
        parameters=_PAGING,
        gives=WorkspaceList,
    ),
    deprecated=True,
)
@deprecated(f"{openapi.BASE_PATH}/workspaces")
async def list_companies(request: Request) -> Response:
    page = _page(query.parameters(request, _names()))
    async with read(request) as reading:
        _, rows = await workspaces.page(reading, page)
    return ApiResponse([workspace(each) for each in rows]).response()


def _twin(path: str, does: tuple[str, str], parameters: tuple[Any, ...], gives: Any, route: Any) -> None:
    """The same route under `/flows`."""
    documented = openapi.documented(*does, parameters=(SLUG, *NAMED, *parameters), gives=gives)
    successor = f"{openapi.BASE_PATH}/form_templates/{{slug}}{path}"
    router.get("/flows/{slug}" + path, **documented, deprecated=True)(deprecated(successor)(route))


_twin(
    "/options",
    ("getFlowOptions", "The options of a form template"),
    (),
    schemas.FormTemplateOptions,
    get_form_template_options,
)
_twin(
    "/steps",
    ("getFlowSteps", "The pages of a form template"),
    (LOCALE,),
    schemas.FormStepList,
    get_form_template_steps,
)


def _names() -> tuple[str, ...]:
    return tuple(each["name"] for each in _PAGING)


def _without_page(sent: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in sent.items() if name not in _names()}


def _page(sent: dict[str, str]) -> Page:
    """The page that is asked for; all of them where none is."""
    return query.page(sent) if any(name in sent for name in _names()) else Page(size=MOST)
