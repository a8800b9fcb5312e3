"""What a form says in a language; where that has no words for something, the template's own."""

from collections.abc import Mapping, Sequence
from typing import Any

from dossier.fields import Field
from dossier.form_templates.model.template import Element, FormTemplate, Page


def chosen_language(template: FormTemplate, wanted: Sequence[str | None]) -> str:
    """The first of the wanted languages that the template speaks, `fr` for `fr-BE` too; else its own."""
    spoken = {each.lower(): each for each in template.languages}
    for language in filter(None, wanted):
        exact, base = language.lower(), language.lower().partition("-")[0]
        if found := spoken.get(exact) or spoken.get(base):
            return found
    return template.locale


class Wording:
    """The texts of a template in a language that it speaks."""

    def __init__(self, template: FormTemplate, language: str | None = None) -> None:
        self.template = template
        self.language = chosen_language(template, [language])
        self._texts: Mapping[str, str] = template.texts.get(self.language, {})

    def _said(self, path: str, own: str | None) -> str | None:
        return self._texts.get(path) or own

    @property
    def title(self) -> str:
        return self._said("title", None) or self.template.title

    @property
    def description(self) -> str | None:
        return self._said("description", self.template.description)

    def page_title(self, page: Page) -> str:
        return self._said(f"pages.{page.key}.title", None) or page.title

    def page_description(self, page: Page) -> str | None:
        return self._said(f"pages.{page.key}.description", page.description)

    def label(self, element: Element) -> str:
        return self._said(f"elements.{element.key}.label", None) or element.label

    def heading(self, element: Element) -> str:
        """What stands above a piece of information; its key does not."""
        return self._said(f"elements.{element.key}.label", element.definition.get("label")) or ""

    def help(self, element: Element) -> str | None:
        return self._said(f"elements.{element.key}.help", element.help)

    def example(self, element: Element) -> str | None:
        return self._said(f"elements.{element.key}.example", element.example)

    def text(self, element: Element) -> str | None:
        """What a piece of information says, in Markdown."""
        return self._said(f"elements.{element.key}.text", element.text)

    def message(self, path: str, own: str | None) -> str | None:
        """A text of a message, such as `invitation.email.subject`; `own`: what the template says itself."""
        return self._said(f"messages.{path}", own)

    def field(self, element: Element) -> Field | None:
        """The element's field with its name, help and options in the language: its faces then speak it."""
        if element.field is None or not self._texts:
            return element.field
        at = f"elements.{element.key}"
        changed: dict[str, Any] = {"name": self.label(element), "description": self.help(element)}
        changed |= self._options(element.field, at) | self._columns(element.field, at)
        return _changed(element.field, changed)

    def _options(self, field: Field, at: str) -> dict[str, Any]:
        options = getattr(field, "options", None)
        if not options:
            return {}
        labels = ((each, self._texts.get(f"{at}.options.{each.value}")) for each in options)
        return {"options": [each.model_copy(update={"label": label}) if label else each for each, label in labels]}

    def _columns(self, field: Field, at: str) -> dict[str, Any]:
        columns = getattr(field, "columns", None)
        return {"columns": [self._column(each, f"{at}.columns.{each.key}") for each in columns]} if columns else {}

    def _column(self, column: Field, at: str) -> Field:
        name = self._texts.get(at) or column.name
        return _changed(column, {"name": name} | self._options(column, at))


def _changed(field: Field, members: Mapping[str, Any]) -> Field:
    """A copy with other members; what was remembered of the old ones is not copied."""
    changed = field.model_copy(update=dict(members))
    for name in ("labels", "_values", "_by_key", "_shape"):
        changed.__dict__.pop(name, None)
    return changed
