"""The app's sentences, gathered from templates and code, and what the catalogues lack. `python -m tests.catalogue` adds them."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from tests.source import SOURCE, modules, nodes, tree

FOLDER = SOURCE / "foundation" / "pages" / "translations"
LANGUAGES = ("fr", "nl")
OUTSIDE = ("de", "ar")
"""Those that only people outside are spoken to in: their catalogues hold what these may read, and no more."""
Message = str | tuple[str, ...]

SAYING = {
    "Problem": 0,
    "because": 0,
    "InvalidValue": 0,
    "Message": 0,
    "Sentence": 0,  # where something else is called a message
    "FormulaError": 0,
    "OperatorError": 0,
    "refuse": 1,
    "_wrong": 0,
    "_refuse": 0,
    "_malformed": 0,
}
"""What makes a message, and which of its arguments is the sentence."""
MARKING = {"gettext": 0, "gettext_noop": 0}
GAP = re.compile(r"\{\w+\}")
FOR_PROGRAMS = ("routes.py", "routes/", "wire.py", "cli/", "bench/", "demo/", "foundation/testing/")
"""Where no person reads what is refused."""


@dataclass(frozen=True)
class Said:
    """A sentence as the code says it: where, and what stands there; `instead`: people are told another one."""

    where: str
    node: ast.expr
    instead: bool = False

    @property
    def sentences(self) -> list[str]:
        """The sentence, or those of which it is one; none where it comes from elsewhere, which says it itself."""
        return [each.value for each in _parts(self.node) if isinstance(each, ast.Constant)]  # type: ignore[misc]

    @property
    def put_together(self) -> bool:
        """Whether values are in it already: then no catalogue can know it."""
        return any(isinstance(each, ast.JoinedStr | ast.BinOp) for each in _parts(self.node))


def _parts(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.IfExp):
        yield from (*_parts(node.body), *_parts(node.orelse))
    elif not isinstance(node, ast.Constant) or isinstance(node.value, str):
        yield node


@cache
def said() -> tuple[Said, ...]:
    """Every sentence that the code says or marks, but where only programs read it."""
    return tuple(_said())


def _said() -> Iterator[Said]:
    for path in modules():
        place = str(path.relative_to(SOURCE))
        if not any(part in place for part in FOR_PROGRAMS):
            given = _assigned(path)
            for node in nodes(path):
                if isinstance(node, ast.Call):
                    for each in _of_call(node, f"{place}:{node.lineno}"):
                        values = given.get(each.node.id, []) if isinstance(each.node, ast.Name) else [each.node]
                        yield from (Said(each.where, value, each.instead) for value in values)


def _assigned(path: Path) -> dict[str, list[ast.expr]]:
    """Name → what it is given in the file: a sentence may stand in a line of its own."""
    found: dict[str, list[ast.expr]] = {}
    for node in nodes(path):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found.setdefault(node.targets[0].id, []).append(node.value)
    return found


def _of_call(node: ast.Call, where: str) -> Iterator[Said]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    people = [each.value for each in node.keywords if each.arg == "people"]
    place = SAYING.get(name, MARKING.get(name))
    if place is not None and len(node.args) > place:
        people += node.args[2:3] if name in ("Message", "Sentence") else []
        yield Said(where, node.args[place], bool(people))
    yield from (Said(where, each) for each in people)


@cache
def messages() -> tuple[Message, ...]:
    """Every sentence of the templates, and every one that the server says to people."""
    return tuple(_messages())


def _messages() -> Iterator[Message]:
    for path in sorted(
        [*SOURCE.glob("**/templates/**/*.html"), *SOURCE.glob("web/components/*.html"), *SOURCE.glob(PORTAL)]
    ):
        yield from _of_template(path)
    yield from _counted([*SOURCE.glob("fields/*.py"), *SOURCE.glob("forms/portal/*.py")])
    for each in said():
        if not each.instead:
            yield from (sentence for sentence in each.sentences if GAP.sub("", sentence))


def _of_template(path: Path) -> Iterator[Message]:
    for _, message, _, _ in extract_from_file("jinja2", path):
        yield message


def _counted(paths: Iterable[Path]) -> Iterator[Message]:
    for path in sorted(paths):
        for _, message, _, _ in extract_from_file("python", path, keywords={"ngettext": (1, 2)}):
            yield tuple(message[:2])


# ---- what people outside may read ----

PORTAL = "web/portal/*.html"
_PLACES = (
    "web/portal/",
    "forms/portal",
    "forms/model/access.py",
    "forms/model/printing.py",
    "forms/model/given.py",
    "forms/model/letters.py",
    "forms/model/person.py",
    "forms/model/signature.py",
    "foundation/messages.py",
    *(
        f"forms/actions/{verb}.py"
        for verb in ("entering", "answering", "reaching", "submitting", "declining", "sending", "opening", "gathering")
    ),
)
_OF_FILES = {
    "The file is empty.",
    "A file has {count} bytes at most.",
    "A file's name must have 1 to {count} characters.",
    "A virus was found in the file; nothing was kept.",
    "The files could not be made one PDF.",
    "The files of the workspace would have more than the {count} bytes that it may have; nothing was kept.",
    (
        "This form takes {count} files at most, of {bytes} bytes together; what was taken off counts for a week."
        " Send fewer or smaller ones, or ask whoever sent you the form."
    ),
    "{count} such answers are being made for the workspace already; try again in a moment.",
    "{count} uploads are begun already; finish or end one of them first.",
}
"""What is said of files to whoever sends them to a form."""
_DESIGNING = (
    "computed",
    "formula",
    "formula_operators",
    "formula_parts",
    "own",
    "parse",
    "registry",
    "values",
    "api_call",
    "read_only",
    "comparing",
    "designing",
)
_OF_DEFINITIONS = ("called", "designed", "MEMBERS", "unasked", "default", "read_default")


@cache
def outside() -> tuple[Message, ...]:
    """Every sentence of the portal, and of the fields what somebody is told who fills one in."""
    return tuple(_outside())


def _outside() -> Iterator[Message]:
    for path in sorted([*SOURCE.glob(PORTAL), *SOURCE.glob("forms/templates/portal/*.html")]):
        yield from _of_template(path)
    fields = [path for path in SOURCE.glob("fields/*.py") if path.stem not in _DESIGNING]
    yield from _counted([*fields, *SOURCE.glob("forms/portal/*.py")])
    lines = {f"fields/{path.name}": set(_of_definitions(tree(path))) for path in fields}
    for each in said():
        place, line = each.where.split(":")
        told = place.startswith(_PLACES) or (place in lines and int(line) not in lines[place])
        told = told or (place.startswith("files/") and bool(_OF_FILES & {*each.sentences}))
        if told and not each.instead:
            yield from (sentence for sentence in each.sentences if GAP.sub("", sentence))


def _of_definitions(source: ast.AST) -> Iterator[int]:
    """The lines of a field type that speak of its definition: to whoever designs, not to whoever answers."""
    for node in ast.walk(source):
        target = (
            node.target
            if isinstance(node, ast.AnnAssign)
            else node.targets[0]
            if isinstance(node, ast.Assign)
            else node
        )
        name = getattr(target, "id", getattr(target, "name", ""))
        validates = any("validator" in ast.unparse(each) for each in getattr(node, "decorator_list", ()))
        if validates or name in _OF_DEFINITIONS:
            yield from range(node.lineno, node.end_lineno + 1)


def catalogue(language: str) -> Catalog:
    with (FOLDER / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)


def wanted(language: str) -> tuple[Message, ...]:
    """What a catalogue holds."""
    return outside() if language in OUTSIDE else messages()


def missing(language: str) -> list[Message]:
    """Sentences without a translation."""
    known = catalogue(language)
    return [
        each for each in dict.fromkeys(wanted(language)) if not (found := known.get(each)) or not _whole(found.string)
    ]


def _whole(string: str | tuple[str, ...]) -> bool:
    return all(string) if isinstance(string, tuple) else bool(string)


if __name__ == "__main__":
    for language in (*LANGUAGES, *OUTSIDE):
        old, new = catalogue(language), Catalog(locale=language, charset="utf-8")
        for message in dict.fromkeys(wanted(language)):
            found = old.get(message)
            new.add(message, found.string if found else None)
        # A fixed date: two people's sentences must not meet in a line that says nothing.
        new.creation_date = new.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
        with (FOLDER / f"{language}.po").open("wb") as file:
            write_po(file, new, width=0, omit_header=False, sort_output=True)
