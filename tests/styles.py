"""The part of Tabler that our pages use: `python -m tests.styles` writes `web/static/tabler.css` from the whole of it.

A rule is kept when every class in its selector stands in a template or a script of ours. The whole is seven times as large,
and a browser on a phone reads all of it before it shows anything.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.source import SOURCE

WHOLE = Path(__file__).parent / "vendored" / "tabler.min.css"
PART = SOURCE / "web" / "static" / "tabler.css"
PUT_TOGETHER = re.compile(r"^(bg-[a-z]+-lt|col-(sm-|md-|lg-)?\d+)$")  # by a template: no name stands there whole
VENDORED = (".min.js", "swagger")
ENDS, BRACES = re.compile("[;{]"), re.compile("[{}]")


def names() -> set[str]:
    """Every word of our templates and scripts: whatever may be a class."""
    every = (path for suffix in ("html", "js") for path in SOURCE.rglob(f"*.{suffix}"))
    files = [path for path in every if "portal" not in path.parts]  # it has styles of its own
    ours = (path.read_text() for path in files if not any(part in path.name for part in VENDORED))
    return {word for text in ours for word in re.findall(r"[A-Za-z][\w-]*", text)}


def rules(css: str) -> Iterator[tuple[str, str]]:
    """Head and body of each rule; of an at-rule, its name and what is inside; of a statement, the statement and nothing."""
    start = 0
    while found := ENDS.search(css, start):
        at = found.start()
        if css[at] == ";":
            yield css[start : at + 1], ""
            start = at + 1
        else:
            end = _closing(css, at)
            yield css[start:at].strip(), css[at + 1 : end]
            start = end + 1


def _closing(css: str, at: int) -> int:
    depth = 0
    for place in BRACES.finditer(css, at):
        depth += 1 if place[0] == "{" else -1
        if depth == 0:
            return place.start()
    raise ValueError(css[at : at + 80])


def used(css: str, known: set[str]) -> str:
    """The rules that can apply to one of our pages."""
    kept = []
    for head, body in rules(css):
        if head.startswith(("@media", "@supports", "@layer")):
            if inside := used(body, known):
                kept.append(f"{head}{{{inside}}}\n")
        elif head.startswith("@") or not body:
            kept.append(f"{head}{{{body}}}\n" if body else head)
        elif selectors := [each for each in _selectors(head) if _is_known(each, known)]:
            kept.append(f"{','.join(selectors)}{{{body}}}\n")
    return "".join(kept)


def _selectors(head: str) -> list[str]:
    return re.split(r",(?![^(]*\))", head)


def _is_known(selector: str, known: set[str]) -> bool:
    positive = re.sub(r":not\([^)]*\)", "", selector)
    classes = re.findall(r"\.(-?[A-Za-z_](?:[\w-]|\\.)*)", positive)
    return all(each in known or PUT_TOGETHER.match(each) for each in classes)


def part() -> str:
    """The file as it should be."""
    text = WHOLE.read_text()
    licence = text[text.index("/*!") : text.index("*/") + 2]
    css = re.sub(r"/\*.*?\*/|@charset [^;]*;|\ufeff", "", text, flags=re.DOTALL)
    kept = used(css, names())
    for name in set(re.findall(r"@keyframes ([\w-]+)", kept)):
        if not re.search(rf"animation[^;}}]*\b{re.escape(name)}\b", kept):
            kept = re.sub(rf"@keyframes {re.escape(name)}\{{(?:[^{{}}]*\{{[^{{}}]*\}})*[^{{}}]*\}}\n?", "", kept)
    return f"{licence}\n{kept}"


if __name__ == "__main__":
    PART.write_text(part())
