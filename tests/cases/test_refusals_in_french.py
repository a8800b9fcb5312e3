"""[S10 F5] Every kind of refusal that a person can meet in the app, met in French: by names, with no English and no key in it."""

import re
from html import unescape
from typing import NamedTuple
from uuid import UUID

import httpx
import pytest

from dossier.cases.actions.bulk import CASES_AT_ONCE
from dossier.members import actions as members
from dossier.workspaces.model import Workspace
from tests.world import Api, Browser, World

pytestmark = pytest.mark.long

TWO = [{"value": "a", "label": "Rouge"}, {"value": "b", "label": "Vert"}]
SCHEMA = [
    {"key": "k_text", "type": "text", "name": "Texte", "maxlength": 3},
    {"key": "k_number", "type": "number", "name": "Nombre", "min": 1000, "decimals": 2},
    {"key": "k_money", "type": "currency", "name": "Somme", "currency": "EUR"},
    {"key": "k_date", "type": "date", "name": "Jour", "min": "2026-03-05"},
    {"key": "k_choice", "type": "choices", "name": "Couleur", "options": TWO},
    {"key": "k_some", "type": "multiple_choice", "name": "Couleurs", "options": TWO, "min_selections": 2},
    {"key": "k_country", "type": "country", "name": "Pays"},
    {"key": "k_address", "type": "address", "name": "Domicile"},
    {"key": "k_url", "type": "url", "name": "Site"},
    {"key": "k_time", "type": "time", "name": "Heure", "max": "18:00"},
    {"key": "k_iban", "type": "iban", "name": "Compte"},
    {"key": "k_phone", "type": "phone", "name": "Portable"},
    {"key": "k_email", "type": "email", "name": "Courriel"},
    {"key": "k_computed", "type": "computed", "name": "Total", "formula": "k_number * 2", "result": "number"},
    {"key": "k_file", "type": "file", "name": "Pièce"},
    {
        "key": "k_table",
        "type": "table",
        "name": "Lignes",
        "max_rows": 2,
        "columns": [{"key": "c_number", "type": "number", "name": "Prix", "max": 5}],
    },
]
TEMPLATE = {
    "title": "T",
    "schema": SCHEMA,
    "contacts": [{"key": "main", "name": "Assuré"}],
    "statuses": [{"key": "s_look", "label": "À voir", "parent_status": "in_progress"}],
    "steps": [
        {"key": "ring", "title": "Appeler", "type": "task"},
        {"key": "write", "title": "Écrire", "type": "form"},
        {"key": "late", "title": "Relancer", "type": "task", "visible_when": {"status": {"$eq": "closed"}}},
    ],
}


class Office(NamedTuple):
    world: World
    workspace: Workspace
    api: Api
    browser: Browser
    template: str

    def case(self) -> str:
        return str(self.api.json("POST", "/v1/cases", json={"title": "C", "template": {"id": self.template}})["id"])


@pytest.fixture(scope="module")
def office(world: World) -> Office:
    workspace = world.workspace()
    api = world.client(world.token(workspace))
    template = api.json("POST", "/v1/case_templates", 201, json=TEMPLATE)["id"]
    browser = world.browser(world.member(workspace, f"fr-{workspace.slug}@example.org", "administrator"))
    browser.headers["Accept-Language"] = "fr"
    return Office(world, workspace, api, browser, template)


def plain(html: str) -> str:
    text = unescape(re.sub("<[^>]+>", " ", html)).replace("\u202f", " ").replace("\xa0", " ")
    return re.sub(r"\s+", " ", text)


def said(answer: httpx.Response, *parts: str) -> None:
    """The answer says this, in French alone."""
    text = plain(answer.text)
    for part in parts:
        assert part in text, text[-3000:]
    (found,) = re.findall(f".{{0,60}}{re.escape(parts[0])}.{{0,60}}", text)[:1]
    assert not re.search(r"[“”]|\b(must|is no|cannot|has no|did you mean)\b|\b[ck]_\w+", found), found


@pytest.mark.parametrize(
    ("key", "typed", "says"),
    [
        ("k_text", "abcd", "« Texte » doit avoir 3 caractères au plus ; il en a 4."),
        ("k_number", "x", "« Nombre » doit être un nombre, pas « x »."),
        ("k_number", "5", "« Nombre » doit être au moins 1 000."),
        ("k_number", "1000,123", "« Nombre » "),
        ("k_number", "9" * 45, "« Nombre » doit avoir 34 chiffres significatifs au plus, entre 10^-40 et 10^40."),
        ("k_money", "1.234", "« Somme » peut se lire de deux façons, 1234 et 1,234"),
        ("k_date", "2026-02-30", "« Jour » doit être un jour qui existe"),
        ("k_date", "2026-03-01", "« Jour » ne peut être avant le 5 mars 2026."),
        ("k_choice", "c", "« Couleur » n’a pas d’option « c » ; les options sont Rouge, Vert."),
        ("k_some", "a", "« Couleurs » doit contenir au moins 2 des options."),
        ("k_country", "XX", "« Pays » doit être un code ISO 3166-1 en majuscules, tel que BE, pas « XX »."),
        ("k_url", "ceci", "« Site » doit être une adresse web"),
        ("k_time", "19:00", "« Heure » ne peut être après 18:00."),
        ("k_iban", "BE", "« Compte » n’est pas un IBAN"),
        ("k_phone", "12", "« Portable » doit être un numéro de téléphone"),
        ("k_email", "a@b", "« Courriel » doit être une adresse e-mail"),
        ("k_computed", "1", "« Total » ne peut être modifié : il est calculé à partir d’autres champs."),
        ("k_file", "x", "« Pièce » prend des identifiants de fichiers, non « x »."),
    ],
)
def test_a_field_of_each_type(office: Office, key: str, typed: str, says: str) -> None:
    answer = office.browser.send_form(f"/workspace/cases/{office.case()}/fields/{key}", value=typed)
    assert answer.status_code == 400
    said(answer, says)


def test_a_part_of_an_address(office: Office) -> None:
    address = f"/workspace/cases/{office.case()}/fields/k_address"
    said(
        office.browser.send_form(address, **{"value.street": "x" * 501}), "La partie « Rue et numéro » de « Domicile »"
    )
    refused = office.browser.send_form(address, **{"value.country": "XX"})
    said(refused, "« Domicile » doit avoir pour « Pays » un code ISO 3166-1")


def test_a_cell_and_the_rows_of_a_table(office: Office) -> None:
    address = f"/workspace/cases/{office.case()}/fields/k_table"
    refused = office.browser.send_form(address, **{"cell.0.c_number": "1", "cell.1.c_number": "7"})
    said(refused, "« Lignes 2: Prix » doit être au plus 5.")
    said(office.browser.send_form(address, **{"cell.0.c_number": "x"}), "« Lignes 1: Prix » doit être un nombre")
    many = {f"cell.{row}.c_number": "1" for row in range(3)}
    said(office.browser.send_form(address, **many), "« Lignes » doit avoir au plus 2 lignes.")


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"a": "data.k_number", "o": "gt", "v": "x"}, "« Nombre » doit être un nombre, pas « x »."),
        ({"a": "data.k_date", "o": "gt", "v": "hier"}, "« Jour » demande un jour comme 2026-03-01, pas « hier »."),
        ({"a": "data.k_time", "o": "gt", "v": "midi"}, "« Heure » attend une heure comme 14:30, pas « midi »."),
    ],
)
def test_a_row_of_a_filter(office: Office, asked: dict[str, str], says: str) -> None:
    said(office.browser.get("/workspace/cases", params=asked), says)


@pytest.fixture
def draft(office: Office) -> str:
    return str(office.browser.send_form("/workspace/templates", title="D").url.path)


@pytest.mark.parametrize(
    ("path", "sent", "says"),
    [
        ("schema?type=number", {"name": "N", "min": "10", "max": "1"}, "« Maximum » ne doit pas être inférieur à « Minimum »."),
        ("schema?type=number", {"name": "N", "decimals": "x"}, "« Décimales » doit être un nombre entier."),
        ("schema?type=number", {"name": "N", "decimals": "99"}, "« Décimales » doit être au plus 20."),
        ("schema?type=text", {"name": "N", "pattern": "(a"}, "n’est pas un motif RE2, qui n’a ni références arrière"),
        ("schema?type=text", {"name": ""}, "« Nom » ne doit pas être vide."),
        ("schema?type=text", {"name": "N", "maxlength": "2", "default": "abc"}, "« Valeur d’un nouveau dossier » doit avoir 2 caractères au plus"),
        ("schema?type=phone", {"name": "N", "country": "be"}, "doit être un code de pays ISO 3166-1 en majuscules"),
        ("schema?type=choices", {"name": "N", "options": "a: A\na: B"}, "L’option « a » figure deux fois."),
        ("schema?type=computed", {"name": "N", "formula": "1 +", "result": "number"}, "« Formule avec les clés d’autres champs » : au caractère 4 : ceci ne peut être lu."),
        ("schema?type=computed", {"name": "N", "formula": "nothing", "result": "number"}, "au caractère 1 : il n’y a pas de champ « nothing »."),
        ("schema?type=computed", {"name": "N", "formula": "'a' * 2", "result": "number"}, "« * » ne peut prendre du texte et un nombre ; utilisez concat pour des textes."),
        ("schema?type=computed", {"name": "N", "formula": "sun(1)", "result": "number"}, "il n’y a pas de fonction « sun ». Vouliez-vous dire « sum » ?"),
        ("schema?type=computed", {"name": "N", "formula": "1", "result": "texte"}, "doit être l’une de ces valeurs : number, text, date, checkbox."),
        ("schema?type=computed", {"name": "N", "formula": "1", "result": "text"}, "elle donne un nombre, et « Ce que la formule donne » dit Texte."),
        ("statuses", {"label": "A", "parent_status": "nowhere"}, "« Phase » doit être l’une de ces valeurs : draft, pending, in_progress, closed."),
        ("statuses", {"label": "A", "parent_status": "closed", "json": "{"}, "Le texte n’est pas du JSON : il y a une faute à la ligne 1, colonne 2."),
        ("statuses", {"label": "A", "parent_status": "closed", "json": '{"attributes": {"data.x": {"$definde": true}}}'}, "Il n’y a pas d’opérateur « $definde » ; vouliez-vous dire « $defined » ?"),
        ("statuses", {"label": "A", "parent_status": "closed", "json": '{"updated_at": {"$eq": "hier"}}'}, "« $eq » sur « updated_at » prend un jour tel que 2026-03-01"),
        ("statuses", {"label": "A", "parent_status": "closed", "watch": "nothing", "json": '{"data.x": {"$eq": 1}}'}, "« nothing » ne peut être surveillé"),
        ("steps", {"title": "A", "type": "dance"}, "« Type » doit être l’une de ces valeurs : email, sms"),
        ("steps", {"title": "A", "type": "task", "recipient": "nobody"}, "Il n’y a pas de place de contact « nobody »."),
    ],
)  # fmt: skip
def test_the_designer(office: Office, draft: str, path: str, sent: dict[str, str], says: str) -> None:
    said(office.browser.send_form(f"{draft}/edit/{path}", revision="1", **sent), says)


def test_a_template_that_is_imported(office: Office, draft: str) -> None:
    imported = lambda text: office.browser.send_form(f"{draft}/import", revision="1", document=text)  # noqa: E731
    said(imported("a: [1"), "Le YAML ne peut être lu : ce n’est pas du YAML (ligne 2, colonne 1).")
    said(imported("a: &x 1"), "Le YAML ne peut être lu : les ancres et les alias ne sont pas acceptés")
    said(imported("steps: []"), "« Titre » est obligatoire.")
    said(imported("title: A\nsteps: 5"), "« Étapes » doit être une liste, pas un nombre.")


def test_steps(office: Office) -> None:
    address = f"/workspace/cases/{office.case()}/steps"
    said(office.browser.send_form(f"{address}/ring/done"), "« Appeler » n’est pas commencée")
    office.browser.send_form(f"{address}/ring/start")
    said(office.browser.send_form(f"{address}/ring/start"), "L’étape « Appeler » est déjà commencée.")
    said(office.browser.send_form(f"{address}/late/start"), "L’étape « Relancer » est masquée")
    said(office.browser.send_form(f"{address}/write/start"), "L’étape « Écrire » ne peut pas encore être commencée")
    said(
        office.browser.send_form(f"{address}/rong/start"),
        "Le dossier n’a pas d’étape « rong ». Vouliez-vous dire « ring » ?",
    )


def test_an_archived_case(office: Office) -> None:
    case = office.case()
    office.api.json("POST", f"/v1/cases/{case}", json={"archived": True})
    refused = office.browser.send_form(f"/workspace/cases/{case}/fields/k_text", value="a")
    said(refused, "Le dossier est archivé ; sortez-le d’abord des archives.")


def test_who_changes_what_somebody_else_changed_meanwhile(office: Office) -> None:
    """412, in words: no time of a program's."""
    case = office.case()
    office.api.json("PATCH", f"/v1/cases/{case}", json={"title": "Theirs"})
    refused = office.browser.send_form(f"/workspace/cases/{case}/details", version="1", title="Mine")
    assert refused.status_code == 412
    said(refused, "« Titre » a été modifié par")
    assert not re.search(r"\d{4}-\d\d-\d\dT", plain(refused.text).split("« Titre »")[1][:200])


def test_what_cannot_be_taken_back(office: Office) -> None:
    case = office.case()
    for number in (1000, 2000):
        office.api.json("POST", f"/v1/cases/{case}/data", json={"data": {"k_number": number}})
    entries = office.api.json("GET", f"/v1/cases/{case}/history")["data"]
    first, made = entries[1]["id"], entries[-1]["id"]
    said(
        office.browser.send_form(f"/workspace/cases/{case}/undo", entry=first), "« Nombre » a changé de nouveau depuis"
    )
    said(office.browser.send_form(f"/workspace/cases/{case}/undo", entry=made), "ne s’annule pas ; supprimez-le.")


def test_what_a_change_of_many_came_to_is_read_in_the_language_of_the_reader(office: Office) -> None:
    """Kept as messages: the job speaks no language, and two people read the same results each in their own."""
    case, archived = office.case(), office.case()
    office.api.json("POST", f"/v1/cases/{archived}", json={"archived": True})
    asked = office.browser.send_form("/workspace/cases/bulk", change="status:nowhere", case=[case, archived])
    bulk = str(asked.url).rsplit("/", 1)[1]
    office.world.server.run(CASES_AT_ONCE.change_many(office.world.services, str(office.workspace.id), str(UUID(bulk))))
    page = office.browser.get(f"/workspace/cases/bulk/{bulk}")
    said(page, "Son modèle n’a pas ce statut.", "Le dossier est archivé ; sortez-le d’abord des archives.")
    dutch = plain(office.browser.get(f"/workspace/cases/bulk/{bulk}", headers={"Accept-Language": "nl"}).text)
    assert "Zijn sjabloon heeft die status niet." in dutch
    assert "Het dossier is gearchiveerd; haal het eerst uit het archief." in dutch


def test_signing_in(office: Office) -> None:
    user = Browser(
        base_url=office.world.server.url, headers={"Accept-Language": "fr", "Origin": office.world.server.url}
    )
    wrong = user.post("/sign-in", data={"email": "nobody@example.org", "password": "x"})
    said(wrong, "L’adresse e-mail ou le mot de passe est faux.")
    said(user.post("/sign-in/link/nothing"), "Ce lien a déjà servi, ou est trop ancien.")


def test_invitations_and_passwords(office: Office) -> None:
    members_page = "/workspace/settings/members"
    mine = f"fr-{office.workspace.slug}@example.org"
    invite = lambda email, role="handler": office.browser.send_form(members_page, email=email, role=role)  # noqa: E731
    said(invite(mine), f"{mine} est déjà membre de cet espace de travail.")
    said(invite("a@b"), "« a@b » n’est pas une adresse e-mail telle que nom@example.org.")
    said(invite("x@example.org", "king"), "« Rôle » doit être l’une de ces valeurs")
    someone = office.world.member(office.workspace, f"new-{office.workspace.slug}@example.org")
    link = office.world.do(lambda tx: members.link_for(tx, someone.email))
    user = Browser(
        base_url=office.world.server.url, headers={"Accept-Language": "fr", "Origin": office.world.server.url}
    )
    user.post(f"/sign-in/link/{link}")
    short = user.send_form("/workspace/settings/profile/password", new="abc")
    said(short, "Un mot de passe a de ")


def test_tokens(office: Office) -> None:
    page = "/workspace/settings/api"
    said(office.browser.send_form(page, name=" ", days="30"), "« Nom du jeton » ne doit pas être vide.")
    said(office.browser.send_form(page, name="T", days="7000"), "Choisissez combien de temps le jeton est valable.")


def test_what_is_too_large_or_not_there(office: Office) -> None:
    case = office.case()
    large = office.browser.send_form(f"/workspace/cases/{case}/fields/k_text", value="x" * 3_000_000)
    assert large.status_code == 413
    said(large, "octets ; envoyez-en moins à la fois.")
    said(office.browser.get(f"/workspace/cases/{UUID(int=7)}"), "Il n’y a pas de dossier 00000000")
    said(office.browser.get("/workspace/cases/x"), "« id » dans l’adresse doit être un uuid, pas « x ».")
