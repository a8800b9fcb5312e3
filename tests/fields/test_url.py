"""Web addresses."""

import pytest

from tests.fields.support import field, refused, stored


@pytest.mark.parametrize(
    "text",
    ["https://example.org", "http://example.org:8080/a?b=c#d", "https://münchen.example/ä", "HTTPS://EXAMPLE.ORG/", "http://[2001:db8::1]/", "https://10.0.0.1/x"],
)  # fmt: skip
def test_is_kept_as_written(text: str) -> None:
    assert stored("url", f" {text} ") == text


@pytest.mark.parametrize(
    "text",
    ["", "example.org", "javascript:alert(1)", "data:text/html,x", "ftp://example.org", "https://", "https:///x", "https://exa mple.org", "https://example.org\\@evil.example", "https://a.example/\nx", "//example.org", "https://example.org\u2028x"],
)  # fmt: skip
def test_no_web_address(text: str) -> None:
    assert "must be a web address such as" in refused("url", text).detail


@pytest.mark.parametrize("text", ["https://bank.example@evil.example/", "https://user:secret@example.org"])
def test_no_name_that_pretends_to_be_the_host(text: str) -> None:
    bad = refused("url", text)
    assert "without a user name or password" in bad.detail
    assert "secret" not in bad.detail


def test_length_has_an_end() -> None:
    longest = "https://example.org/" + "a" * 1980
    assert stored("url", longest) == longest
    assert "2000 characters at most" in refused("url", longest + "a").detail
    assert "2000 characters at most" in refused("url", "https://example.org/" + "a" * 2000).detail


@pytest.mark.parametrize(
    ("typed", "read"),
    [("example.org", "https://example.org"), ("www.example.org/a b", "www.example.org/a b"), ("http://x.example", "http://x.example"), ("word", "word")],
)  # fmt: skip
def test_what_people_leave_out(typed: str, read: str) -> None:
    assert field("url").typed([("value", typed)]) == read


@pytest.mark.parametrize(
    ("value", "link"), [("https://example.org", "https://example.org"), ("javascript:alert(1)", None), (5, None), (None, None)]
)  # fmt: skip
def test_only_web_addresses_are_links(value: object, link: str | None) -> None:
    assert field("url").link(value) == link
