"""The pictures of docs/guide: `python -m tests.pictures` serves the demo and takes them anew."""

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.journeys.conftest import CHROMIUM
from tests.workshop import samples

FOLDER = Path(__file__).parents[1] / "docs" / "guide" / "pictures"
SIZE = {"width": 1200, "height": 800}


def taken(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("button", name="Continue").click()
    for name, path, link in (
        ("cases", "/workspace/cases", ""),
        ("case", "/workspace/cases", "Rear-end collision on the ring road"),
        ("designer", "/workspace/templates", "Motor claim"),
        ("forms", "/workspace/forms", ""),
        ("form", "/workspace/forms", "Jan Peeters"),
        ("studio", "/workspace/templates/forms", "Accident report"),
        ("tokens", "/workspace/settings/api", ""),
    ):
        page.goto(address.partition("/sign-in")[0] + path)
        if link:
            page.get_by_role("link", name=link).click()
            page.get_by_role("heading", name=link).wait_for()
        if name == "studio":
            page.frame_locator("iframe").get_by_role("button", name="Continue").last.wait_for()
        page.screenshot(path=FOLDER / f"{name}.png")
        if name == "form":
            page.get_by_role("link", name="Look through").click()
            page.locator(".d-reviewed").first.wait_for()
            page.screenshot(path=FOLDER / "review.png")
        if name == "case":
            with_files(page)


def with_files(page: Page) -> None:
    """The case gets some, and one of them is looked at."""
    form, report = (FOLDER / "designer.png").read_bytes(), samples.pdf(3)
    page.get_by_label("Add files").set_input_files(
        [
            {"name": "Report of the expert.pdf", "mimeType": "application/pdf", "buffer": report},
            {"name": "Form of the garage.png", "mimeType": "image/png", "buffer": form},
        ]
    )
    page.locator("#files-count").get_by_text("2").wait_for()
    page.wait_for_timeout(5000)  # until what is on its way is gone from the screen, and thumbnails are made
    page.reload()
    page.locator("#files").scroll_into_view_if_needed()
    page.wait_for_timeout(1000)
    page.screenshot(path=FOLDER / "files.png")
    page.get_by_role("link", name="Form of the garage.png").click()
    page.get_by_role("dialog").get_by_role("img", name="Page 1 of 1").wait_for()
    page.wait_for_timeout(1000)
    page.screenshot(path=FOLDER / "viewer.png")


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        command = [sys.executable, "-m", "dossier", "serve", "--demo", "--port", "0", "--data-dir", f"{folder}/data"]
        environment = {**os.environ, "DOSSIER_DATA_DIR": f"{folder}/data"}
        with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as served:
            link = Path(folder) / "data" / "demo-link"
            while not (link.exists() and re.search(r"link/\S+", link.read_text())):
                time.sleep(0.1)
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
                taken(browser.new_page(viewport=SIZE), link.read_text().strip())  # type: ignore[arg-type]
                browser.close()
            served.terminate()


if __name__ == "__main__":
    main()
