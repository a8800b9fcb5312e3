"""A form in the making: what somebody asks for, and what of it cannot be."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import SplitResult, urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

from dossier.fields import parse_fields
from dossier.form_templates.model import PresetRow
from dossier.forms.model.form import USER_MEMBERS, Access, FormUser
from dossier.foundation import exact, json
from dossier.foundation.durations import parse_duration
from dossier.foundation.errors import InvalidValue, Problem, Unprocessable, pointer
from dossier.foundation.messages import Message, Named
from dossier.foundation.text import gettext_noop
from dossier.members.model import email_problems

MOST_ADDRESSES = 10
LONGEST_URL = 2000  # characters
MOST_EXTERNAL = 64 * 1024  # bytes
LONGEST_NAME = 500  # characters
YEARS = range(1000, 9000)
"""In which a form can begin and end: there every time zone and every duration counts on."""
EVENTS = (
    *("requests:created", "requests:updated", "requests:deleted", "requests:archived", "requests:unarchived"),
    *("responses:created", "responses:updated", "responses:deleted", "responses:completed"),
)
"""What an address of a form can be told of."""
_LOOPBACK = ("localhost", "127.0.0.1", "[::1]", "::1")
_OVER = gettext_noop(
    "“active_from” is so long ago that the form would be over already; “active_until” says until when."
)
CALLED = {
    "email": gettext_noop("E-mail address"),
    "phone": gettext_noop("Phone"),
    "given_name": gettext_noop("Given name"),
    "family_name": gettext_noop("Family name"),
    "company_name": gettext_noop("Company"),
    "internal_ref": gettext_noop("Internal reference"),
    "locale": gettext_noop("Language"),
}


@dataclass(frozen=True, slots=True)
class NewForm:
    """What somebody asks for, as a body has it. `slug` or `preset_id` names what it is made by; `workspaces`: where that is looked for.

    `says_until`: whether `active_until` was sent, None being never then. `contact_id`: who is asked, where that is known
    already; `case_id`, `step`, `internal`: what it belongs to. `wrong`: what is known to be wrong already.
    """

    workspaces: tuple[UUID, ...]
    slug: str | None = None
    preset_id: UUID | None = None
    user: Mapping[str, str | None] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    external_args: Mapping[str, Any] = field(default_factory=dict)
    redirect_url: str | None = None
    draft: bool = False
    active_from: str | None = None
    active_until: str | None = None
    says_until: bool = False
    owner_email: str | None = None
    branding: str | None = None
    webhooks: Mapping[str, Sequence[str]] = field(default_factory=dict)
    password_hash: str | None = None
    case_id: UUID | None = None
    step: str | None = None
    internal: bool = False
    contact_id: UUID | None = None
    wrong: tuple[Problem, ...] = ()


# ---- who is asked ----


def asked_user(sent: Mapping[str, str | None], country: str | None) -> tuple[FormUser, list[Problem]]:
    """Who is asked, with the phone number as E.164, and what is wrong with what was said of them."""
    problems: list[Problem] = []
    given = {name: (sent.get(name) or "").strip() or None for name in USER_MEMBERS}
    for name, text in given.items():
        if text and (len(text) > LONGEST_NAME or "\0" in text):
            field = Named(name, Message(CALLED[name]))
            sentence = "“{field}” is longer than {count} characters."
            problems.append(Problem(sentence, pointer=pointer("user", name), field=field, count=LONGEST_NAME))
    if given["locale"]:
        given["locale"] = given["locale"].replace("_", "-")  # `fr_BE`, as programs have it
    if given["email"]:
        problems += email_problems(given["email"], "/user/email")
    if given["phone"]:
        given["phone"] = _phone(given["phone"], country, problems)
    return FormUser(**given), problems


def _phone(text: str, country: str | None, problems: list[Problem]) -> str:
    (field,), _ = parse_fields([{"key": "phone", "type": "phone", "name": "Phone"}], "")
    try:
        return str((field.local(country) if country else field).check(text, date.max))
    except InvalidValue as bad:
        problem = bad.of(Named("phone", Message(CALLED["phone"])), "/user/phone")
        problems.append(Problem(problem.message, "invalid_phone", problem.pointer))
        return text


# ---- when ----


@dataclass(frozen=True, slots=True)
class Span:
    """From when until when a form can be filled in; None: not yet, and never."""

    active_from: datetime | None
    active_until: datetime | None


def span(asked: NewForm, expires_after: str | None, time_zone: str, now: datetime) -> tuple[Span, list[Problem]]:
    """When it is open, and what is wrong with what was said of that."""
    problems: list[Problem] = []
    begin = _said(asked.active_from, "active_from", time_zone, problems)
    end = _said(asked.active_until, "active_until", time_zone, problems, ends=True)
    if begin is None and not asked.draft:
        begin = now
    if not asked.says_until:
        end = later(begin, expires_after, time_zone) if begin else None
        if end is not None and end <= now and asked.active_from:
            problems.append(Problem(_OVER, pointer="/active_from"))
    if end is not None and asked.says_until and not problems:
        problems += end_problems(end, begin, now)
    return Span(begin, end), problems


def end_problems(end: datetime, begin: datetime | None, now: datetime) -> Iterator[Problem]:
    """What is wrong with an end."""
    if end <= now:
        yield Problem("“active_until” must be in the future.", pointer="/active_until")
    elif begin is not None and end <= begin:
        yield Problem("“active_until” must be after “active_from”.", pointer="/active_until")


def _said(
    text: str | None, member: str, time_zone: str, problems: list[Problem], *, ends: bool = False
) -> datetime | None:
    if text is None:
        return None
    try:
        return moment_or_day(text, time_zone, ends=ends)
    except ValueError:
        sentence = "“{field}” must be an RFC 3339 time with an offset, such as 2026-03-01T09:30:00Z, or a day."
        problems.append(Problem(sentence, pointer=pointer(member), field=member))
        return None


def moment_or_day(text: str, time_zone: str, *, ends: bool = False) -> datetime:
    """The time that a text says; of a day when it begins, or `ends`, in a time zone. ValueError, also where no clock could go on counting."""
    found = exact.moment(text) if len(text) != 10 else None
    day = exact.day(text) if found is None else found.date()
    if day.year not in YEARS:
        raise ValueError(text)
    midnight = datetime.combine(day + timedelta(days=1 if ends else 0), time(), ZoneInfo(time_zone))
    return found or midnight.astimezone(ZoneInfo("UTC"))


def later(moment: datetime, duration: str | None, time_zone: str) -> datetime | None:
    """The moment so long afterwards, by the clock of a time zone; None: never."""
    found = parse_duration(duration) if duration else None
    return found.after(moment, time_zone) if found else None


# ---- addresses ----


def parts_of(url: str) -> SplitResult | None:
    """What an address is made of; None when it is none."""
    try:
        found = urlsplit(url)
        _ = found.port
    except ValueError:
        return None
    whole = found.hostname and len(url) <= LONGEST_URL and url.isprintable() and " " not in url and "\\" not in url
    return found if whole and found.scheme in ("http", "https") else None


def redirect_problems(url: str | None, hosts: Sequence[str]) -> Iterator[Problem]:
    """What is wrong with where somebody goes on afterwards: https, or http to this machine, to a host that the workspace lists."""
    if url is None:
        return
    found = parts_of(url)
    if found is None or (found.scheme == "http" and found.hostname not in _LOOPBACK):
        yield Problem("“{field}” must be an https address.", pointer="/redirect_url", field="redirect_url")
    elif found.username or found.password:
        yield Problem("“{field}” holds a name or a password.", pointer="/redirect_url", field="redirect_url")
    elif (found.hostname or "") not in hosts:
        sentence = "“{host}” is no host that the workspace lets people go on to; an administrator can list it."
        yield Problem(sentence, "host_not_listed", "/redirect_url", host=found.hostname or "")


def webhook_problems(webhooks: Mapping[str, Sequence[str]]) -> Iterator[Problem]:
    """What is wrong with addresses and events, as they are written."""
    if len(webhooks) > MOST_ADDRESSES:
        yield Problem("A form has {count} addresses at most.", "too_many", "/webhooks", count=MOST_ADDRESSES)
    for url, events in webhooks.items():
        found = parts_of(url)
        if found is None or found.username or found.password or found.fragment:
            sentence = "This must be an address such as https://example.org/hooks, of {most} characters at most."
            yield Problem(sentence, "invalid_value", pointer("webhooks", url[:200]), most=LONGEST_URL)
        for place, event in enumerate(events):
            if event not in EVENTS:
                sentence = "There is no event “{event}”; there are {known}."
                at = pointer("webhooks", url[:200], place)
                yield Problem(sentence, "unknown_event", at, event=event, known=EVENTS)


def external_problems(external_args: Mapping[str, Any]) -> Iterator[Problem]:
    """What is wrong with arguments that only their sender knows."""
    if len(json.encode(external_args)) > MOST_EXTERNAL:
        yield Problem("“external_args” has more than {count} kB.", "too_large", "/external_args", count=64)


# ---- whether it can be used ----


def raise_if_no_way_in(preset: PresetRow, access: Access, user: FormUser) -> None:
    """422 where the form cannot be opened by who is asked."""
    if access == "email_code" and not user.email:
        sentence = "“{name}” is opened with a code by e-mail: name an e-mail address."
        raise Unprocessable.because(sentence, "no_way_in", pointer="/user/email", name=preset.name)
    if access == "sms_code" and not user.phone:
        sentence = "“{name}” is opened with a code by SMS: name a telephone number."
        raise Unprocessable.because(sentence, "no_way_in", pointer="/user/phone", name=preset.name)


def password_problems(access: Access, password_hash: str | None) -> Iterator[Problem]:
    """What is wrong with a password that is given, or not."""
    if access == "password" and password_hash is None:
        yield Problem("“{field}” is required.", "missing_member", "/password", field="password")
