"""The time, injectable, at the precision we store: milliseconds, UTC."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]


def milliseconds(moment: datetime) -> datetime:
    """The same moment cut to three decimals, as `timestamptz(3)` must keep it."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def hour_of(moment: datetime) -> datetime:
    """When the hour began in which a moment lies."""
    return moment.replace(minute=0, second=0, microsecond=0)


def system_clock() -> datetime:
    """Now, UTC, three decimals."""
    return milliseconds(datetime.now(UTC))


def wire_time(moment: datetime) -> str:
    """RFC 3339 in UTC with exactly three decimals (contract section 1)."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def today(moment: datetime, time_zone: str) -> date:
    """The calendar day it is in a time zone."""
    return moment.astimezone(ZoneInfo(time_zone)).date()
