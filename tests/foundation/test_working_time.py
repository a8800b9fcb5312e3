"""Working time and durations: by the clock of a place, over days off and the days on which the clock is changed."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossier.foundation.durations import Duration, parse_duration
from dossier.foundation.working_time import WorkingTime, calendar, countries, parts_of

ZONES = ("Europe/Brussels", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "UTC")
BRUSSELS = WorkingTime("Europe/Brussels")

moments = st.integers(0, 5 * 365 * 24 * 3600).map(
    lambda seconds: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
places = st.builds(
    lambda zone, days, opens, length, off: WorkingTime(
        zone, tuple(sorted(days)), opens, min(opens + length, 1440), lambda day: day.day in off
    ),
    st.sampled_from(ZONES),
    st.sets(st.integers(1, 7), min_size=1),
    st.integers(0, 1380),
    st.integers(60, 1440),
    st.sets(st.integers(1, 31), max_size=10),
)


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("P3D", Duration(days=3)),
        ("PT2H", Duration(seconds=7200)),
        ("P1Y2M3W4DT5H6M7S", Duration(14, 25, 18367)),
        ("P", None),
        ("PT", None),
        ("P0D", None),
        ("3D", None),
        ("P-3D", None),
        ("P11Y", None),
        ("p3d", None),
        ("P1.5D", None),
    ],
)
def test_durations_are_read(text: str, duration: Duration | None) -> None:
    assert parse_duration(text) == duration


def test_days_keep_the_time_of_day_where_the_clock_is_changed_and_hours_do_not() -> None:
    before = datetime(2026, 3, 28, 9, tzinfo=ZoneInfo("Europe/Brussels"))
    assert Duration(days=1).after(before, "Europe/Brussels") == datetime(2026, 3, 29, 7, tzinfo=UTC)
    assert Duration(seconds=86_400).after(before, "Europe/Brussels") == datetime(2026, 3, 29, 8, tzinfo=UTC)
    assert Duration(months=1).before(datetime(2026, 3, 31, tzinfo=UTC), "UTC") == datetime(2026, 2, 28, tzinfo=UTC)


def test_a_friday_evening_waits_for_monday() -> None:
    friday = datetime(2026, 11, 27, 18, 30, tzinfo=UTC)
    assert BRUSSELS.opening(friday) == datetime(2026, 11, 30, 7, tzinfo=UTC)
    assert BRUSSELS.after(friday, Duration(seconds=3600)) == datetime(2026, 11, 30, 8, tzinfo=UTC)
    assert BRUSSELS.after(friday, Duration(days=1)) == datetime(2026, 11, 30, 18, 30, tzinfo=UTC)


def test_holidays_of_a_country_are_days_off_and_customs_only_where_they_are_asked_for() -> None:
    christmas, assumption = date(2026, 12, 25), date(2026, 8, 15)
    assert calendar("BE", None, ())(christmas)
    assert not calendar("DE", "BY", ())(assumption)
    assert calendar("DE", "BY", ("catholic",))(assumption)
    assert "BE" in countries()
    assert "BY" in parts_of("DE")[0]
    assert parts_of("DE")[1] == ["catholic", "school"]
    with pytest.raises(ValueError, match="not available"):
        calendar("XX", None, ())


@given(places, moments)
def test_what_opens_is_open_and_nothing_before_it_is(place: WorkingTime, moment: datetime) -> None:
    opening = place.opening(moment)
    local = opening.astimezone(ZoneInfo(place.time_zone))
    assert opening >= moment
    assert place.opening(opening) == opening
    assert place.works_on(local.date())
    if opening > moment:
        assert place.opening(moment + (opening - moment) / 2) == opening


@given(places, moments, st.integers(1, 400_000), st.integers(1, 400_000))
def test_hours_of_work_add_up(place: WorkingTime, moment: datetime, one: int, other: int) -> None:
    first = place.after(moment, Duration(seconds=one))
    assert first - moment >= timedelta(seconds=one)
    assert place.after(first, Duration(seconds=other)) == place.after(moment, Duration(seconds=one + other))


@given(places, moments, st.integers(1, 40))
def test_days_of_work_are_that_many_days_of_work(place: WorkingTime, moment: datetime, days: int) -> None:
    zone = ZoneInfo(place.time_zone)
    first, last = (each.astimezone(zone).date() for each in (moment, place.after(moment, Duration(days=days))))
    between = [first + timedelta(days=each) for each in range(1, (last - first).days + 1)]
    assert sum(map(place.works_on, between)) == days
    assert place.works_on(last)
