"""How templates describe themselves to their history: the document that is worked on, part by part."""

from collections.abc import Iterator

from dossier.case_templates.model.difference import PARTS, SINGLE, Difference, members
from dossier.drafting.model import Kept, Parts, named
from dossier.foundation.text import gettext_noop
from dossier.records.model import Changes, Record

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


_BY_ITSELF = gettext_noop("Archive it, or bring it back, instead.")
_STAY = gettext_noop("Published versions stay; change the draft, and publish the next one.")

TEMPLATE_RECORD: Record[Kept] = Record(
    name="case template",
    missing=gettext_noop("There is no case template {id}."),
    history="case_template_events",
    key="template_id",
    get=DOCUMENT.get,
    put_all=DOCUMENT.put_all,
    not_undone={
        "created": gettext_noop("A template cannot be un-made; discard its draft instead."),
        "published": _STAY,
        "revised": _STAY,
        "archived": _BY_ITSELF,
        "unarchived": _BY_ITSELF,
    },
    called=DOCUMENT.called,
)
