"""Makes the services of a process: the one place where a database learns who follows its facts."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from dossier.foundation.cipher import FILE as KEY_FILE
from dossier.foundation.cipher import Cipher
from dossier.foundation.database import Database
from dossier.foundation.events import Fact, Subscriber, Subscribers
from dossier.foundation.mail_door import MailDoor
from dossier.foundation.mailbox import Mailbox
from dossier.foundation.metrics import count_statement
from dossier.foundation.outgoing import Outgoing
from dossier.foundation.rate_limit import RateLimit
from dossier.foundation.scanner import Scanner
from dossier.foundation.services import BodyLimits, FileLimits, HealthLimits, Process, Provider, Services
from dossier.foundation.storage import InThreads, Storage, opened
from dossier.server.settings import Settings

FOR_A_COMMAND = 2  # connections of each pool


class _AsTheyAre(Mapping[type[Fact], Sequence[Subscriber]]):
    """The table of `dossier.app`, which imports every page and route: read once a fact is published, for most commands publish none."""

    def __getitem__(self, fact: type[Fact]) -> Sequence[Subscriber]:
        return self._table[fact]

    def __iter__(self) -> Iterator[type[Fact]]:
        return iter(self._table)

    def __len__(self) -> int:
        return len(self._table)

    @property
    def _table(self) -> Subscribers:
        from dossier.app import SUBSCRIBERS  # noqa: PLC0415

        return SUBSCRIBERS


def database_on(conninfo: str, max_connections: int = FOR_A_COMMAND, **more: Any) -> Database:
    """A database, not open yet, whose facts reach their subscribers; `more` as `Database` takes it."""
    return Database(conninfo, max_connections, subscribers=_AsTheyAre(), **more)


def services_for(settings: Settings, process: Process) -> Services:
    """The services that settings describe; their database is not open yet."""
    assert settings.database_url
    assert settings.secret_key
    return Services(
        database_on(settings.database_url, settings.max_connections, observe=count_statement),
        Cipher(settings.secret_key, _keys_again(settings)),
        settings.base_url.rstrip("/"),
        _provider(settings),
        BodyLimits(settings.body_limit, settings.body_seconds),
        HealthLimits(settings.data_dir, settings.disk_free_mb, settings.backup_hours),
        file_limits_of(settings),
        InThreads(partial(storage_of, settings)),
        scanner_of(settings),
        settings.outbound,
        outgoing_of(settings),
        RateLimit(settings.rate_limit),
        request_seconds=settings.request_seconds,
        cors_origins=frozenset(filter(None, (each.strip().rstrip("/") for each in settings.cors_origins.split(",")))),
        metrics_secret=settings.metrics_secret,
        log_requests=settings.log_requests,
        development=settings.development,
        office=settings.files_office,
        listens_at=listens_at(settings.host, settings.port),
        process=process,
    )


def listens_at(host: str, port: int) -> str:
    """The address of a server that listens there; one that listens everywhere is reached on its own machine."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104 - compared, not listened on
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def storage_of(settings: Settings) -> Storage:
    """Where the settings have files kept."""
    return opened(settings.files_url, settings.data_dir, settings.files_key_id, settings.files_secret)


def scanner_of(settings: Settings) -> Scanner | None:
    """What looks at files, if the operator named it."""
    return Scanner(settings.clamd, settings.clamd_max) if settings.clamd else None


def outgoing_of(settings: Settings) -> Outgoing:
    """What carries messages to people; what the operator did not name is the outbox."""
    mail = sms = None
    if settings.smtp_url:
        from dossier.foundation.smtp import SmtpServer  # noqa: PLC0415 - the library takes a tenth of a second

        mail = SmtpServer.read(settings.smtp_url, settings.mail_from)
    if settings.sms_url:
        from dossier.foundation.sms import read_provider  # noqa: PLC0415 - as above

        sms = read_provider(settings.sms_url)
    intake = settings.mail_intake or ""
    door = MailDoor.read(intake) if intake.startswith("smtp:") else None
    mailbox = Mailbox.read(intake) if intake and not door else None
    domains = frozenset(filter(None, (each.strip().lower() for each in settings.mail_sender_domains.split(","))))
    return Outgoing(mail, sms, domain=settings.mail_domain, mailbox=mailbox, door=door, sender_domains=domains)


def file_limits_of(settings: Settings) -> FileLimits:
    """How large files may be, and how long they stay."""
    return FileLimits(
        settings.files_max,
        settings.files_inline_max,
        settings.files_quota,
        settings.form_files_max,
        unheld_days=settings.files_unheld_days,
        sweep_days=settings.files_sweep_after,
        serves_unchecked=settings.files_unchecked == "serve",
    )


def _provider(settings: Settings) -> Provider | None:
    if not settings.oidc_issuer:
        return None
    return Provider(
        settings.oidc_issuer,
        settings.oidc_client_id,
        settings.oidc_client_secret,
        settings.oidc_name,
        settings.oidc_required,
    )


def _keys_again(settings: Settings) -> Callable[[], str] | None:
    """How to read the keys anew, where they are those of the data folder."""
    file = settings.data_dir / KEY_FILE
    known = file.exists() and file.read_text().strip() == settings.secret_key
    return file.read_text if known else None
