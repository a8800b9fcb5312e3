"""Sessions are shown as their owner would call the browser."""

import pytest

from dossier.members.pages.browsers import called
from dossier.workspaces.model import Workspace
from tests.world import World

MOZILLA, WEBKIT = "Mozilla/5.0", "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("agent", "browser", "system"),
    [
        (f"{MOZILLA} (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/142.0.0.0 Safari/537.36", "Chrome 142", "Windows"),
        (f"{MOZILLA} (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/142.0.0.0 Safari/537.36 Edg/142.0.1", "Edge 142", "Windows"),
        (f"{MOZILLA} (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0", "Firefox 144", "Linux"),
        (f"{MOZILLA} (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.1 Safari/605.1.15", "Safari 19", "macOS"),
        (f"{MOZILLA} (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 Version/19.1 Mobile/15E148 Safari/604.1", "Safari 19", "iPhone"),
        (f"{MOZILLA} (Linux; Android 15; Pixel 9) {WEBKIT} Chrome/142.0.0.0 Mobile Safari/537.36", "Chrome 142", "Android"),
        (f"{MOZILLA} (Linux; Android 15) {WEBKIT} SamsungBrowser/29.0 Chrome/130.0 Mobile Safari/537.36", "Samsung Internet 29", "Android"),
        ("curl/8.5.0", "", ""),
        (None, "", ""),
    ],
)  # fmt: skip
def test_browsers_are_called_by_name(agent: str | None, browser: str, system: str) -> None:
    assert called(agent) == (browser, system)


def test_the_first_sign_in_lands_on_work(world: World, workspace: Workspace) -> None:
    """Where a notice leads to the password, until there is one."""
    browser = world.browser(world.member(workspace, f"new-{workspace.slug}@example.org"))
    page = browser.get("/")
    assert page.url.path == "/workspace/cases"
    assert "You came in by a one-time link." in page.text
    browser.send_form("/workspace/settings/profile/password", new="correct horse battery staple")
    assert "You came in by a one-time link." not in browser.get("/workspace/cases").text
