"""Sending a form to many, for people: a table is pasted, its columns are mapped, looked through, sent, and followed."""

from collections.abc import Mapping
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from dossier import form_templates
from dossier.form_templates.model import FormTemplate, PresetRow
from dossier.forms.actions import batches
from dossier.forms.actions.batches import Rehearsed
from dossier.forms.actions.tables import text_of
from dossier.forms.model.batch import AT_ONCE, Batch, NewBatch, grouped
from dossier.forms.model.sheet import Sheet, given, guessed, places, sheet
from dossier.forms.store import batches as store
from dossier.forms.store import reading
from dossier.foundation.database import ReadSession
from dossier.foundation.errors import AppError, Invalid, NotFound
from dossier.foundation.http import query
from dossier.foundation.http.services import services_of
from dossier.foundation.identifiers import parse_id
from dossier.web import (
    PageRoute,
    addresses,
    current_user,
    database_of,
    form,
    is_part,
    language_of,
    render,
    see_other,
)

ADDRESS = addresses.FORM_BATCHES
_MOST_SHOWN, _MOST_PRESETS, _MOST_PROBLEMS, _MOST_ROWS = 50, 200, 500, 500


async def page(request: Request) -> Response:
    """What was sent before, and where one begins."""
    return await begin(request, _sent(request).get("table", ""))


def _sent(request: Request) -> Mapping[str, str]:
    return form(request) if request.method == "POST" else {}


async def begin(request: Request, table: str, refusal: AppError | None = None) -> Response:
    """The first page, with a table that is there already."""
    async with database_of(request).reading(current_user(request).actor.scope) as session:
        presets = await _presets(session)
        newest = await store.newest(session, _MOST_SHOWN)
    status = refusal.status if refusal else 200
    return render(
        request, "forms/batches.html", status=status, presets=presets, batches=newest, table=table,
        sent=_sent(request), refusal=refusal,
    )  # fmt: skip


async def _presets(session: ReadSession) -> list[PresetRow]:
    return (await form_templates.all_presets(session))[:_MOST_PRESETS]


async def columns(request: Request) -> Response:
    """What each column stands for: guessed at first, looked through, and sent."""
    sent, user = dict(form(request)), current_user(request)
    try:
        if file := request.state.files.get("file"):
            sent["table"] = await text_of(services_of(request), file)
        table = sheet(sent.get("table", ""))
        async with database_of(request).reading(user.actor.scope) as session:
            preset, template = await _chosen(session, sent.get("preset", ""))
            asked = await _asked(session, sent, table, template, preset)
        found = None
        if sent.get("do"):
            found = await database_of(request).write(user.actor, lambda tx: batches.rehearse(tx, asked), commit=False)
        if found and sent["do"] == "send" and _is_known(sent, found):
            batch = await database_of(request).write(user.actor, lambda tx: batches.start(tx, asked))
            return see_other(ADDRESS / batch.id)
    except AppError as refusal:
        return await begin(request, sent.get("table", ""), refusal)
    return _mapped(request, sent, table, preset, template, found)


def _is_known(sent: Mapping[str, str], found: Rehearsed) -> bool:
    """Whether nothing is wrong, or whoever sends it has been shown what is."""
    return not found.problems or sent.get("seen") == _mark(found)


def _mark(found: Rehearsed) -> str:
    """Says what was shown as wrong."""
    return f"{len(found.problems)}-{sum(each.fatal for each in found.problems)}"


def _mapped(
    request: Request,
    sent: Mapping[str, str],
    table: Sheet,
    preset: PresetRow,
    template: FormTemplate,
    found: Rehearsed | None,
) -> Response:
    meant = _meant(sent, table, template, _names(request))
    labels = {f"data.{each.key}": each.label for each in template.elements}
    problems = found.problems if found else ()
    lost = len({each.row for each in problems if each.fatal})
    return render(
        request, "forms/batch_columns.html", table=table, preset=preset, meant=meant, places=places(template),
        names={**_names(request), **labels}, found=found, problems=problems[:_MOST_PROBLEMS], sent=sent,
        more=max(len(problems) - _MOST_PROBLEMS, 0), made=found.rows - lost if found else 0, coming=len(table.rows) - lost, mark=_mark(found) if found else "",
    )  # fmt: skip


def _names(request: Request) -> Mapping[str, str]:
    gettext = language_of(request).gettext
    return {
        "user.email": gettext("E-mail address"),
        "user.phone": gettext("Phone"),
        "user.given_name": gettext("Given name"),
        "user.family_name": gettext("Family name"),
        "user.company_name": gettext("Company"),
        "user.internal_ref": gettext("Internal reference"),
        "user.locale": gettext("Language"),
        "case": gettext("The case, by its reference or id"),
    }


def _meant(sent: Mapping[str, str], table: Sheet, template: FormTemplate, names: Mapping[str, str]) -> list[str]:
    guess, known = guessed(table.columns, template, names), places(template)
    said = [sent.get(f"column.{place}", guess[place]) for place in range(len(table.columns))]
    return [each if each in known else "" for each in said]


async def _chosen(session: ReadSession, preset_id: str) -> tuple[PresetRow, FormTemplate]:
    if not parse_id(preset_id):
        raise Invalid.because("Choose the form that is sent.", "missing", pointer="/preset")
    found = await form_templates.presets(session, preset_id)
    if not found:
        raise NotFound.because("There is no such form template any more.", "unknown_template")
    template = await form_templates.version(session, found[0].workspace_id, found[0].template_id, found[0].version)
    return found[0], template


async def _asked(
    session: ReadSession, sent: Mapping[str, str], table: Sheet, template: FormTemplate, preset: PresetRow
) -> NewBatch:
    meant = _meant(sent, table, template, {})
    if not any(f"column.{place}" in sent for place in range(len(table.columns))):
        return NewBatch((preset.workspace_id,), (), preset_id=preset.id)
    named = {line[place].strip() for place, each in enumerate(meant) if each == "case" for line in table.rows if place < len(line)}  # fmt: skip
    cases = await reading.cases_by_reference(session, preset.workspace_id, sorted(named)) if named else {}
    rows = tuple(given(table, meant, cases))
    return NewBatch((preset.workspace_id,), rows, preset_id=preset.id, pace=_pace(sent.get("pace", "")))


def _pace(text: str) -> int | None:
    if text and not (text.isdecimal() and len(text) < 10):
        raise Invalid.because("“{field}” must be a whole number.", pointer="/pace", field="pace")
    return int(text) if text else None


# ---- one of them ----


async def one(request: Request) -> Response:
    """How far it is."""
    batch_id = query.identifier(request.path_params["id"], "id")
    async with database_of(request).reading(current_user(request).actor.scope) as session:
        batch, rows = await batches.get(session, batch_id)
    groups, shown = grouped(rows), request.query_params.get("state", "")
    listed = groups.get(shown, rows)
    return render(
        request, "forms/progress.html" if is_part(request) else "forms/batch.html", batch=batch, total=len(rows),
        groups=groups, shown=shown if shown in groups else "", rows=listed[:_MOST_ROWS], left=len(listed) - _MOST_ROWS,
        made=len(rows) - len(groups["waiting"]), minutes=_minutes(batch, len(groups["waiting"])),
    )  # fmt: skip


def _minutes(batch: Batch, waiting: int) -> int:
    """How long it still takes, about."""
    return -(-waiting // (batch.pace or AT_ONCE)) - 1 if waiting else 0


async def cancel(request: Request) -> Response:
    """Make no more, and put away those that nobody has begun."""
    batch_id: UUID = query.identifier(request.path_params["id"], "id")
    await database_of(request).write(current_user(request).actor, lambda tx: batches.cancel(tx, batch_id))
    return see_other(ADDRESS / batch_id)


PAGES = (
    PageRoute("GET", ADDRESS, page, "forms.create"),
    PageRoute("POST", ADDRESS, page, "forms.create"),
    PageRoute("POST", ADDRESS + "/columns", columns, "forms.create"),
    PageRoute("GET", ADDRESS + "/{id}", one, "forms.create"),
    PageRoute("POST", ADDRESS + "/{id}/cancel", cancel, "forms.change"),
)
