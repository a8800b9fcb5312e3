"""Pictures, as Pillow opens them: never more than fifty megapixels, HEIC among them."""

from pathlib import Path

from PIL import Image, ImageOps

MAX_PIXELS = 50_000_000
PICTURES = {
    "PNG": "image/png",
    "JPEG": "image/jpeg",
    "GIF": "image/gif",
    "WEBP": "image/webp",
    "TIFF": "image/tiff",
    "BMP": "image/bmp",
    "HEIF": "image/heic",
}

Image.MAX_IMAGE_PIXELS = MAX_PIXELS


class Vast(ValueError):
    """It has more pixels than are drawn."""


def opened(file: Path) -> Image.Image:
    """A picture whose pixels are not read yet; raises what Pillow does, and Vast."""
    with file.open("rb") as content:
        is_heic = content.read(8)[4:] == b"ftyp"
    if is_heic:
        import pi_heif  # noqa: PLC0415 - its library takes as long as all others

        pi_heif.register_heif_opener(thumbnails=False)
    formats = [each for each in PICTURES if is_heic or each != "HEIF"]
    image = Image.open(file, formats=formats)
    raise_if_vast(image)
    return image


def raise_if_vast(image: Image.Image) -> None:
    """Of every frame that is read: the first one says nothing of the others."""
    if image.width * image.height > MAX_PIXELS or min(image.size) < 1:
        raise Vast


def upright(image: Image.Image, most: int) -> Image.Image:
    """The frame that it stands at: turned as EXIF says, no side longer than `most` pixels, on white, in RGB, with nothing of EXIF."""
    raise_if_vast(image)
    image.draft("RGB", (most, most))
    image.thumbnail((most, most), reducing_gap=2.0)
    return flat(ImageOps.exif_transpose(image))


def flat(image: Image.Image) -> Image.Image:
    """In RGB: what can be looked through is laid on white."""
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        clear = image.convert("RGBA")
        image = Image.new("RGB", clear.size, "white")
        image.paste(clear, mask=clear.getchannel("A"))
    elif image.mode.startswith(("I", "F")):  # sixteen bits and more: brought down to what is seen
        _, high = image.getextrema()
        scale = 255 / max(1, float(high))  # type: ignore[arg-type]
        image = image.point(lambda value: value * scale).convert("L") if high else image.convert("L")
    plain = Image.new("RGB", image.size)
    plain.paste(image.convert("RGB"))
    return plain
