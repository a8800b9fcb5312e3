"""The types that a column of a table may have."""

from collections.abc import Mapping
from functools import reduce
from operator import or_
from typing import Annotated, Any

from pydantic import Field as Member

from dossier.fields.checkbox import Checkbox
from dossier.fields.choices import Choices
from dossier.fields.company_number import CompanyNumber
from dossier.fields.country import Country
from dossier.fields.currency import Currency
from dossier.fields.date import Date
from dossier.fields.email import Email
from dossier.fields.field import Field
from dossier.fields.iban import Iban
from dossier.fields.national_number import NationalNumber
from dossier.fields.number import NumberField
from dossier.fields.phone import Phone
from dossier.fields.text import Text
from dossier.fields.time import Time
from dossier.fields.url import Url

COLUMN_TYPES: Mapping[str, type[Field]] = {
    "text": Text,
    "number": NumberField,
    "currency": Currency,
    "date": Date,
    "checkbox": Checkbox,
    "choices": Choices,
    "email": Email,
    "phone": Phone,
    "iban": Iban,
    "country": Country,
    "url": Url,
    "time": Time,
    "national_number": NationalNumber,
    "company_number": CompanyNumber,
}
_ANY: Any = Annotated[reduce(or_, COLUMN_TYPES.values()), Member(discriminator="type")]
AnyColumn = _ANY
