"""How a file is answered, with the address that it has here."""

from typing import Any

from starlette.requests import Request

from dossier.files import schemas
from dossier.files.actions import key_of
from dossier.files.model import File
from dossier.foundation.http import openapi
from dossier.foundation.http.responses import ApiResponse
from dossier.foundation.http.services import api_address, services_of

ATTACHMENT_ID = openapi.path("id", "the attachment")


def shown(request: Request, file: File) -> dict[str, Any]:
    """The file as JSON has it, without its content."""
    return schemas.attachment(file, api_address(request), key_of(services_of(request).cipher, file))


def tag(file: File) -> str:
    """The entity tag of the JSON, without quotes: what holds it is no version."""
    case = f"-{file.case.hex[-12:]}" if file.case else ""
    return f"{file.version}-{'held' if file.held else 'free'}{case}"


def answer(request: Request, file: File, status: int = 200, **headers: str) -> ApiResponse:
    """The file, without its content."""
    return ApiResponse(shown(request, file), status, {"ETag": f'"{tag(file)}"', **headers}, about=file.id)
