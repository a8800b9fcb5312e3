"""Pictures made by us of pages that others made: WebP, of a size that was asked for, with nothing in them but what is seen."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image

from dossier.foundation.workshop.pictures import opened, upright
from dossier.foundation.workshop.setting_out import PDF, PICTURES, set_out

_QUALITY = 82
_MOST_PAGES = 1_000_000


def work(order: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Of `file` of a `type` the pages `first` to `last`, in each of `sizes` (pixels of the longer side): `{pages}`, then for each `{page, size, file, width, height}`.

    They are written into the folder `to`. What is no PDF and no picture becomes pages first.
    """
    file, type, to = Path(order["file"]), order["type"], Path(order["to"])
    if type in PICTURES:
        yield from _picture(file, to, order)
        return
    if type != PDF:
        entry = {"file": file, "type": type, "to": to / "pages.pdf", "most": _MOST_PAGES, "boxes": True}
        made = set_out({**entry, "naming": {"why": {}}})
        file = to / "pages.pdf"
        assert made["pages"]
    yield from _pdf(file, to, order)


def _picture(file: Path, to: Path, order: dict[str, Any]) -> Iterator[dict[str, Any]]:
    with opened(file) as image:
        pages = getattr(image, "n_frames", 1) if order["type"] == "image/tiff" else 1
        yield {"pages": pages}
        for page in range(order["first"], min(order["last"], pages) + 1):
            image.seek(page - 1)
            largest = upright(image.copy() if pages > 1 else image, max(order["sizes"]))
            yield from _kept(largest, to, page, order["sizes"])


def _pdf(file: Path, to: Path, order: dict[str, Any]) -> Iterator[dict[str, Any]]:
    import pypdfium2  # noqa: PLC0415 - not for pictures

    with pypdfium2.PdfDocument(file) as document:
        document.init_forms()
        yield {"pages": len(document)}
        for number in range(order["first"], min(order["last"], len(document)) + 1):
            page = document[number - 1]
            longest = max(order["sizes"])
            scale = longest / max(*page.get_size(), 1)
            drawn = page.render(scale=scale, may_draw_forms=True, limit_image_cache=True).to_pil()
            yield from _kept(drawn.convert("RGB"), to, number, order["sizes"])
            page.close()


def _kept(image: Image.Image, to: Path, page: int, sizes: list[int]) -> Iterator[dict[str, Any]]:
    for size in sorted(sizes, reverse=True):
        image.thumbnail((size, size))
        kept = to / f"{page}-{size}.webp"
        image.save(kept, "WEBP", quality=_QUALITY, method=2)
        yield {"page": page, "size": size, "file": kept.name, "width": image.width, "height": image.height}
