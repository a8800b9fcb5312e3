"""How much a form takes of files: by what its questions say."""

from collections.abc import Iterator
from dataclasses import dataclass

from dossier.fields import MAX_FILES
from dossier.form_templates.model import Element, FormTemplate
from dossier.foundation.share import Share

JOINED = 40
"""Pictures that become one PDF: so many may be sent to a question that takes a single file."""
_TWICE = 2
"""What is taken off, and sent once more, counts until it goes."""


@dataclass(frozen=True, slots=True)
class _Takes:
    """How many files a question takes, and how large they may be (bytes); 0: any."""

    files: int
    size: int

    @property
    def most(self) -> int:
        return max(self.files, JOINED)


def taken(template: FormTemplate, otherwise: int) -> Share:
    """Twice the files that its questions take, and their bytes: `otherwise` at most, unless the questions themselves take more."""
    asked = [*_questions(template)]
    needed = sum(each.files * each.size for each in asked)
    ample = _TWICE * sum(each.most * each.size for each in asked) if all(each.size for each in asked) else otherwise
    return Share(max(needed, min(ample, otherwise)), _TWICE * sum(each.most for each in asked))


def _questions(template: FormTemplate) -> Iterator[_Takes]:
    """The questions for files, those in groups among them."""
    for each in template.elements:
        yield from (_takes(one, each.repeat.max) for one in (each, *each.elements) if one.type == "file")


def _takes(element: Element, rows: int) -> _Takes:
    field = element.field
    return _Takes(rows * (getattr(field, "max_files", None) or MAX_FILES), getattr(field, "max_size", None) or 0)
