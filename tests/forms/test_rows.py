"""Which forms, answers and calls each statement is about: rows beside them stay as they are."""

from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from dossier.contacts.model import Contact
from dossier.forms.store import erasing
from dossier.foundation.identifiers import new_id
from tests.grid import HERE, THERE, Grid
from tests.world import World

EVE, BO, FORM, OTHER, ONE, TWO = (new_id() for _ in range(6))
PERSON = Contact(EVE, "Eve@Example.org", "Eve", "Moe", "+3212345678")
BOTH = [HERE, THERE]
RESPONSES = {"workspace_id": BOTH, "response_id": [ONE, TWO]}


@pytest.fixture
def grid_of(world: World, database_url: str) -> Any:
    return partial(Grid, world, database_url)


@pytest.fixture
def rooms(grid_of: Any) -> Any:
    with grid_of("workspaces", id=BOTH, slug=lambda number: f"rows-{number}") as grid:
        yield grid


@pytest.fixture
def forms(grid_of: Any, rooms: Any) -> Any:
    return partial(grid_of, "forms", workspace_id=BOTH, reference=str, status="pending", access="direct")


def ids(rows: list[dict[str, Any]]) -> set[Any]:
    return {row["id"] for row in rows}


def test_forms_ask_somebody_as_a_contact_or_by_an_address(forms: Any) -> None:
    of = {"contact_id": [EVE, BO, None], "email_folded": ["eve@example.org", None], "phone": ["+3212345678", None]}
    with forms(**of) as grid:
        meant = grid.where(
            lambda row: row["contact_id"] == EVE or row["email_folded"] or (row["contact_id"] is None and row["phone"]),
            workspace_id=HERE,
        )  # fmt: skip
        assert set(grid.found(lambda tx: erasing.asked(tx, HERE, PERSON))) == ids(meant)


def test_responses_are_of_their_form(grid_of: Any) -> None:
    with grid_of("form_responses", workspace_id=BOTH, form_id=[FORM, OTHER], number=[1, 2]) as grid:
        found = grid.found(lambda tx: erasing.responses_of(tx, HERE, FORM))
        assert set(found) == ids(grid.where(workspace_id=HERE, form_id=FORM))


def test_a_form_is_emptied_alone(forms: Any, grid_of: Any) -> None:
    links = {"workspace_id": BOTH, "form_id": [FORM, OTHER], "hash": lambda number: bytes([number])}
    with forms(id=[FORM, OTHER], email="a") as grid, grid_of("form_links", **links) as linked:
        form: Any = SimpleNamespace(workspace_id=HERE, id=FORM, webhooks={})
        assert grid.touched(lambda tx: erasing.empty(tx, form)) == grid.where(workspace_id=HERE, id=FORM)
        assert linked.touched(lambda tx: erasing.empty(tx, form)) == linked.where(workspace_id=HERE, form_id=FORM)


@pytest.mark.parametrize("only", [None, EVE])
def test_answers_of_responses_are_forgotten_or_those_of_one_alone(grid_of: Any, only: Any) -> None:
    for actor_type, actor_id in (("contact", EVE), ("contact", BO), ("member", EVE)):
        of = RESPONSES | {"element": ["a", "b"], "actor_type": actor_type, "actor_id": actor_id}
        with grid_of("form_answers", **of) as grid:
            is_meant = only is None or (actor_type, actor_id) == ("contact", only)
            gone = grid.where(workspace_id=HERE, response_id=ONE) if is_meant else []
            assert grid.touched(lambda tx: erasing.forget_responses(tx, HERE, [ONE], only)) == gone


@pytest.mark.parametrize("only", [None, EVE])
def test_reasons_are_forgotten_with_the_whole_response(grid_of: Any, only: Any) -> None:
    of = RESPONSES | {"element": ["a", "b"], "reason": "why", "actor_type": "member", "state": "refused"}
    with grid_of("form_reviews", **of) as grid:
        gone = [] if only else grid.where(workspace_id=HERE, response_id=ONE)
        assert grid.touched(lambda tx: erasing.forget_responses(tx, HERE, [ONE], only)) == gone


def test_who_answered_and_papers_are_forgotten(grid_of: Any) -> None:
    of = {"workspace_id": BOTH, "form_id": FORM, "number": [1, 2], "reason": "why", "ip": "10.0.0.1"}
    with grid_of("form_responses", **of) as grid, grid_of("form_papers", **RESPONSES) as papers:
        one = grid.rows[0]
        assert grid.touched(lambda tx: erasing.forget_responses(tx, HERE, [one["id"]])) == [one]
        gone = papers.where(workspace_id=HERE, response_id=ONE)
        assert papers.touched(lambda tx: erasing.forget_responses(tx, HERE, [ONE])) == gone


SAYS = {"email": {"email": "eve@example.ORG"}, "phone": {"phone": PERSON.phone}, "nobody": {"email": "bo@example.org"}}


@pytest.mark.parametrize("link", [1, 2])
@pytest.mark.parametrize("by", SAYS)
def test_where_somebody_answered_before_another_was_asked(forms: Any, grid_of: Any, link: int, by: str) -> None:
    with (
        forms(id=[FORM, OTHER], link=link),
        grid_of(
            "form_responses", workspace_id=BOTH, form_id=[FORM, OTHER], number=[1, 2], answered_by=SAYS[by]
        ) as grid,
    ):
        meant = [] if by == "nobody" or link == 1 else grid.where(workspace_id=HERE)
        found = grid.found(lambda tx: erasing.answered_before(tx, HERE, PERSON))
        assert {(each.form_id, each.id, each.over) for each in found} == {
            (row["form_id"], row["id"], False) for row in meant
        }


@pytest.mark.parametrize(("actor_type", "actor_id"), [("contact", EVE), ("contact", BO), ("member", EVE)])
def test_where_an_answer_of_theirs_is_kept(forms: Any, grid_of: Any, actor_type: str, actor_id: Any) -> None:
    with (
        forms(id=FORM, link=2),
        grid_of("form_responses", workspace_id=BOTH, id=[ONE, TWO], form_id=FORM, number=lambda n: n) as responses,
        grid_of(
            "form_answers", workspace_id=BOTH, response_id=ONE, element="a", actor_type=actor_type, actor_id=actor_id
        ),
    ):
        found = responses.found(lambda tx: erasing.answered_before(tx, HERE, PERSON))
        assert [each.id for each in found] == ([ONE] if (actor_type, actor_id) == ("contact", EVE) else [])


def test_files_that_no_answer_is_about_any_more(grid_of: Any) -> None:
    file = [new_id(), new_id()]
    held = {"workspace_id": BOTH, "file_id": file, "kind": ["response", "case"], "holder_id": [ONE, TWO]}
    for fields, answered, is_left in ((["a"], "a", False), (["a"], "b", True), ([], "a", True)):
        answers = RESPONSES | {"element": answered, "actor_type": "contact"}
        with grid_of("file_holders", **held, fields=[fields]) as grid, grid_of("form_answers", **answers):
            found = grid.found(lambda tx: erasing.files_left(tx, HERE, ONE))
            assert sorted(found) == (sorted(map(str, file)) if is_left else [])


def test_what_was_given_with_forms_that_ask_another_by_now(forms: Any) -> None:
    for given in ("eve@example.org", "Eve%40Example.org", "+3212345678", "moe", "somebody"):
        with forms(link=[1, 2], data={"note": f"of {given}"}) as grid:
            meant = [] if given == "somebody" else ids(grid.where(workspace_id=HERE, link=2))
            found = grid.found(lambda tx: erasing.given_of_others(tx, HERE, PERSON))
            assert {each.id for each in found} == set(meant), given


def test_what_was_given_with_one_form_is_put(forms: Any) -> None:
    with forms(link=[1, 2]) as grid:
        one = grid.rows[0]
        given = erasing.Given(one["id"], {"a": 1}, {}, {}, {}, {}, None)
        assert grid.touched(lambda tx: erasing.put_given(tx, HERE, given)) == [one]


def test_answers_that_were_filled_in(grid_of: Any) -> None:
    of = RESPONSES | {"element": ["a", "b"], "value": [Jsonb("x"), None]}
    with grid_of("form_responses", workspace_id=BOTH, id=[ONE, TWO], form_id=lambda n: [FORM, OTHER][n % 2], number=1):
        for actor_type, count in (("system", 1), ("contact", 0)):
            for value in (Jsonb("x"), None):
                with grid_of("form_answers", **of | {"value": value, "actor_type": actor_type}) as grid:
                    found = grid.found(lambda tx: erasing.answers_filled_in(tx, HERE, FORM))
                    expected = {(ONE, "a"), (ONE, "b")} if count and value else set()
                    assert {(each.response_id, each.element) for each in found} == expected


def test_one_answer_is_put_and_its_papers_are_gone(grid_of: Any) -> None:
    of = RESPONSES | {"element": ["a", "b"], "actor_type": "system"}
    with grid_of("form_answers", **of) as grid, grid_of("form_papers", **RESPONSES) as papers:
        one, two = (erasing.FilledIn(each, "a", "x") for each in (ONE, TWO))
        gone = papers.where(workspace_id=HERE, response_id=ONE)
        assert papers.touched(lambda tx: erasing.put_answer(tx, HERE, one)) == gone
        assert grid.touched(lambda tx: erasing.put_answer(tx, HERE, two)) == grid.where(workspace_id=HERE, element="a")


@pytest.mark.parametrize("recipient", ["EVE@example.org", "+3212345678", "bo@example.org"])
def test_forms_that_ask_another_say_no_more_who_was_written_to(forms: Any, grid_of: Any, recipient: str) -> None:
    usual = {"channel": "email", "status": "sent", "recipient": recipient, "error": "why"}
    for link in (1, 2):
        with (
            forms(id=[FORM, OTHER], link=link),
            grid_of("form_notifications", workspace_id=BOTH, form_id=[FORM, OTHER], **usual) as grid,
        ):
            gone = [] if link == 1 or "bo" in recipient else grid.where(workspace_id=HERE)
            assert grid.touched(lambda tx: erasing.forget_written(tx, HERE, PERSON)) == gone


@pytest.mark.parametrize("table", ["form_batches", "form_reviews"])
def test_a_member_who_is_erased_is_named_no_more(grid_of: Any, table: str) -> None:
    more = {} if table == "form_batches" else {"response_id": lambda _: new_id(), "state": "accepted"}
    with grid_of(
        table, workspace_id=BOTH, actor_type=["member", "token"], actor_id=[EVE, BO], actor_name="Eve", **more
    ) as grid:
        gone = grid.where(workspace_id=HERE, actor_type="member", actor_id=EVE)
        assert grid.touched(lambda tx: erasing.forget_names(tx, HERE, EVE)) == gone


def test_an_owner_who_is_erased_is_written_to_no_more(grid_of: Any) -> None:
    usual = {"channel": "email", "status": "sent", "workspace_id": BOTH}
    says = [{"owner": "ADA@example.org"}, {"owner": "bo"}]
    for recipient in ("Ada@example.org", "bo@example.org"):
        for variables in says:
            with grid_of("form_notifications", **usual, recipient=recipient, variables=variables) as grid:
                is_meant = recipient.startswith("Ada") or variables == says[0]
                gone = grid.where(workspace_id=HERE) if is_meant else []
                assert grid.touched(lambda tx: erasing.forget_owner(tx, HERE, "ada@Example.org")) == gone
                left = [row["recipient"] for row in grid.kept if row["workspace_id"] == HERE]
                assert left == [None if recipient.startswith("Ada") else recipient]


def test_the_forms_of_an_owner(forms: Any) -> None:
    with forms(owner_id=[EVE, BO, None]) as grid:
        meant = ids(grid.where(workspace_id=HERE, owner_id=EVE))
        assert set(grid.found(lambda tx: erasing.owned(tx, HERE, EVE))) == meant


def test_what_was_put_into_messages_of_a_form_is_forgotten(grid_of: Any) -> None:
    usual = {"channel": "email", "status": "sent", "workspace_id": BOTH, "error": "why"}
    with grid_of("form_notifications", **usual, form_id=[FORM, OTHER]) as grid:
        gone = grid.where(workspace_id=HERE, form_id=FORM)
        assert grid.touched(lambda tx: erasing.forget_values(tx, HERE, FORM)) == gone
