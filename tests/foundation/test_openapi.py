"""The served OpenAPI: what routes say of themselves, by the names of their shapes."""

import pytest
from pydantic import BaseModel

from dossier.foundation.http import openapi


def shape(name: str) -> type[BaseModel]:
    return type(name, (BaseModel,), {"__module__": __name__})


@pytest.fixture(autouse=True)
def _own_shapes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openapi, "_documented_bodies", dict(openapi._documented_bodies))


def test_a_second_shape_of_a_name_is_refused() -> None:
    """A second domain's `Undo` would take the place of the first one's without a word."""
    first = shape("SaidTwice")
    openapi.documented("one", "One", body=first)
    openapi.documented("again", "The same", body=first, gives=first)
    with pytest.raises(AssertionError, match="SaidTwice"):
        openapi.documented("two", "Two", body=shape("SaidTwice"))
    with pytest.raises(AssertionError, match="SaidTwice"):
        openapi.documented("three", "Three", gives=shape("SaidTwice"))


def test_a_second_part_of_a_name_is_refused() -> None:
    """Shapes inside of others have one name each too."""

    class PartOfTwo(BaseModel):
        number: int

    class WholeOfTwo(BaseModel):
        part: PartOfTwo

    other = type("PartOfTwo", (BaseModel,), {"__module__": __name__, "__annotations__": {"text": str}})
    openapi.documented("whole", "Whole", gives=WholeOfTwo)
    openapi._schemas()
    openapi.documented("other", "Another", gives=other)
    with pytest.raises(AssertionError, match="PartOfTwo"):
        openapi._schemas()
