"""Times of the day."""

import pytest

from dossier.foundation import exact
from tests.fields.support import definition as defined
from tests.fields.support import field, pointers, refused, stored


@pytest.mark.parametrize("text", ["00:00", "23:59", "08:05"])
def test_is_kept(text: str) -> None:
    assert stored("time", text) == text


@pytest.mark.parametrize("text", ["24:00", "8:05", "08:60", "08:05:00", "0805", "", "soon", "٠٨:٠٥"])
def test_no_time(text: str) -> None:
    assert refused("time", text).detail.startswith("“k” must be a time of the day as HH:MM, such as 14:30, not “")


def test_bounds() -> None:
    assert stored("time", "08:00", min="08:00", max="08:00") == "08:00"
    assert refused("time", "07:59", min="08:00").detail == "“k” must not be earlier than 08:00."
    assert refused("time", "18:01", max="18:00").detail == "“k” must not be later than 18:00."


@pytest.mark.parametrize(
    ("options", "pointer"), [({"min": "8:00"}, "/min"), ({"max": "noon"}, "/max"), ({"min": "09:00", "max": "08:00"}, "/max")]
)  # fmt: skip
def test_bad_bounds_are_pointed_at(options: dict[str, str], pointer: str) -> None:
    assert pointers(defined("time", **options)) == {"/schema/0" + pointer: "invalid_value"}


@pytest.mark.parametrize(
    ("typed", "read"),
    [("14:30", "14:30"), ("9.05", "09:05"), ("14h30", "14:30"), ("14 h 30", "14:30"), ("8u", "08:00"), ("2:30 pm", "14:30"), ("12 am", "00:00"), ("12:15PM", "12:15"), ("9am", "09:00")],
)  # fmt: skip
def test_is_read_as_people_write_it(typed: str, read: str) -> None:
    assert exact.typed_time(typed) == read == field("time").typed([("value", typed)])


@pytest.mark.parametrize("typed", ["14", "24:00", "13 pm", "0 am", "9:", "9.", "9:5", "1430", "", "::", "9:60"])
def test_what_cannot_be_read_is_left_for_the_check(typed: str) -> None:
    with pytest.raises(ValueError, match="time of the day"):
        exact.typed_time(typed)
    assert field("time").read(typed) == typed
