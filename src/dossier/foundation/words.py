"""The words of a text as people search for them, in every script: one fold, in one place, for what is kept and what is asked.

Done here and not in SQL, so that no collation or locale of a database has a say: `lower()` of a C collation knows ASCII only.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from functools import cache, lru_cache

MAX_WORD = 60  # characters of a word that count
_LATIN = str.maketrans(
    {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i", "ħ": "h", "ŋ": "n"}
)
_UNSPACED = (
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f\u1780-\u17ff"  # Burmese, Khmer
    "\u3040-\u30ff\u31f0-\u31ff"  # Japanese syllables
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Chinese characters
    "\uac00-\ud7af"  # Korean syllables, whose names stand without a space
)
_RUN = re.compile(f"[{_UNSPACED}]+")
_NUMBER = re.compile(r"[0-9 .,/()+_-]{3,48}")
_PLAIN_NUMBER = re.compile(r"\+[1-9][0-9 .-]*")
_ASCII = re.compile("[0-9A-Za-z]+")  # most texts are nothing else, and then this is ten times as fast


def folded(text: str) -> str:
    """Without case, accents, vowel points and compatibility forms: `Élodie` is `elodie`, `Straße` is `strasse`."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return unicodedata.normalize("NFC", "".join(each for each in apart if not _is_accent(each))).translate(_LATIN)


def _is_accent(character: str) -> bool:
    """Marks beside a letter that can be left out: not the vowels of Thai, nor what joins letters in India."""
    place = unicodedata.combining(character)
    return 10 <= place <= 36 or place >= 200 or place == 1


def words(text: str) -> Sequence[str]:
    """The words of a text, folded; of scripts without spaces every pair of characters, and each one."""
    runs = _runs_of(text)
    if text.isascii():
        return runs if len(text) <= MAX_WORD else [run[:MAX_WORD] for run in runs]
    return [word for run in runs for word in _words_in(run)]


def _words_in(run: str) -> Sequence[str]:
    if not _RUN.match(run):
        return (run[:MAX_WORD],)
    return (run,) if len(run) == 1 else [run[place : place + 2] for place in range(len(run) - 1)]


def single(text: str) -> Sequence[str]:
    """The characters of scripts without spaces, one by one: a search for one of them finds it wherever it stands."""
    return () if text.isascii() else [character for run in _RUN.findall(folded(text)) for character in run]


@lru_cache(maxsize=4)  # a text is asked for its words, and then for the whole of it
def _runs_of(text: str) -> tuple[str, ...]:
    return tuple(_ASCII.findall(text.lower()) if text.isascii() else _runs(folded(text)))


def _runs(plain: str) -> Iterator[str]:
    """Stretches of letters, digits and their marks; those of scripts without spaces apart."""
    if plain.isascii():
        yield from _ASCII.findall(plain)
        return
    begun = None
    for place, character in enumerate(plain):
        inside = character.isalnum() or unicodedata.category(character).startswith("M")
        if inside and begun is None:
            begun = place
        elif not inside and begun is not None:
            yield from _parted(plain[begun:place])
            begun = None
    if begun is not None:
        yield from _parted(plain[begun:])


def _parted(run: str) -> Iterator[str]:
    end = 0
    for found in _RUN.finditer(run):
        if found.start() > end:
            yield run[end : found.start()]
        yield found.group()
        end = found.end()
    if end < len(run):
        yield run[end:]


def joined(text: str) -> str:
    """All letters and digits of a text in one: how a code is compared, whatever blanks and hyphens it is written with."""
    return "".join(_runs_of(text))[:MAX_WORD]


def is_number(text: str) -> bool:
    """Whether it may be a telephone number, or another one with blanks and strokes in it: without a letter."""
    return bool(_NUMBER.fullmatch(text.strip())) and any(character.isdigit() for character in text)


@lru_cache(maxsize=4096)  # reading one by its country's rules takes long
def numbers(text: str) -> tuple[str, ...]:
    """The ways in which a telephone number with its country is written as digits: `32470…` and `0470…`."""
    return tuple(_numbers(text))


def _numbers(text: str) -> Iterator[str]:
    digits = re.sub(r"[^0-9]", "", text)
    yield digits
    if text.strip().startswith("+"):
        import phonenumbers  # noqa: PLC0415 - its tables take a moment to load

        if _PLAIN_NUMBER.fullmatch(text) and (inland := _inland(digits)):
            yield inland
            return
        try:
            yield "0" + str(phonenumbers.parse(text).national_number)
        except phonenumbers.NumberParseException:
            return


def _inland(digits: str) -> str | None:
    """As `phonenumbers.parse` reads it, ten times as fast; None where it would take more off than the country and noughts."""
    for length in (1, 2, 3):
        if (country := int(digits[:length])) in _countries():
            rest = digits[length:]
            prefix = _inland_prefix(country)
            plain = 2 <= len(rest) <= 17 and not (prefix and prefix.match(rest))
            return f"0{int(rest)}" if plain else None
    return None


@cache
def _countries() -> Collection[int]:
    import phonenumbers  # noqa: PLC0415

    return frozenset(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)


@cache
def _inland_prefix(country: int) -> re.Pattern[str] | None:
    """What is dialled before a number within the country."""
    import phonenumbers  # noqa: PLC0415

    region = phonenumbers.region_code_for_country_code(country)
    rules = phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(country, region)
    return re.compile(rules.national_prefix_for_parsing) if rules and rules.national_prefix_for_parsing else None


def letters(word: str) -> str:
    """A word as ASCII letters, one for each of its characters, so that trigrams exist for it in every locale."""
    return "".join(each if each.isascii() else chr(97 + ord(each) % 26) for each in word)
