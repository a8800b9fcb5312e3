"""The words in a file that has some, from its beginning."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

_MOST_PAGES = 200


def work(order: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """`{text}` of `file` of a `type`: `most` characters at most; what no text can have is left out."""
    file, most = Path(order["file"]), order["most"]
    text = _words(file, order["type"], most)
    yield {"text": text.replace("\0", "").encode(errors="ignore").decode()[:most]}


def _words(file: Path, type: str, most: int) -> str:
    if type == "application/pdf":
        return _of_pdf(file, most)
    if type.startswith("text/"):
        return _of_text(file, most)
    from dossier.foundation.workshop.office_words import of_office  # noqa: PLC0415 - not for the others

    return of_office(file, most)


def _of_text(file: Path, most: int) -> str:
    with file.open("rb") as opened:
        return opened.read(most * 4).decode(errors="ignore")


def _of_pdf(file: Path, most: int) -> str:
    import pypdfium2  # noqa: PLC0415 - not for texts

    read: list[str] = []
    with pypdfium2.PdfDocument(file) as document:
        for number in range(min(len(document), _MOST_PAGES)):
            page = document[number]
            read.append(page.get_textpage().get_text_bounded())
            page.close()
            if sum(map(len, read)) > most:
                break
    return "\n".join(read)
