"""Numbers that a country gives its companies, checked by python-stdnum where they have check digits."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from dossier.fields.faces import Option
from dossier.fields.numbered import Kind, Numbered, compact
from dossier.foundation.text import gettext_noop


@dataclass(frozen=True, slots=True)
class _Kvk(Kind):
    """The number of the Dutch chamber of commerce: eight digits, none of which checks the others."""

    def validate(self, text: str) -> str:
        from stdnum.exceptions import InvalidFormat  # noqa: PLC0415 - with the first number

        if not re.fullmatch(r"[0-9]{8}", compact(text)):
            raise InvalidFormat
        return compact(text)

    def written(self, number: str) -> str:
        return number


@dataclass(frozen=True, slots=True)
class _Enterprise(Kind):
    """The Belgian enterprise number, which is also the one for VAT."""

    def written(self, number: str) -> str:
        return f"{number[:4]}.{number[4:7]}.{number[7:]}" if len(number) == 10 else number


class CompanyNumber(Numbered):
    """The number of a company: BE enterprise number (KBO, BCE), FR SIREN, NL KvK."""

    called: ClassVar[str] = gettext_noop("Number of a company")
    designed: ClassVar[tuple[Option, ...]] = (Option("country", "text", gettext_noop("Country: BE, FR or NL")),)
    kinds: ClassVar[Mapping[str, Kind]] = {
        "BE": _Enterprise("stdnum.be.vat", "0428.759.497"),
        "FR": Kind("stdnum.fr.siren", "552 008 443"),
        "NL": _Kvk("", "12345678"),
    }
    mistyped: ClassVar[str] = gettext_noop(
        "“{field}” is no company number ({country}): its check digits do not fit, so something in it is mistyped."
    )
    unlike: ClassVar[str] = gettext_noop("“{field}” is no company number ({country}): it must look like {example}.")

    type: Literal["company_number"]
