"""What happened to a form template is remembered, and each of its versions can be read."""

from typing import Any

import pytest

from tests.form_templates.support import ACCIDENT, document, text
from tests.world import Api, errors

URL = "/v1/form_templates"


@pytest.fixture
def made(api: Api) -> str:
    api.json("POST", URL, 201, json=ACCIDENT)
    return f"{URL}/accident-report"


def entries(api: Api, url: str) -> list[tuple[str, dict[str, Any]]]:
    return [(each["kind"], each["changes"]) for each in api.json("GET", f"{url}/history")["data"]]


def test_the_history_says_what_changed(api: Api, made: str) -> None:
    renamed = ACCIDENT | {"title": "Crash report", "pages": ACCIDENT["pages"][::-1], "texts": {}}
    renamed["pages"][1] = renamed["pages"][1] | {"title": "You"}
    api.json("PUT", made, json=renamed)
    api.json("POST", made, json={"enabled": False})
    api.json("POST", made, json={"archived": True})
    found = entries(api, made)
    assert [kind for kind, _ in found] == ["archived", "enabled", "published", "revised", "published"]
    changes = found[3][1]
    assert changes["title"] == {"old": "Accident report", "new": "Crash report"}
    assert changes["order.pages"]["new"] == ["damage", "you"]
    assert (changes["pages.you"]["old"]["title"], changes["pages.you"]["new"]["title"]) == ("About you", "You")
    assert changes["texts.fr"]["new"] is None
    assert found[1][1] == {f"enabled.{key}": {"old": True, "new": False} for key in ("default", "short")}
    first = api.json("GET", f"{made}/history?page[size]=1")
    assert (first["meta"]["total_count"], first["data"][0]["actor"]["type"]) == (5, "token")
    assert api.get(f"{URL}/nothing/history").status_code == 404


def test_drafts_are_in_it(api: Api, made: str) -> None:
    api.json("PUT", f"{made}?draft=true", json=ACCIDENT | {"expires_after": None})
    api.json(
        "PUT", f"{made}?draft=true", json={name: each for name, each in ACCIDENT.items() if name != "expires_after"}
    )
    assert api.delete(f"{made}/draft").status_code == 204
    assert api.delete(f"{made}/draft").status_code == 404
    found = entries(api, made)
    assert [kind for kind, _ in found] == ["discarded", "draft", "draft", "published"]
    assert [each["expires_after"]["new"] for _, each in found[:3]] == ["P30D", "P60D", None]
    assert api.json("GET", f"{made}/document?draft=true")["document"] == ACCIDENT


def test_each_version_can_be_read(api: Api, made: str) -> None:
    api.json("PUT", made, json=ACCIDENT | {"title": "Crash report"})
    assert api.json("GET", f"{made}/document?version=1") == {"version": 1, "document": ACCIDENT}
    assert api.json("GET", f"{made}/document?version=2")["document"]["title"] == "Crash report"
    assert api.get(f"{made}/document?version=3").status_code == 404
    assert errors(api.get(f"{made}/document?version=x")) == {"version": "invalid_parameter"}
    assert errors(api.get(f"{made}/document?version=1&draft=true")) == {"version": "invalid_parameter"}


def test_a_draft_of_a_new_template_is_thrown_away_or_published_by_put(api: Api) -> None:
    api.json("POST", f"{URL}?draft=true", 201, json=document(text("a")))
    assert [kind for kind, _ in entries(api, f"{URL}/t")] == ["created"]
    assert api.delete(f"{URL}/t/draft").status_code == 204
    assert api.get(f"{URL}/t/document?draft=true").status_code == 404
    api.json("POST", f"{URL}?draft=true", 201, json=document(text("a")))
    wrong = api.put(f"{URL}/t", json=document(text("b"), slug="u"))
    assert errors(wrong) == {"/slug": "slug_stays"}
    made = api.json("PUT", f"{URL}/t", json=document(text("b")))
    assert (made["version"], made["slug"]) == (1, "t")
    assert api.json("GET", f"{URL}/t/document?draft=true")["revision"] == 0, "the draft is gone"
