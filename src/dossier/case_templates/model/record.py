"""How templates describe themselves to their history: the document that is worked on, part by part."""

from collections.abc import Iterator

from dossier.case_templates.model.difference import PARTS, SINGLE, Difference, members
from dossier.drafting.model import Parts, named, record_of
from dossier.foundation.text import gettext_noop
from dossier.records.model import Changes

DOCUMENT = Parts(lists=PARTS, single=SINGLE)


def told(changes: Changes) -> Iterator[Difference]:
    """An entry's changes as people read them, in the words of differences between versions."""
    for path, change in changes.items():
        (prefix, _, key), old, new = path.partition("."), change["old"], change["new"]
        if prefix == "order":
            yield Difference(key, "", "", "moved")
        elif prefix in SINGLE:
            yield Difference(path, "", "", "changed", ((path, old, new),))
        elif prefix in PARTS and old and new:
            yield Difference(prefix, key, named(new), "changed", tuple(members(old, new)))
        elif prefix in PARTS:
            yield Difference(prefix, key, named(old or new), "removed" if old else "added")


TEMPLATE_RECORD = record_of(
    "case template",
    gettext_noop("There is no case template {id}."),
    "case_template_events",
    DOCUMENT,
)
