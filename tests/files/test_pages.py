"""Files for members in a browser: content to be kept, never opened; nothing of another workspace."""

from typing import Any

import pytest

from dossier.foundation.identifiers import new_id
from dossier.workspaces.model import Workspace
from tests.files.support import kept, picture
from tests.world import Api, Browser, World


@pytest.fixture
def browser(world: World, workspace: Workspace) -> Browser:
    return world.browser(world.member(workspace, f"ada-{workspace.slug}@example.org", given_name="Ada"))


def at(file: dict[str, Any]) -> str:
    return f"/workspace/files/{file['id']}/content"


def test_content_is_kept_and_never_opened(api: Api, browser: Browser) -> None:
    """Whatever it is: a page of ours in a browser has a session that nothing sent in may use."""
    html = kept(api, b"<script>alert(1)</script>", "pâge “x”.html", "text/html")
    answer = browser.get(at(html))
    assert answer.content == b"<script>alert(1)</script>"
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert "p%C3%A2ge" in answer.headers["content-disposition"]
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert browser.get(at(kept(api, picture(), "p.png"))).headers["content-type"] == "application/octet-stream"


def test_a_download_goes_on_where_it_broke_off(api: Api, browser: Browser) -> None:
    file = kept(api, b"Dear all")
    tag = browser.get(at(file)).headers["etag"]
    part = browser.get(at(file), headers={"Range": "bytes=5-", "If-Range": tag})
    assert (part.status_code, part.content) == (206, b"all")
    assert browser.get(at(file), headers={"If-None-Match": tag}).status_code == 304


def test_what_is_not_theirs_is_not_there(world: World, workspace: Workspace, api: Api, browser: Browser) -> None:
    """Another workspace's file, a file that a limited member may not see, and none at all: the same 404."""
    file = kept(api)
    limited = world.member(workspace, f"lim-{workspace.slug}@example.org", "limited")
    stranger = world.browser(world.member(world.workspace(), f"eve-{workspace.slug}@example.org"))
    for each in (stranger, world.browser(limited)):
        answer = each.get(at(file))
        assert (answer.status_code, "Dear all" in answer.text) == (404, False)
    assert browser.get(at({"id": new_id()})).status_code == 404
