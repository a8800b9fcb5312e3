"""What is recorded: one name for each kind of act."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

Result = Literal["done", "failed", "refused"]

ACTS: Mapping[str, str] = {
    "member.signed_in": "signed in",
    "member.signed_out": "signed out",
    "member.sign_in_failed": "could not sign in",
    "member.added": "gave somebody a place",
    "member.invited": "invited somebody",
    "member.accepted": "accepted an invitation",
    "member.removed": "removed a member",
    "member.erased": "erased a member",
    "member.role_changed": "changed a member's role",
    "member.studio_changed": "changed a member's studio right",
    "member.password_set": "set a password",
    "member.confirmed": "proved again who they are",
    "member.sessions_ended": "ended sessions",
    "link.made": "made a one-time link",
    "link.used": "came in by a one-time link",
    "second_factor.added": "set up a second factor",
    "second_factor.removed": "removed a second factor",
    "second_factor.failed": "gave a wrong code",
    "key.rotated": "changed the server's key",
    "identity.linked": "connected single sign-on",
    "token.made": "made a token",
    "token.changed": "changed a token",
    "token.revoked": "revoked a token",
    "webhook.made": "made a webhook",
    "webhook.changed": "changed a webhook",
    "webhook.secret_changed": "changed a webhook's secret",
    "webhook.failing": "found that a webhook takes nothing",
    "webhook.disabled": "switched a webhook off",
    "webhook.deleted": "deleted a webhook",
    "webhook.replayed": "had deliveries sent again",
    "job.retried": "had a job run again",
    "job.cancelled": "cancelled a job",
    "workspace.made": "made the workspace",
    "workspace.changed": "changed the workspace",
    "workspace.texts_changed": "changed what messages have in common",
    "secret.set": "set a secret",
    "secret.removed": "removed a secret",
    "cases.exported": "exported cases",
    "contacts.exported": "exported contacts",
    "forms.exported": "exported forms",
    "case.erased": "erased a case",
    "contact.erased": "erased a contact",
    "file.published": "made a file public",
    "file.restricted": "made a file restricted",
    "file.erased": "erased a file",
    "form.erased": "erased a form",
    "file.infected": "found a virus in a file",
    "file.released": "released a file that could not be checked",
    "file.key_used": "read a public file",
    "request.refused": "was refused",
}
"""Every kind of act, and how a sentence says it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One act: when, who, from where, through what, about whom or what, and what came of it.

    `details` hold no personal value: keys, roles, numbers.
    """

    id: UUID
    at: datetime
    workspace_id: UUID | None
    actor: Mapping[str, Any]
    via: str
    client: str
    request: str
    act: str
    subject: str
    result: Result
    details: Mapping[str, Any] = field(default_factory=dict)
