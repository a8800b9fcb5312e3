"""Subscriptions: who wants to be told of which events at which address, and how that goes."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Literal, get_args
from urllib.parse import SplitResult, urlsplit
from uuid import UUID

from dossier.case_templates.model import CASES
from dossier.conditions import Condition, parse_condition
from dossier.foundation.errors import AppError, Invalid, NotFound, Problem
from dossier.webhooks.model.events import is_wanted, unknown_types

MOST = 50  # of a workspace
LONGEST_URL, LONGEST_DESCRIPTION = 2000, 500  # characters
MOST_EVENTS, MOST_TEMPLATES = 50, 100

Content = Literal["thin", "full"]
CONTENTS: tuple[Content, ...] = get_args(Content)
Status = Literal["active", "failing", "disabled"]
Reason = Literal["gone", "failing", "by_hand"]
"""Why nothing is sent any more: the receiver said 410, it took nothing for three days, or somebody wanted it so."""

_NOT_IN_URLS = re.compile(r"[\x00-\x20\x7f-\x9f\\\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a subscription says: the address, and of what it is told. `events` as types and patterns; no templates: of every case."""

    url: str
    events: tuple[str, ...] = ("*",)
    templates: tuple[UUID, ...] = ()
    condition: Mapping[str, Any] | None = None
    content: Content = "thin"
    description: str = ""
    enabled: bool = True

    def raise_if_wrong(self) -> None:
        """400 with everything that is wrong, each with its place. Where the address leads is not looked at."""
        Invalid.if_any([*url_problems(self.url), *self._problems()])
        if self.condition is not None:
            parse_condition(self.condition, CASES, "/condition")

    def _problems(self) -> Iterator[Problem]:
        if not 0 < len(self.events) <= MOST_EVENTS:
            yield Problem("Name 1 to {most} types of events.", pointer="/events", most=MOST_EVENTS)
        yield from unknown_types(self.events, pointer="/events")
        if len(self.templates) > MOST_TEMPLATES:
            yield Problem("Name {most} templates at most.", pointer="/templates", most=MOST_TEMPLATES)
        if len(self.description) > LONGEST_DESCRIPTION or "\0" in self.description:
            sentence = "The description may have {most} characters at most."
            yield Problem(sentence, pointer="/description", most=LONGEST_DESCRIPTION)


@dataclass(frozen=True)
class Webhook:
    """A subscription as it is kept; its secrets are encrypted. `after`: the position of the last transaction that it is not told of."""

    workspace_id: UUID
    workspace_slug: str
    id: UUID
    wanted: Wanted
    disabled_reason: Reason | None
    secret: bytes = field(repr=False)
    secret_before: bytes | None = field(repr=False)
    both_until: datetime | None
    created_at: datetime
    updated_at: datetime
    last_success_at: datetime | None
    failing_since: datetime | None
    warned_at: datetime | None
    after: int
    pending: int = 0

    @property
    def status(self) -> Status:
        if not self.wanted.enabled:
            return "disabled"
        return "failing" if self.failing_since else "active"

    def secrets(self, now: datetime) -> list[bytes]:
        """Those that sign, encrypted, the newest first."""
        both = self.secret_before is not None and self.both_until is not None and now < self.both_until
        return [self.secret, self.secret_before] if both and self.secret_before else [self.secret]

    def names(self, type: str, template: str | None) -> bool:
        """Whether its types and templates name an event; its condition is another question."""
        templates = self.wanted.templates
        return self.names_type(type) and (not templates or template in {str(each) for each in templates})

    def names_type(self, type: str) -> bool:
        """Whether it wants to be told of such events at all."""
        return is_wanted(type, self.wanted.events)

    @cached_property
    def condition(self) -> Condition | None:
        raw = self.wanted.condition
        return None if raw is None else parse_condition(raw, CASES)


def no_such(id: UUID) -> AppError:
    """404."""
    return NotFound.because("There is no webhook {id}.", id=id)


def parts(url: str) -> SplitResult:
    """What an address is made of; ValueError when it is none."""
    found = urlsplit(url)
    _ = found.port  # it is looked at when it is asked for
    return found


def port_of(found: SplitResult) -> int:
    return found.port or (443 if found.scheme == "https" else 80)


def url_problems(url: str) -> Iterator[Problem]:
    """What is wrong with how an address is written."""
    try:
        found = parts(url)
        host = found.hostname
    except ValueError:
        found, host = urlsplit(""), None
    is_web = host and found.scheme in ("http", "https") and found.port != 0
    if not is_web or len(url) > LONGEST_URL or _NOT_IN_URLS.search(url):
        sentence = "This must be an address such as https://example.org/hooks, of {most} characters at most."
        yield Problem(sentence, pointer="/url", most=LONGEST_URL)
    elif found.username or found.password or found.fragment:
        sentence = "Leave out names, passwords and what stands after #: calls are signed instead."
        yield Problem(sentence, pointer="/url")
