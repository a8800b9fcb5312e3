"""A file as programs see it, wherever it is answered."""

from typing import Any

from dossier.files.model.file import File
from dossier.foundation.clock import wire_time


def attachment(file: File, address: str, key: str | None = None) -> dict[str, Any]:
    """A file without its content; `address` is where the API is reached. `data` is the last member."""
    uri = f"{address}/attachments/{file.id}"
    return {
        "id": file.id,
        "name": file.name,
        "type": file.type,
        "scope": file.scope,
        "metadata": {"size": file.size, "sha256": file.sha256.hex(), "width": file.width, "height": file.height},
        "uri": f"{uri}?key={key}" if key else uri,
        "created_at": wire_time(file.created_at),
        "created_by": file.created_by,
        "case": file.case,
        "check": file.verdict,
        "held": file.held,
        "expires_at": wire_time(file.goes_at) if file.goes_at else None,
        "erased_at": wire_time(file.erased_at) if file.erased_at else None,
        "data": None,
    }
