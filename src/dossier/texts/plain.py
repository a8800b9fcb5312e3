"""Read Markdown as plain text, as one would type it in a mail."""

import re
from collections.abc import Iterator, Sequence

from markdown_it.token import Token

_ENDS = {
    *("fence", "code_block", "hr", "paragraph_close", "heading_close", "table_close"),
    *("bullet_list_close", "ordered_list_close", "blockquote_close"),
}
"""After what a line is empty."""
_BLANK = re.compile(r"\n{3,}")


def plain(tokens: Sequence[Token]) -> str:
    """The blocks with an empty line between them; a link as its words and address."""
    writer = _Writer()
    for token in tokens:
        writer.take(token)
    return _BLANK.sub("\n\n", "\n".join(writer.lines)).strip("\n")


class _Writer:
    """Lines so far; `before`: what each line of the present block begins with; `item`: what its first one does."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.before: list[str] = []
        self.counts: list[int | None] = []
        self.item = ""
        self.row: list[str] = []
        self.in_cell = False

    def take(self, token: Token) -> None:
        match token.type:
            case "inline":
                self._inline(token)
            case "fence" | "code_block" | "hr":
                self._write(token.content.rstrip("\n") or "-----")
            case "bullet_list_open":
                self.counts.append(None)
            case "ordered_list_open":
                self.counts.append(int(token.attrs.get("start", 1)))
            case "tr_close":
                self._write(" | ".join(self.row))
                self.row = []
            case _:
                self._open_or_close(token)
        self.in_cell = token.type in ("td_open", "th_open")
        if token.type in _ENDS and not token.hidden:
            self._gap()

    def _open_or_close(self, token: Token) -> None:
        match token.type:
            case "bullet_list_close" | "ordered_list_close":
                self.counts.pop()
            case "list_item_open":
                self._begin()
            case "blockquote_open":
                self.before.append("> ")
            case "list_item_close" | "blockquote_close":
                self._end()

    def _begin(self) -> None:
        count = self.counts[-1]
        self.item = "- " if count is None else f"{count}. "
        self.counts[-1] = None if count is None else count + 1
        self.before.append(" " * len(self.item))

    def _end(self) -> None:
        if self.item:
            self._write("")
        if self.lines and self.lines[-1] == "".join(self.before).rstrip():
            self.lines.pop()
        self.before.pop()

    def _inline(self, token: Token) -> None:
        text = "".join(_words(token.children or ()))
        if self.in_cell:
            self.row.append(text.replace("\n", " "))
        else:
            self._write(text)

    def _write(self, text: str) -> None:
        for line in text.split("\n"):
            before = "".join(self.before)
            if self.item:
                before = before[: -len(self.item)] + self.item
                self.item = ""
            self.lines.append((before + line).rstrip())

    def _gap(self) -> None:
        self.lines.append("".join(self.before).rstrip())


def _words(tokens: Sequence[Token]) -> Iterator[str]:
    """What a line says; a link that shows its own address says it once."""
    address, said = "", ""
    for token in tokens:
        match token.type:
            case "link_open":
                address, said = str(token.attrs.get("href", "")), ""
            case "link_close":
                yield "" if said in (address, address.partition(":")[2]) else f" <{address}>"
                address = ""
            case "softbreak" | "hardbreak":
                yield "\n"
            case "text" | "code_inline":
                said += token.content
                yield token.content
