"""Where things stand: the toolbar in one line, and on a phone the order of the document, which is read out and tabbed through."""

from typing import Any

import pytest

from tests.journeys.conftest import SIZES
from tests.journeys.test_handler import ada
from tests.many import left_to_ci, some
from tests.world import World

__all__ = ["ada"]  # a fixture

TOOLBAR = """() => {
  const bar = document.querySelector('.d-toolbar'), tabs = bar.querySelector('.d-tabs');
  return { lines: Math.round(bar.getBoundingClientRect().height / 33), cut: tabs.scrollWidth - tabs.clientWidth };
}"""
STANDS_ABOVE = """() => {
  const shown = (each) => { const box = each.getBoundingClientRect(); return box.width > 1 && box.height > 1; };
  const called = (each) => each.id || each.className || each.tagName;
  const found = [];
  for (const box of document.querySelectorAll('main *')) {
    const beside = [...box.children].filter((each) => shown(each) && getComputedStyle(each).position === 'static');
    beside.slice(1).forEach((each, at) => {
      const before = beside[at];
      if (each.getBoundingClientRect().bottom <= before.getBoundingClientRect().top + 1) found.push(`${called(each)} above ${called(before)}`);
    });
  }
  return found;
}"""


@pytest.mark.parametrize("language", some(["fr", "en", "nl"]))  # the longest words first
def test_the_toolbar_is_one_line_from_1200_pixels_on(world: World, ada: Any, person: Any, language: str) -> None:
    world.do(lambda tx: tx.send("UPDATE members SET language = %(code)s WHERE id = %(id)s", code=language, id=ada.id))
    page = person().sign_in(ada).go("/workspace/cases")
    for width in (1200, 1280, 1440):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate(TOOLBAR) == {"lines": 1, "cut": 0}, width


@left_to_ci(
    "measures where everything stands, on one page after the other",
    "cases/test_case_page.py::test_what_one_acts_on_comes_before_the_fields",
)
def test_on_a_phone_things_stand_in_the_order_of_the_document(
    ada: Any, person: Any, make_template: Any, make_case: Any
) -> None:
    template = make_template(
        schema=[{"key": "n", "type": "number", "name": "Amount"}],
        steps=[{"key": "call", "title": "Call", "type": "task"}],
    )["id"]
    case = make_case(template={"id": template}, contacts=[{"email": "c@example.org"}])["id"]
    user = person().sign_in(ada)
    for path in ("cases", f"cases/{case}", "contacts", f"templates/{template}", "settings/general", "settings/members"):
        page = user.go(f"/workspace/{path}")
        for size in ("phone", "desktop"):
            page.set_viewport_size(SIZES[size])
            assert page.evaluate(STANDS_ABOVE) == [], (path, size)
