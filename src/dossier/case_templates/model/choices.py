"""What a condition of a template can be about, and which statuses there are among several templates."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dossier.case_templates.model.rows import TemplateChoice
from dossier.case_templates.model.template import BUILT_IN_STATUSES, PARENT_STATUSES, Status
from dossier.case_templates.model.vocabulary import FORM_COUNTS
from dossier.conditions.comparing import NUMBER, ONE_OF, TEXT
from dossier.conditions.rows import FilterAttribute
from dossier.fields import field_choices
from dossier.foundation.errors import Invalid
from dossier.foundation.messages import Message, Value
from dossier.foundation.text import nearest


def document_choices(document: Mapping[str, Any]) -> list[FilterAttribute]:
    """What a condition of a template can be about, from the template's document."""
    statuses = ((each["key"], each["label"]) for each in document.get("statuses") or ())
    stages = tuple((each, each.replace("_", " ")) for each in PARENT_STATUSES)
    return [
        *field_choices(document.get("schema") or ()),
        FilterAttribute("status", ONE_OF, options=(*stages, *statuses)),
        FilterAttribute("parent_status", ONE_OF, options=stages),
        FilterAttribute("waiting_for", ONE_OF, options=tuple((each, each) for each in ("none", "owner", "contact"))),
        *(FilterAttribute(f"steps.{each['key']}.status", TEXT, each["title"]) for each in document.get("steps") or ()),
        *(FilterAttribute(f"forms.{name}", NUMBER) for name in FORM_COUNTS),
        FilterAttribute("owner.email", TEXT),
        *(FilterAttribute(f"contact.{name}", TEXT) for name in ("given_name", "family_name", "email", "phone")),
        *(FilterAttribute(name, TEXT) for name in ("reference", "title")),
    ]


def own_statuses(templates: Sequence[TemplateChoice]) -> Iterator[tuple[str, str, list[tuple[str, str]]]]:
    """Template, its title, and the statuses that only it has: key and name. The first one is of every case."""
    built_in = {each.key: each.label for each in BUILT_IN_STATUSES}
    yield "", "", list(built_in.items())
    for each in templates:
        own = [(status["key"], str(status["label"])) for status in each.statuses if status["key"] not in built_in]
        if own:
            yield str(each.id), each.title, own


def status_labels(templates: Sequence[TemplateChoice]) -> dict[str, str]:
    """Status → how it is called; of templates that call it differently, one of the names."""
    own = {each["key"]: str(each["label"]) for template in templates for each in template.statuses}
    return {each.key: each.label for each in BUILT_IN_STATUSES} | own


def raise_if_unknown_status(statuses: Mapping[str, Status], status: str, at: str) -> None:
    """400 when the status is none of those of a case."""
    if status not in statuses:
        guess = nearest(status, statuses)
        sentence = (
            "The case has no status “{status}”; did you mean “{guess}”?"
            if guess
            else "The case has no status “{status}”; it has {statuses}."
        )
        people = "Its template has no such status."
        values: dict[str, Value] = {"status": status, "guess": guess or "", "statuses": tuple(statuses)}
        raise Invalid.because(Message(sentence, values, people), "unknown_status", pointer=at)
