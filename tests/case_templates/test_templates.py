"""Case templates: read in the shape of a case, written as documents, version by version (contract sections 5 and 7)."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from dossier.case_templates.model.document import document_schema
from dossier.foundation import yaml
from dossier.foundation.identifiers import new_id
from tests.world import Api, World, errors

DOCUMENT: dict[str, Any] = {
    "title": "Motor claim",
    "description": "A car",
    "locale": "en",
    "contacts": [{"key": "main", "name": "Policy holder", "required": True}, {"key": "expert", "name": "Expert"}],
    "schema": [{"key": "amount", "type": "currency", "name": "Amount", "default": 250, "currency": "EUR"}],
    "steps": [{"key": "call", "title": "Call", "type": "task"}],
}


def test_a_template_has_the_shape_of_a_case(api: Api) -> None:
    made = api.json("POST", "/v1/case_templates", 201, json=DOCUMENT)
    assert (made["title"], made["description"], made["template"], made["reference"]) == (
        "Motor claim",
        "A car",
        None,
        None,
    )
    assert [(slot["key"], slot["name"], slot["email"]) for slot in made["contacts"]] == [
        ("main", "Policy holder", None),
        ("expert", "Expert", None),
    ]
    assert made["schema"] == [{"key": "amount", "type": "currency", "value": 250, "name": "Amount"}]
    assert made["steps"] == [{"id": "call", "title": "Call", "status": "available", "data": {}}]
    assert api.json("GET", f"/v1/case_templates/{made['id']}") == made


def test_the_document_comes_back_as_it_was_published(api: Api) -> None:
    made = api.json("POST", "/v1/case_templates", 201, json=DOCUMENT)
    assert api.json("GET", f"/v1/case_templates/{made['id']}/document") == {"version": 1, "document": DOCUMENT}


def test_versions(api: Api) -> None:
    made = api.json("POST", "/v1/case_templates", 201, json=DOCUMENT)
    url = f"/v1/case_templates/{made['id']}"
    same = api.put(url, json=DOCUMENT)
    assert same.headers["etag"] == '"1"', "the same document is no new version"
    next_ = api.put(url, json=DOCUMENT | {"title": "Car claim"}, headers={"If-Match": '"1"'})
    assert (next_.headers["etag"], next_.json()["title"]) == ('"2"', "Car claim")
    assert next_.json()["contacts"][0]["id"] == made["contacts"][0]["id"], "a slot keeps its uuid"
    refused = api.put(url, json=DOCUMENT, headers={"If-Match": '"1"'})
    assert (refused.status_code, errors(refused)) == (412, {"": "changed_since"})
    assert refused.json()["errors"][0]["meta"] == {"version": 2}
    assert api.put(f"/v1/case_templates/{new_id()}", json=DOCUMENT).status_code == 404


def test_archiving(api: Api) -> None:
    made = api.json("POST", "/v1/case_templates", 201, json=DOCUMENT)
    url = f"/v1/case_templates/{made['id']}"
    assert api.json("POST", url, json={"archived": True})["archived_at"]
    assert api.put(url, json=DOCUMENT | {"title": "x"}).status_code == 409
    assert api.json("GET", "/v1/case_templates")["data"] == []
    assert len(api.json("GET", "/v1/case_templates?archived=true")["data"]) == 1
    assert api.json("POST", url, json={"archived": False})["archived_at"] is None


def test_lists(world: World, api: Api, workspace: Any) -> None:
    world.member(workspace, "ada@example.org", given_name="Ada", family_name="Łovelace")
    api.json("POST", "/v1/case_templates", 201, json=DOCUMENT | {"owner": {"email": "ada@example.org"}})
    api.json("POST", "/v1/case_templates", 201, json={"title": "Household 100%"})

    def titles(**params: str) -> list[str]:
        page = api.json("GET", "/v1/case_templates", params={"sort": "created_at"} | params)
        assert page["meta"]["total_count"] == len(page["data"])
        return [row["title"] for row in page["data"]]

    assert titles() == ["Motor claim", "Household 100%"]
    assert titles(title="CLAIM") == ["Motor claim"]
    assert titles(title="%") == ["Household 100%"]
    assert titles(**{"owner[email]": "ada@example.org"}) == ["Motor claim"]
    assert titles(**{"workspace[slug]": workspace.slug}) == ["Motor claim", "Household 100%"]
    assert titles(filter='{"attributes":{"title":{"$ne":"Motor claim"}}}') == ["Household 100%"]
    assert errors(api.get("/v1/case_templates?status=draft")) == {"status": "unknown_parameter"}
    assert errors(api.get('/v1/case_templates?filter={"attributes":{"data.x":{"$eq":1}}}')) == {
        "filter": "unknown_attribute"
    }


@pytest.mark.parametrize(("title", "asked"), [("Претензия", "претенз"), ("Schade École", "ÉCOLE"), ("Ζημιά", "ΖΗΜΙΆ")])
def test_a_title_is_found_in_any_script(api: Api, title: str, asked: str) -> None:
    """[F04] Whatever its case, as the contract has it: a collation of C knows ASCII only."""
    api.json("POST", "/v1/case_templates", 201, json={"title": title})
    assert [row["title"] for row in api.json("GET", "/v1/case_templates", params={"title": asked})["data"]] == [title]


def test_unknown_fields_may_be_ignored_or_added(api: Api, make_case: Any) -> None:
    for policy, expected in (
        ("ignore", []),
        ("add", [{"key": "colour", "type": "text", "value": "red", "name": "Colour"}]),
    ):
        template = api.json("POST", "/v1/case_templates", 201, json={"title": "T", "unknown_fields": policy})
        case = make_case(template={"id": template["id"]})
        updated = api.json("POST", f"/v1/cases/{case['id']}/data", json={"data": {"colour": "red"}})
        assert updated["schema"] == expected
        assert api.json("GET", f"/v1/cases/{case['id']}")["schema"] == expected


def test_the_published_schema_takes_the_example_and_refuses_mistakes() -> None:
    from importlib.resources import files

    validator = Draft202012Validator(document_schema())
    example = yaml.decode(files("dossier.demo").joinpath("motor-claim.yaml").read_text())
    assert not list(validator.iter_errors(example))
    assert list(validator.iter_errors({"title": "T", "schema": [{"key": "a", "type": "nope", "name": "A"}]}))
