"""Addresses come from one place, and each leads to a page that is there."""

import ast
import re
from collections.abc import Iterator
from uuid import UUID

import pytest

from dossier.app import NAVIGATION, PAGES
from dossier.server.application import routes
from dossier.web import addresses
from dossier.web.addresses import Address
from tests.source import SOURCE, modules, nodes

WRITTEN = re.compile(r"/(workspace|sign-in|sign-out)(/|$|\?)|/(r|f|me)/")


def test_no_template_and_no_script_writes_an_address() -> None:
    attribute = re.compile(r"""(href|action|formaction|hx-get|hx-post|src)=["']/""")
    found = {
        str(path.relative_to(SOURCE))
        for path in [*SOURCE.rglob("*.html"), *SOURCE.rglob("*.js")]
        if attribute.search(path.read_text()) or re.search(r"[\"'`(=]/(workspace|sign-in|sign-out)\b", path.read_text())
    }
    assert found == set()


@pytest.mark.long
def test_no_code_writes_an_address() -> None:
    found = {
        f"{path.relative_to(SOURCE)}:{node.lineno}"
        for path in modules()
        if path.name != "addresses.py"
        for node in nodes(path)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and WRITTEN.match(node.value)
        if node.value != "/workspace"  # of a body: where in it something is wrong
    }
    assert found == set()


def test_what_is_below_an_address_is_quoted() -> None:
    assert addresses.CASES / UUID(int=1) == "/workspace/cases/00000000-0000-0000-0000-000000000001"
    assert addresses.CASES / "a/b" / "é?" == "/workspace/cases/a%2Fb/%C3%A9%3F"
    assert isinstance(addresses.CASES / 1 / "x", Address)


def _there(address: str) -> bool:
    return any(re.fullmatch(re.sub(r"{[\w:]+}", "[^/]+", path), address) for path in _paths())


def _paths() -> Iterator[str]:
    yield from (page.path for page in PAGES if "{path" not in page.path)
    yield from (route.path_format for route in routes() if not route.path_format.startswith("/v1/"))


def test_every_address_that_a_template_writes_leads_to_a_page() -> None:
    """`addresses.CASES / case.id / "undo"` and `address / "undo"` are held against the table of pages."""
    written = re.compile(r"\b(addresses\.[A-Z_]+|address)((?: / (?:\"[^\"]+\"|[\w.]+))*)")
    nowhere = set()
    for path in SOURCE.rglob("*.html"):
        text = path.read_text()
        found = re.search(r"set address = (.+?) %}", text)
        base = found[1] if found else "addresses.CASES / case.id" if path.parent.name == "case" else ""
        for place, below in written.findall(text):
            whole = f"{base}{below}" if place == "address" else f"{place}{below}"
            if not whole.startswith("addresses."):
                continue
            first, *parts = whole.removeprefix("addresses.").split(" / ")
            address = "/".join(
                [getattr(addresses, first), *(each.strip('"') if '"' in each else "x" for each in parts)]
            )
            if not _there(address):
                nowhere.add(f"{path.relative_to(SOURCE)}: {whole}")
    assert nowhere == set()


def test_every_place_is_a_page() -> None:
    places = {each for each in vars(addresses).values() if isinstance(each, Address)} - {
        addresses.SETTINGS,
        addresses.LOGO,
        addresses.FORM_LINKS,
        addresses.PUBLIC_FORMS,
        addresses.PERSONAL,
        addresses.FILES,
    }
    assert {each for each in places if not _there(each)} == set()
    assert {entry.address for entry in (*NAVIGATION.main, *NAVIGATION.settings)} <= places
