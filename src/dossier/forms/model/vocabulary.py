"""What a condition can ask of a form in a list."""

import re
from datetime import datetime
from typing import Any

from dossier.conditions import Condition, Family, Vocabulary, attributes
from dossier.conditions.condition import All, AnyOf, Comparison, Not
from dossier.conditions.vocabulary import Attribute
from dossier.fields import parse_fields
from dossier.members.model import PERSON
from dossier.workspaces.model import WORKSPACE

_KEY = r"([^\x00]{1,200})"
FLAGS = ("active", "completed", "processed", "archived", "expired")
"""What is true of a form or not."""

VOCABULARY = Vocabulary(
    attributes={
        **attributes(
            id="uuid",
            reference="text",
            status="text",
            redirect_url="text",
            branding="text",
            access="text",
            created_at="time",
            updated_at="time",
            archived_at="time",
            processed_at="time",
            active_from="time",
            active_until="time",
            expired_at="time",
            completed_at="time",
            declined_at="time",
        ),
        **{name: Attribute(f"is.{name}", "data", name) for name in FLAGS},
    },
    relationships={
        "user": attributes(
            "user",
            email="folded",
            phone="text",
            given_name="folded",
            family_name="folded",
            company_name="text",
            internal_ref="text",
            locale="text",
        ),
        "owner": attributes("owner", **PERSON),
        "flow": attributes("flow", slug="text", customization="uuid", name="text"),
        "workspace": attributes("workspace", **WORKSPACE),
        "case": attributes("case", id="uuid"),
    },
    families={
        "data": Family("data", re.compile(r"data\.([a-z0-9_]{1,120})"), "data.<key>"),
        "external_args": Family("data", re.compile(rf"external_args\.{_KEY}"), "external_args.<key>"),
        "options": Family("data", re.compile(rf"options\.{_KEY}"), "options.<key>"),
    },
)
"""`data.<key>`: what was answered, else what was filled in beforehand."""

_PHONE = VOCABULARY.relationships["user"]["phone"]
(_NUMBER,), _ = parse_fields([{"key": "phone", "type": "phone", "name": "Phone"}], "")


def _kept(number: Any) -> Any:
    return _NUMBER.read(number) if isinstance(number, str) else number


def resolved(condition: Condition, now: datetime) -> Condition:
    """The condition with what is true of a form or not said by what it is made of, at a time, and with numbers of telephones as they are kept."""
    match condition:
        case All(parts):
            return All(tuple(resolved(part, now) for part in parts))
        case AnyOf(parts):
            return AnyOf(tuple(resolved(part, now) for part in parts))
        case Not(part):
            return Not(resolved(part, now))
        case Comparison(attribute, op, operand) if attribute.name.startswith("is."):
            return _of_flag(_true(str(attribute.key), now), op, operand)
        case Comparison(attribute, op, operand) if attribute == _PHONE and op in ("$eq", "$in"):
            return Comparison(attribute, op, tuple(map(_kept, operand)) if op == "$in" else _kept(operand))
    return condition


def _of_flag(holds: Condition, op: str, operand: Any) -> Condition:
    if op == "$defined":
        return All(()) if operand else AnyOf(())
    asked = operand if op == "$in" else (operand,) if op == "$eq" else ()
    return AnyOf(tuple(holds if each else Not(holds) for each in asked if isinstance(each, bool)))


def _true(flag: str, now: datetime) -> Condition:
    named = VOCABULARY.attributes
    done = Comparison(named["status"], "$in", ("completed", "processed"))
    archived, expired = (Comparison(named[name], "$defined", True) for name in ("archived_at", "expired_at"))
    begun = Comparison(named["active_from"], "$le", now)
    ended = Comparison(named["active_until"], "$le", now)
    pending = Comparison(named["status"], "$eq", "pending")
    return {
        "active": All((pending, begun, Not(archived), Not(ended))),
        "completed": done,
        "processed": Comparison(named["status"], "$eq", "processed"),
        "archived": archived,
        "expired": expired,
    }[flag]
