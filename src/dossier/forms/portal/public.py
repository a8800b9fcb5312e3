"""The public link of a preset: it shows what is asked, and whoever presses the button gets a form of their own."""

from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import Response

from dossier import form_templates, workspaces
from dossier.form_templates.model import FormTemplate, PresetRow, Wording
from dossier.forms.actions import opening
from dossier.forms.actions.notifying import Origin
from dossier.forms.model import links
from dossier.forms.portal.questions import attributes
from dossier.forms.portal.shared import with_session
from dossier.forms.portal.visiting import brand_of, language_asked, nobody
from dossier.forms.store import visits
from dossier.foundation.actor import SERVER, Actor, Scope
from dossier.foundation.http.services import services_of
from dossier.foundation.identifiers import parse_id
from dossier.foundation.pages.language import MORE_LANGUAGES
from dossier.foundation.whence import whence
from dossier.permissions import of_contact
from dossier.web import addresses, database_of, origin_of, render, see_other
from dossier.web.portal import EMBEDDED, Visitor

_BY_LINK = "direct"
"""The one access that nobody has to be known for."""


@dataclass(frozen=True, kw_only=True)
class Passer(Visitor):
    """Whoever came by a public link: nobody yet."""

    preset: PresetRow
    template: FormTemplate
    wording: Wording


async def passer_of(request: Request) -> Visitor:
    """Whoever came by a public link; also where that is none."""
    id = parse_id(request.path_params["preset"])
    async with database_of(request).reading(SERVER, "gate") as everywhere:
        workspace_id = await visits.workspace_of(everywhere, id) if id else None
    if workspace_id is None:
        return nobody(request)
    async with database_of(request).reading(Scope((workspace_id,))) as session:
        preset = await form_templates.preset(session, (workspace_id,), str(id))
        if preset is None or preset.access != _BY_LINK:
            return nobody(request)
        template = await form_templates.version(session, workspace_id, preset.template_id, preset.version)
        mailing = await workspaces.mailing(session, workspace_id)
        embedded = EMBEDDED in request.query_params
        sites = await workspaces.embed_origins(session, workspace_id) if embedded and preset.embed else ()
    chosen, language = language_asked(request, template, None)
    return Passer(
        address=addresses.PUBLIC_FORMS / preset.id,
        language=language,
        languages=tuple(each for each in template.languages if each in MORE_LANGUAGES),
        chosen=chosen,
        form_token=services_of(request).cipher.seals(f"form token public {preset.id}")[0],
        brand=brand_of(mailing),
        actor=Actor("contact", None, "", "form", Scope((workspace_id,)), of_contact()),
        state="start",
        embedded=embedded,
        framed_by=sites,
        preset=preset,
        template=template,
        wording=Wording(template, language),
    )


async def arrive(request: Request) -> Response:
    """What is asked; nothing is made by looking."""
    passer: Passer = request.state.user
    titles = [passer.wording.page_title(each) for each in passer.template.pages if each.visible_when is None]
    marks = attributes(**{"data-autostart": "yes" if "autostart" in request.query_params else ""})
    return render(request, "forms/portal/public.html", state="start", guest=passer, titles=titles, marks=marks)


async def start(request: Request) -> Response:
    """A form of one's own, begun."""
    passer: Passer = request.state.user
    services = services_of(request)
    origin = Origin(origin_of(request), services.cipher)
    form, secret = await opening.open_form(services, passer.preset, whence.get().client, origin)
    link = addresses.FORM_LINKS / links.secret(services.cipher, form.id, form.link)
    request.state.user = replace(passer, address=link)
    return with_session(request, see_other(request.state.user.to("pages", passer.template.pages[0].key)), secret)
