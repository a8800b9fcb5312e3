"""What work uses and does not make itself: one typed container, made once (`server/services.py`) and handed to requests, jobs and commands."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any, cast
from uuid import UUID

from dossier.foundation.actor import Scope
from dossier.foundation.cipher import Cipher
from dossier.foundation.clock import Clock
from dossier.foundation.database import Database
from dossier.foundation.gaps import Gaps
from dossier.foundation.group_commit import Apply, GroupCommit, Result, Sent
from dossier.foundation.identifiers import new_id
from dossier.foundation.outgoing import Outgoing
from dossier.foundation.proxies import UnnamedProxies
from dossier.foundation.pubsub import ChangeFeed
from dossier.foundation.rate_limit import RateLimit
from dossier.foundation.reachable import Allowed
from dossier.foundation.rounds import Answer, Question, Rounds
from dossier.foundation.scanner import Scanner
from dossier.foundation.share import Share
from dossier.foundation.storage import InThreads, nowhere
from dossier.foundation.supervision import Task

LookUp = Callable[[Database, Scope, list[Question]], Awaitable[Sequence[Answer | Exception]]]
LookUpTexts = Callable[[str], Awaitable[list[str]]]
REQUEST_SECONDS = 30.0  # until the answer to a request must have begun


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """How large a body may be (bytes), and how long it may take to arrive (seconds)."""

    size: int = 1024 * 1024
    seconds: float = 10.0


@dataclass(frozen=True, slots=True)
class Pace:
    """When a large body is given up: so many seconds without a byte, or fewer than `least` bytes in a `window` of seconds."""

    silent: float = 30.0
    window: float = 60.0
    least: int = 60_000


@dataclass(frozen=True, slots=True)
class FileLimits:
    """How large files may be (bytes), alone, inside JSON, and together in a workspace and in a form (0: any); how many come at once for a caller, and how many may be begun;
    how long they stay (days), and how long the key of a request that was killed is kept from others (seconds)."""

    most: int = 10 * 10**9
    inline: int = 50 * 10**6
    quota: int = 0
    of_form: int = 2 * 10**9
    share: Share | None = None
    at_once: int = 20
    begun: int = 50
    pace: Pace = field(default_factory=Pace)
    unheld_days: int = 30
    sweep_days: int = 7
    serves_unchecked: bool = False  # what a virus scanner could not look at
    key_seconds: float = 60


@dataclass(frozen=True, slots=True)
class HealthLimits:
    """From where on what only the operator can judge is not well; no folder, no backups: not looked at."""

    folder: Path | None = None
    free_mb: int = 1000
    backup_hours: int = 48


@dataclass(frozen=True, slots=True)
class Provider:
    """The identity provider (OpenID Connect) that the operator named."""

    issuer: str
    client_id: str
    client_secret: str | None
    name: str
    required: bool = False  # nobody comes in, or sets a password, but through it; links are left to whoever is invited


@dataclass
class Writing:
    """Which transaction is the oldest that writes, and since when this process has seen it: who it is may be hidden from us."""

    oldest: str | None = None
    since: float = 0.0

    def seconds(self, oldest: str | None) -> float:
        """For how long it has been the oldest."""
        if oldest != self.oldest:
            self.oldest, self.since = oldest, monotonic()
        return monotonic() - self.since if oldest else 0.0


@dataclass
class MailServer:
    """What is known of the mail server: when it is asked again (by the process's own clock), by what, and what it said."""

    again_at: float = 0.0
    asking: "asyncio.Task[None] | None" = None
    says: str = "not asked yet"
    refusal: str = ""


@dataclass
class Process:
    """What a server process knows of itself while it runs."""

    id: UUID = field(default_factory=new_id)
    draining: bool = False  # about to stop, and so not ready any more
    feed: ChangeFeed = field(default_factory=ChangeFeed)
    gaps: Gaps = field(default_factory=Gaps)
    tasks: list[Task] = field(default_factory=list)
    proxies: UnnamedProxies = field(default_factory=UnnamedProxies)
    mail: MailServer = field(default_factory=MailServer)
    writing: Writing = field(default_factory=Writing)
    asking: dict[str, "asyncio.Task[Any]"] = field(default_factory=dict)  # the database how it is, by statement
    shared: dict[Callable[..., Any], Any] = field(default_factory=dict)  # what requests do together, by what does it
    long_bodies: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))  # with files inside
    one_long_page: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))
    looking: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(2))  # parsers, into files that came
    finishing: dict[UUID, "asyncio.Task[Any]"] = field(default_factory=dict)  # files of which every byte is there


@dataclass(frozen=True)
class Services:
    """The services of a process, and the options that requests ask for. All but the database have a default that fits tests."""

    database: Database
    cipher: Cipher = field(default_factory=lambda: Cipher(secrets.token_urlsafe(48)))
    base_url: str = ""  # where people reach the server; none: as a request came
    provider: Provider | None = None
    body_limits: BodyLimits = field(default_factory=BodyLimits)
    health_limits: HealthLimits = field(default_factory=HealthLimits)
    file_limits: FileLimits = field(default_factory=FileLimits)
    storage: InThreads = field(default_factory=lambda: InThreads(nowhere))
    scanner: Scanner | None = None
    outbound: Allowed = field(default_factory=Allowed)
    outgoing: Outgoing = field(default_factory=Outgoing)
    rate_limit: RateLimit = field(default_factory=RateLimit)
    request_seconds: float = REQUEST_SECONDS
    cors_origins: frozenset[str] = frozenset()
    metrics_secret: str | None = None
    log_requests: bool = True
    development: bool = False  # shows what only developers look at
    works_on_jobs: bool = True
    office: str = ""  # the program of LibreOffice, where the operator has it
    texts_of: LookUpTexts | None = None  # in DNS; None: as this machine does
    listens_at: str = ""  # the address of the server itself
    process: Process = field(default_factory=Process)

    @property
    def address(self) -> str:
        """Where people reach the server, for what no request asks for: as the operator says, else where it listens."""
        return self.base_url or self.listens_at

    def group_commit(self, apply: Apply[Sent, Result]) -> GroupCommit[Sent, Result]:
        """The one of this process in which `apply` does the changes."""
        return cast("GroupCommit[Sent, Result]", self._shared(apply, lambda: GroupCommit.of(self.database, apply)))

    def lookups(self, look_up: LookUp[Question, Answer]) -> Rounds[Scope, Question, Answer]:
        """The rounds of this process in which `look_up` answers questions within a scope."""
        rounds = self._shared(look_up, lambda: Rounds(partial(look_up, self.database)))
        return cast("Rounds[Scope, Question, Answer]", rounds)

    def _shared(self, work: Callable[..., Any], make: Callable[[], Any]) -> Any:
        if work not in self.process.shared:
            self.process.shared[work] = make()
        return self.process.shared[work]

    @property
    def clock(self) -> Clock:
        """The time, as whatever is written has it."""
        return self.database.clock
