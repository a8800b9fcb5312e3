"""The languages of the app: sentences from a catalogue, dates and numbers as their readers write them (CLDR)."""

import io
import sys
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, localcontext
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, dates, numbers, units
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

from dossier.foundation import exact
from dossier.foundation.messages import Message

LANGUAGES: Mapping[str, str] = {"en": "English", "fr": "Français", "nl": "Nederlands"}
"""Those of everything."""
MORE_LANGUAGES: Mapping[str, str] = {**LANGUAGES, "de": "Deutsch", "ar": "العربية"}
"""Those of what people outside are shown; the catalogues of the last two hold that alone."""
_REGIONS: Mapping[str, str] = {
    "en": "en_GB",
    "fr": "fr",
    "nl": "nl",
    "de": "de",
    "ar": "ar",
}  # day before month, in all

_LEFT = (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1)))
_SIZES = ("kilobyte", "megabyte", "gigabyte")


@dataclass(frozen=True)
class Language:
    """One of the languages: its code, its sentences, and how it writes times and numbers."""

    code: str
    translations: NullTranslations

    @cached_property
    def locale(self) -> Locale:
        return Locale.parse(_REGIONS[self.code])

    @property
    def direction(self) -> str:
        """How it is written: `ltr` or `rtl`."""
        return str(self.locale.text_direction)

    @property
    def named(self) -> Mapping[str, str]:
        """What languages call themselves."""
        return MORE_LANGUAGES

    def gettext(self, sentence: str) -> str:
        """A sentence of the app in this language."""
        return str(self.translations.gettext(sentence))

    def ngettext(self, one: str, many: str, count: int) -> str:
        """A sentence about so many things."""
        return str(self.translations.ngettext(one, many, count))

    def said(self, message: "Message | str") -> str:
        """A message, or a word or sentence of the app, in this language."""
        return message.said(self) if isinstance(message, Message) else self.gettext(message)

    @cached_property
    def countries(self) -> Mapping[str, str]:
        """ISO 3166-1 code → name, by name."""
        import pycountry  # noqa: PLC0415 - its list takes a moment to load

        names = {
            each.alpha_2: str(self.locale.territories.get(each.alpha_2, each.name)) for each in pycountry.countries
        }
        return dict(sorted(names.items(), key=lambda pair: unicodedata.normalize("NFKD", pair[1]).casefold()))

    def moment(self, moment: datetime, time_zone: str) -> str:
        """Day and time on the workspace's clock: `24 Nov 2026, 14:05`."""
        return _minute(self.code, moment.replace(second=0, microsecond=0), time_zone)

    def until(self, moment: datetime, time_zone: str) -> str:
        """The end of something: the last day where it ends with that, for nobody reads 21 May, 00:00 as what ends on the 20th."""
        local = moment.astimezone(ZoneInfo(time_zone))
        if (local.hour, local.minute, local.second) == (0, 0, 0):
            return self.day((local - timedelta(days=1)).date())
        return self.moment(moment, time_zone)

    def ago(self, spent: timedelta) -> str:
        """How long ago, short: `3 h`, `2 wk`."""
        return _ago(self.code, timedelta(minutes=spent // timedelta(minutes=1)))

    def left(self, time: timedelta) -> str:
        """How long there still is, in whole days, hours or minutes: `in 3 days`. Never longer than it is."""
        unit, length = next((each for each in _LEFT if time >= 2 * each[1]), _LEFT[-1])
        return _left(self.code, max(time // length, 1) * length, unit)

    def day(self, day: date | str) -> str:
        """A day: `24 Nov 2026`; text that is none stays."""
        try:
            return dates.format_date(exact.day(day) if isinstance(day, str) else day, "medium", self.locale)
        except ValueError:
            return str(day)

    def number(self, number: int | Decimal) -> str:
        """All digits, with separators."""
        if not exact.fits(number):
            return str(number)
        with localcontext(exact.WIDE):
            return str(numbers.format_decimal(number, locale=self.locale, decimal_quantization=False))

    def size(self, bytes: int) -> str:
        """How large something is, in two or three digits: `0.1 kB` at least, `3.4 MB`."""
        power = min(max((len(str(bytes)) - 1) // 3, 1), len(_SIZES))
        shown = max(round(bytes / 1000**power, 1 if bytes < 10 * 1000**power else 0), 0.1)
        return str(units.format_unit(shown, f"digital-{_SIZES[power - 1]}", "short", locale=self.locale))

    def money(self, amount: int | Decimal, currency: str | None) -> str:
        """An amount in its currency."""
        if not currency or not exact.fits(amount):
            return self.number(amount)
        with localcontext(exact.WIDE):
            return str(numbers.format_currency(amount, currency, locale=self.locale))


@cache
def language(code: str) -> Language:
    """The language of a code that is known."""
    if code == "en":
        return Language(code, NullTranslations())
    with files("dossier.foundation.pages").joinpath("translations", f"{code}.po").open("rb") as source:
        catalogue = read_po(source, locale=code)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Language(code, Translations(compiled))


@lru_cache(maxsize=4096)
def _minute(code: str, moment: datetime, time_zone: str) -> str:
    locale, local = language(code).locale, moment.astimezone(ZoneInfo(time_zone))
    day, time = dates.format_date(local, "medium", locale), dates.format_time(local, "short", local.tzinfo, locale)
    together = str(dates.get_datetime_format("medium", locale)).replace("'", "")
    return together.replace("{0}", time).replace("{1}", day)


@lru_cache(maxsize=4096)
def _ago(code: str, spent: timedelta) -> str:
    return str(dates.format_timedelta(spent, threshold=1, format="narrow", locale=language(code).locale))


@lru_cache(maxsize=4096)
def _left(code: str, time: timedelta, unit: Any) -> str:
    locale, never = language(code).locale, sys.maxsize  # so that no larger unit is taken
    return str(dates.format_timedelta(time, unit, threshold=never, add_direction=True, locale=locale))
