"""Which language whoever asks reads."""

from starlette.requests import Request

from dossier.foundation.pages.language import LANGUAGES, Language, language


def language_of(request: Request) -> Language:
    """What the member has chosen, else the first known language that the browser asks for."""
    user = request.state.user
    return language(user.language if user and user.language else _accepted(request))


def _accepted(request: Request) -> str:
    asked = (part.split(";")[0].strip()[:2].lower() for part in request.headers.get("accept-language", "").split(","))
    return next((code for code in asked if code in LANGUAGES), "en")
