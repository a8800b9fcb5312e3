"""Writes the generated pages: `make reference`."""

from pathlib import Path

from dossier.case_templates.model.document import document_schema
from dossier.foundation import json
from dossier.foundation.testing import postgres
from dossier.server.settings import reference
from tests import findings
from tests.migrations import schema

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "docs" / "reference"

SETTINGS = f"""# Settings

All settings are environment variables. Options of `dossier serve` go before them.
This page is generated from `src/dossier/server/settings.py` by `make reference`.

{reference()}"""


def main() -> None:
    REFERENCE.mkdir(parents=True, exist_ok=True)
    with postgres.cluster() as server, postgres.database(server) as url:
        schema.REFERENCE.write_text(schema.dumped(url))
    (REFERENCE / "settings.md").write_text(SETTINGS)
    (REFERENCE / "how-it-is-tested.md").write_text(findings.page())
    (REFERENCE / "case-template.schema.json").write_text(json.pretty(document_schema()) + "\n")


if __name__ == "__main__":
    main()
