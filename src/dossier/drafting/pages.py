"""A document as a file: a version of it, or what is worked on."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response

from dossier.drafting.model import Draft, PublishedVersion
from dossier.foundation import json, yaml
from dossier.foundation.errors import NotFound


def exported(request: Request, draft: Draft, published: Sequence[PublishedVersion], name: str) -> Response:
    """As JSON or YAML, as the address says, under a name; `version`: which of those that were published."""
    kind, wanted = request.path_params["kind"], request.query_params.get("version", "")
    if kind not in ("json", "yaml"):
        raise NotFound.because("Templates are exported as .json or .yaml.")
    versions = {str(each.version): each.document for each in published}
    document = versions.get(wanted) if wanted else draft.document
    if document is None:
        raise NotFound.because("There is no such version.")
    text = json.pretty(document) if kind == "json" else yaml.encode(document)
    headers = {"Content-Disposition": f'attachment; filename="{name}.{kind}"'}
    return Response(text, headers=headers, media_type=f"application/{kind}")
