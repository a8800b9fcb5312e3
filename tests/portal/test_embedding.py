"""Forms inside the pages of other sites: those that a workspace names, of templates and presets that say so, and nobody else."""

import re
from typing import Any

import httpx
import pytest

from dossier.workspaces.model import Workspace
from tests.forms.support import ask, at_address, publish
from tests.world import Api, Browser, World

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
