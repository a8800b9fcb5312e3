"""Working time: on which days, and from when to when, somebody is at work in a place; and how time passes by that clock."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Literal
from zoneinfo import ZoneInfo

from dossier.foundation.durations import Duration, add_months

MONDAY_TO_FRIDAY = (1, 2, 3, 4, 5)
OPENS, CLOSES = 8 * 60, 19 * 60  # minutes of the day
_DAY = 24 * 60
_LONGEST_REST = 400  # days: nobody rests longer, whatever the calendar says


def _never(_day: date) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """`days` of the week (1 is Monday), from `opens` to `closes` (minutes of the day) by the clock of a time zone, but on no day off."""

    time_zone: str
    days: Collection[int] = MONDAY_TO_FRIDAY
    opens: int = OPENS
    closes: int = CLOSES
    is_day_off: Callable[[date], bool] = field(default=_never, compare=False)

    def works_on(self, day: date) -> bool:
        """Whether it is a working day."""
        return day.isoweekday() in self.days and not self.is_day_off(day)

    def opening(self, moment: datetime) -> datetime:
        """The moment itself while it is working time, else when that next begins. UTC."""
        return max(moment.astimezone(UTC), next(self._spans(moment))[0])

    def after(self, moment: datetime, duration: Duration) -> datetime:
        """The moment so many working days, then so many hours of working time later; months are of the calendar. UTC."""
        moment = self._days_later(moment, duration)
        return self._seconds_later(moment, duration.seconds) if duration.seconds else moment.astimezone(UTC)

    def before(self, moment: datetime, duration: Duration) -> datetime:
        """The moment so many working days earlier; hours are of the clock. UTC."""
        return self._days_later(moment, duration, -1).astimezone(UTC) - timedelta(seconds=duration.seconds)

    def _days_later(self, moment: datetime, duration: Duration, sign: Literal[-1, 1] = 1) -> datetime:
        if not (duration.months or duration.days):
            return moment
        local = moment.astimezone(ZoneInfo(self.time_zone))
        day = self._working_day(add_months(local.date(), sign * duration.months), duration.days, sign)
        return datetime.combine(day, local.time().replace(fold=0), local.tzinfo).astimezone(UTC)

    def _working_day(self, day: date, count: int, sign: Literal[-1, 1]) -> date:
        """So many working days later (or earlier); for none, the day itself or the next that is one."""
        left, rested = count, 0
        while rested < _LONGEST_REST and (left or not self.works_on(day)):
            day += timedelta(days=sign)
            works = self.works_on(day)
            left, rested = (left - (1 if works and left else 0)), (0 if works else rested + 1)
        return day

    def _seconds_later(self, moment: datetime, seconds: int) -> datetime:
        left = timedelta(seconds=seconds)
        for opens, closes in self._spans(moment):
            begins = max(opens, moment.astimezone(UTC))
            if begins + left <= closes:
                return begins + left
            left -= closes - begins
        raise AssertionError

    def _spans(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Working time that is not over at the moment, span by span. UTC; where the clock is put on, none is empty."""
        day, rested = moment.astimezone(ZoneInfo(self.time_zone)).date(), 0
        while True:
            if rested >= _LONGEST_REST or self.works_on(day):
                begins, ends = self._at(day, self.opens), self._at(day, self.closes)
                if begins < ends and moment < ends:
                    yield begins, ends
                rested = 0
            else:
                rested += 1
            day += timedelta(days=1)

    def _at(self, day: date, minutes: int) -> datetime:
        whole, rest = divmod(minutes, _DAY)
        clock = time(rest // 60, rest % 60)
        return datetime.combine(day + timedelta(days=whole), clock, ZoneInfo(self.time_zone)).astimezone(UTC)


def working_time(time_zone: str, settings: Mapping[str, Any] | None) -> WorkingTime:
    """The working time that these settings say: `country region customs days opens closes`, each of which may be missing."""
    said = settings or {}
    country = said.get("country")
    return WorkingTime(
        time_zone,
        tuple(said.get("days") or MONDAY_TO_FRIDAY),
        said.get("opens", OPENS),
        said.get("closes", CLOSES),
        _days_off(country, said.get("region"), tuple(said.get("customs") or ())) if country else _never,
    )


def _days_off(country: str, region: str | None, customs: tuple[str, ...]) -> Callable[[date], bool]:
    try:
        return calendar(country, region, customs)
    except ValueError:  # a country that another version of the library knew
        return _never


@lru_cache(maxsize=256)
def calendar(country: str, region: str | None, customs: tuple[str, ...]) -> Callable[[date], bool]:
    """Whether a day is a holiday of a country (ISO 3166-1), a part of it (3166-2), by law and by these customs besides.

    Regional customs are categories of their own: 15 August in Bavaria is a holiday with `catholic` only. ValueError.
    """
    import holidays  # noqa: PLC0415 - ten megabytes, which only who has a country set needs

    try:
        days = holidays.country_holidays(country, subdiv=region, categories=("public", *customs))
    except NotImplementedError as unknown:
        raise ValueError(str(unknown)) from None
    return lambda day: day in days


@lru_cache(maxsize=8)
def countries() -> Sequence[str]:
    """The countries whose holidays are known, by their two letters."""
    import holidays  # noqa: PLC0415

    return sorted(each for each in holidays.list_supported_countries(include_aliases=False) if len(each) == 2)


@lru_cache(maxsize=256)
def parts_of(country: str) -> tuple[Sequence[str], Sequence[str]]:
    """The regions of a country, and the customs that there are besides the law."""
    import holidays  # noqa: PLC0415

    days: Any = holidays.country_holidays(country)
    customs = [each for each in days.supported_categories if each != "public"]
    return sorted(days.subdivisions), sorted(customs)
