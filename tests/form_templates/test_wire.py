"""Form templates over HTTP: published, listed preset by preset, read by their slug, revised, put away."""

import json
from typing import Any

import pytest

from dossier.foundation import yaml
from dossier.foundation.identifiers import new_id
from tests.form_templates.support import ACCIDENT, document, text
from tests.world import Api, World, errors

URL = "/v1/form_templates"
PAGES = document(text("a"))["pages"]


@pytest.fixture
def made(api: Api) -> dict[str, Any]:
    return dict(api.json("POST", URL, 201, json=ACCIDENT))


def test_publishing_gives_each_preset_a_row(api: Api, made: dict[str, Any]) -> None:
    assert (made["slug"], made["version"], made["locale"], made["title"]) == (
        "accident-report",
        1,
        "en",
        "Accident report",
    )
    assert [(each["key"], each["name"], each["enabled"]) for each in made["presets"]] == [
        ("default", "Default", True),
        ("short", "Short", True),
    ]
    rows = api.json("GET", URL, params={"sort": "created_at"})
    assert rows["meta"]["total_count"] == 2
    assert {each["id"] for each in rows["data"]} == {each["id"] for each in made["presets"]}
    assert {each["slug"] for each in rows["data"]} == {"accident-report"}


def test_the_document_comes_back_and_again_in(api: Api, made: dict[str, Any]) -> None:
    answer = api.get(f"{URL}/accident-report/document")
    assert answer.json() == {"version": 1, "document": ACCIDENT}
    same = api.put(f"{URL}/accident-report", json=ACCIDENT)
    assert (same.status_code, same.headers["etag"]) == (200, '"1"'), "the same document is no new version"
    known = api.get(f"{URL}/accident-report/document", headers={"If-None-Match": answer.headers["etag"]})
    assert known.status_code == 304
    assert api.json("GET", f"{URL}/{made['id']}/document")["version"] == 1, "also by the id of a preset"


def test_yaml_in_and_out(api: Api) -> None:
    sent = yaml.encode(ACCIDENT)
    answer = api.post(URL, content=sent.encode(), headers={"Content-Type": "application/yaml"})
    assert (answer.status_code, answer.headers["location"]) == (201, f"{URL}/accident-report")
    given = api.get(f"{URL}/accident-report/document", headers={"Accept": "application/yaml"})
    assert given.headers["content-type"].startswith("application/yaml")
    assert yaml.decode(given.text) == ACCIDENT
    bad = api.post(URL, content=b"title: [", headers={"Content-Type": "text/yaml"})
    assert (bad.status_code, errors(bad)) == (400, {"": "malformed_yaml"})
    assert errors(api.post(URL, content=b"- 1", headers={"Content-Type": "text/yaml"})) == {"": "invalid_type"}


def test_a_slug_is_made_of_the_title_and_is_one_templates(api: Api) -> None:
    assert api.json("POST", URL, 201, json={"title": "Économie & Co.", "pages": PAGES})["slug"] == "economie-co"
    assert api.json("POST", URL, 201, json={"title": "Economie Co", "pages": PAGES})["slug"] == "economie-co-2"
    taken = api.post(URL, json={"title": "X", "slug": "economie-co", "pages": PAGES})
    assert (taken.status_code, errors(taken)) == (409, {"/slug": "slug_taken"})
    assert api.json("POST", URL, 201, json={"title": "Формуляр", "pages": PAGES})["slug"] == "form"


def test_the_next_version(api: Api, made: dict[str, Any]) -> None:
    renamed = ACCIDENT | {"title": "Crash report"}
    answer = api.put(f"{URL}/accident-report", json=renamed, headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.headers["etag"], answer.json()["version"]) == (200, '"2"', 2)
    behind = api.put(f"{URL}/accident-report", json=ACCIDENT, headers={"If-Match": '"1"'})
    assert (behind.status_code, errors(behind), behind.json()["errors"][0]["meta"]) == (
        412,
        {"": "changed_since"},
        {"version": 2},
    )
    other = api.put(f"{URL}/accident-report", json=ACCIDENT | {"slug": "other"})
    assert errors(other) == {"/slug": "slug_stays"}
    assert api.put(f"{URL}/nothing", json=ACCIDENT).status_code == 404


def test_presets_keep_their_ids_by_their_keys(api: Api, made: dict[str, Any]) -> None:
    ids = {each["key"]: each["id"] for each in made["presets"]}

    def revised(*presets: dict[str, Any]) -> dict[str, Any]:
        answer = api.json("PUT", f"{URL}/accident-report", json=ACCIDENT | {"presets": list(presets)})
        return {each["key"]: each for each in answer["presets"]}

    one = revised({"key": "short", "name": "Shorter"})
    assert {key: each["id"] for key, each in one.items()} == {"short": ids["short"]}
    assert one["short"]["name"] == "Shorter"
    both = revised({"key": "default", "name": "Default"}, {"key": "short", "name": "Short"})
    assert {key: each["id"] for key, each in both.items()} == ids, "one that comes back is the same"
    assert all(each["enabled"] for each in both.values())
    off = revised({"key": "default", "name": "Default", "enabled": False}, {"key": "short", "name": "Short"})
    assert [off["default"]["enabled"], off["short"]["enabled"]] == [False, True]


def test_archiving(api: Api, made: dict[str, Any]) -> None:
    url = f"{URL}/accident-report"
    assert api.json("POST", url, json={"archived": True})["archived_at"]
    assert api.json("GET", URL)["data"] == []
    assert len(api.json("GET", f"{URL}?archived=true")["data"]) == 2
    assert api.get(f"{url}/options").status_code == 404
    refused = api.put(url, json=ACCIDENT | {"title": "X"})
    assert (refused.status_code, errors(refused)) == (409, {"": "archived"})
    assert api.json("POST", url, json={"archived": False})["archived_at"] is None
    assert len(api.json("GET", URL)["data"]) == 2
    for body in ({}, {"archived": True, "enabled": True}):
        assert errors(api.post(url, json=body)) == {"": "missing_member"}


def test_switching_off(api: Api, made: dict[str, Any]) -> None:
    short = made["presets"][1]["id"]
    answer = api.json("POST", f"{URL}/{short}", json={"enabled": False})
    assert [each["enabled"] for each in answer["presets"]] == [True, False]
    assert [each["key"] for each in api.json("GET", URL)["data"]] == ["default"]
    assert [each["key"] for each in api.json("GET", f"{URL}?enabled=false")["data"]] == ["short"]
    assert len(api.json("GET", f"{URL}?enabled=any")["data"]) == 2
    assert len(api.json("GET", URL, params={"filter": "{}"})["data"]) == 2, "a filter stands alone"
    asked = '{"attributes":{"enabled":{"$eq":false}}}'
    assert [each["key"] for each in api.json("GET", URL, params={"filter": asked})["data"]] == ["short"]
    api.json("POST", f"{URL}/accident-report", json={"enabled": False})
    assert api.json("GET", URL)["data"] == []
    kept = api.json("PUT", f"{URL}/accident-report", json=ACCIDENT | {"title": "New"})
    assert [each["enabled"] for each in kept["presets"]] == [True, False], (
        "what the document says counts, else it stays"
    )


def test_filters(api: Api, made: dict[str, Any], workspace: Any) -> None:
    api.json("POST", URL, 201, json=document(text("a")))

    def slugs(**params: str) -> list[str]:
        page = api.json("GET", URL, params={"sort": "created_at"} | params)
        return [row["slug"] for row in page["data"]]

    assert slugs() == ["accident-report", "accident-report", "t"]
    assert slugs(slug="t") == ["t"]
    assert slugs(**{"workspace[slug]": workspace.slug, "slug": "t"}) == ["t"]
    assert slugs(filter='{"attributes":{"locale":{"$eq":"en"},"version":{"$ge":1},"name":{"$contains":"T"}}}') == ["t"]
    assert (
        slugs(filter=json.dumps({"relationships": {"workspace": {"attributes": {"slug": {"$eq": workspace.slug}}}}}))
        == slugs()
    )
    assert errors(api.get(f"{URL}?colour=red")) == {"colour": "unknown_parameter"}
    assert errors(api.get(f"{URL}?enabled=perhaps")) == {"enabled": "invalid_parameter"}
    assert api.get(URL, params={"workspace[slug]": "another"}).status_code == 403
    first = api.json("GET", URL, params={"page[size]": "2", "sort": "created_at"})
    assert (len(first["data"]), first["meta"]["total_pages"]) == (2, 2)


def test_options_are_what_a_new_form_gets(api: Api, made: dict[str, Any]) -> None:
    default, short = (each["id"] for each in made["presets"])
    assert api.json("GET", f"{URL}/{default}/options") == {"intro": "Hi"}
    assert api.json("GET", f"{URL}/{short}/options") == {"intro": "Hello"}
    several = api.get(f"{URL}/accident-report/options")
    assert (several.status_code, errors(several)) == (409, {"": "ambiguous"})
    assert {each["id"] for each in several.json()["errors"][0]["meta"]["candidates"]} == {default, short}
    api.json("POST", f"{URL}/{short}", json={"enabled": False})
    assert api.json("GET", f"{URL}/accident-report/options") == {"intro": "Hi"}
    assert api.get(f"{URL}/{short}/options").status_code == 404
    for nothing in ("nothing", str(new_id()), "Not%20a%20slug"):
        assert api.get(f"{URL}/{nothing}/options").status_code == 404


def test_steps_are_pages_in_a_language(api: Api, made: dict[str, Any]) -> None:
    pages = api.json("GET", f"{URL}/accident-report/steps")
    assert [(each["id"], each["title"], each["description"]) for each in pages] == [
        ("you", "About you", None),
        ("damage", "The damage", None),
    ]
    assert [(each["key"], each["type"], each["required"], each["group"]) for each in pages[0]["elements"]] == [
        ("welcome", "information", False, None),
        ("phone", "phone", True, None),
        ("hurt", "checkbox", False, None),
        ("who", "group", False, None),
        ("their_name", "text", True, "who"),
        ("cost", "number", False, "who"),
        ("doubled", "computed", False, "who"),
        ("bill", "file", False, "who"),
    ]
    french = api.json("GET", f"{URL}/accident-report/steps?locale=fr-BE")
    assert (french[0]["title"], french[0]["elements"][1]["label"], french[0]["elements"][1]["description"]) == (
        "Vous",
        "Votre téléphone",
        "We may call.",
    )
    assert french[1]["elements"][0]["options"] == [
        {"value": "full", "label": "Tout"},
        {"value": "third", "label": "Third party"},
    ]
    assert api.json("GET", f"{URL}/accident-report/steps?locale=xx") == pages


def test_the_addresses_of_old(api: Api, made: dict[str, Any], workspace: Any) -> None:
    flows = api.get("/v1/flows")
    assert [each["key"] for each in sorted(flows.json(), key=lambda each: str(each["key"]))] == ["default", "short"]
    assert flows.headers["link"] == '</v1/form_templates>; rel="successor-version"'
    assert flows.headers["deprecation"].startswith("@")
    steps = api.get("/v1/flows/accident-report/steps")
    assert steps.json() == api.json("GET", f"{URL}/accident-report/steps")
    assert '</v1/form_templates/accident-report/steps>; rel="successor-version"' in steps.headers["link"]
    refused = api.get("/v1/flows/nothing/options")
    assert (refused.status_code, refused.headers["deprecation"]) == (404, flows.headers["deprecation"])
    assert len(api.json("GET", "/v1/flows?page[size]=1")) == 1
    companies = api.get("/v1/companies")
    assert [each["slug"] for each in companies.json()] == [workspace.slug]
    assert companies.headers["link"] == '</v1/workspaces>; rel="successor-version"'
    api.json("POST", f"{URL}/{made['id']}", json={"enabled": False})
    assert [each["key"] for each in api.json("GET", "/v1/flows")] == ["short"]


def test_all_of_them_without_a_page(api: Api) -> None:
    presets = [{"key": f"p{number}", "name": f"P{number}"} for number in range(12)]
    api.json("POST", URL, 201, json={"title": "Many", "pages": PAGES, "presets": presets})
    assert len(api.json("GET", "/v1/flows")) == 12
    assert len(api.json("GET", URL)["data"]) == 10


def test_drafts(api: Api, made: dict[str, Any]) -> None:
    url = f"{URL}/accident-report"
    wrong = ACCIDENT | {
        "pages": [{"key": "p", "title": "P", "elements": [{"key": "a", "type": "texxt", "label": "A"}]}]
    }
    draft = api.put(f"{url}?draft=true", json=wrong)
    assert (draft.status_code, draft.headers["etag"]) == (200, '"1-draft"')
    assert next((each["pointer"], each["code"]) for each in draft.json()["problems"]) == (
        "/pages/0/elements/0/type",
        "unknown_type",
    )
    assert api.json("GET", f"{url}/document")["document"] == ACCIDENT, "nothing is published"
    assert api.json("GET", f"{url}/document?draft=true")["document"] == wrong
    assert api.post(f"{url}/publish").status_code == 400
    right = api.put(f"{url}?draft=true", json=ACCIDENT | {"title": "Better"}, headers={"If-Match": '"1"'})
    assert right.json()["problems"] == []
    stale = api.put(f"{url}?draft=true", json=ACCIDENT, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    assert api.post(f"{url}/publish", headers={"If-Match": '"1"'}).status_code == 412
    published = api.json("POST", f"{url}/publish", headers={"If-Match": '"2"'})
    assert (published["version"], published["title"]) == (2, "Better")
    none = api.post(f"{url}/publish")
    assert (none.status_code, errors(none)) == (409, {"": "no_draft"})


def test_a_draft_of_a_new_template(api: Api) -> None:
    answer = api.post(f"{URL}?draft=true", json=document(text("a")))
    assert (answer.status_code, answer.json()["slug"], answer.json()["based_on"]) == (201, "t", 0)
    assert api.json("GET", URL)["data"] == []
    assert api.get(f"{URL}/t/steps").status_code == 404
    assert api.get(f"{URL}/t/document").status_code == 404
    assert errors(api.post(URL, json=document(text("a")))) == {"/slug": "slug_taken"}
    assert api.json("POST", f"{URL}/t/publish")["version"] == 1
    assert len(api.json("GET", f"{URL}/t/steps")) == 1


def test_a_draft_that_was_overtaken(api: Api, made: dict[str, Any]) -> None:
    url = f"{URL}/accident-report"
    api.json("PUT", f"{url}?draft=true", json=ACCIDENT | {"title": "Mine"})
    api.json("PUT", url, json=ACCIDENT | {"title": "Theirs"})
    assert api.post(f"{url}/publish").status_code == 412


def test_lists_of_options_are_shared(api: Api) -> None:
    makes = {
        "title": "Makes",
        "options": [{"value": "volvo", "label": "Volvo"}],
        "texts": {"fr": {"volvo": "Volvo (fr)"}},
    }
    assert api.json("PUT", "/v1/option_lists/makes", json=makes)["slug"] == "makes"
    car = {"key": "make", "type": "choices", "label": "Make", "list": "makes"}
    api.json("POST", URL, 201, json=document(car, texts={"fr": {"title": "F"}}))
    steps = api.json("GET", f"{URL}/t/steps?locale=fr")
    assert steps[0]["elements"][0]["options"] == [{"value": "volvo", "label": "Volvo (fr)"}]
    more = makes | {"options": [{"value": "saab", "label": "Saab"}], "texts": {}}
    api.json("PUT", "/v1/option_lists/makes", json=more)
    kept = api.json("GET", f"{URL}/t/document")["document"]
    assert kept["pages"][0]["elements"][0]["options"] == makes["options"], "a version has what the list had"
    api.json("PUT", f"{URL}/t", json=kept)
    assert [each["value"] for each in api.json("GET", f"{URL}/t/steps")[0]["elements"][0]["options"]] == ["saab"]
    unknown = api.post(URL, json=document(car | {"list": "mkes"}, slug="u"))
    assert errors(unknown) == {"/pages/0/elements/0/list": "unknown_key"}
    assert errors(
        api.put(
            "/v1/option_lists/x",
            json={"title": "X", "options": [{"value": "a", "label": "A"}] * 2, "texts": {"fr": {"b": "B"}}},
        )
    ) == {
        "/options/1/value": "duplicate",
        "/texts/fr/b": "unknown_key",
    }
    assert api.delete("/v1/option_lists/makes").status_code == 204
    assert api.delete("/v1/option_lists/makes").status_code == 404
    api.json("PUT", f"{URL}/t", json=kept)
    assert api.json("GET", "/v1/option_lists")["data"] == []


def test_what_comes_back_wrong_is_all_of_it(api: Api) -> None:
    refused = api.post(
        URL,
        json=document(
            {"key": "a", "type": "choices", "label": "A", "list": "no"}, {"key": "b", "type": "nope", "label": "B"}
        ),
    )
    assert errors(refused) == {"/pages/0/elements/0/list": "unknown_key", "/pages/0/elements/1/type": "unknown_type"}
    assert errors(api.post(URL, json={"titel": "x"})) == {"/title": "missing_member", "/titel": "unknown_member"}


def test_two_workspaces_of_one_slug(world: World) -> None:
    one, other = world.workspace(), world.workspace()
    both = world.client(world.token(one, other))
    for each in (one, other):
        world.client(world.token(each)).json("POST", URL, 201, json=document(text("a")))
    ambiguous = both.get(f"{URL}/t/steps")
    assert (ambiguous.status_code, errors(ambiguous)) == (409, {"": "ambiguous"})
    assert both.get(f"{URL}/t/steps", params={"workspace[slug]": one.slug}).status_code == 200
    assert both.get(f"{URL}/t/steps", params={"workspace[id]": str(other.id)}).status_code == 200
    assert errors(both.post(URL, json={"title": "X"})) == {"/workspace": "missing_member"}
    assert (
        both.json("POST", URL, 201, json={"title": "X", "pages": PAGES, "company": {"slug": other.slug}})["workspace"][
            "slug"
        ]
        == other.slug
    )
    mixed = both.post(
        URL, json={"title": "X", "pages": PAGES, "workspace": {"id": str(one.id)}, "company": {"slug": other.slug}}
    )
    assert errors(mixed) == {"/company": "invalid_value"}
    assert (
        world.client(world.token(one))
        .post(URL, json={"title": "X", "pages": PAGES, "workspace": {"id": str(other.id)}})
        .status_code
        == 403
    )
    assert errors(both.put("/v1/option_lists/x", json={"title": "X", "options": [{"value": "a", "label": "A"}]})) == {
        "workspace[id]": "missing_member"
    }


@pytest.mark.parametrize("path", ["/form_templates/t/options", "/form_templates/t/steps", "/flows/t/options", "/flows/t/steps", "/form_templates/t/document"])  # fmt: skip
def test_every_refusal_that_is_documented(world: World, path: str) -> None:
    """400, 403 and 404 of one template; 409 of two that are meant."""
    one, other = world.workspace(), world.workspace()
    for each in (one, other):
        world.client(world.token(each)).json("POST", URL, 201, json=document(text("a")))
    both, alone = world.client(world.token(one, other)), world.client(world.token(one))
    assert errors(both.get(f"/v1{path}?workspace[id]=x")) == {"workspace[id]": "invalid_uuid"}
    assert errors(both.get(f"/v1{path}?colour=x")) == {"colour": "unknown_parameter"}
    assert alone.get(f"/v1{path}", params={"workspace[id]": str(other.id)}).status_code == 403
    assert alone.get(f"/v1{path}", params={"workspace[slug]": other.slug}).status_code == 403
    assert alone.get(f"/v1{path.replace('/t/', '/u/')}").status_code == 404
    assert both.get(f"/v1{path}").status_code == 409
    assert alone.get(f"/v1{path}").status_code == 200


@pytest.mark.parametrize("path", ["/form_templates", "/flows", "/companies"])
def test_every_refusal_of_lists(api: Api, path: str) -> None:
    for wrong in ("page[size]=1000", "page[number]=0", "archived=perhaps", "colour=red"):
        assert api.get(f"/v1{path}?{wrong}").status_code == 400, wrong
    assert api.get("/v1/form_templates", params={"workspace[slug]": "another"}).status_code == 403


def test_options_of_files_and_numbers(api: Api) -> None:
    options = [{"key": "n", "type": "number", "label": "N", "default": 5}, {"key": "f", "type": "file", "label": "F"}]
    api.json(
        "POST", URL, 201, json=document(text("a"), options=options, presets=[{"name": "P", "options": {"n": None}}])
    )
    assert api.json("GET", f"{URL}/t/options") == {"n": None, "f": None}, "a preset may take a default away"
