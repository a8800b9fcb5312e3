"""What people type is read where they are, and refused in their words: by names, by an example, in their language."""

import re
from datetime import datetime
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dossier.fields.example import example
from dossier.workspaces.model import Workspace
from tests.world import Api, Browser, World, values

SCHEMA = [
    {"key": "policy_number", "type": "text", "name": "Police", "pattern": "^[A-Z]{2}-[0-9]{6}$"},
    {"key": "odd", "type": "text", "name": "Autre", "pattern": "^(a|b)+$"},
    {"key": "iban", "type": "iban", "name": "Compte"},
    {"key": "electronic", "type": "email", "name": "Courriel"},
    {"key": "amount", "type": "currency", "name": "Montant", "currency": "EUR", "min": 1000.5},
    {"key": "day", "type": "date", "name": "Jour", "max": "today"},
    {"key": "site", "type": "url", "name": "Site"},
    {"key": "hour", "type": "time", "name": "Heure", "min": "08:00"},
    {"key": "nn", "type": "national_number", "name": "Registre", "country": "BE"},
    {"key": "kvk", "type": "company_number", "name": "Société", "country": "NL"},
    {"key": "called", "type": "phone", "name": "Téléphone"},
    {
        "key": "calls",
        "type": "table",
        "name": "Appels",
        "columns": [
            {"key": "from", "type": "phone", "name": "De"},
            {"key": "by_mail", "type": "email", "name": "Courriel"},
        ],
    },
]
Office = tuple[Api, Browser, str]


@pytest.fixture(scope="module")
def office(world: World) -> Office:
    """A workspace on Brussels time, and somebody in it who reads French."""
    workspace = world.workspace(time_zone="Europe/Brussels")
    api = world.client(world.token(workspace))
    template = api.json("POST", "/v1/case_templates", 201, json={"title": "T", "schema": SCHEMA})["id"]
    browser = world.browser(world.member(workspace, f"refusals-{workspace.slug}@example.org", "administrator"))
    browser.headers["Accept-Language"] = "fr"
    case = api.json("POST", "/v1/cases", json={"title": "T", "template": {"id": template}})
    return api, browser, str(case["id"])


def alert(answer: Any) -> str:
    (found,) = re.findall(r'role="alert">(.*?)</div>', answer.text, re.DOTALL)
    return unescape(re.sub("<[^>]+>", "", found)).strip()


@pytest.mark.parametrize(
    ("key", "typed", "sentence"),
    [
        ("policy_number", "12", "« Police » doit s’écrire comme AB-123456."),
        ("odd", "c", "« Autre » n’est pas écrit comme il le faut ici."),
        ("iban", "BE68 5390 0754 7035", "chiffres de contrôle ne concordent pas"),
        ("iban", "B?", "doit ressembler à BE68 5390 0754 7034."),
        (
            "electronic",
            "nobody@@x",
            "« Courriel » doit être une adresse e-mail comme nom@example.org, pas « nobody@@x ».",
        ),
        ("amount", "12,5", "« Montant » doit être au moins 1\u202f000,5."),
        ("day", "9999-01-01", "« Jour » ne peut être postérieur à aujourd’hui."),
        ("site", "ceci", "« Site » doit être une adresse web comme https://example.org/page, pas « ceci »."),
        ("site", "https://a@b.example", "« Site » doit être une adresse web sans nom d’utilisateur ni mot de passe."),
        ("hour", "midi", "« Heure » doit être une heure comme 14:30, pas « midi »."),
        ("hour", "7h", "« Heure » ne peut être avant 08:00."),
        ("nn", "85.07.30-033.29", "« Registre » n’est pas un numéro national (BE) : ses chiffres de contrôle"),
        ("nn", "12", "« Registre » n’est pas un numéro national (BE) : il doit ressembler à 85.07.30-033.28."),
        ("kvk", "12", "« Société » n’est pas un numéro d’entreprise (NL) : il doit ressembler à 12345678."),
        ("called", "hello", "« Téléphone » doit être un numéro de téléphone avec son pays"),
    ],
)
def test_a_refusal_is_for_people(office: Office, key: str, typed: str, sentence: str) -> None:
    """[H8] No key, no pattern, no English, no words of a library; a bound as the reader writes it."""
    _, browser, case = office
    answer = browser.send_form(f"/workspace/cases/{case}/fields/{key}", value=typed)
    assert answer.status_code == 400
    assert sentence in alert(answer)
    assert key not in alert(answer)


@pytest.mark.parametrize(
    ("column", "typed", "sentence"),
    [
        ("from", "12", "« Appels 1: De » doit être un numéro de téléphone avec son pays"),
        ("by_mail", "a@@b", "« Appels 1: Courriel » doit être une adresse e-mail comme nom@example.org, pas « a@@b »."),
    ],
)
def test_a_cell_is_named_by_its_row_and_column(office: Office, column: str, typed: str, sentence: str) -> None:
    """[H8] In a table too: no key of a column."""
    _, browser, case = office
    answer = browser.send_form(f"/workspace/cases/{case}/fields/calls", **{f"cell.1.{column}": typed})
    assert answer.status_code == 400
    assert sentence in alert(answer)
    assert f"“{column}”" not in alert(answer)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"^[A-Z]{2}-[0-9]{6}$", "AB-123456"),
        (r"^\d{3}\.\d{2}$", "123.12"),
        ("^[0-9]{4} ?[A-Z]{2}$", "1234AB"),
        ("a|b", None),
        ("[^a]", None),
        (".*", None),
        ("^x{99}$", None),
        ("", None),
    ],
)
def test_a_pattern_has_an_example(pattern: str, text: str | None) -> None:
    """[H8] Where it is a plain row of characters; else none is better than a wrong one."""
    assert example(pattern) == text


def test_a_number_of_here_is_a_phone_number(office: Office) -> None:
    """[H8] In a workspace on Brussels time 0470 12 34 56 is Belgian, in a field and in a table; to programs it stays no number."""
    api, browser, case = office
    browser.send_form(f"/workspace/cases/{case}/fields/called", value="0470 12 34 56").raise_for_status()
    browser.send_form(f"/workspace/cases/{case}/fields/calls", **{"cell.1.from": "02 555 12 12"}).raise_for_status()
    held = values(api.json("GET", f"/v1/cases/{case}"))
    assert held["called"] == "+32470123456"
    assert held["calls"] == [{"from": "+3225551212"}]
    assert api.post(f"/v1/cases/{case}/data", json={"data": {"called": "0470 12 34 56"}}).status_code == 400


def test_a_contact_has_no_hello_for_a_phone(office: Office) -> None:
    """[H8] Typed by people; any spacing, an extension, two numbers pass."""
    _, browser, case = office
    address = f"/workspace/cases/{case}/contacts/main"
    refused = browser.send_form(address, given_name="Eve", phone="hello")
    assert refused.status_code == 400
    assert "« hello » n’est pas un numéro de téléphone." in unescape(refused.text)
    for phone in ("0470/12.34.56", "+32 2 555 12 12 ext 7", "02 555 12 12 / 02 555 12 13"):
        assert browser.send_form(address, given_name="Eve", phone=phone).status_code in (200, 303)


def test_a_time_that_is_none_is_said(office: Office) -> None:
    """[H8] `?at=gibberish` is no page of now; a whole minute is all of it, the one in which the case was made too."""
    api, browser, case = office
    refused = browser.get(f"/workspace/cases/{case}", params={"at": "gibberish"})
    assert refused.status_code == 400
    assert "« gibberish » n’est pas une date" in unescape(refused.text)
    made = datetime.fromisoformat(api.json("GET", f"/v1/cases/{case}")["created_at"])
    local = made.astimezone(ZoneInfo("Europe/Brussels")).strftime("%Y-%m-%dT%H:%M")
    assert browser.get(f"/workspace/cases/{case}", params={"at": local}).status_code == 200
    for far in ("0001-01-01T00:00", "9999-12-31T23:59"):
        assert browser.get(f"/workspace/cases/{case}", params={"at": far}).status_code < 500


def test_the_designer_calls_options_as_its_form_does(office: Office) -> None:
    """[H8] “Most”, not “max”; in the reader's language."""
    _, browser, _ = office
    draft = browser.send_form("/workspace/templates", title="D")
    address = f"{str(draft.url).partition('?')[0]}/edit/schema?type=number"
    refused = browser.send_form(address, name="N", revision="1", min="10", max="1")
    assert alert(refused) == "« Maximum » ne doit pas être inférieur à « Minimum »."
    refused = browser.send_form(address, name="N", revision="1", max="x")
    assert alert(refused).startswith("« Maximum » doit être un nombre")
    assert "« Clé » doit avoir" in alert(browser.send_form(address, name="名前", revision="1"))


def test_a_filter_calls_a_field_by_its_name(office: Office) -> None:
    """[H8] A list that cannot be filtered so says by which field."""
    _, browser, _ = office
    refused = browser.get("/workspace/cases", params={"a": "data.amount", "o": "gt", "v": "x"})
    assert refused.status_code == 400
    assert "« Montant » doit être un nombre, pas « x »." in unescape(refused.text)


def test_an_undo_that_is_refused_names_fields(world: World, workspace: Workspace, api: Api) -> None:
    """[H8] Fields, slots and the case's own parts by name, in the reader's language; and a way back to the case."""
    fields = [{"key": "claimed", "type": "number", "name": "Amount claimed"}]
    document = {"title": "T", "schema": fields, "contacts": [{"key": "main", "name": "Insured"}]}
    template = api.json("POST", "/v1/case_templates", 201, json=document)["id"]
    contacts = [{"key": "main", "email": "an@example.org"}]
    id = api.json("POST", "/v1/cases", json={"title": "C", "template": {"id": template}, "contacts": contacts})["id"]
    for number in (1, 2):
        api.json("POST", f"/v1/cases/{id}/data", json={"data": {"claimed": number}})
        api.json("PATCH", f"/v1/cases/{id}", json={"status": ("pending", "closed")[number - 1]})
    entries = api.json("GET", f"/v1/cases/{id}/history")["data"]
    first = {path: each["id"] for each in entries if each["kind"] != "created" for path in each["changes"]}
    browser = world.browser(world.member(workspace, f"undo-{workspace.slug}@example.org"))
    address = f"/workspace/cases/{id}"
    browser.headers["referer"] = f"{world.server.url}{address}"
    refused = browser.send_form(f"{address}/undo", entry=first["claimed"])
    assert refused.status_code == 409
    assert "“Amount claimed” was changed again since" in unescape(refused.text)
    assert f'href="{address}"' in refused.text
    browser.headers["accept-language"] = "fr"
    text = unescape(browser.send_form(f"{address}/undo", entry=first["status"]).text).replace("\xa0", " ")
    assert "« Statut » a changé de nouveau depuis" in text
    assert "“status”" not in text
    refused = browser.send_form(f"{address}/contacts/main", given_name="", family_name="", email="", phone="")
    assert (refused.status_code, "Insured" in refused.text, "“main”" in refused.text) == (409, True, False)
    browser.headers["x-stay"] = "yes"
    part = browser.send_form(f"{address}/undo", entry=first["claimed"])
    assert (part.status_code, "<html" in part.text, part.headers["x-part"]) == (409, False, "refused")


def test_steps_are_refused_in_the_language_of_who_does_them(office: Office) -> None:
    """[H8] Two people start, or finish, the same step: the second one reads why not."""
    api, browser, _ = office
    steps = [{"key": "ring", "title": "Appeler", "type": "task"}]
    template = api.json("POST", "/v1/case_templates", 201, json={"title": "Steps", "steps": steps})["id"]
    case = api.json("POST", "/v1/cases", json={"title": "T", "template": {"id": template}})["id"]
    address = f"/workspace/cases/{case}/steps/ring"
    assert "« Appeler » n’est pas commencée" in unescape(browser.send_form(f"{address}/done").text)
    browser.send_form(f"{address}/start")
    assert "L’étape « Appeler » est déjà commencée." in unescape(browser.send_form(f"{address}/start").text)
    browser.send_form(f"{address}/done")
    assert "L’étape « Appeler » est déjà terminée." in unescape(browser.send_form(f"{address}/done").text)
