"""Which language a page of the portal is in: what its reader asked for, their own, the browser's, that of what is asked."""

from collections.abc import Iterable, Iterator, Sequence

from starlette.requests import Request

from dossier.foundation.pages.language import MORE_LANGUAGES


def languages_asked(request: Request) -> Iterator[str]:
    """The languages that a browser asks for, in its order."""
    for part in request.headers.get("accept-language", "").split(","):
        if code := part.split(";")[0].strip()[:2].lower():
            yield code


def spoken(offered: Sequence[str], wanted: Iterable[str | None]) -> str:
    """The first language that is wanted and offered; else the first that is offered; English, where the portal speaks none of these."""
    known = [each for each in offered if each in MORE_LANGUAGES] or ["en"]
    return next((each for each in wanted if each in known), known[0])
