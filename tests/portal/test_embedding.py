"""Forms inside the pages of other sites: those that a workspace names, of templates and presets that say so, and nobody else."""

import re
from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher

from dossier.workspaces.model import Workspace
from tests.forms.support import ask, at_address, publish
from tests.portal.support import ACCIDENT, Contact, Made, make_form, state, token
from tests.world import Api, Browser, World

HASH = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash("sesame")

PAGE = "/workspace/settings/general"
SITE, OTHER = "https://www.example.org", "https://my.example.org:8443"


@pytest.fixture
def boss(world: World, workspace: Workspace) -> Browser:
    return world.browser(world.member(workspace, f"boss-{workspace.slug}@example.org", "administrator"))


def framed_by(page: httpx.Response) -> str:
    found = re.search(r"frame-ancestors ([^;]+);", page.headers["content-security-policy"])
    assert found
    return found[1]


def link(world: World, api: Api) -> str:
    with at_address(world):
        return str(ask(api)["links"]["fill"]).removeprefix("https://dossier.example.org")


def test_only_sites_that_are_named_show_forms_that_say_so(
    world: World, workspace: Workspace, api: Api, boss: Browser
) -> None:
    publish(world, workspace, embed=True)
    address = link(world, api)
    assert framed_by(boss.get(f"{address}?embed_v=1")) == "'none'", "nobody is named yet"
    assert "Saved." in boss.send_form(f"{PAGE}/embedding", origins=f" {SITE} ,{OTHER}, {SITE}").text
    assert f'value="{SITE}, {OTHER}"' in boss.get(PAGE).text
    page = boss.get(f"{address}?embed_v=1")
    assert framed_by(page) == f"{SITE} {OTHER}"
    assert f'data-embedded="{SITE} {OTHER}"' in page.text, "they alone are told how far it is"
    assert framed_by(boss.get(address)) == "'none'"
    boss.send_form(f"{PAGE}/embedding", origins="")
    assert framed_by(boss.get(f"{address}?embed_v=1")) == "'none'"


def test_a_template_says_so_else_its_preset(world: World, workspace: Workspace, api: Api, boss: Browser) -> None:
    boss.send_form(f"{PAGE}/embedding", origins=SITE)
    presets: list[dict[str, Any]] = [{"key": "default", "name": "Default"}, {"key": "open", "name": "O", "embed": True}]
    publish(world, workspace, presets=presets[:1])
    assert framed_by(boss.get(f"{link(world, api)}?embed_v=1")) == "'none'"
    publish(world, workspace, slug="shown", presets=presets[1:])
    with at_address(world):
        form = ask(api, flow={"slug": "shown"})
    shown = form["links"]["fill"].removeprefix("https://dossier.example.org")
    assert framed_by(boss.get(f"{shown}?embed_v=1")) == SITE
    assert framed_by(boss.get(f"/f/{form['flow']['customization']}?embed_v=1")) == SITE


OVER_TLS = {"x-forwarded-proto": "https"}  # as a server in front says it


def code_page(world: World, workspace: Workspace, boss: Browser) -> Made:
    boss.send_form(f"{PAGE}/embedding", origins=SITE)
    return make_form(world, workspace, ACCIDENT | {"embed": True, "access": "password"}, password_hash=HASH)


def let_in(made: Made, contact: Contact, query: str) -> httpx.Response:
    """What is answered to the right password."""
    address = f"{made.address}{query}"
    found = token(contact.get(address, headers=OVER_TLS).text)
    sent = {"form_token": found, "entry": "sesame"}
    return contact.post(f"{made.address}/enter{query}", data=sent, headers=OVER_TLS, follow_redirects=False)


def test_inside_another_site_the_session_is_kept_for_that_site_alone(
    world: World, workspace: Workspace, boss: Browser
) -> None:
    """Browsers send no cookie of another site's frame unless it says `SameSite=None`, and keep it apart by `Partitioned`."""
    made = code_page(world, workspace, boss)
    with made.visitor() as contact:
        entered = let_in(made, contact, "?embed_v=1")
        name, *parts = entered.headers["set-cookie"].split("; ")
        assert name.startswith("__Secure-dossier-form=")
        assert {*parts} == {"HttpOnly", f"Path={made.address}", "Partitioned", "SameSite=None", "Secure"}
        cookie = {"Cookie": name, **OVER_TLS}
        inside = contact.get(f"{made.address}?embed_v=1", headers=cookie)
        assert state(inside) in ("start", "continue")
    with made.visitor() as stranger:
        assert state(stranger.get(f"{made.address}?embed_v=1", headers=OVER_TLS)) == "code"


def test_outside_of_frames_no_other_site_has_the_session_sent(
    world: World, workspace: Workspace, boss: Browser
) -> None:
    made = code_page(world, workspace, boss)
    with made.visitor() as contact:
        parts = let_in(made, contact, "").headers["set-cookie"].split("; ")[1:]
    assert {*parts} == {"HttpOnly", f"Path={made.address}", "SameSite=Lax", "Secure"}
    boss.send_form(f"{PAGE}/embedding", origins="")
    with made.visitor() as contact:
        parts = let_in(made, contact, "?embed_v=1").headers["set-cookie"].split("; ")[1:]
    assert "SameSite=Lax" in parts, "nobody is named"


@pytest.mark.parametrize(
    "text",
    ["http://www.example.org", "https://*.example.org", "https://www.example.org/", "*", "https://a.org:99999",
     " ".join(f"https://a{number}.org" for number in range(21))],
)  # fmt: skip
def test_what_is_no_site_is_refused(boss: Browser, text: str) -> None:
    refused = boss.send_form(f"{PAGE}/embedding", origins=text)
    assert refused.status_code == 400
    assert text[:30] in refused.text, "what was typed stays"


def test_who_may_not_change_the_workspace_does_not_name_sites(world: World, workspace: Workspace) -> None:
    member = world.browser(world.member(workspace, f"some-{workspace.slug}@example.org"))
    assert member.send_form(f"{PAGE}/embedding", origins=SITE).status_code == 403
