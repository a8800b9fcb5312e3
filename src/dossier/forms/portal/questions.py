"""A page of questions as it is drawn: each with what was answered, or typed, and what is wrong with it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from markupsafe import Markup

from dossier.fields import Field, Sent, Shown, held, read_in
from dossier.form_templates.model import AskedElement, AskedPage, AskedRow, Missing, is_empty
from dossier.forms.actions.answering import situation
from dossier.forms.model import Answer
from dossier.forms.model.given import AsTyped, Given, Reading, as_typed, digest, inside, is_signed, places
from dossier.forms.model.signature import paths
from dossier.forms.portal.visiting import Guest
from dossier.foundation import json
from dossier.foundation.clock import today
from dossier.foundation.errors import Invalid, Problem
from dossier.foundation.pages.language import Language
from dossier.texts import Text, parse

RADIOS = 7  # options that are shown one below the other; more are folded into a list
SIDE_BY_SIDE = 3
_PDF = "application/pdf"


def attributes(**values: object) -> Markup:
    """Attributes of an element of HTML, those that have a value."""
    return Markup("").join(Markup(' {}="{}"').format(name, value) for name, value in values.items() if value)


@dataclass(frozen=True)
class Question:
    """Something on a page. `name`: what the names of its inputs begin with; `kind`: which macro draws it."""

    key: str
    name: str
    kind: str
    label: str
    help: str | None = None
    example: str | None = None
    required: bool = False
    input: Any = None
    shown: Shown | None = None
    base: str = ""
    problems: Sequence[Problem | str] = ()
    rows: Sequence["Row"] = ()
    more: bool = False
    varies: bool = False  # whether answers decide about what stands in its rows
    html: str = ""
    text: str = ""
    value: Any = None
    other: str = ""  # what another device made of it meanwhile
    files: Sequence[Any] = ()
    paths: Sequence[str] = ()
    strokes: str = ""
    reason: str = ""  # why it is asked again

    @property
    def id(self) -> str:
        """Of its first input on the page."""
        return "q-" + self.name.replace(".", "-")

    @property
    def described(self) -> Markup:
        """What tells a screen reader what else is said of it."""
        parts = (("reason", self.reason), ("help", self.help), ("example", self.example), ("error", self.problems))
        ids = " ".join(f"{self.id}-{name}" for name, there in parts if there)
        return attributes(**{"aria-describedby": ids, "aria-invalid": "true" if self.problems else ""})

    @property
    def apart(self) -> Markup:
        """The example, in its own direction."""
        return Markup("<bdi>{}</bdi>").format(self.example)

    @property
    def joins(self) -> bool:
        """Whether pictures may be sent and a PDF too, so that several of these can become one of that."""
        taken = self.input.accept or ("*/*",)
        return any(each in ("*/*", _PDF) for each in taken) and any(
            each.startswith(("*/*", "image/")) for each in taken
        )

    @property
    def pictures(self) -> int:
        """How many pictures there are that can become pages of one PDF."""
        return sum(each.is_picture for each in self.files) if self.joins else 0

    @property
    def takes_more(self) -> bool:
        """Whether another file may be sent; to pictures of a paper further ones, also where one file is taken."""
        return len(self.files) < self.input.most or self.pictures > 0

    @property
    def wrong(self) -> bool:
        return bool(self.problems)


@dataclass(frozen=True, slots=True)
class Row:
    """One time of a group; `removable`: whether it may be taken away."""

    place: int
    questions: Sequence[Question]
    removable: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a page is drawn with besides what is kept: what was just typed by element, what is missing, conflicts, further rows."""

    guest: Guest
    speaks: Language
    reading: Reading
    sent: Mapping[str, Sent] = field(default_factory=dict)
    missing: Sequence[Missing] = ()
    conflicts: Mapping[str, Given] = field(default_factory=dict)
    more: str = ""
    files: Mapping[str, Any] = field(default_factory=dict)


def reading_of(guest: Guest, files: Mapping[str, Any]) -> Reading:
    """How what is kept as it was typed is read once more; which files one may name is the server's to say."""
    day = today(guest.form.updated_at, guest.form.time_zone)
    return Reading(day, guest.form.time_zone, guest.wording.field, _Every(files))


class _Every(dict[str, Any]):
    """What is known of files, as if it held every one."""

    def __contains__(self, _id: object) -> bool:
        return True

    def __missing__(self, _id: str) -> None:
        return None


def token(answer: Answer | None, value: Any) -> str:
    """Version and digest of an answer as a page shows it, so that what nobody touched is not saved over what another device made of it."""
    return f"{answer.version if answer else 0}:{digest(value)}"


def questions(page: AskedPage, drawing: Drawing) -> list[Question]:
    """What stands on the page, in order."""
    return [each for element in page.elements if (each := _question(element, drawing))]


def _question(asked: AskedElement, drawing: Drawing) -> Question | None:
    element = asked.element
    if not element.shown:
        return None
    response = drawing.guest.response
    answer = response.answers.get(asked.key) if response else None
    kept = situation(drawing.guest.form, response).answers.get(asked.key)
    typed = _typed(asked, answer, drawing)
    made = _group(asked, typed, drawing) if element.type == "group" else _single(asked, element.key, typed, drawing)
    if not element.answered:
        return made
    missing = [each for each in drawing.missing if each.element == asked.key and each.group is None]
    other = _other(asked, kept, drawing) if asked.key in drawing.conflicts else ""
    reason = drawing.guest.again.reasons.get(asked.key, "")
    problems = made.problems or tuple(_is_missing(made.label, drawing) for _ in missing)
    return replace(made, base=token(answer, kept), problems=problems, other=other, reason=reason)


def _typed(asked: AskedElement, answer: Answer | None, drawing: Drawing) -> AsTyped:
    if asked.key in drawing.sent:
        sent = [[name[len(asked.key) + 1 :], value] for name, value in drawing.sent[asked.key]]
        return as_typed(asked.element, sent, drawing.reading)
    return as_typed(asked.element, answer.typed, drawing.reading) if answer else AsTyped()


def _other(asked: AskedElement, kept: Any, drawing: Drawing) -> str:
    return said(asked, kept, drawing.guest, drawing.speaks) or drawing.speaks.gettext("Nothing")


def _is_missing(label: str, drawing: Drawing) -> str:
    return drawing.speaks.gettext("Answer “%(question)s”") % {"question": label}


def _single(
    asked: AskedElement, name: str, typed: AsTyped, drawing: Drawing, problems: Sequence[Problem | str] = ()
) -> Question:
    element, wording, speaks = asked.element, drawing.guest.wording, drawing.speaks
    made = Question(
        asked.key,
        name,
        element.type,
        wording.label(element),
        wording.help(element),
        wording.example(element),
        asked.required,
        value=asked.value,
        problems=problems or typed.wrong.get(name, ()),
    )
    if element.type == "information":
        return replace(made, label=wording.heading(element), html=markup(wording.text(element)))
    own = wording.field(element)
    if element.derived and own:
        text = "" if asked.value is None else own.displayed(asked.value, speaks)
        return replace(made, kind="derived", text=text)
    if is_signed(element):
        return _signature(made, typed)
    return _field(made, read_in(own, drawing.guest.form.time_zone), asked, typed, drawing) if own else made


def _signature(made: Question, typed: AsTyped) -> Question:
    value = made.value if isinstance(made.value, Mapping) else {}
    said_now = dict(inside(typed.sent, made.name))
    strokes = json.encode(value.get("strokes") or []).decode()
    return replace(
        made,
        kind="signing",
        text=said_now.get("typed", value.get("name") or ""),
        paths=tuple(paths(value)),
        strokes=said_now.get("drawn", strokes),
    )


def _field(made: Question, own: Field, asked: AskedElement, typed: AsTyped, drawing: Drawing) -> Question:
    sent = inside(typed.sent, made.name)
    if sent:
        problems = tuple(each for each in made.problems if isinstance(each, Problem))
        refusal = Invalid(problems)
        shown = Shown(own, asked.value, held(own, sent), refusal)
    else:
        shown = Shown(own, asked.value)
    drawn = own.input(drawing.speaks)
    kind = _kind(drawn)
    files = [drawing.files[id] for id in own.files(shown.held) if id in drawing.files]
    return replace(made, kind=kind, input=drawn, shown=shown, files=files)


def _kind(drawn: Any) -> str:
    if drawn.kind == "select" and len(drawn.options) <= RADIOS:
        return "radios"
    return str(drawn.kind)


def _group(asked: AskedElement, typed: AsTyped, drawing: Drawing) -> Question:
    """A group with its rows: those that were typed, or kept, and one more where that was asked for."""
    element = asked.element
    least, most = element.repeat.min, element.repeat.max
    rows = list(asked.rows)
    sent = len(places(inside(typed.sent, asked.key)))  # more than are asked are shown too, for one to be taken away
    wanted = max(len(rows), sent, 1 if least or asked.required else 0)
    if drawing.more == asked.key:
        wanted += 1
    while len(rows) < max(min(wanted, most), sent):
        rows.append(AskedRow(len(rows), asked.further))
    made = [_row(asked, each, typed, drawing, removable=len(rows) > max(least, 1)) for each in rows]
    wording = drawing.guest.wording
    return Question(
        asked.key,
        asked.key,
        "group",
        wording.label(element),
        wording.help(element),
        required=asked.required or least > 0,
        problems=typed.wrong.get(asked.key, ()),
        rows=made,
        more=most > len(rows),
        varies=any(each.visible_when or each.derived for each in element.elements),
        value=asked.value,
    )


def _row(group: AskedElement, row: AskedRow, typed: AsTyped, drawing: Drawing, *, removable: bool) -> Row:
    drawn = []
    for each in row.elements:
        if each.element.shown:
            name = f"{group.key}.{row.place}.{each.key}"
            problems = typed.wrong.get(name) or _missing_in_row(group, row, each, typed, drawing)
            drawn.append(_single(each, name, typed, drawing, problems))
    return Row(row.place, drawn, removable)


def _missing_in_row(
    group: AskedElement, row: AskedRow, asked: AskedElement, typed: AsTyped, drawing: Drawing
) -> Sequence[str]:
    """What was typed is not missing, though nothing of a group is kept while something in it is wrong."""
    if any(value.strip() for _, value in inside(typed.sent, f"{group.key}.{row.place}.{asked.key}")):
        return ()
    here = (group.key, row.place, asked.key)
    is_missing = any((each.group, each.row, each.element) == here for each in drawing.missing)
    return [_is_missing(drawing.guest.wording.label(asked.element), drawing)] if is_missing else ()


# ---- what came by what was just answered ----


def news_of(before: AskedPage, here: AskedPage, seen: Collection[str]) -> list[str]:
    """The questions that nobody has seen who sent the page: they came by what was just answered, also within rows of groups."""
    groups = {each.key: each for each in before.elements}
    found = []
    for each in here.elements:
        if each.element.answered and each.key not in seen:
            found.append(each.key)
        elif each.key in groups:
            found += _news_of_rows(groups[each.key], each)
    return found


def _news_of_rows(before: AskedElement, here: AskedElement) -> Iterator[str]:
    for row in here.rows:
        there = before.rows[row.place].elements if row.place < len(before.rows) else before.further
        shown = {each.key for each in there}
        for each in row.elements:
            if each.element.answered and each.element.shown and each.key not in shown:
                yield f"{here.key}-{row.place}-{each.key}"


def called(missing: Missing) -> str:
    """What its input is called on the page."""
    return missing.element if missing.group is None else f"{missing.group}-{missing.row}-{missing.element}"


# ---- words ----


def markup(source: str | None) -> Markup:
    """What somebody wrote in Markdown, as cleaned HTML: it brings no script, no style and no picture."""
    return Markup(_html(source)) if source else Markup("")  # noqa: S704 - cleaned


def _html(source: str) -> str:
    from dossier.texts.markdown import read  # noqa: PLC0415 - as texts do

    return read(_text(source), {}).html


def _text(source: str) -> Text:
    return parse("{% raw %}" + source.replace("endraw", "endra\u200bw") + "{% endraw %}", names=None)


def said(
    asked: AskedElement, value: Any, guest: Guest, speaks: Language, files: Mapping[str, Any] | None = None
) -> str:
    """An answer as its reader reads it; "" for none. Files by their names, as far as they are known."""
    if is_empty(value):
        return ""
    own = guest.wording.field(asked.element)
    if own:
        known = files or {}
        named = own.with_files(value, lambda each: {"id": each, "name": known[each].name if each in known else each})
        return own.whole(named, speaks)
    if is_signed(asked.element):
        return speaks.gettext("Signed") + (f": {value['name']}" if value.get("name") else "")
    return speaks.ngettext("%(num)s entry", "%(num)s entries", len(value)) % {"num": len(value)}


__all__ = ["Drawing", "Question", "Row", "called", "markup", "news_of", "questions", "reading_of", "said", "token"]
