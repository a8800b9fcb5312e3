"""What can be wrong with calls of other systems, of steps and of rules, when they are published."""

import re
from collections.abc import Iterator, Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

from dossier.case_templates.model.automation import CallOut
from dossier.case_templates.model.automation_document import AutomationDocument, CallDocument
from dossier.case_templates.model.step_document import StepDocument
from dossier.case_templates.model.template import Template
from dossier.foundation.errors import Problem, pointer
from dossier.foundation.reachable import Address, Allowed

_FRAMING = frozenset(
    (
        "connection",
        "content-length",
        "expect",
        "host",
        "http2-settings",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    )
)
_POINTER = re.compile(r"(/([^~/]|~[01])*)*")  # RFC 6901
_WEB = re.compile(r"https?://[^/?#\s]|\{[{%]", re.IGNORECASE)
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def is_header(name: str) -> bool:
    """Whether a call may have a header of that name: none that says where it goes or where it ends (RFC 9110, sections 7 and 8)."""
    lower = name.lower()
    return bool(_NAME.fullmatch(name)) and lower not in _FRAMING and not lower.startswith("proxy-")


def call_problems(steps: Sequence[StepDocument], rules: Sequence[AutomationDocument]) -> Iterator[Problem]:
    """What is wrong with the calls of a document, each with its pointer."""
    for at, call in _calls(steps, rules):
        if call.url and not _WEB.match(call.url.strip()):
            yield Problem("“{value}” is no address of the web.", "invalid_value", at + "/url", value=call.url)
        for name in call.headers:
            if not is_header(name):
                sentence = "A call cannot have the header “{name}”."
                yield Problem(sentence, "invalid_value", at + pointer("headers", name), name=name)
        for path, place in call.save.items():
            if not _POINTER.fullmatch(place):
                sentence = "“{value}” is no JSON Pointer such as /data/id."
                yield Problem(sentence, "invalid_value", at + pointer("save", path), value=place)


def _calls(
    steps: Sequence[StepDocument], rules: Sequence[AutomationDocument]
) -> Iterator[tuple[str, StepDocument | CallDocument]]:
    yield from ((pointer("steps", index), step) for index, step in enumerate(steps))
    for index, rule in enumerate(rules):
        for place, action in enumerate(rule.then):
            if action.http:
                yield pointer("automations", index, "then", place, "http"), action.http


def address_problems(template: Template, allowed: Allowed) -> Iterator[Problem]:
    """The addresses written as numbers that no call will ever reach; what names lead to is looked at when it is called."""
    for at, url in _addresses(template):
        if (found := _literal(url)) and not allowed.lets(*found):
            sentence = (
                "“{host}” leads into this server's own network;"
                " only its operator can allow that (DOSSIER_OUTBOUND_ALLOW)."
            )
            yield Problem(sentence, "forbidden_address", at + "/url", host=found[0])


def _addresses(template: Template) -> Iterator[tuple[str, str]]:
    yield from ((pointer("steps", index), step.call.url) for index, step in enumerate(template.steps))
    for index, rule in enumerate(template.automations):
        for place, action in enumerate(rule.actions):
            if isinstance(action, CallOut):
                yield pointer("automations", index, "then", place, "http"), action.call.url


def _literal(url: str) -> tuple[str, int, Address] | None:
    """Host, port and address where an address of the web names them, with no gap."""
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        return host, port, ip_address(host)
    except ValueError:
        return None
