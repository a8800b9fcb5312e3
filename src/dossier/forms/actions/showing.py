"""Forms whole, as programs see them: with what was answered, what was written about them, and the files that all of it names."""

from collections.abc import Sequence
from uuid import UUID

from dossier import files, form_templates
from dossier.form_templates.model import FormTemplate
from dossier.forms.model import Form, Response
from dossier.forms.model.shown import WholeForm, file_named, files_in
from dossier.forms.store import notifications, responses
from dossier.foundation.database import ReadSession
from dossier.foundation.identifiers import parse_id


async def whole(session: ReadSession, form: Form) -> WholeForm:
    """One form whole."""
    return (await all_whole(session, [form]))[0]


async def all_whole(session: ReadSession, forms: Sequence[Form]) -> list[WholeForm]:
    """Each of the forms whole, in few statements however many they are."""
    ids = [each.id for each in forms]
    if not ids:
        return []
    answered = await responses.of_forms(session, ids)
    noted = await notifications.of_forms(session, ids)
    templates = [
        await form_templates.version(session, each.workspace_id, each.template_id, each.template_version)
        for each in forms
    ]
    named = {
        id
        for form, template in zip(forms, templates, strict=True)
        for id in _files_named(form, template, answered.get(form.id, ()))
    }
    found = {str(each.id): each for each in await files.several(session, named)} if named else {}
    return [
        WholeForm(form, template, answered.get(form.id, []), noted.get(form.id, []), found)
        for form, template in zip(forms, templates, strict=True)
    ]


def _files_named(form: Form, template: FormTemplate, answered: Sequence[Response]) -> set[UUID]:
    """The files that a form's answers and options name."""
    named = [id for each in answered for ids in files_in(template, each).values() for id in ids]
    named += filter(None, map(file_named, form.options.values()))
    return {id for each in named if (id := parse_id(each))}
