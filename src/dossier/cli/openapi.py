"""`dossier openapi`: the API as a document."""

import typer

from dossier.app import document
from dossier.foundation import json


def openapi() -> None:
    """Print the OpenAPI 3.1 document of the API; needs no database."""
    typer.echo(json.pretty(document()))
