"""The app's sentences, gathered from templates and code, and what the catalogues lack. `python -m tests.catalogue` adds them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from dossier.foundation.pages.sentences import SENTENCES

SOURCE = Path(__file__).parents[1] / "src" / "dossier"
FOLDER = SOURCE / "foundation" / "pages" / "translations"
LANGUAGES = ("fr", "nl")
Message = str | tuple[str, ...]


def messages() -> Iterator[Message]:
    """Every sentence of the templates, and every fixed one with which the server refuses something in the app."""
    for path in sorted(SOURCE.glob("**/templates/**/*.html")):
        for _, message, _, _ in extract_from_file("jinja2", path):
            yield message
    yield from SENTENCES
    for path in sorted([*SOURCE.glob("*/pages/*.py"), *SOURCE.glob("*/pages.py"), *SOURCE.glob("*/actions/*.py"), SOURCE / "foundation" / "pages" / "page.py"]):  # fmt: skip
        for _, message, _, _ in extract_from_file("python", path, keywords={"because": None, "gettext": None}):
            first = message[0] if isinstance(message, tuple) else message
            if first:
                yield first
    for path in sorted(SOURCE.glob("fields/*.py")):
        keywords = {"gettext": None, "gettext_noop": None, "ngettext": (1, 2)}
        for _, message, _, _ in extract_from_file("python", path, keywords=keywords):  # type: ignore[arg-type]
            yield tuple(message[:2]) if isinstance(message, tuple) else message


def catalogue(language: str) -> Catalog:
    with (FOLDER / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)


def missing(language: str) -> list[Message]:
    """Sentences without a translation."""
    known = catalogue(language)
    return [each for each in dict.fromkeys(messages()) if not (found := known.get(each)) or not found.string]


if __name__ == "__main__":
    wanted = dict.fromkeys(messages())
    for language in LANGUAGES:
        old, new = catalogue(language), Catalog(locale=language, charset="utf-8")
        for message in wanted:
            found = old.get(message)
            new.add(message, found.string if found else None)
        # A fixed date: two people's sentences must not meet in a line that says nothing.
        new.creation_date = new.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
        with (FOLDER / f"{language}.po").open("wb") as file:
            write_po(file, new, width=0, omit_header=False, sort_output=True)
