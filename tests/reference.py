"""Writes the generated pages: `make reference`."""

from pathlib import Path

from dossier import permissions
from dossier.case_templates.model.document import document_schema
from dossier.form_templates.model.schema import document_schema as form_schema
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

PERMISSIONS = f"""# Permissions

Who may do what in a workspace. Actions ask for these names, whichever way they are asked: through the API, in the app, by the
command line, as one of many changes, or by taking something back. What a member lacks is not offered to them, and refused with
the name of what is missing (403). This page is generated from `src/dossier/permissions.py` by `make reference`.

- *administrator*, *handler* and *limited* are the roles of members. Limited members see the cases that they own and the contacts of those,
  and nothing of others: what they may do, they may do there.
- *studio* is a right beside the role, which an administrator gives in *Members*.
- *token* is a program with an API token, in the workspaces that the token covers.
- *operator* is who has the command line of the server.

{permissions.reference()}"""


def main() -> None:
    REFERENCE.mkdir(parents=True, exist_ok=True)
    with postgres.cluster() as server, postgres.database(server) as url:
        schema.REFERENCE.write_text(schema.dumped(url))
    (REFERENCE / "settings.md").write_text(SETTINGS)
    (REFERENCE / "permissions.md").write_text(PERMISSIONS)
    (REFERENCE / "how-it-is-tested.md").write_text(findings.page())
    (REFERENCE / "case-template.schema.json").write_text(json.pretty(document_schema()) + "\n")
    (REFERENCE / "form-template.schema.json").write_text(json.pretty(form_schema()) + "\n")


if __name__ == "__main__":
    main()
