"""Files that are answered and go to a field of the case: also those that are gone by then, or that the field does not take."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from dossier.forms.store import reading
from dossier.foundation.actor import Scope, system
from dossier.workspaces.model import Workspace
from tests.forms.support import do_due, publish
from tests.portal.support import Made, state
from tests.portal.test_files import picture, send
from tests.steps.test_forms import STEP, TESS, history, started, values
from tests.world import Api, World

ELEMENTS: list[dict[str, Any]] = [
    {"key": "photos", "type": "file", "label": "Photos", "field": "data.photos"},
    {"key": "note", "type": "text", "label": "Note", "field": "data.note"},
]


@pytest.fixture
def answered(
    world: World, workspace: Workspace, api: Api, make_template: Any, make_case: Any
) -> Callable[..., tuple[dict[str, Any], Made, Any]]:
    def answer(**members: Any) -> tuple[dict[str, Any], Made, Any]:
        """A case whose field has these members, and its form with a photograph and a note, not handed in."""
        publish(world, workspace, pages=[{"key": "papers", "title": "Papers", "elements": ELEMENTS}])
        schema = [
            {"key": "photos", "type": "file", "name": "Photos", **members},
            {"key": "note", "type": "text", "name": "Note"},
        ]
        template = make_template(schema=schema, steps=[STEP])["id"]
        case = make_case(template={"id": template}, contacts=[TESS])
        form = started(api, case)
        secret = form["links"]["fill"].rsplit("/", 1)[1]
        do_due(world)
        scope = system(scope=Scope((workspace.id,)))
        made = Made(world, world.do(lambda tx: reading.get(tx, UUID(form["id"])), scope), secret)
        contact = made.visitor()
        contact.press("start")
        send(contact, ("a.jpg", picture()), **{"note.value": "Hello"})
        return case, made, contact

    return answer


def test_a_file_goes_to_the_case(answered: Any, api: Api) -> None:
    case, made, contact = answered()
    assert state(contact.press("submit")) == "done"
    assert [each["name"] for each in values(api, case)["photos"]] == ["a.jpg"]
    (id,) = made.data()["photos"]
    assert [each["id"] for each in api.json("GET", f"/v1/cases/{case['id']}/files")["data"]] == [id]


def test_one_that_was_erased_meanwhile_stays_in_the_response(answered: Any, api: Api) -> None:
    case, made, contact = answered()
    api.json("DELETE", f"/v1/attachments/{made.data()['photos'][0]}?force=true", 204)
    assert state(contact.press("submit")) == "done"
    assert (values(api, case)["photos"], values(api, case)["note"]) == (None, "Hello")
    (entry,) = [each for each in history(api, case) if each["kind"] == "form"]
    assert entry["reason"] == "Does not fit the case any more, and stays in the response: “Photos”."


def test_of_several_those_that_are_there_go_to_the_case(answered: Any, api: Api) -> None:
    case, made, contact = answered()
    send(contact, ("b.jpg", picture("blue")), **{"photos.value": made.data()["photos"][0]})
    first, second = made.data()["photos"]
    api.json("DELETE", f"/v1/attachments/{first}?force=true", 204)
    assert state(contact.press("submit")) == "done"
    assert [each["id"] for each in values(api, case)["photos"]] == [second]


def test_what_the_field_takes_no_more_stays_in_the_response(answered: Any, api: Api) -> None:
    """The case came to a version of its template that takes smaller files than the form."""
    case, _, contact = answered(max_size=10)
    assert state(contact.press("submit")) == "done"
    assert (values(api, case)["photos"], values(api, case)["note"]) == (None, "Hello")


def test_files_go_with_the_case(answered: Any, api: Api) -> None:
    case, _, contact = answered()
    contact.press("submit")
    assert api.json("GET", "/v1/files/count") == {"count": 1}
    api.json("DELETE", f"/v1/cases/{case['id']}", 204)
    assert api.json("GET", "/v1/files/count") == {"count": 0}
