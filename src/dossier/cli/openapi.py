"""`dossier openapi`: the API as a document."""

import typer

from dossier.app import api
from dossier.foundation import json
from dossier.foundation.database import Database
from dossier.foundation.http.openapi import document


def openapi() -> None:
    """Print the OpenAPI 3.1 document of the API; needs no database."""
    typer.echo(json.pretty(document(api(Database("")))))
