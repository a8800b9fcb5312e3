"""What can be wrong with calls of other systems, of steps and of rules, when they are published."""

import re
from collections.abc import Iterator, Mapping, Sequence

from dossier.case_templates.model.automation_document import AutomationDocument
from dossier.case_templates.model.step_document import StepDocument
from dossier.foundation.errors import Problem, pointer

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
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def is_header(name: str) -> bool:
    """Whether a call may have a header of that name: none that says where it goes or where it ends (RFC 9110, sections 7 and 8)."""
    lower = name.lower()
    return bool(_NAME.fullmatch(name)) and lower not in _FRAMING and not lower.startswith("proxy-")


def call_problems(steps: Sequence[StepDocument], rules: Sequence[AutomationDocument]) -> Iterator[Problem]:
    """What is wrong with the calls of a document, each with its pointer."""
    for index, step in enumerate(steps):
        yield from _header_problems(step.headers, pointer("steps", index))
    for index, rule in enumerate(rules):
        for place, action in enumerate(rule.then):
            if action.http:
                yield from _header_problems(action.http.headers, pointer("automations", index, "then", place, "http"))


def _header_problems(headers: Mapping[str, str], at: str) -> Iterator[Problem]:
    for name in headers:
        if not is_header(name):
            sentence = "A call cannot have the header “{name}”."
            yield Problem(sentence, "invalid_value", at + pointer("headers", name), name=name[:60])
