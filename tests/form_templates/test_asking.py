"""What a form asks, as its answers are: pages, elements, rows of groups, what must be answered, what follows."""

from typing import Any

from dossier.form_templates.model import Asked, Missing, Situation, asked, parse
from tests.form_templates.support import ACCIDENT, document, text

ACCIDENT_TEMPLATE = parse(ACCIDENT)


def accident(answers: dict[str, Any], **more: Any) -> Asked:
    return asked(ACCIDENT_TEMPLATE, Situation(answers, **({"options": {"intro": "Hi"}} | more)))


def of(*elements: dict[str, Any], answers: dict[str, Any] | None = None, **members: Any) -> Asked:
    return asked(parse(document(*elements, **members)), Situation(answers or {}))


def test_what_a_condition_hides_is_not_asked_and_what_it_brings_is() -> None:
    nobody = accident({"hurt": False})
    assert [each.key for each in nobody.pages[0].elements] == ["welcome", "phone", "hurt"]
    assert nobody.missing == (Missing("phone", "you"),)
    somebody = accident({"hurt": True})
    assert [each.key for each in somebody.pages[0].elements] == ["welcome", "phone", "hurt", "who"]
    assert somebody.missing == (Missing("phone", "you"), Missing("their_name", "you", "who", 0))


def test_a_hidden_answer_is_put_aside_and_comes_back() -> None:
    answers = {"phone": "+32470123456", "hurt": True, "who": [{"their_name": "Eve", "cost": 60}]}
    assert accident(answers).answers()["total"] == 120
    aside = accident(answers | {"hurt": False})
    assert aside.answers() == {"phone": "+32470123456", "hurt": False, "total": 0}
    assert not aside.element("sign"), "what followed from it is gone too"
    assert accident(answers).answers()["who"] == [{"their_name": "Eve", "cost": 60, "doubled": 120}]


def test_a_page_goes_with_an_option() -> None:
    assert [each.key for each in accident({}).pages] == ["you", "damage"]
    none = accident({"photos": ["x"]}, options={"intro": "none"})
    assert [each.key for each in none.pages] == ["you"]
    assert "photos" not in none.answers()


def test_rows_are_decided_each_for_itself() -> None:
    rows = [{"their_name": "Eve", "cost": 101}, {"their_name": "Adam", "cost": 100}, {}]
    found = accident({"phone": "x", "hurt": True, "who": rows})
    assert found.missing == (Missing("bill", "you", "who", 0),)
    who = found.element("who")
    assert who
    assert [[each.required for each in row.elements] for row in who.rows] == [
        [True, False, False, True],
        [True, False, False, False],
        [True, False, False, False],
    ]
    assert [row.place for row in who.rows] == [0, 1, 2]
    assert len(found.answers()["who"]) == 2, "a row with nothing in it is none"


def test_a_group_that_is_asked_once_needs_no_rows() -> None:
    group = {"key": "home", "type": "group", "label": "Home", "elements": [text("street", required=True), text("town")]}
    assert of(group).missing == (Missing("street", "p", "home", 0),)
    assert of(group, answers={"home": [{"street": "x"}]}).missing == ()
    many = group | {"repeat": {"min": 0, "max": 3}}
    assert of(many).missing == ()
    assert of(many, answers={"home": [{"town": "x"}]}).missing == (Missing("street", "p", "home", 0),)
    plain = group | {"repeat": {"min": 2, "max": 3}, "elements": [text("town")]}
    assert of(plain).missing == (Missing("home", "p", None, 0), Missing("home", "p", None, 1))
    assert of(plain, answers={"home": [{"town": "x"}]}).missing == (Missing("home", "p", None, 1),)


def test_no_is_an_answer_and_nothing_is_none() -> None:
    yes_no = {"key": "agree", "type": "checkbox", "label": "Agree", "required": True}
    assert of(yes_no, answers={"agree": False}).complete
    for nothing in (None, "", []):
        assert of(text("a", required=True), answers={"a": nothing}).missing == (Missing("a", "p"),)
    assert of({"key": "n", "type": "number", "label": "N", "required": True}, answers={"n": 0}).complete


def test_required_by_other_answers_user_and_case() -> None:
    for condition, situation in (
        ({"data.b": {"$eq": "x"}}, Situation({"b": "x"})),
        ({"user.locale": {"$eq": "fr"}}, Situation(user={"locale": "fr"})),
        ({"case.data.amount": {"$gt": 10}}, Situation(case={"data.amount": 11})),
        ({"case.status": {"$eq": "open"}}, Situation(case={"status": "open"})),
    ):
        template = parse(document(text("a", required_when=condition), text("b")))
        assert asked(template, situation).missing == (Missing("a", "p"),), condition
        assert asked(template, Situation()).complete


def test_order_does_not_matter_only_what_decides_about_what() -> None:
    elements = [
        text("c", visible_when={"data.b": {"$eq": "y"}}),
        text("b", visible_when={"data.a": {"$eq": "x"}}),
        text("a"),
    ]
    answers = {"a": "x", "b": "y", "c": "z"}
    assert of(*elements, answers=answers).answers() == answers
    assert of(*elements, answers=answers | {"a": "n"}).answers() == {"a": "n"}, "hidden one after the other"


def test_what_is_computed_or_unknown_is_not_taken_from_anybody() -> None:
    found = of(
        {"key": "n", "type": "number", "label": "N"},
        {"key": "k", "type": "computed", "formula": "n + 1"},
        answers={"n": 1, "k": 99, "x": 1},
    )
    assert found.answers() == {"n": 1, "k": 2}
    assert found.computed == {"k": 2}


def test_a_page_with_nothing_to_see_is_none() -> None:
    pages = [
        {"key": "a", "title": "A", "elements": [text("x"), text("y", visible_when={"data.x": {"$eq": "1"}})]},
        {"key": "b", "title": "B", "elements": [text("z", visible_when={"data.x": {"$eq": "1"}})]},
        {"key": "c", "title": "C", "elements": [{"key": "h", "type": "hidden"}]},
        {"key": "d", "title": "D", "elements": []},
    ]
    template = parse({"title": "T", "pages": pages}, draft=True)
    assert [each.key for each in asked(template, Situation({"h": "kept"})).pages] == ["a", "d"]
    assert asked(template, Situation({"h": "kept"})).answers() == {"h": "kept"}
    assert [each.key for each in asked(template, Situation({"x": "1"})).pages] == ["a", "b", "d"]


def test_formulas_of_operators_in_groups_and_over_them() -> None:
    row = [
        {"key": "cost", "type": "number", "label": "Cost"},
        {
            "key": "share",
            "type": "computed",
            "formula": {"$if": [{"data.cost": {"$gt": 10}}, {"$mul": ["data.cost", "data.rate"]}, 0]},
        },
    ]
    elements = (
        {"key": "rate", "type": "number", "label": "Rate"},
        {"key": "who", "type": "group", "label": "Who", "repeat": {"min": 0, "max": 5}, "elements": row},
        {"key": "all", "type": "computed", "formula": {"$sum": ["data.who.share"]}},
        {"key": "many", "type": "computed", "formula": {"$count": "data.who.cost"}},
    )
    found = of(*elements, answers={"rate": 2, "who": [{"cost": 5}, {"cost": 20}, {"cost": 30}]})
    assert found.computed == {"all": 100, "many": 3}
    assert [each["share"] for each in found.answers()["who"]] == [0, 40, 60]


def test_a_score_adds_up_points_and_asks_for_more() -> None:
    options = [{"value": each, "label": each} for each in ("yes", "no", "diving", "chess")]
    points = [
        {"$if": [{"data.smokes": {"$eq": "yes"}}, 3, 0]},
        {"$if": [{"data.sports": {"$contains": "diving"}}, 5, 0]},
    ]
    elements: list[dict[str, Any]] = [
        {"key": "smokes", "type": "choices", "label": "Do you smoke?", "options": options},
        {"key": "sports", "type": "multiple_choice", "label": "Sports", "options": options},
        {"key": "risk", "type": "computed", "label": "Risk", "formula": {"$sum": points}},
        text("doctor", required=True, visible_when={"data.risk": {"$ge": 5}}),
    ]
    assert of(*elements).computed == {"risk": 0}
    assert of(*elements, answers={"smokes": "yes", "sports": ["chess"]}).complete
    risky = of(*elements, answers={"smokes": "yes", "sports": ["diving"]})
    assert (risky.computed, risky.missing) == ({"risk": 8}, (Missing("doctor", "p"),))
