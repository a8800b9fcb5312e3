"""The shell of the portal: its languages, its size, its styles."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest
from starlette.requests import Request

from dossier.foundation.pages.language import MORE_LANGUAGES, language
from dossier.web import assets
from dossier.web.addresses import Address
from dossier.web.portal import Brand, Visitor, languages_asked, spoken


def browser(accepts: str) -> Request:
    return cast(Request, SimpleNamespace(headers={"accept-language": accepts}))


def test_the_script_is_small_and_so_are_the_styles() -> None:
    """The first page is 60 kB at most, on a line that is slow."""
    names = [f"portal/{name}.js" for name in ("portal", "offline", "files", "looking", "signing", "rows", "embedded")]
    assert len(assets._content(names[0])[0]) <= 10_000
    assert sum(len(assets._content(each)[1]) for each in names) <= 10_000, "all of it as it is sent"
    assert len(assets._content("portal/portal.css")[0]) <= 20_000


def test_the_portal_has_styles_of_its_own() -> None:
    assert b".p-question" in assets._content("portal/portal.css")[0]
    assert b".p-question" not in assets._content(assets.STYLES)[0]


@pytest.mark.parametrize(
    ("offered", "wanted", "speaks"),
    [
        (["en", "fr"], ["fr"], "fr"),
        (["en", "fr"], [None, "nl", "fr"], "fr"),
        (["nl", "fr"], ["de"], "nl"),
        (["it"], ["fr"], "en"),
        (["ar", "it"], ["it"], "ar"),
    ],
)
def test_a_page_speaks_what_its_reader_wants_and_the_form_offers(
    offered: list[str], wanted: list[str | None], speaks: str
) -> None:
    assert spoken(offered, wanted) == speaks


def test_a_browser_says_what_its_reader_reads() -> None:
    assert list(languages_asked(browser("de-AT,de;q=0.9, en;q=0.5"))) == ["de", "de", "en"]
    assert list(languages_asked(browser(""))) == []


def test_languages_are_written_as_they_are_read() -> None:
    assert {code: language(code).direction for code in MORE_LANGUAGES} == {
        "en": "ltr",
        "fr": "ltr",
        "nl": "ltr",
        "de": "ltr",
        "ar": "rtl",
    }
    assert language("de").day("2026-03-05") == "05.03.2026"
    assert language("ar").gettext("Saved") == "تم الحفظ"
    moment = datetime(2026, 3, 5, 14, 5, 59, tzinfo=UTC)
    written = {code: language(code).moment(moment, "UTC") for code in ("en", "fr", "nl", "de")}
    assert written == {
        "en": "5 Mar 2026, 14:05",
        "fr": "5 mars 2026, 14:05",
        "nl": "5 mrt 2026, 14:05",
        "de": "05.03.2026, 14:05",
    }


def test_the_language_that_was_asked_for_stays_in_the_addresses() -> None:
    """Before the first act nothing is kept in the browser, so an address says it."""
    made: dict[str, Any] = {
        "form_token": "",
        "brand": Brand(),
        "actor": None,
        "state": "start",
        "languages": ("en", "ar"),
    }
    plain = Visitor(address=Address("/x"), language="en", chosen="", **made)
    assert plain.to("pages", "a b") == "/x/pages/a%20b"
    chosen = Visitor(address=Address("/x"), language="ar", chosen="ar", embedded=True, **made)
    assert chosen.to("check") == "/x/check?lang=ar&embed_v=1"
    assert chosen.here_in("/x", "en") == "/x?lang=en&embed_v=1"
