"""How people call the members of a form template's document: as the studio does."""

from collections.abc import Mapping

from dossier.fields import option_labels
from dossier.foundation.messages import Message, Named
from dossier.foundation.text import gettext_noop

LABELS: Mapping[str, str] = {
    "title": gettext_noop("Title"),
    "slug": gettext_noop("Short name"),
    "description": gettext_noop("Description"),
    "locale": gettext_noop("Language"),
    "label": gettext_noop("Question"),
    "help": gettext_noop("Help text"),
    "example": gettext_noop("Example"),
    "text": gettext_noop("Text"),
    "visible_when": gettext_noop("Shown when"),
    "required_when": gettext_noop("Required when"),
    "field": gettext_noop("Goes with"),
    "elements": gettext_noop("Questions"),
    "repeat": gettext_noop("How many times"),
    "pages": gettext_noop("Pages"),
    "options": gettext_noop("Options"),
    "access": gettext_noop("Access"),
    "decline": gettext_noop("May be declined"),
    "expires_after": gettext_noop("Ends after"),
    "process_when_accepted": gettext_noop("Processed once all is accepted"),
    "embed": gettext_noop("Shown inside other sites"),
    "opens": gettext_noop("Opens a case"),
    "redirect_url": gettext_noop("Where it goes on afterwards"),
    "messages": gettext_noop("Messages"),
    "presets": gettext_noop("Presets"),
    "texts": gettext_noop("In other languages"),
    "list": gettext_noop("List of options"),
    "method": gettext_noop("How it is signed"),
    "items": gettext_noop("What is signed"),
    "merge": gettext_noop("All in one document"),
    "after": gettext_noop("After"),
    "every": gettext_noop("Every"),
    "times": gettext_noop("How often at most"),
    "channel": gettext_noop("Channel"),
}
"""Member → how the studio calls it, in English."""


def member_labels() -> Mapping[str, str]:
    """Member of a document, or of an element's field in it → how the studio calls it, in English."""
    return {**option_labels(), **LABELS}


def called(name: str) -> Named:
    """A member of a document in a message: people know it as the studio calls it."""
    label = member_labels().get(name)
    return Named(name, Message(label) if label else name)
