"""What the server writes as YAML it takes back, by every door, and it means the same."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from dossier.cli.templates import app
from dossier.foundation import json, yaml
from tests.many import MANY
from tests.world import Api, Browser, World

NASTY = ["NO", "yes", "null", "~", "1e3", "0x10", "1:30", ".inf", "- a", "a: b", "#x", "%", "=", "<<", " a ", "a\nb\n", "é\u2028x", "\ufeff", "\x85", "\x1b[31m", '"', "'"]  # fmt: skip
texts = st.sampled_from(NASTY) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20
)
numbers = st.sampled_from(["0", "-0.0", "1e-40", "1e40", "0e-99999", "9007199254740993.01", "1.50", "-7"])
documents = st.builds(
    lambda title, about, label, number, asked: {
        "title": title,
        "description": about,
        "schema": [
            {"key": "n", "type": "number", "name": label, "default": json.decode(number.encode())},
            {"key": "c", "type": "choices", "name": label, "options": [{"value": asked, "label": title}]},
        ],
        "steps": [
            {"key": "s", "title": title, "type": "task", "visible_when": {"data.c": {"$in": [asked, json.decode(number.encode())]}}}
        ],
    },
    texts,
    texts,
    texts,
    numbers,
    texts,
)  # fmt: skip


@pytest.fixture(scope="module")
def office(world: World) -> tuple[Api, Browser]:
    workspace = world.workspace()
    member = world.member(workspace, f"yaml-{workspace.slug}@example.org", "administrator")
    return world.client(world.token(workspace)), world.browser(member)


def sent(api: Api, method: str, path: str, document: Any) -> Any:
    headers = {"Content-Type": "application/json"}
    return api.request(method, path, content=json.encode(document), headers=headers)


@pytest.mark.long
@given(documents)
@settings(max_examples=200 if MANY else 12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_document_survives_yaml_and_put(office: tuple[Api, Browser], document: Any) -> None:
    """[F10] Document → export → YAML → PUT: the same document, which is no new version; and once more by the designer."""
    api, browser = office
    made = sent(api, "POST", "/v1/case_templates", document)
    if made.status_code == 400:  # a text that the document itself does not take
        return
    address = f"/v1/case_templates/{made.json()['id']}"
    written = browser.get(f"/workspace/templates/{made.json()['id']}/export.yaml").content.decode()
    read = yaml.decode(written)
    assert json.same(read, json.decode(json.encode(document)))
    again = sent(api, "PUT", address, read)
    assert (again.status_code, again.headers["ETag"]) == (200, made.headers["ETag"]), again.text
    imported = browser.send_form("/workspace/templates", document=written)
    assert imported.status_code == 200, (written, imported.text[-3000:])
    taken = browser.get(str(imported.url).partition("?")[0] + "/export.json").content
    assert json.same(json.decode(taken), json.decode(json.encode(document)))


@pytest.mark.parametrize("text", ["a: .inf\nb: [", "a: 1\na: 2", "a: &x 1", 'a: "\\0"', "a: " + "9" * 5000, "[" * 9000])
def test_what_cannot_be_read_is_said_in_a_sentence(office: tuple[Api, Browser], text: str) -> None:
    """[F11 F13 S17] In the designer, with the line; never a traceback, never 500."""
    _, browser = office
    refused = browser.send_form("/workspace/templates", document=text)
    assert refused.status_code == 400
    assert "(line " in refused.text


def test_the_command_says_it_too(tmp_path: Path) -> None:
    """[F13] `dossier template import` names the file and the line, before it looks for a database."""
    file = tmp_path / "a.yaml"
    file.write_text("title: T\nschema:\n  - {key: a, max: 1e9999}\n")
    ended = CliRunner().invoke(app, ["import", str(file), "--workspace", "w"])
    assert ended.exit_code == 1
    assert "a.yaml cannot be read" in ended.output
    assert "(line 3, column 19)" in ended.output
