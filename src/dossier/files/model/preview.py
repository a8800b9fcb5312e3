"""Pictures that are made of a file: of which, in which sizes, and what is said where there are none."""

from dataclasses import dataclass

from dossier.files.model.types import RASTER
from dossier.foundation.errors import Conflict, GatewayTimeout, NotFound

THUMBNAIL = 320  # pixels of the longer side
SIZES = (THUMBNAIL, 800, 1600, 3200)
SHOWN = 1600
FIRST_PAGES = 10  # that are drawn before anybody asks
TEXTS = frozenset({"text/plain", "text/csv", "text/markdown", "application/json"})
OFFICE = (
    "application/vnd.openxmlformats-officedocument.",
    "application/vnd.oasis.opendocument.",
    "application/vnd.ms-",
    "application/msword",
    "application/rtf",
    "message/rfc822",
)
"""How the types begin that LibreOffice makes pages of, where the operator has it."""
SAYS_WHERE = frozenset({"image/jpeg", "image/png", "image/webp", "image/heic", "image/tiff"})
"""Pictures that may say where and with what they were taken (EXIF, XMP)."""
MOST_BYTES = 500_000_000  # of a file that is opened


@dataclass(frozen=True, slots=True)
class Preview:
    """A picture that is kept. `page` from 1; 0: the file itself, without place and device."""

    page: int
    size: int
    object: str
    length: int  # bytes
    sha256: bytes

    @property
    def tag(self) -> str:
        """Its entity tag."""
        return f'"{self.sha256.hex()}"'


def is_office(type: str) -> bool:
    """Whether LibreOffice may make pages of it."""
    return type.startswith(OFFICE)


def may_be_drawn(type: str, size: int, *, office: bool) -> bool:
    """Whether pictures of its pages can be made; `office`: whether the server has LibreOffice."""
    known = type in RASTER | TEXTS | {"application/pdf", "image/svg+xml"} or (office and is_office(type))
    return known and size <= MOST_BYTES


def says_where_still() -> Conflict:
    """409: it cannot be shown publicly."""
    sentence = "What the picture says of place and device cannot be taken out, so it is not shown publicly."
    refusal = Conflict.because(sentence, "not_possible")
    assert isinstance(refusal, Conflict)
    return refusal


def no_picture() -> NotFound:
    """404: of what it is, or of that page, there is no picture."""
    refusal = NotFound.because("There is no picture of that.", "no_preview")
    assert isinstance(refusal, NotFound)
    return refusal


def took_too_long() -> GatewayTimeout:
    """504: making it took longer than is waited for."""
    refusal = GatewayTimeout.because("That took too long to make, and was given up.", "took_too_long")
    assert isinstance(refusal, GatewayTimeout)
    return refusal
