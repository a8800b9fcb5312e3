"""`POST /v1/cases/{id}/contacts` (contract section 5)."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from dossier.cases.actions.later import WORDS
from dossier.cases.actions.people import SLOTS
from tests.many import left_to_ci
from tests.world import Api, Browser, World, errors


@pytest.fixture
def case(make_template: Any, make_case: Any) -> dict[str, Any]:
    slots = [{"key": "main", "name": "Holder"}, {"key": "broker", "name": "Broker"}]
    template = make_template(contacts=slots)
    return make_case(template={"id": template["id"]}, contacts=[{"email": "eve@example.org", "given_name": "Eve"}])


def put(api: Api, case: dict[str, Any], *contacts: Any, expected: int = 200) -> dict[str, Any]:
    answered = api.json("POST", f"/v1/cases/{case['id']}/contacts", expected, json={"contacts": list(contacts)})
    return {each["key"]: each for each in answered["contacts"]}


def test_named_slots_are_set_and_others_stay(api: Api, case: dict[str, Any]) -> None:
    slots = put(api, case, {"key": "broker", "email": "bo@example.org"})
    assert set(slots) == {"main", "broker"}
    assert slots["broker"]["name"] == "bo@example.org"


def test_given_members_overwrite_here(api: Api, case: dict[str, Any]) -> None:
    slots = put(api, case, {"key": "main", "email": "eve@example.org", "given_name": "Eva", "phone": "1"})
    assert slots["main"]["id"] == case["contacts"][0]["id"]
    assert (slots["main"]["given_name"], slots["main"]["phone"]) == ("Eva", "1")
    assert put(api, case, {"key": "main", "phone": None})["main"]["phone"] is None


def test_another_address_is_another_person(api: Api, case: dict[str, Any], make_case: Any) -> None:
    slots = put(api, case, {"key": "main", "email": "paul@example.org", "given_name": "Paul"})
    assert slots["main"]["id"] != case["contacts"][0]["id"]
    again = make_case(contacts=[{"email": "eve@example.org"}])["contacts"][0]
    assert again["given_name"] == "Eve", "the contact that was there before is untouched"


def test_a_slot_is_emptied_but_main(api: Api, case: dict[str, Any]) -> None:
    put(api, case, {"key": "broker", "email": "bo@example.org"})
    assert set(put(api, case, {"key": "broker", "contact": None})) == {"main"}
    response = api.post(f"/v1/cases/{case['id']}/contacts", json={"contacts": [{"key": "main", "contact": None}]})
    assert response.status_code == 409


@pytest.mark.parametrize(
    ("contacts", "problem"),
    [
        ([{"key": "brokr", "email": "a@example.org"}], {"/contacts/0/key": "unknown_slot"}),
        ([{"key": "main", "email": "nope"}], {"/contacts/0/email": "invalid_email"}),
        ([{"key": "main"}, {"key": "main"}], {"/contacts/1/key": "duplicate"}),
        ([{"email": "a@example.org"}, {"email": "b@example.org"}],
         {"/contacts/0/key": "missing_member", "/contacts/1/key": "missing_member"}),
    ],
)  # fmt: skip
def test_what_is_refused(api: Api, case: dict[str, Any], contacts: Any, problem: dict[str, str]) -> None:
    response = api.post(f"/v1/cases/{case['id']}/contacts", json={"contacts": contacts})
    assert (response.status_code, errors(response)) == (400, problem)
    assert api.json("GET", f"/v1/cases/{case['id']}") == case


# ---- who is the same person ----


def test_a_couple_with_one_address_is_two_people(api: Api, make_case: Any) -> None:
    """[F06] Nothing that was sent is dropped in silence: who contradicts is somebody else."""
    emma = {
        "key": "main",
        "email": "home@example.org",
        "given_name": "Emma",
        "family_name": "Dupont",
        "phone": "+32470111111",
    }
    jan = {
        "key": "spouse",
        "email": "home@example.org",
        "given_name": "Jan",
        "family_name": "Janssens",
        "phone": "+32470222222",
    }
    case = make_case(contacts=[emma, jan])
    shown = {each["key"]: each for each in case["contacts"]}
    assert [shown[key]["given_name"] for key in ("main", "spouse")] == ["Emma", "Jan"]
    assert [shown[key]["phone"] for key in ("main", "spouse")] == ["+32470111111", "+32470222222"]
    again = put(api, case, {"key": "spouse", "email": "home@example.org", "given_name": "Jan-Willem"})
    assert (again["main"]["given_name"], again["spouse"]["given_name"]) == ("Emma", "Jan-Willem")


def test_a_slot_is_not_filled_with_somebody_who_is_called_otherwise(api: Api, make_case: Any) -> None:
    """[F06] An empty slot that is given a known address and another name gets a person of its own."""
    case = make_case(contacts=[{"key": "main", "email": "we@example.org", "given_name": "Emma"}])
    slots = put(api, case, {"key": "spouse", "email": "we@example.org", "given_name": "Jan"})
    assert (slots["main"]["given_name"], slots["spouse"]["given_name"]) == ("Emma", "Jan")
    assert slots["main"]["id"] != slots["spouse"]["id"]


def test_who_agrees_is_linked_and_the_best_match_first(make_case: Any) -> None:
    for given in ({"given_name": "Emma"}, {"given_name": "Jan", "phone": "+32 470 22 22 22"}):
        make_case(contacts=[{"key": "main", "email": "Two@Example.org", **given}])
    jan = make_case(
        contacts=[{"key": "main", "email": "two@example.org", "given_name": "JAN", "phone": "0032470222222"}]
    )
    assert jan["contacts"][0]["given_name"] == "Jan"
    assert jan["contacts"][0]["phone"] == "+32 470 22 22 22"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("strasse@mail.example", "straße@mail.example", False),
        ("info@fass.example", "info@faß.example", False),
        ("mike@mail.example", "mi\u212ae@mail.example", True),
        ("Mike@Mail.Example", "mike@mail.example", True),
        ("jose\u0301@mail.example", "jos\u00e9@mail.example", True),
        ("info@b\u00fccher.example", "INFO@xn--bcher-kva.example", True),
    ],
)
def test_addresses_are_compared_as_mail_systems_do(make_case: Any, one: str, other: str, same: bool) -> None:
    """[F07] Lower case and IDNA, never case folding: ß is not ss, in no part."""
    first = make_case(contacts=[{"key": "main", "email": one, "given_name": "A"}])["contacts"][0]
    second = make_case(contacts=[{"key": "main", "email": other, "phone": "+32470999999"}])["contacts"][0]
    assert (first["id"] == second["id"]) is same
    assert (second["given_name"] == "A") is same


def test_two_at_once_with_one_address_are_one_person(world: World, workspace: Any, make_case: Any) -> None:
    token = world.token(workspace)
    body = {"title": "T", "contacts": [{"key": "main", "email": "race@example.org", "given_name": "Ada"}]}

    def create(_: int) -> str:
        with world.client(token) as client:
            return client.json("POST", "/v1/cases", json=body)["contacts"][0]["id"]

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(create, range(8)))) == 1


# ---- order ----


def test_contacts_stand_in_the_order_of_the_slots(api: Api, make_template: Any, make_case: Any) -> None:
    """Old clients (contract section 5) read contacts[0] as the main one."""
    template = make_template(contacts=[{"key": key, "name": key.title()} for key in ("zoe", "main", "adam")])
    given = [{"key": key, "given_name": key} for key in ("adam", "main", "zoe")]
    case = make_case(template={"id": template["id"]}, contacts=given)
    assert [each["key"] for each in case["contacts"]] == ["zoe", "main", "adam"]
    bare = make_case(contacts=[{"key": key, "given_name": key} for key in ("b", "a", "main")])
    assert [each["key"] for each in bare["contacts"]] == ["main", "a", "b"]
    rows = {each["id"]: each for each in api.json("GET", "/v1/cases")["data"]}
    for each in (case, bare):
        assert rows[each["id"]]["contacts"] == each["contacts"]
        assert api.json("GET", f"/v1/cases/{each['id']}")["contacts"] == each["contacts"]


# ---- a contact is shared ----


def of_main(case: dict[str, Any]) -> tuple[Any, Any]:
    return case["contacts"][0]["given_name"], case["contacts"][0]["phone"]


@pytest.mark.parametrize("door", ["contacts", "create", "undo"])
def test_a_change_is_an_entry_of_every_case_that_shows_the_contact(api: Api, make_case: Any, door: str) -> None:
    """[F08] ETag, updated_at and history of the other case move; `at` shows the old contact."""
    a = make_case(contacts=[{"key": "main", "email": "ann@example.org", "given_name": "Ann"}])
    b = make_case(contacts=[{"key": "main", "email": "ann@example.org"}])
    address = f"/v1/cases/{a['id']}"
    if door == "create":
        make_case(contacts=[{"key": "main", "email": "ann@example.org", "phone": "+3225551234"}])
    else:
        put(api, b, {"key": "main", "email": "ann@example.org", "given_name": "Anna", "phone": "+3225551234"})
    if door == "undo":
        entry = api.json("GET", f"/v1/cases/{b['id']}/history")["data"][0]
        api.json("POST", f"/v1/cases/{b['id']}/undo", json={"entry": entry["id"]})
    response = api.get(address)
    changes = {"contacts": 1, "create": 1, "undo": 2}[door]
    entries = api.json("GET", f"{address}/history")["data"]
    assert response.headers["ETag"] == f'"{1 + changes}"'
    assert response.json()["updated_at"] > a["updated_at"]
    assert [each["kind"] for each in entries][:changes] == ["contacts"] * changes
    expected = {"contacts": ("Anna", "+3225551234"), "create": ("Ann", "+3225551234"), "undo": ("Ann", None)}[door]
    assert of_main(response.json()) == expected
    assert of_main(api.json("GET", f"{address}?at={a['updated_at']}")) == ("Ann", None)


def test_a_change_of_a_contact_makes_the_other_case_move(api: Api, make_template: Any, make_case: Any) -> None:
    """[F08] Transitions that watch contacts see it on every case."""
    condition = {"relationships": {"contact": {"attributes": {"phone": {"$defined": True}}}}}
    when = {"watch": ["contacts"], "condition": condition}
    template = make_template(
        contacts=[{"key": "main", "name": "Main"}],
        statuses=[{"key": "reachable", "label": "Reachable", "parent_status": "pending", "when": when}],
    )
    main = [{"key": "main", "email": "t@example.org"}]
    watching = make_case(template={"id": template["id"]}, contacts=main)
    put(api, make_case(contacts=main), {"key": "main", "phone": "+3225551234"})
    assert api.json("GET", f"/v1/cases/{watching['id']}")["status"] == "reachable"


@pytest.mark.long
def test_many_change_one_person_at_once(world: World, workspace: Any, api: Api, make_case: Any) -> None:
    """[F08] From ten cases at the same time: nobody waits for who waits for them, and every change is an entry of each."""
    person = {"key": "main", "email": "crowd@example.org", "given_name": "Crowd"}
    cases = [make_case(contacts=[person])["id"] for _ in range(10)]

    def change(number: int) -> int:
        body = {"contacts": [{"key": "main", "phone": f"+324700000{number:02}"}]}
        return int(api.post(f"/v1/cases/{cases[number % 10]}/contacts", json=body).status_code)

    with ThreadPoolExecutor(20) as pool:
        assert set(pool.map(change, range(30))) == {200}
    assert {api.get(f"/v1/cases/{case}").headers["etag"] for case in cases} == {'"31"'}


@pytest.mark.parametrize("phone", ["0470 12 34 56", "+32 (470) 123456", "0032470123456", "470123456"])
def test_a_number_without_its_country_is_the_same_number(api: Api, make_case: Any, phone: str) -> None:
    """[F06] It does not make somebody else of a contact, nor give a couple's other half this one's number."""
    emma = {"key": "main", "email": f"couple{len(phone)}@example.org", "given_name": "Emma", "phone": "+32470123456"}
    first = make_case(contacts=[emma, {"key": "spouse", "email": emma["email"], "given_name": "Jan"}])
    second = make_case(contacts=[{"key": "main", "email": emma["email"], "phone": phone}])
    assert second["contacts"][0] == first["contacts"][0]


@left_to_ci(
    "makes more than a hundred cases first",
    "cases/test_contacts.py::test_a_change_is_an_entry_of_every_case_that_shows_the_contact",
)
@pytest.mark.long
def test_more_than_a_hundred_cases_hear_of_it_by_a_job(world: World, api: Api, make_case: Any, workspace: Any) -> None:
    """[F08] A hundred at once; the rest is told by a job, each case once, also when it is begun twice."""
    main = [{"key": "main", "email": "many@example.org", "given_name": "Max"}]
    cases = [make_case(contacts=main) for _ in range(103)]
    put(api, cases[50], {"key": "main", "given_name": "Maxi"})
    heard = [len(api.json("GET", f"/v1/cases/{case['id']}/history")["data"]) == 2 for case in cases]
    assert (sum(heard), heard[50]) == (101, True), "a hundred, and the one that was changed"
    for _ in range(2):
        world.server.run(SLOTS.tell_all(world.services, str(workspace.id)))
    for case in cases:
        entries = api.json("GET", f"/v1/cases/{case['id']}/history")["data"]
        assert [each["kind"] for each in entries] == ["contacts", "created"], case["id"]
        assert entries[0]["actor"]["type"] == "token"
        assert of_main(api.json("GET", f"/v1/cases/{case['id']}?at={case['updated_at']}"))[0] == "Max"


# ---- erasing people ----


def traces(database_url: str, *texts: str) -> list[str]:
    """The tables in which one of the texts stands, in any column."""
    with psycopg.connect(database_url) as connection:
        tables = connection.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        return [
            name
            for (name,) in tables.fetchall()
            for text in texts
            if connection.execute(
                f'SELECT 1 FROM "{name}" AS t WHERE t::text LIKE %s LIMIT 1', [f"%{text}%"]
            ).fetchone()
        ]


def test_deleting_a_case_erases_the_contacts_that_only_it_showed(database_url: str, api: Api, make_case: Any) -> None:
    """[S13] Also who was in a slot once; who is on another case stays."""
    only, shared, former = (
        {"key": "main", "email": f"{name}-s13@example.org", "given_name": f"Canary{name}"}
        for name in ("only", "shared", "former")
    )
    other = make_case(contacts=[shared])
    case = make_case(contacts=[former, shared | {"key": "b"}])
    put(api, case, only)
    assert api.delete(f"/v1/cases/{case['id']}").status_code == 204
    assert traces(database_url, "only-s13@", "Canaryonly", "former-s13@", "Canaryformer") == []
    assert api.json("GET", f"/v1/cases/{other['id']}")["contacts"][0]["given_name"] == "Canaryshared"


def test_what_looked_for_somebody_erased_is_gone_too(
    world: World, workspace: Any, database_url: str, api: Api, make_case: Any
) -> None:
    """[S13] The words of the search at once, not at the next sweep; views that ask for the address or the number."""
    main = {"key": "main", "email": "words-s13@example.org", "family_name": "Canarywords", "phone": "+32477321321"}
    case = make_case(contacts=[main])
    handler = world.browser(world.member(workspace, f"eraser-{workspace.slug}@example.org"))
    for name, query in (("by address", "?a=contact.email&o=eq&v=Words-s13@example.org"), ("other", "?q=x")):
        handler.send_form("/workspace/cases/views", name=name, query=query, shared="yes")
    world.server.run(WORDS.reindex(world.services, str(workspace.id)))
    assert "case_words" in traces(database_url, "canarywords")
    assert api.delete(f"/v1/contacts/{case['contacts'][0]['id']}").status_code == 204
    assert traces(database_url, "canarywords", "ords-s13@", "477321321") == []
    assert "other" in handler.get("/workspace/cases").text


def test_erasing_a_contact_leaves_no_trace_but_that(database_url: str, api: Api, make_case: Any) -> None:
    """[S13] Cases, histories, `at`, stored answers and the search: nothing of the person is left."""
    main = {"key": "main", "email": "gone-s13@example.org", "given_name": "Canarygone", "phone": "+32477123123"}
    body = {"title": "A case", "contacts": [main]}
    first = api.json("POST", "/v1/cases", json=body, headers={"Idempotency-Key": "s13"})
    second = make_case(contacts=[main])
    put(api, second, {"key": "main", "email": "next@example.org", "given_name": "Next"})
    person = first["contacts"][0]["id"]
    stale = api.delete(f"/v1/contacts/{person}", headers={"If-Match": '"99"'})
    assert (stale.status_code, errors(stale)) == (412, {"": "not_reached"})
    assert api.delete(f"/v1/contacts/{person}").status_code == 204
    assert traces(database_url, "gone-s13@", "Canarygone", "+32477123123") == []
    shown = api.json("GET", f"/v1/cases/{first['id']}")
    assert shown["contacts"] == []
    entry = api.json("GET", f"/v1/cases/{first['id']}/history")["data"][0]
    assert (entry["kind"], entry["reason"]) == ("contacts", "The contact was erased.")
    assert api.json("GET", f"/v1/cases/{first['id']}?at={first['updated_at']}")["contacts"][0]["name"] == "main"
    refused = api.post(f"/v1/cases/{first['id']}/undo", json={"entry": entry["id"]})
    assert (refused.status_code, errors(refused)) == (409, {"": "erased"})
    assert api.delete(f"/v1/contacts/{person}").status_code == 404
    with psycopg.connect(database_url) as connection:
        row = connection.execute("SELECT cases, actor_type FROM contact_tombstones WHERE id = %s", [person]).fetchone()
    assert row == (2, "token")


@pytest.mark.long
@pytest.mark.parametrize("known", [False, True])
def test_somebody_who_was_in_a_case_once_is_erased_from_its_history(
    world: World, workspace: Any, database_url: str, api: Api, make_case: Any, known: bool
) -> None:
    """[#16] Replaced, taken out, undone: whether their cases are noted by now (then no other history is read) or all are read."""
    main = {"key": "main", "email": "past-s16@example.org", "given_name": "Canarypast", "phone": "+32477161616"}
    other = {"key": "main", "email": "other-s16@example.org", "given_name": "Other"}
    cases = [make_case(contacts=[main]) for _ in range(3)]
    person = cases[0]["contacts"][0]["id"]
    put(api, cases[0], other)
    put(api, cases[1], other)
    put(api, cases[1], main)
    with psycopg.connect(database_url) as connection:
        if known:  # as of histories from before: nobody noted anything
            connection.execute("DELETE FROM case_contacts_past")
        connection.execute("DELETE FROM case_contacts_past_read")
    if known:
        for _ in range(2):
            world.server.run(SLOTS.read_all_past(world.services))
        with psycopg.connect(database_url) as connection:
            found = connection.execute("SELECT case_id::text FROM case_contacts_past WHERE contact_id = %s", [person])
            assert found.fetchall() == [(cases[0]["id"],)]
    put(api, cases[2], other)
    world.statements.clear()
    assert api.delete(f"/v1/contacts/{person}").status_code == 204
    read = next(each for each in world.statements if "strpos(e.changes::text" in each)
    assert ("case_id = ANY" in read) == known
    assert traces(database_url, "past-s16@", "Canarypast", "+32477161616", person) == (traces(database_url, person)), (
        "only the id is left"
    )
    assert "case_contacts_past" not in traces(database_url, person)


def test_erasing_a_case_leaves_nothing_of_who_stood_in_it(database_url: str, api: Api, make_case: Any) -> None:
    """[#16] Also not that they once did."""
    case = make_case(contacts=[{"key": "main", "email": "gone-s16@example.org"}])
    put(api, case, {"key": "main", "email": "later-s16@example.org", "given_name": "Later"})
    assert api.delete(f"/v1/cases/{case['id']}").status_code == 204
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT 1 FROM case_contacts_past WHERE case_id = %s", [case["id"]]).fetchall() == []


# ---- the app asks first ----


@pytest.fixture
def handler(world: World, workspace: Any) -> Browser:
    return world.browser(world.member(workspace, f"h-{workspace.slug}@example.org"))


def test_the_app_asks_before_it_changes_somebody_in_other_cases(handler: Browser, api: Api, make_case: Any) -> None:
    """[B4] Use them as they are, change them everywhere, or somebody new: nothing happens before one is chosen."""
    known = {"key": "main", "email": "garage@example.org", "family_name": "Garage Dupont", "phone": "+3225550000"}
    other = make_case(contacts=[known])
    case = make_case(contacts=[{"key": "main", "given_name": "Driver"}, {"key": "garage", "given_name": "G"}])
    form = {"given_name": "Tom", "family_name": "", "email": "garage@example.org", "phone": ""}
    address = f"/workspace/cases/{case['id']}/contacts/garage"
    asked = handler.send_form(address, **form)
    assert asked.status_code == 409
    assert "Garage Dupont" in asked.text
    assert api.json("GET", f"/v1/cases/{other['id']}") == other
    assert api.json("GET", f"/v1/cases/{case['id']}") == case
    handler.send_form(address, **form, as_is="true")
    assert slots(api, case)["garage"]["id"] == other["contacts"][0]["id"]
    assert api.json("GET", f"/v1/cases/{other['id']}") == other
    handler.send_form(address, **form, shared="new")
    assert slots(api, case)["garage"]["given_name"] == "Tom"
    assert slots(api, case)["garage"]["id"] != other["contacts"][0]["id"]
    assert api.json("GET", f"/v1/cases/{other['id']}") == other


def test_a_change_of_a_shared_contact_is_asked_about_too(handler: Browser, api: Api, make_case: Any) -> None:
    """[B4] The cases that would change are counted; only the answer changes them."""
    known = {"key": "main", "email": "ask@example.org", "given_name": "Ask"}
    case, other = make_case(contacts=[known]), make_case(contacts=[known])
    form = {"given_name": "Asked", "family_name": "", "email": "ask@example.org", "phone": ""}
    address = f"/workspace/cases/{case['id']}/contacts/main"
    assert "Other cases that show them: 1." in handler.send_form(address, **form).text
    assert slots(api, other)["main"]["given_name"] == "Ask"
    handler.send_form(address, **form, shared="change")
    assert [slots(api, each)["main"]["given_name"] for each in (case, other)] == ["Asked", "Asked"]
    alone = make_case(contacts=[{"key": "main", "given_name": "Alone"}])
    handler.send_form(f"/workspace/cases/{alone['id']}/contacts/main", **form | {"email": "", "given_name": "Ally"})
    assert slots(api, alone)["main"]["given_name"] == "Ally"


def slots(api: Api, case: dict[str, Any]) -> dict[str, Any]:
    return {each["key"]: each for each in api.json("GET", f"/v1/cases/{case['id']}")["contacts"]}
