"""How long something takes, as ISO 8601 writes it: `P3D`, `PT2H`. Days are of the calendar, hours of the clock."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

_ISO = re.compile(
    r"P(?=.)(?:(\d{1,2})Y)?(?:(\d{1,3})M)?(?:(\d{1,3})W)?(?:(\d{1,4})D)?(?:T(?=.)(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:(\d{1,6})S)?)?"
)
MOST_DAYS = 3660  # about ten years: later than that, nothing is planned


@dataclass(frozen=True, slots=True)
class Duration:
    """Months and days of the calendar, then seconds of the clock."""

    months: int = 0
    days: int = 0
    seconds: int = 0

    def after(self, moment: datetime, time_zone: str) -> datetime:
        """The moment that much later: at the same time of day so many days on, then so many seconds more. UTC."""
        return self._shifted(moment, time_zone, 1)

    def before(self, moment: datetime, time_zone: str) -> datetime:
        """The moment that much earlier. UTC."""
        return self._shifted(moment, time_zone, -1)

    def _shifted(self, moment: datetime, time_zone: str, sign: int) -> datetime:
        local = moment.astimezone(ZoneInfo(time_zone))
        if self.months or self.days:
            day = add_months(local.date(), sign * self.months) + timedelta(days=sign * self.days)
            local = local.replace(year=day.year, month=day.month, day=day.day, fold=0)
        return local.astimezone(UTC) + timedelta(seconds=sign * self.seconds)


def parse_duration(text: str) -> Duration | None:
    """The duration that a text says; None for what is none, is longer than ten years, or nothing at all."""
    found = _ISO.fullmatch(text)
    if found is None:
        return None
    years, months, weeks, days, hours, minutes, seconds = (int(each or 0) for each in found.groups())
    duration = Duration(12 * years + months, 7 * weeks + days, 3600 * hours + 60 * minutes + seconds)
    whole = 31 * duration.months + duration.days + duration.seconds / 86_400
    return duration if 0 < whole <= MOST_DAYS else None


def add_months(day: date, months: int) -> date:
    """The same day so many months later; the last of a month that is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
