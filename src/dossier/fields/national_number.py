"""Numbers that a country gives its people, checked by python-stdnum."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from dossier.fields.faces import Option
from dossier.fields.numbered import Kind, Numbered
from dossier.foundation.text import gettext_noop


class NationalNumber(Numbered):
    """The number of a person: BE national register or bis number, FR NIR, NL BSN; length, check digits, and in Belgium the date."""

    called: ClassVar[str] = gettext_noop("National number of a person")
    designed: ClassVar[tuple[Option, ...]] = (Option("country", "text", gettext_noop("Country: BE, FR or NL")),)
    kinds: ClassVar[Mapping[str, Kind]] = {
        "BE": Kind("stdnum.be.ssn", "85.07.30-033.28"),
        "FR": Kind("stdnum.fr.nir", "2 95 10 99 126 111 93"),
        "NL": Kind("stdnum.nl.bsn", "111222333"),
    }
    mistyped: ClassVar[str] = gettext_noop(
        "“{field}” is no national number ({country}): its check digits do not fit, so something in it is mistyped."
    )
    unlike: ClassVar[str] = gettext_noop("“{field}” is no national number ({country}): it must look like {example}.")
    no_birth: ClassVar[str] = gettext_noop(
        "“{field}” is no national number ({country}): the date of birth in it is none."
    )

    type: Literal["national_number"]
