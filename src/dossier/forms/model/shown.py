"""A form whole, as it is shown: with what was answered, what was written about it, and the files that all of it names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dossier.files.model import File
from dossier.form_templates.model import FormTemplate
from dossier.forms.model.form import Form
from dossier.forms.model.notification import Notification
from dossier.forms.model.response import Response


@dataclass(frozen=True, slots=True)
class WholeForm:
    """A form, its responses (the newest first), what is written about it (the first one first), and files by id."""

    form: Form
    template: FormTemplate
    responses: Sequence[Response]
    notifications: Sequence[Notification]
    files: Mapping[str, File]


def files_in(template: FormTemplate, response: Response) -> dict[str, list[str]]:
    """Element → the ids of the files that were answered, also those in groups."""
    found: dict[str, list[str]] = {}
    for key, value in response.data.items():
        element = template.element_by_key.get(key)
        if element is None:
            continue
        if element.field:
            ids = list(element.field.files(value))
        else:
            rows = value if element.type == "group" and isinstance(value, list) else []
            ids = [
                id
                for row in rows
                for inner in element.elements
                if inner.field and isinstance(row, Mapping)
                for id in inner.field.files(row.get(inner.key))
            ]
        if ids:
            found[key] = ids
    return found


def file_named(value: Any) -> str | None:
    """The id of the file that an option names."""
    return value["id"] if isinstance(value, Mapping) and isinstance(value.get("id"), str) else None
