"""A member fills a form in: one of the house's own, or on behalf of who was asked; by the same pages as people outside, as that member."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import Response

from dossier import form_templates, workspaces
from dossier.form_templates.model import Wording
from dossier.forms.model import Form
from dossier.forms.model import Response as Answered
from dossier.forms.model.access import Entry, where
from dossier.forms.portal import answering, saving, sending
from dossier.forms.portal.entrance import progress
from dossier.forms.portal.shared import first_page
from dossier.forms.portal.visiting import LANGUAGE, Guest, again_of, brand_of, guest_of, left_of
from dossier.forms.store import reading, responses
from dossier.foundation.identifiers import parse_id
from dossier.foundation.pages.language import MORE_LANGUAGES
from dossier.foundation.pages.reader import language_of
from dossier.web import Call, CurrentUser, PageRoute, addresses, database_of, render, see_other
from dossier.web.portal import Brand, Visitor

_NEEDS = "forms.answer"
_FILL = addresses.FORMS + "/{id}/fill"
_PAGE = _FILL + "/pages/{page}"
_UPLOADS = addresses.FORMS + "/{form}/fill/uploads"
"""Where the id is that of an upload, as its protocol has it."""

Authenticate = Callable[[Request], Awaitable[CurrentUser | None]]


@dataclass(frozen=True, kw_only=True)
class Filler(Guest):
    """A member at a form that is open: nobody asks them for a code, and their session is that of the app."""

    @property
    def is_in(self) -> bool:
        return True

    @property
    def back(self) -> str:
        """Where they came from."""
        form = self.form
        return addresses.CASES / form.case_id if form.case_id else addresses.FORMS / form.id


def filler_of(authenticate: Authenticate) -> Callable[[Request], Awaitable[Visitor | None]]:
    """From the session's cookie and the address to the member and the form."""

    async def visitor(request: Request) -> Visitor | None:
        member = await authenticate(request)
        return await _filler(request, member) if member else None

    return visitor


async def _filler(request: Request, member: CurrentUser) -> Visitor:
    id = parse_id(request.path_params.get("form") or request.path_params["id"])
    async with database_of(request).reading(member.actor.scope) as session:
        form = await reading.get(session, id) if id else None
        if form is None:
            return _nowhere(request, member)
        template = await form_templates.version(session, form.workspace_id, form.template_id, form.template_version)
        answered = tuple(await responses.of_form(session, form.id))
        brand = brand_of(await workspaces.mailing(session, form.workspace_id))
        again = await again_of(session, answered)
    chosen = _chosen(request)
    language = chosen or member.language or language_of(request).code
    return Filler(
        address=addresses.FORMS / form.id / "fill",
        language=language,
        languages=tuple(each for each in template.languages if each in MORE_LANGUAGES),
        chosen=chosen,
        form_token=member.form_token,
        brand=brand,
        actor=member.actor,
        state=_state(request, form, answered),
        form=form,
        template=template,
        wording=Wording(template, language),
        responses=answered,
        entry=Entry(),
        session=member.slug,
        again=again,
        left=left_of(form, database_of(request).clock()),
    )


def _state(request: Request, form: Form, answered: Sequence[Answered]) -> str:
    """As for somebody whom the link lets in."""
    newest = answered[0] if answered else None
    return where(replace(form, access="direct"), newest, Entry(), database_of(request).clock())


def _chosen(request: Request) -> str:
    """The language that was asked for on the page, so that one can read out what is asked."""
    asked = request.query_params.get(LANGUAGE, "")
    return asked if asked in MORE_LANGUAGES else ""


def _nowhere(request: Request, member: CurrentUser) -> Visitor:
    return Visitor(
        address=addresses.FORMS,
        language=member.language or language_of(request).code,
        languages=(),
        chosen="",
        form_token=member.form_token,
        brand=Brand(),
        actor=member.actor,
        state="missing",
    )


async def arrive(request: Request) -> Response:
    """Where one is in it: its pages and how far each is; once it is handed in, where it is looked through."""
    guest = guest_of(request)
    if guest.state == "done":
        return see_other(addresses.FORMS / guest.form.id / "review")
    pages = progress(guest) if guest.state in ("start", "continue") else []
    later = request.query_params.get("later")
    return render(
        request, "forms/fill.html", state=guest.state, guest=guest, pages=pages, later=later, first=first_page(guest)
    )  # fmt: skip


PAGES = (
    PageRoute("GET", _FILL, arrive, _NEEDS, area="desk"),
    PageRoute("GET", _PAGE, answering.page, _NEEDS, area="desk"),
    PageRoute("POST", _PAGE, answering.answer, _NEEDS, area="desk", streams=True),
    PageRoute("GET", _FILL + "/check", answering.check, _NEEDS, area="desk"),
    PageRoute("GET", _FILL + "/submit", answering.to_check, _NEEDS, area="desk"),
    PageRoute("POST", _FILL + "/submit", answering.submit, _NEEDS, area="desk"),
    PageRoute("POST", _FILL + "/files/{element}", sending.send, _NEEDS, area="desk", streams=True),
    PageRoute("GET", _FILL + "/files/{file}/picture", sending.picture, _NEEDS, area="desk"),
    Call("PUT", _FILL + "/answers/{element}", saving.put, _NEEDS, area="desk"),
    Call("POST", _UPLOADS, sending.begin, _NEEDS, area="desk"),
    Call("HEAD", _UPLOADS + "/{id}", sending.progress, _NEEDS, area="desk"),
    Call("PATCH", _UPLOADS + "/{id}", sending.go_on, _NEEDS, area="desk"),
    Call("DELETE", _UPLOADS + "/{id}", sending.end, _NEEDS, area="desk"),
)
