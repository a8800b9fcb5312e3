"""Text: of one line or several, of a length, of a pattern."""

import re
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal

import re2
from pydantic import Field as Member
from pydantic import field_validator

from dossier.fields.example import example
from dossier.fields.faces import Input, Language, Line, Lines, Option
from dossier.fields.field import TOO_LONG, Field, shown, text_of
from dossier.foundation.errors import InvalidValue
from dossier.foundation.misshapen import UNLIKE
from dossier.foundation.text import gettext_noop

MAX_PATTERN = 1000  # characters
ONE_LINE = 200  # characters; a longer text has a larger input

_WRITTEN_SUCH_AS = gettext_noop("“{field}” must be written such as {example}.")
_OPTIONS = re2.Options()
_OPTIONS.log_errors = False
_LINE_ENDS = re.compile("[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")


class Text(Field):
    """Text; `maxlength` counts code points, `pattern` is RE2 and searched for, so anchor it to match the whole."""

    called: ClassVar[str] = gettext_noop("Text")
    designed: ClassVar[tuple[Option, ...]] = (
        Option("multiline", "yes", gettext_noop("Several lines")),
        Option("maxlength", "whole", gettext_noop("At most so many characters")),
        Option("pattern", "text", gettext_noop("Pattern (RE2) it must contain")),
    )

    type: Literal["text"]
    multiline: bool = False
    maxlength: Annotated[int, Member(ge=1)] | None = None
    pattern: Annotated[str, Member(max_length=MAX_PATTERN)] | None = None

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, pattern: str | None) -> str | None:
        try:
            re2.compile(pattern or "", _OPTIONS)
        except re2.error as error:
            reason = error.args[0].decode() if isinstance(error.args[0], bytes) else str(error)
            raise InvalidValue(
                "“{field}” is no RE2 pattern: {reason} (RE2 has no backreferences and no look-around).",
                people="“{field}” is no RE2 pattern, which has no backreferences and no look-around.",
                reason=shown(reason),
            ) from None
        return pattern

    @cached_property
    def _search(self) -> Any:
        return re2.compile(self.pattern, _OPTIONS).search if self.pattern is not None else None

    @cached_property
    def example(self) -> str | None:
        """A text that fits the pattern, to show to people; None when there is no short one."""
        text = example(self.pattern) if self.pattern else None
        return text if text and self._search and self._search(text) else None

    def meant(self, value: Any, time_zone: str) -> str | None:
        return str(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else None

    def read(self, text: str) -> str:
        """The text with line ends as its reader's browser counts them: forms send two characters for each."""
        return text.replace("\r\n", "\n")

    def check(self, value: Any, today: date) -> str:
        text = text_of(value)
        if not self.multiline and _LINE_ENDS.search(text):
            raise InvalidValue("“{field}” must be a single line.")
        if self.maxlength is not None and len(text) > self.maxlength:
            raise InvalidValue(TOO_LONG, count=self.maxlength, length=len(text))
        if self._search and not self._search(text):
            raise self._unlike_pattern()
        return text

    def _unlike_pattern(self) -> InvalidValue:
        people = _WRITTEN_SUCH_AS if self.example else UNLIKE
        pattern, example = shown(self.pattern), self.example or ""
        return InvalidValue(
            "“{field}” must match the pattern {pattern}.", people=people, pattern=pattern, example=example
        )

    def input(self, language: Language) -> Input:
        return Lines() if self.multiline or (self.maxlength or 0) > ONE_LINE else Line()

    def cell_input(self, language: Language) -> Input:
        return Line()
