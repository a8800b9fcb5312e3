"""Whoever came by the link of a form: which form that is, where they are in it, what their pages say."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from starlette.requests import Request

from dossier import form_templates, workspaces
from dossier.form_templates.model import Asked, FormTemplate, Wording
from dossier.forms.actions.answering import Browser, asked_of
from dossier.forms.actions.entering import hashed
from dossier.forms.model import Form, Response, links
from dossier.forms.model.access import Entry, where
from dossier.forms.model.reviewing import AskedAgain, asked_again
from dossier.forms.store import access, reading, responses, reviews
from dossier.foundation.actor import SERVER, Actor, Scope
from dossier.foundation.database import ReadSession
from dossier.foundation.http.services import services_of
from dossier.foundation.pages.language import MORE_LANGUAGES
from dossier.foundation.whence import whence
from dossier.permissions import of_contact
from dossier.web import addresses, database_of
from dossier.web.portal import EMBEDDED, Brand, Visitor, languages_asked, spoken
from dossier.workspaces.model import Mailing

SESSION = 43  # characters of its secret
LANGUAGE = "lang"
"""The parameter by which somebody asks for another language."""
_AGENT = 300  # characters of what a browser calls itself


@dataclass(frozen=True, kw_only=True)
class Guest(Visitor):
    """Whoever holds the link of a form."""

    form: Form
    template: FormTemplate
    wording: Wording
    responses: tuple[Response, ...]
    entry: Entry
    session: str
    again: AskedAgain = field(default_factory=AskedAgain)
    left: timedelta | None = None  # until it ends

    @property
    def newest(self) -> Response | None:
        return self.responses[0] if self.responses else None

    @property
    def response(self) -> Response | None:
        """The one that is being answered."""
        return self.newest if self.newest and self.newest.is_open else None

    @property
    def is_in(self) -> bool:
        """Whether they may see what was answered; of a form that was put away nobody who has its link."""
        return not self.form.archived_at and (self.form.access == "direct" or self.entry.inside is not None)

    @property
    def member_id(self) -> UUID | None:
        """Of a member who fills it in."""
        return self.actor.id if self.actor.type == "member" else None

    @property
    def asked(self) -> Asked:
        return asked_of(self.template, self.form, self.response)

    @property
    def personal(self) -> str:
        """Where everything that is asked of them is, if they have an address to prove."""
        known = self.form.user.email or self.form.user.phone
        kept = f"?{LANGUAGE}={self.chosen}" if self.chosen else ""
        return addresses.PERSONAL / self.form.workspace_slug + kept if known else ""

    def being(self, state: str) -> "Guest":
        """The same on a page of another state."""
        return replace(self, state=state)


def guest_of(request: Request) -> Guest:
    """Who looks, on a page of a form."""
    guest: Guest = request.state.user
    return guest


def cookie_of(request: Request) -> str:
    """The name of the session's cookie, which goes to the pages of its form alone."""
    return "__Secure-dossier-form" if request.url.scheme == "https" else "dossier-form"


def browser_of(request: Request) -> Browser:
    """What is kept of where an answer came from."""
    agent, accepts = (request.headers.get(name, "")[:_AGENT] or None for name in ("user-agent", "accept-language"))
    return Browser(whence.get().client or None, agent, accepts, request.state.user.language)


async def guest_or_nobody(request: Request) -> Visitor:
    """Whoever came by the link in the address; where that is none, or of a form that a member fills in, they are nowhere."""
    secret = str(request.path_params.get("secret", ""))[:200]
    database = database_of(request)
    async with database.reading(SERVER, "gate") as everywhere:
        found = await reading.by_link(everywhere, links.hash_of(secret))
    if found is None:
        return nobody(request)
    workspace_id, form_id = found
    async with database.reading(Scope((workspace_id,))) as session:
        form = await reading.get(session, form_id)
        if form is None or form.internal:
            return nobody(request)
        return await _guest(request, session, form, secret)


async def _guest(request: Request, session: ReadSession, form: Form, secret: str) -> Guest:
    now = database_of(request).clock()
    cookie = request.cookies.get(cookie_of(request), "")[:SESSION]
    entry = await access.entry(session, form, hashed(cookie) if cookie else None, now)
    template = await form_templates.version(session, form.workspace_id, form.template_id, form.template_version)
    answered = tuple(await responses.of_form(session, form.id))
    mailing = await workspaces.mailing(session, form.workspace_id)
    embedded = EMBEDDED in request.query_params
    chosen, language = language_asked(request, template, form.user.locale)
    inside = cookie if entry.inside else ""
    bound = (
        "" if form.access == "direct" else inside
    )  # where the link lets in, its pages of before the session hold too
    return Guest(
        address=addresses.FORM_LINKS / secret,
        language=language,
        languages=tuple(each for each in template.languages if each in MORE_LANGUAGES),
        chosen=chosen,
        form_token=services_of(request).cipher.seals(f"form token {secret} {bound}")[0],
        brand=brand_of(mailing),
        actor=actor_of(form),
        state=where(form, answered[0] if answered else None, entry, now),
        embedded=embedded,
        framed_by=await _framed_by(session, form, template) if embedded else (),
        form=form,
        template=template,
        wording=Wording(template, language),
        responses=answered,
        entry=entry,
        session=inside,
        again=await again_of(session, answered),
        left=left_of(form, now),
    )


def left_of(form: Form, now: datetime) -> timedelta | None:
    """How long it can still be answered; None for ever, or no more."""
    return form.active_until - now if form.active_until and form.active_until > now else None


async def again_of(session: ReadSession, answered: Sequence[Response]) -> AskedAgain:
    """Why the form is asked again, while it is."""
    if not answered or not answered[0].is_open:
        return AskedAgain()
    said = await reviews.of_responses(session, [each.id for each in answered[:2]])
    newest, *before = (said.get(each.id, {}) for each in answered[:2])
    return asked_again(newest, before[0] if before else {}, answered[0])


async def _framed_by(session: ReadSession, form: Form, template: FormTemplate) -> tuple[str, ...]:
    """The sites that may show the form: those of its workspace, if its preset, or its template once that is gone, says so."""
    presets = await form_templates.presets(session, str(form.preset_id), [form.workspace_id], usable=False)
    lets = presets[0].embed if presets else template.embed
    return await workspaces.embed_origins(session, form.workspace_id) if lets else ()


def actor_of(form: Form) -> Actor:
    """Whoever holds the link, as histories have them."""
    return Actor("contact", form.contact_id, form.user.name, "form", Scope((form.workspace_id,)), of_contact())


def brand_of(mailing: Mailing) -> Brand:
    logo = addresses.LOGO / mailing.workspace_id / mailing.logo if mailing.logo else ""
    return Brand(mailing.name, mailing.accent, logo)


def language_asked(request: Request, template: FormTemplate, own: str | None) -> tuple[str, str]:
    """What was asked for on the page, and which language it is in."""
    asked = request.query_params.get(LANGUAGE, "")
    chosen = asked if asked in MORE_LANGUAGES else ""
    return chosen, spoken(template.languages, (chosen or None, (own or "")[:2].lower(), *languages_asked(request)))


def nobody(request: Request) -> Visitor:
    """Whoever came by a link that leads nowhere."""
    language = spoken(tuple(MORE_LANGUAGES), languages_asked(request))
    digest = hashlib.sha256(request.url.path.encode()).hexdigest()
    return Visitor(
        address=addresses.FORM_LINKS,
        language=language,
        languages=(),
        chosen="",
        form_token=digest,
        brand=Brand(),
        actor=Actor("contact", None, "", "form", Scope(())),
        state="missing",
    )
