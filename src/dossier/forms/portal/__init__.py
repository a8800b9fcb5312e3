"""Forms for whoever is asked: by a link, on any phone, with or without scripts."""

from starlette.requests import Request

from dossier.forms.portal import answering, copying, entrance, personal, public, saving, sending
from dossier.forms.portal.shared import onwards
from dossier.forms.portal.visiting import guest_or_nobody, nobody
from dossier.web import Call, PageRoute, Public, addresses
from dossier.web.portal import Visitor

_LINK = addresses.FORM_LINKS + "/{secret}"
_PAGE = _LINK + "/pages/{page}"
_PUBLIC = addresses.PUBLIC_FORMS + "/{preset}"
_PERSONAL = addresses.PERSONAL + "/{workspace}"
_UPLOADS = _LINK + "/uploads"

_SHOWN = {
    _LINK: entrance.arrive,
    _PERSONAL: personal.arrive,
    _PAGE: answering.page,
    _LINK + "/check": answering.check,
    _LINK + "/files/{file}/picture": sending.picture,
    _LINK + "/deadline.ics": entrance.deadline,
    _LINK + "/copy.pdf": copying.copy,
}
_DONE = {
    _LINK + "/code": entrance.send_code,
    _LINK + "/enter": entrance.enter,
    _LINK + "/start": entrance.start,
    _LINK + "/decline": entrance.decline,
    _LINK + "/later": entrance.later,
    _LINK + "/rating": entrance.rate,
    _LINK + "/submit": answering.submit,
    _PERSONAL + "/code": personal.ask_code,
    _PERSONAL + "/enter": personal.enter,
    _PERSONAL + "/open": personal.open_form,
    _PERSONAL + "/leave": personal.leave,
}

_SENT_TO = (*(path for path in _DONE if path != _LINK + "/submit"), _PUBLIC + "/start", _LINK + "/files/{element}")

PAGES = (
    *(PageRoute("GET", path, view, Public, area="portal") for path, view in _SHOWN.items()),
    *(PageRoute("POST", path, view, Public, area="portal") for path, view in _DONE.items()),
    *(PageRoute("GET", path, onwards, Public, area="portal") for path in _SENT_TO),
    PageRoute("GET", _LINK + "/submit", answering.to_check, Public, area="portal"),
    PageRoute("GET", _PUBLIC, public.arrive, Public, area="portal"),
    PageRoute("POST", _PUBLIC + "/start", public.start, Public, area="portal"),
    PageRoute("POST", _PAGE, answering.answer, Public, area="portal", streams=True),
    PageRoute("POST", _LINK + "/files/{element}", sending.send, Public, area="portal", streams=True),
    Call("POST", _UPLOADS, sending.begin, Public, area="portal"),
    Call("HEAD", _UPLOADS + "/{id}", sending.progress, Public, area="portal"),
    Call("PATCH", _UPLOADS + "/{id}", sending.go_on, Public, area="portal"),
    Call("DELETE", _UPLOADS + "/{id}", sending.end, Public, area="portal"),
    Call("PUT", _LINK + "/answers/{element}", saving.put, Public, area="portal"),
)


async def visitor_of(request: Request) -> Visitor:
    """Whoever came by a link: of a form, or of a preset; or to the page of all that is asked of them."""
    if "workspace" in request.path_params:
        return await personal.caller_of(request)
    return await (public.passer_of(request) if "preset" in request.path_params else guest_or_nobody(request))


__all__ = ["PAGES", "nobody", "visitor_of"]
