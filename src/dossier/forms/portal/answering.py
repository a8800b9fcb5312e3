"""Pages of questions: shown, answered, looked at once more, handed in; each also without any script."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from dossier.fields import Sent
from dossier.form_templates.model import Asked, AskedElement, AskedPage, Missing
from dossier.forms.actions import answering, entering, submitting
from dossier.forms.actions.answering import Saved, Sending
from dossier.forms.model.given import files_named, is_signed
from dossier.forms.model.signature import paths
from dossier.forms.portal.joining import BUTTON, joined
from dossier.forms.portal.questions import Drawing, Question, attributes, called, news_of, questions, reading_of, said
from dossier.forms.portal.sending import read_page
from dossier.forms.portal.shared import home, show, with_session
from dossier.forms.portal.visiting import Guest, browser_of, guest_of
from dossier.forms.store import answers as store
from dossier.foundation.database import Transaction
from dossier.foundation.errors import AppError, Conflict, Forbidden, Problem
from dossier.foundation.identifiers import parse_id
from dossier.foundation.pages.reader import language_of
from dossier.web import database_of, see_other

_OPEN = ("start", "continue")


@dataclass(frozen=True, slots=True)
class Line:
    """Something that is wrong, in the summary above a page, and where it leads."""

    text: str
    at: str


async def page(request: Request) -> Response:
    """The questions of a page."""
    guest = guest_of(request)
    asked = guest.asked
    if not _may_answer(guest) or (found := asked.page(request.path_params["page"])) is None:
        return home(request)
    return await _draw(request, guest, found, more=request.query_params.get("more", ""))


def _may_answer(guest: Guest) -> bool:
    return guest.is_in and guest.state in _OPEN


async def answer(request: Request) -> Response:
    """Keep what was typed, all of it; then what is wrong, or the next page."""
    guest = guest_of(request)
    found = guest.asked.page(request.path_params["page"]) if _may_answer(guest) else None
    if found is None:
        return home(request)
    sent = await read_page(request, guest)
    try:
        return await keep(request, guest, found, await joined(request, guest, found, sent))
    except AppError as refusal:
        if BUTTON not in dict(sent) or isinstance(refusal, Forbidden):
            raise
        return await keep(request, guest, found, sent, refusal)


async def keep(
    request: Request, guest: Guest, found: AskedPage, sent: Sent, refusal: AppError | None = None
) -> Response:
    """Keep what was sent of a page, and go on from there; `refusal`: why its pictures did not become one PDF."""
    try:
        saved, secret = await _save(request, guest, found, _without_removed(sent))
    except Conflict:  # it ended meanwhile
        return home(request)
    return with_session(request, await _after(request, guest, found, sent, saved, refusal), secret)


async def _save(request: Request, guest: Guest, found: AskedPage, sent: Sent) -> tuple[Saved, str | None]:
    sendings, browser = sendings_of(found, sent), browser_of(request)

    async def work(transaction: Transaction) -> tuple[Saved, str | None]:
        saved = await answering.save(transaction, guest.form.id, guest.template, sendings, browser, guest.wording)
        is_new = not guest.session
        return saved, await entering.begin_session(transaction, guest.form) if is_new else None

    return await database_of(request).write(guest.actor, work)


def sendings_of(found: AskedPage, sent: Sent) -> dict[str, Sending]:
    """What was sent of each question that stood on the page."""
    said_of = dict(sent)
    return {
        each.key: _sending([pair for pair in sent if pair[0].startswith(f"{each.key}.")], said_of[f"{each.key}.base"])
        for each in found.elements
        if each.element.answered and f"{each.key}.base" in said_of
    }


def _sending(sent: Sent, token: str) -> Sending:
    version, _, digest = token.partition(":")
    base = int(version) if version.isascii() and version.isdigit() and len(version) < 18 else None
    return Sending(sent=sent, base=base, seen=digest)


def _without_removed(sent: Sent) -> Sent:
    """What was sent but for a row, or a file, whose button was pressed."""
    removed = next((value for name, value in sent if name == "remove"), "")
    if not removed:
        return sent
    return [
        (name, value) for name, value in sent if not name.startswith(f"{removed}.") and f"{name}={value}" != removed
    ]


async def _after(
    request: Request, guest: Guest, found: AskedPage, sent: Sent, saved: Saved, refusal: AppError | None
) -> Response:
    now = replace(
        guest, responses=(saved.response, *(each for each in guest.responses if each.id != saved.response.id))
    )
    asked, pressed = saved.asked, dict(sent)
    here = asked.page(found.key)
    if saved.conflicts and here:
        typed = {key: each.sent or () for key, each in sendings_of(found, sent).items() if key in saved.conflicts}
        return await _draw(request, now, here, status=409, conflicts=saved.conflicts, sent=typed)
    if refusal and here:
        return await _draw(request, now, here, status=refusal.status, refusal=refusal)
    if here and (address := _staying(now, here, pressed, wrong=bool(saved.wrong))):
        return see_other(address)
    if pressed.get("go") == "later":
        return see_other(_asking(now.to(), "later=saved"))
    return await _on(request, now, asked, found, here, sent, saved)


def _staying(guest: Guest, here: AskedPage, pressed: Mapping[str, str], *, wrong: bool) -> str:
    """Where one is after a button that does something to this page; "" for others."""
    address = guest.to("pages", here.key)
    if BUTTON in pressed and not wrong:
        return f"{address}#q-{pressed[BUTTON].replace('.', '-')}"
    if "add" in pressed or "remove" in pressed:
        return _asking(address, f"more={pressed['add']}" if "add" in pressed else "")
    return address if pressed.get("go") == "stay" and not wrong else ""


async def _on(
    request: Request, guest: Guest, asked: Asked, found: AskedPage, here: AskedPage | None, sent: Sent, saved: Saved
) -> Response:
    """The next page; this one again where something is wrong with it, or where more is asked by what was just answered."""
    seen = sendings_of(found, sent).keys()
    news = news_of(found, here, seen) if here else []
    missing = [
        each
        for each in asked.missing
        if each.page == found.key and (each.group or each.element) in seen and called(each) not in news
    ]
    if here and (missing or saved.wrong):
        return await _draw(request, guest, here, status=400, missing=missing, checked=True)
    if here and news:
        return see_other(guest.to("pages", here.key) + f"#q-{news[0]}")
    return see_other(_next(guest, asked, found.key))


def _next(guest: Guest, asked: Asked, key: str) -> str:
    """The page behind one, which may be hidden by now."""
    order = [each.key for each in guest.template.pages]
    behind = set(order[order.index(key) + 1 :])
    following = next((each.key for each in asked.pages if each.key in behind), None)
    return guest.to("pages", following) if following else guest.to("check")


def _asking(address: str, what: str) -> str:
    return address + ("&" if "?" in address else "?") + what if what else address


async def _draw(
    request: Request,
    guest: Guest,
    found: AskedPage,
    *,
    status: int = 200,
    checked: bool = False,
    refusal: AppError | None = None,
    **more: Any,
) -> Response:
    """`more`: what was just typed, what is missing, conflicts, further rows, as `Drawing` has them."""
    asked = guest.asked
    speaks = language_of(request)
    files = await _files(request, found, guest)
    drawing = Drawing(guest, speaks, reading_of(guest, files), files=files, **more)
    drawn = questions(found, drawing)
    keys = [each.key for each in asked.pages]
    place = keys.index(found.key)
    request.state.user = guest
    return show(
        request,
        "page",
        "page",
        status=status,
        page=found.page,
        questions=drawn,
        wrong=[*_refused(refusal, speaks.said), *_lines(drawn, speaks.said)],
        checked=checked or bool(refusal or more.get("conflicts")),
        number=place + 1,
        count=len(keys),
        back=guest.to("pages", keys[place - 1]) if place else guest.to(),
        marks=_marks(guest, found),
        sends_files=any(
            each.kind == "files" or any(q.kind == "files" for row in each.rows for q in row.questions) for each in drawn
        ),
        signs=any(each.kind == "signing" for each in drawn),
    )


def _marks(guest: Guest, found: AskedPage) -> Markup:
    """What the page's script goes by."""
    here = " ".join(each.key for each in guest.template.page_by_key[found.key].elements)
    pages = " ".join(guest.to("pages", each.key) for each in guest.asked.pages)
    said_there = {"page": found.key, "form": guest.form.id, "token": guest.form_token, "here": here, "pages": pages}
    return attributes(
        **{f"data-{name}": value for name, value in said_there.items()}, **{"data-answers": guest.address / "answers"}
    )


async def _files(request: Request, found: AskedPage, guest: Guest) -> Mapping[str, Any]:
    """The files that a page names, those that do not fit among them."""
    answers = guest.response.answers if guest.response else {}
    typed = (answers[each.key].typed for each in found.elements if each.key in answers)
    ids = {value for pairs in typed for name, value in pairs or () if name.endswith("value") and parse_id(value)}
    return await _named(request, guest, found.elements, ids)


async def _named(
    request: Request, guest: Guest, elements: Iterable[AskedElement], more: Iterable[str] = ()
) -> Mapping[str, Any]:
    """`more`: what was typed, among which only files that were sent to this form are shown."""
    ids, typed = {id for each in elements for id in files_named(each.element, each.value)}, set(more)
    if not ids | typed:
        return {}
    async with database_of(request).reading(guest.actor.scope) as reading:
        own = await store.sent_by(reading, guest.form.id, typed) if typed else {}
        return own | (await store.files_of(reading, ids) if ids else {})


def _refused(refusal: AppError | None, said_of: Any) -> Iterable[Line]:
    return [Line(_text(each, said_of), "#p-questions") for each in refusal.problems] if refusal else []


def _lines(drawn: Iterable[Question], said_of: Any) -> Iterable[Line]:
    for each in drawn:
        yield from (Line(_text(problem, said_of), f"#{each.id}") for problem in each.problems)
        yield from (Line(f"{each.label}: {each.other}", f"#{each.id}") for _ in [1] if each.other)
        for row in each.rows:
            yield from _lines(row.questions, said_of)


def _text(problem: Problem | str, said_of: Any) -> str:
    return str(said_of(problem.message)) if isinstance(problem, Problem) else problem


# ---- looked at once more, and handed in ----


@dataclass(frozen=True, slots=True)
class Answered:
    """A question and its answer, and where it is changed; `wrong`: it stands in the way."""

    label: str
    text: str
    at: str
    wrong: bool = False
    paths: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """What was answered on a page."""

    title: str
    address: str
    answers: Sequence[Answered]


async def check(request: Request) -> Response:
    """Everything that was answered, before it is handed in."""
    guest = guest_of(request)
    if not _may_answer(guest) or guest.response is None:
        return home(request)
    return await _checked(request, guest, guest.asked)


async def to_check(request: Request) -> Response:
    """What one looks at before it is handed in."""
    return see_other(guest_of(request).to("check"))


async def submit(request: Request) -> Response:
    """Hand in; what stands in the way is listed."""
    guest, browser = guest_of(request), browser_of(request)
    if not guest.is_in or guest.state not in (*_OPEN, "done"):
        return home(request)
    try:
        done = await database_of(request).write(
            guest.actor, lambda tx: submitting.submit(tx, guest.form.id, guest.template, browser)
        )
    except Conflict:
        return home(request)
    return home(request) if done.done else await _checked(request, guest, guest.asked, status=400)


async def _checked(request: Request, guest: Guest, asked: Asked, *, status: int = 200) -> Response:
    speaks = language_of(request)
    files = await _named(request, guest, [each for page in asked.pages for each in page.elements])
    response = guest.response
    wrong = submitting.wrong_in(asked, response)
    missing = {each.group or each.element for each in asked.missing}
    parts = [_part(guest, each, missing.union(wrong), speaks, files) for each in asked.pages]
    lines = [
        Line(speaks.gettext("Answer “%(question)s”") % {"question": _label(guest, each.element)}, _place(guest, each))
        for each in asked.missing
    ]
    lines += [Line(speaks.gettext("Look at “%(question)s” again") % {"question": _label(guest, key)},
                   guest.to("pages", guest.template.page_of[key].key) + f"#q-{key}") for key in wrong]  # fmt: skip
    return show(request, "check", "check", status=status, parts=parts, lines=lines, back=_last(guest, asked))


def _label(guest: Guest, key: str) -> str:
    return guest.wording.label(guest.template.element_by_key[key])


def _place(guest: Guest, missing: Missing) -> str:
    return guest.to("pages", missing.page) + f"#q-{called(missing)}"


def _last(guest: Guest, asked: Asked) -> str:
    return guest.to("pages", asked.pages[-1].key) if asked.pages else guest.to()


def _part(guest: Guest, found: AskedPage, wrong: set[str], speaks: Any, files: Mapping[str, Any]) -> Part:
    address = guest.to("pages", found.key)
    answers: list[Answered] = []
    for each in found.elements:
        if each.element.type == "group":
            answers += _of_group(guest, each, address, wrong, speaks, files)
        elif each.element.answered or each.element.derived:
            text = said(each, each.value, guest, speaks, files)
            drawn = tuple(paths(each.value)) if isinstance(each.value, dict) and is_signed(each.element) else ()
            at = f"{address}#q-{each.key}"
            answers.append(Answered(_label(guest, each.key), text, at, each.key in wrong, drawn))
    return Part(guest.wording.page_title(found.page), address, answers)


def _of_group(
    guest: Guest, group: Any, address: str, wrong: set[str], speaks: Any, files: Mapping[str, Any]
) -> list[Answered]:
    rows = [row for row in group.rows if any(each.value is not None for each in row.elements)]
    if not rows:
        return [Answered(_label(guest, group.key), "", f"{address}#q-{group.key}", group.key in wrong)]
    name = _label(guest, group.key)
    return [
        Answered(
            f"{name} {row.place + 1}",
            "\n".join(_of_row(guest, row, speaks, files)),
            f"{address}#q-{group.key}",
            group.key in wrong,
        )
        for row in rows
    ]


def _of_row(guest: Guest, row: Any, speaks: Any, files: Mapping[str, Any]) -> Iterable[str]:
    for each in row.elements:
        if text := said(each, each.value, guest, speaks, files):
            yield f"{_label(guest, each.key)}: {text}"
