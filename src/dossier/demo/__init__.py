"""An example to begin with: a workspace, a rich template, three cases, a form with what came of it, a token."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any
from uuid import UUID

from dossier.case_templates import actions as templates
from dossier.cases import actions as cases
from dossier.cases.actions import NewCase
from dossier.foundation import yaml
from dossier.foundation.actor import Scope, system
from dossier.foundation.database import Transaction
from dossier.members import actions as members
from dossier.tokens import actions as tokens
from dossier.tokens.model import CoveredWorkspace
from dossier.workspaces import actions as workspaces
from dossier.workspaces import store as workspace_store

SLUG = "demo"
ADMINISTRATOR = "ada@demo.example"


@dataclass(frozen=True, slots=True)
class Demo:
    """What was made: a token, a case, and data that the case takes."""

    token: str
    link: str  # the secret of the administrator's one-time link
    case_id: UUID
    example: str


def make_demo(conninfo: str, base_url: str, secret_key: str) -> Demo | None:
    """Fill a database that has no workspace yet; None when it has one. `base_url`, `secret_key`: what links of forms are made of."""
    return asyncio.run(_make(conninfo, base_url, secret_key))


async def _make(conninfo: str, base_url: str, secret_key: str) -> Demo | None:
    from dossier.server.services import database_on  # noqa: PLC0415 - a supervisor of workers does without

    database = database_on(conninfo)
    await database.open()
    try:
        operator = system("cli", name="Operator")
        return await database.write(operator, lambda transaction: _fill(transaction, base_url, secret_key))
    finally:
        await database.close()


async def _fill(transaction: Transaction, base_url: str, secret_key: str) -> Demo | None:
    if await workspace_store.list_all(transaction):
        return None
    workspace = await workspaces.create(transaction, SLUG, "Demo", "Europe/Brussels")
    inside = transaction.within(Scope((workspace.id,)))
    ada = await members.create(
        inside, ADMINISTRATOR, workspace.id, "administrator", given_name="Ada", family_name="Lovelace"
    )
    said = example("demo.yaml")
    template = await templates.create(inside, workspace.id, example("motor-claim.yaml"), ada.id)
    made = [
        await cases.create(inside, NewCase(workspace.id, template.id, owner_email=ADMINISTRATOR, **_case(each)))
        for each in said["cases"]
    ]
    await _forms(inside, workspace.id, base_url, secret_key)
    _, token = await tokens.create(inside, "Demo", [CoveredWorkspace(workspace.id, workspace.slug)])
    link = await members.link_for(inside, ADMINISTRATOR)
    return Demo(token, link, made[0].after.id, said["update"])


async def _forms(transaction: Transaction, workspace_id: UUID, base_url: str, secret_key: str) -> None:
    from dossier.demo.forms import make_forms  # noqa: PLC0415 - as above
    from dossier.forms.actions import Origin  # noqa: PLC0415
    from dossier.foundation.cipher import Cipher  # noqa: PLC0415

    await make_forms(
        transaction, workspace_id, ADMINISTRATOR, example("forms.yaml"), Origin(base_url, Cipher(secret_key))
    )


def _case(example: Mapping[str, Any]) -> dict[str, Any]:
    schema = [{"key": key, "value": value} for key, value in example["data"].items()]
    return {"title": example["title"], "contacts": example["contacts"], "schema": schema}


def example(name: str) -> dict[str, Any]:
    """A document of the demo: `motor-claim.yaml`, `demo.yaml` or `forms.yaml`."""
    document: dict[str, Any] = yaml.decode(files("dossier.demo").joinpath(name).read_text())
    return document
