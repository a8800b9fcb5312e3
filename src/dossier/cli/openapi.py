"""`dossier openapi`: the API as a document."""

import typer

from dossier.foundation import json


def openapi() -> None:
    """Print the OpenAPI 3.1 document of the API; needs no database."""
    from dossier.server.application import document  # noqa: PLC0415 - other commands do without the app

    typer.echo(json.pretty(document()))
