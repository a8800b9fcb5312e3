"""Whatever is sent as a document: it is refused with its faults, or taken; as a draft too."""

import copy
import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from dossier.form_templates.model import parse
from dossier.form_templates.model.drafting import shaped
from dossier.form_templates.model.lists import with_lists
from dossier.form_templates.model.record import DOCUMENT
from dossier.foundation.errors import Invalid
from tests.form_templates.support import ACCIDENT, document, text
from tests.many import some
from tests.world import Api, errors

JUNK: tuple[Any, ...] = (None, 5, "", "x", [], {}, [5], [[]], {"key": 5}, {"key": {}}, [{"key": "a"}], [{"key": []}], {"a": "b"}, True, "data.a", [None])  # fmt: skip


def places(part: Any) -> list[tuple[Any, Any]]:
    """Every place in a document: what holds it, and its name there."""
    inside = list(part.items()) if isinstance(part, dict) else list(enumerate(part)) if isinstance(part, list) else []
    return [(part, name) for name, _ in inside] + [each for _, inner in inside for each in places(inner)]


@pytest.mark.parametrize("seed", some(range(12), 4))
def test_no_document_is_an_error_of_ours(seed: int) -> None:
    checks: tuple[Callable[[Any], Any], ...] = (parse, shaped)
    dice = random.Random(seed)
    for _ in range(150):
        broken = copy.deepcopy(ACCIDENT)
        for _ in range(dice.randint(1, 3)):
            holder, name = dice.choice(places(broken))
            holder[name] = copy.deepcopy(dice.choice(JUNK))
        whole, _ = with_lists(broken, {})
        for check in checks:
            with suppress(Invalid):
                found = check(whole)
                if isinstance(found, dict):
                    DOCUMENT.changed(ACCIDENT, found)


def test_deep_nesting_is_refused(api: Api) -> None:
    for depth in (3, 60, 400):
        element: dict[str, Any] = text("x")
        for number in range(depth):
            element = {"key": f"g{number}", "type": "group", "label": "G", "elements": [element]}
        for path in ("", "?draft=true"):
            answer = api.post(f"/v1/form_templates{path}", json=document(element, slug=f"d{depth}"))
            assert answer.status_code in (201, 400), answer.text
            assert answer.status_code == 400 or path


def test_a_draft_says_what_is_in_its_way(api: Api) -> None:
    url = "/v1/form_templates?draft=true"
    assert errors(api.post(url, json={"title": "T", "pages": [{"key": {}}], "texts": [], "slug": "A B"})) == {
        "/pages/0/key": "invalid_value",
        "/texts": "invalid_value",
        "/slug": "invalid_value",
    }
    assert errors(api.post(url, json={"slug": "0199a1b2-1111-7111-8111-111111111111"})) == {"/title": "missing_member"}
    assert errors(api.post(url, json={"title": "T", "slug": "0199a1b2-1111-7111-8111-111111111111"})) == {
        "/slug": "invalid_value"
    }
    made = api.json("POST", url, 201, json={"title": "T", "presets": [{"slug": None, "name": "Default"}]})
    assert [each["pointer"] for each in made["problems"]] == ["/pages"]
