"""Every option of the server: its name, default and meaning. `X_FILE` reads the value of a secret `X` from a file."""

import os
import shlex
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal

import platformdirs

from dossier.foundation.reachable import Allowed
from dossier.foundation.scanner import read_address
from dossier.foundation.storage import Place
from dossier.server.options import (
    Option,
    address,
    domain,
    intake,
    key,
    mailbox,
    one_of,
    setting,
    sms,
    smtp,
    truth,
    whole,
)


class BadSettings(Exception):  # shown to the operator
    """A setting that cannot be; the message names it and says how it must be."""


@dataclass(frozen=True)
class Settings:
    """The settings of this process. Command-line options go before them."""

    database_url: str | None = setting(
        None,
        "DATABASE_URL",
        "PostgreSQL of your own (15 or newer), as a URL or a libpq string. Without it Dossier starts its own in the data folder.",
        secret=True,
    )
    owner_database_url: str | None = setting(
        None,
        "DOSSIER_OWNER_DATABASE_URL",
        "The same database as the role that owns its tables: for migrate, backup, restore and the other commands, when the role of DATABASE_URL only serves.",
        secret=True,
    )
    data_dir: Path = setting(
        Path(platformdirs.user_data_dir("dossier")),
        "DOSSIER_DATA_DIR",
        "The data folder: database, its password, backups you make there.",
        Path,
        shown_default="the platform's user data folder",
    )
    host: str = setting("127.0.0.1", "HOST", "The address to listen on.")
    port: int = setting(8000, "PORT", "The port to listen on; 0 takes a free one.", whole(0, 65535))
    workers: int = setting(1, "DOSSIER_WORKERS", "Server processes; as many as cores is plenty.", whole(1, 64))
    trusted_proxies: str = setting(
        "", "DOSSIER_TRUSTED_PROXIES", "Addresses of proxies whose X-Forwarded-For and -Proto are believed, by commas."
    )
    base_url: str = setting(
        "",
        "DOSSIER_BASE_URL",
        "Where people reach the server, such as https://dossier.example.org: stands in links and signatures, and is what an identity provider sends back to. Without it as a request came, and in what is done later the address that it listens on.",
        address,
    )
    cors_origins: str = setting(
        "",
        "DOSSIER_CORS_ORIGINS",
        "Origins whose pages may call the API from a browser, such as https://crm.example.org, by commas; none: no other origin.",
    )
    secret_key: str | None = setting(
        None,
        "DOSSIER_SECRET_KEY",
        "Encrypts second factors where they lie; any text of 32 characters or more, the same on every server. Several with blanks between them: the first encrypts, all decrypt (dossier key rotate). Without it one is made in the data folder: keep that file with your backups.",
        key,
        secret=True,
    )
    oidc_issuer: str = setting(
        "", "DOSSIER_OIDC_ISSUER", "Identity provider (OpenID Connect) at which members may sign in.", address
    )
    oidc_client_id: str = setting("", "DOSSIER_OIDC_CLIENT_ID", "What the identity provider calls this server.")
    oidc_client_secret: str | None = setting(
        None, "DOSSIER_OIDC_CLIENT_SECRET", "Its secret there; none for a public client.", secret=True
    )
    oidc_name: str = setting("Single sign-on", "DOSSIER_OIDC_NAME", "What the button to the identity provider says.")
    oidc_required: bool = setting(
        default=False,
        name="DOSSIER_OIDC_REQUIRED",
        meaning="Whether members come in through the identity provider only: passwords neither count nor can be set. true or false.",
        read=truth,
    )
    outbound_allow: Allowed = setting(
        Allowed(),
        "DOSSIER_OUTBOUND_ALLOW",
        "What of this machine and its network other than public addresses may be reached by what calls other systems: host:port, or networks such as 10.1.0.0/16, by commas. Only there http is enough.",
        Allowed.read,
        shown_default="nothing",
    )
    outbound_workspace_allow: bool = setting(
        default=False,
        name="DOSSIER_OUTBOUND_WORKSPACE_ALLOW",
        meaning="Whether administrators may say the same for the calls of their workspace, in the app: where everybody who is one may reach whatever this machine can. true or false.",
        read=truth,
    )
    mail_sender_domains: str = setting(
        "",
        "DOSSIER_MAIL_SENDER_DOMAINS",
        "Domains, by commas, in which administrators may choose whom the e-mails of their workspace are from; the mail server must take them, and its domain's records (SPF, DKIM) allow it. That of DOSSIER_MAIL_FROM always is one.",
    )
    body_limit: int = setting(
        1024 * 1024, "DOSSIER_BODY_LIMIT", "Bytes of a JSON body; a larger one is answered 413.", whole(1024)
    )
    body_seconds: int = setting(10, "DOSSIER_BODY_SECONDS", "Seconds that a body may take to arrive.", whole(1, 3600))
    request_seconds: int = setting(
        30,
        "DOSSIER_REQUEST_SECONDS",
        "Seconds until the answer to a request must have begun; one that takes longer is given up and answered 503.",
        whole(1, 3600),
    )
    files_url: Place | None = setting(
        None,
        "DOSSIER_FILES_URL",
        "Where files are kept: a folder, or s3://bucket/prefix?endpoint=https://s3.example.org&region=…&style=path|host&encryption=AES256|aws:kms&encryption_key=….",
        Place.read,
        shown_default="`files` in the data folder",
    )
    files_key_id: str | None = setting(
        None, "DOSSIER_FILES_KEY_ID", "The access key id for the bucket of DOSSIER_FILES_URL.", secret=True
    )
    files_secret: str | None = setting(
        None, "DOSSIER_FILES_SECRET", "The secret access key that goes with it.", secret=True
    )
    files_max: int = setting(
        10 * 10**9, "DOSSIER_FILES_MAX", "Bytes of a file; a larger one is answered 413.", whole(1, 10**12)
    )
    files_inline_max: int = setting(
        50 * 10**6,
        "DOSSIER_FILES_INLINE_MAX",
        "Bytes of a file inside JSON, sent or read; a larger one is answered 413.",
        whole(1, 10**9),
    )
    files_quota: int = setting(
        0, "DOSSIER_FILES_QUOTA", "Bytes of all files of a workspace; 0: no limit.", whole(0, 10**15)
    )
    form_files_max: int = setting(
        2 * 10**9,
        "DOSSIER_FORM_FILES_MAX",
        "Bytes of all files that somebody outside sends to one form, what is on its way among them; a tenth where nobody knows who they are, more where its questions themselves take more, less where they take much less.",
        whole(1, 10**13),
    )
    files_unheld_days: int = setting(
        30, "DOSSIER_FILES_UNHELD_DAYS", "Days after which an uploaded file goes that nothing names.", whole(1, 3650)
    )
    files_sweep_after: int = setting(
        7,
        "DOSSIER_FILES_SWEEP_AFTER",
        "Days that the content of an erased file stays in the storage, so that a backup from before can be restored whole; what belongs to no file goes after them too.",
        whole(0, 3650),
    )
    files_office: str = setting(
        shutil.which("soffice") or "",
        "DOSSIER_FILES_OFFICE",
        "The program of LibreOffice (soffice), by which office papers are shown as pages; empty: they are not.",
        shown_default="`soffice`, where there is one",
    )
    files_unchecked: Literal["hold", "serve"] = setting(
        "hold",
        "DOSSIER_FILES_UNCHECKED",
        "What becomes of a file that the virus scanner could not look at (too large, broken, no answer for an hour): hold: its content is given when an administrator has released it; serve: it is given.",
        one_of("hold", "serve"),
    )
    clamd: str = setting(
        "",
        "DOSSIER_CLAMD",
        "A virus scanner (clamd) that looks at every file: unix:/run/clamav/clamd.ctl or tcp:127.0.0.1:3310; without it files are not looked at.",
        read_address,
    )
    clamd_max: int = setting(
        25 * 10**6,
        "DOSSIER_CLAMD_MAX",
        "Bytes of a file up to which clamd is asked; not more than its MaxFileSize and StreamMaxLength, for of what is larger it says that all is well.",
        whole(1, 4 * 10**9),
    )
    smtp_url: str | None = setting(
        None,
        "DOSSIER_SMTP_URL",
        "The mail server that e-mails are sent by: smtps://user:secret@host:465, or smtp://user:secret@host:587?starttls=required; starttls=none for one on this machine, authorities=FILE for certificates of your own. Without it they are kept in the outbox, and nothing leaves the house.",
        smtp,
        secret=True,
    )
    mail_from: str = setting(
        "", "DOSSIER_MAIL_FROM", "Whom e-mails are from, such as Claims <claims@example.org>.", mailbox
    )
    mail_domain: str = setting(
        "",
        "DOSSIER_MAIL_DOMAIN",
        "The domain of the addresses of cases, such as in.example.org: people answer to case+key@in.example.org, and it lands on the case. Its mail must come in by DOSSIER_MAIL_INTAKE.",
        domain,
    )
    mail_intake: str | None = setting(
        None,
        "DOSSIER_MAIL_INTAKE",
        "How answers and bounces come in: imaps://user:secret@host/INBOX is looked into every minute (a mailbox of its own: what is read there is done); smtp://127.0.0.1:2525 listens, for the mail server of this machine.",
        intake,
        secret=True,
    )
    sms_url: str | None = setting(
        None,
        "DOSSIER_SMS_URL",
        "Where short texts are sent: https://:token@sms.example.org/messages is POSTed {to, text, id} with the token as a bearer; console: writes them out. Without it they are kept in the outbox.",
        sms,
        secret=True,
    )
    rate_limit: int = setting(
        0, "DOSSIER_RATE_LIMIT", "Requests a minute of one token to one server process; 0: no limit.", whole(0)
    )
    max_connections: int = setting(
        10,
        "DOSSIER_MAX_CONNECTIONS",
        "PostgreSQL connections of one server process, for each of reading and writing.",
        whole(2, 500),
    )
    stuck_seconds: int = setting(
        30,
        "DOSSIER_STUCK_SECONDS",
        "Seconds that a server process may do nothing but one thing; then it ends with its stack in the log, for its supervisor to start it again. 0: never.",
        whole(0, 3600),
    )
    drain_seconds: int = setting(
        0,
        "DOSSIER_DRAIN_SECONDS",
        "Seconds between answering /readyz with 503 and no longer taking requests.",
        whole(0, 3600),
    )
    metrics_secret: str | None = setting(
        None,
        "DOSSIER_METRICS_SECRET",
        "A bearer secret of 32 characters or more with which /metrics and /readyz?verbose are read from anywhere; without it, from this machine only.",
        key,
        secret=True,
    )
    metrics_port: int = setting(
        0,
        "DOSSIER_METRICS_PORT",
        "Port for /metrics on all addresses; 0: on the main port, for this machine only.",
        whole(0, 65535),
    )
    disk_free_mb: int = setting(
        1000,
        "DOSSIER_DISK_FREE_MB",
        "Megabytes below which a disk is said to be nearly full, in /readyz?verbose, /metrics and dossier doctor.",
        whole(1),
    )
    backup_hours: int = setting(
        48,
        "DOSSIER_BACKUP_HOURS",
        "Hours after which the last dossier backup is said to be too old; 0: backups are made by other means, and not looked at.",
        whole(0, 24 * 365),
    )
    log_level: str = setting(
        "info",
        "DOSSIER_LOG_LEVEL",
        "debug, info, warning or error: what is logged at least.",
        one_of("debug", "info", "warning", "error"),
    )
    development: bool = setting(
        default=False,
        name="DOSSIER_DEVELOPMENT",
        meaning="true: shows what developers need, such as every component of the app at /workspace/components.",
        read=truth,
    )
    log_requests: bool = setting(
        default=True,
        name="DOSSIER_LOG_REQUESTS",
        meaning="true: a line of the log for each request; false: only for those answered 500 or more.",
        read=truth,
    )
    log_format: Literal["auto", "json", "console"] = setting(
        "auto",
        "DOSSIER_LOG_FORMAT",
        "json, console, or auto: readable on a terminal, else JSON.",
        one_of("auto", "json", "console"),
    )

    @property
    def outbound(self) -> Allowed:
        """What calls may reach inside, and whether workspaces may each add to it."""
        return replace(self.outbound_allow, leaves_more=self.outbound_workspace_allow)


def overridden(settings: Settings, **given: Any) -> Settings:
    """The settings with what a command line gives; None gives nothing."""
    return replace(settings, **{name: value for name, value in given.items() if value is not None})


def options() -> Iterator[tuple[str, Option, Any]]:
    """Attribute, option and default of every setting."""
    defaults = Settings()
    for each in fields(Settings):
        yield each.name, each.metadata["option"], getattr(defaults, each.name)


SETTINGS_FILE = "/etc/dossier/dossier.env"
"""What the service and every command read below the environment; `DOSSIER_ENV_FILE` names another, empty: none."""


def load(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings that the environment gives, else the settings file; BadSettings names one that cannot be."""
    given = {**settings_file(environment), **{name: text for name, text in environment.items() if text}}
    values: dict[str, Any] = {}
    for name, option, _ in options():
        text = _text(option, given)
        if text is not None:
            try:
                values[name] = option.read(text)
            except ValueError as error:
                message = f"{option.name} {error}; it is “{'(secret)' if option.secret else text}”."
                raise BadSettings(message) from None
    settings = Settings(**values)
    if settings.oidc_issuer and not settings.base_url:
        message = "DOSSIER_OIDC_ISSUER needs DOSSIER_BASE_URL: where the identity provider sends people back to must not be taken from a request."
        raise BadSettings(message)
    if settings.smtp_url and not settings.mail_from:
        message = "DOSSIER_SMTP_URL needs DOSSIER_MAIL_FROM: whom e-mails are from."
        raise BadSettings(message)
    return settings


def settings_file(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The names and values of the settings file, in the format that systemd's EnvironmentFile has; none if there is none."""
    file = environment.get("DOSSIER_ENV_FILE", SETTINGS_FILE)
    try:
        lines = Path(file).read_text().splitlines() if file else []
    except FileNotFoundError:
        return {}
    except OSError as error:
        message = f"The settings file {file} cannot be read ({error.strerror}): run this as the account of the service."
        raise BadSettings(message) from None
    return dict(
        _assignment(file, number, line)
        for number, line in enumerate(lines, 1)
        if line.strip(" \t")[:1] not in ("", "#", ";")
    )


def _assignment(file: str, number: int, line: str) -> tuple[str, str]:
    name, equals, value = line.strip().partition("=")
    with suppress(ValueError):  # a quote that does not end
        if equals:
            return name.strip(), " ".join(shlex.split(value))
    message = f"Line {number} of {file} is not NAME=VALUE."
    raise BadSettings(message)


def _text(option: Option, environment: Mapping[str, str]) -> str | None:
    if option.secret and (file := environment.get(f"{option.name}_FILE")):
        try:
            return Path(file).read_text().strip()
        except OSError as error:
            message = f"{option.name}_FILE cannot be read: {error.strerror} ({file})."
            raise BadSettings(message) from None
    return environment.get(option.name) or None


def reference() -> str:
    """All settings as a Markdown table: `docs/reference/settings.md`."""
    lines = ["| name | default | meaning |", "|---|---|---|"]
    for _, option, default in options():
        shown = option.shown_default or ("" if default in (None, "") else f"`{default}`")
        secret = f" Secret; `{option.name}_FILE` reads it from a file." if option.secret else ""
        lines.append(f"| `{option.name}` | {shown} | {option.meaning}{secret} |")
    return "\n".join(lines) + "\n"
