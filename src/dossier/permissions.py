"""Who may do what in a workspace: every permission by its name, with the roles and callers that have it.

Actions ask for it (`actor.require("cases.reassign")`); pages name it as what they need, and templates show by the same
name what leads there (`user.may(…)`). The operator of the server, who has the command line, may do everything.
"""

from collections.abc import Mapping
from functools import cache
from typing import Literal, get_args

from dossier.foundation.permissions import Permission, Permissions
from dossier.foundation.text import gettext_noop

Role = Literal["administrator", "handler", "limited"]
ROLES: tuple[Role, ...] = get_args(Role)

ADMINISTRATORS = frozenset({"administrator"})
HANDLERS = ADMINISTRATORS | {"handler"}
EVERYBODY = HANDLERS | {"limited"}
STUDIO = frozenset({"studio"})  # a right beside the role: given to a handler or a limited member
TOKENS = frozenset({"token"})
CONTACTS = frozenset({"contact"})  # whoever holds the link of a form, in that form
OPERATOR: frozenset[str] = frozenset()

PERMISSIONS: Mapping[str, Permission] = {
    each.name: each
    for each in (
        Permission("cases.create", gettext_noop("Make cases"), EVERYBODY | TOKENS),
        Permission(
            "cases.change",
            gettext_noop("Change cases: data, title, status, steps, archive, take back, one or many"),
            EVERYBODY | TOKENS,
        ),
        Permission("cases.reassign", gettext_noop("Give cases to another owner"), HANDLERS | TOKENS),
        Permission("cases.upgrade", gettext_noop("Move cases to another version of their template"), HANDLERS),
        Permission("cases.erase", gettext_noop("Erase cases for good"), ADMINISTRATORS | TOKENS),
        Permission("contacts.change", gettext_noop("Change the contacts of cases"), HANDLERS | TOKENS),
        Permission("contacts.erase", gettext_noop("Erase contacts for good"), TOKENS),
        Permission("files.upload", gettext_noop("Send files"), EVERYBODY | TOKENS | CONTACTS),
        Permission(
            "files.change",
            gettext_noop("Rename files, put them on cases, and make them public or not"),
            HANDLERS | TOKENS,
        ),
        Permission("files.erase", gettext_noop("Erase files that nothing holds"), HANDLERS | TOKENS),
        Permission(
            "files.erase_held", gettext_noop("Erase the content of files that something holds"), ADMINISTRATORS | TOKENS
        ),
        Permission("files.release", gettext_noop("Release files that no virus scanner could look at"), ADMINISTRATORS),
        Permission(
            "messages.send", gettext_noop("Write to people, cancel messages and send them again"), EVERYBODY | TOKENS
        ),
        Permission("forms.create", gettext_noop("Make forms and send them"), EVERYBODY | TOKENS),
        Permission(
            "forms.change",
            gettext_noop("Change forms: send, call back, remind, end, process, put away, another link"),
            EVERYBODY | TOKENS,
        ),
        Permission("forms.reassign", gettext_noop("Give forms to another owner"), HANDLERS | TOKENS),
        Permission("forms.erase", gettext_noop("Erase forms of no case for good"), ADMINISTRATORS | TOKENS),
        Permission(
            "forms.answer", gettext_noop("Answer forms: one's own, or on behalf of who was asked"), EVERYBODY | CONTACTS
        ),
        Permission("views.save", gettext_noop("Save views of one's own"), EVERYBODY),
        Permission("views.share", gettext_noop("Save views for everybody"), HANDLERS),
        Permission("views.manage", gettext_noop("Change and delete the shared views of others"), ADMINISTRATORS),
        Permission("templates.design", gettext_noop("Design templates"), ADMINISTRATORS | STUDIO | TOKENS),
        Permission(
            "messages.design",
            gettext_noop("Write what messages have in common: signature, footer, snippets"),
            ADMINISTRATORS | STUDIO,
        ),
        Permission("workspace.change", gettext_noop("Change the settings of the workspace"), ADMINISTRATORS),
        Permission(
            "secrets.manage", gettext_noop("Keep the secrets of calls to other systems"), ADMINISTRATORS | TOKENS
        ),
        Permission("members.manage", gettext_noop("Invite and remove members, and change their roles"), ADMINISTRATORS),
        Permission("tokens.manage", gettext_noop("Make, change and revoke API tokens"), ADMINISTRATORS),
        Permission(
            "webhooks.manage",
            gettext_noop("See, make and change webhooks, and what was sent by them"),
            ADMINISTRATORS | TOKENS,
        ),
        Permission("jobs.manage", gettext_noop("See, retry and cancel background work"), ADMINISTRATORS),
        Permission("audit.read", gettext_noop("Read the audit log"), ADMINISTRATORS | TOKENS),
        Permission("account.change", gettext_noop("Change one's own account"), EVERYBODY),
        Permission("server.operate", gettext_noop("Operate the server"), OPERATOR),
    )
}


@cache
def _held(*holders: str) -> Permissions:
    held = (each.name for each in PERMISSIONS.values() if each.holders.intersection(holders))
    return Permissions(frozenset(held), PERMISSIONS)


def of_member(role: Role, *, studio: bool) -> Permissions:
    """What a member may do in a workspace where they have that role; `studio`: and were given the studio right."""
    return _held(role, "studio") if studio else _held(role)


def of_token() -> Permissions:
    """What a program may do in the workspaces that its token covers."""
    return _held("token")


def of_contact() -> Permissions:
    """What whoever holds the link of a form may do in it."""
    return _held("contact")


def reference() -> str:
    """The list as a table in Markdown, for the reference."""
    columns = (*ROLES, "studio", "token")
    lines = ["| Permission | | " + " | ".join(columns) + " | operator |", "|---|---|" + ":-:|" * (len(columns) + 1)]
    for each in PERMISSIONS.values():
        marks = " | ".join("✓" if column in each.holders else "" for column in columns)
        lines.append(f"| `{each.name}` | {each.meaning} | {marks} | ✓ |")
    return "\n".join(lines) + "\n"
