"""A workbook of many rows: asked for in the menu of a list, made while one may leave, and fetched."""

import io
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import expect

from dossier.workspaces.model import Workspace
from tests.cases.test_export_jobs import held
from tests.journeys.test_handler import ada
from tests.many import left_to_ci
from tests.world import Api

__all__ = ["ada"]  # a fixture


@left_to_ci(
    "waits for a job that is held up on purpose, and leaves and comes back meanwhile",
    "cases/test_export_jobs.py::test_a_file_is_made_kept_and_fetched",
    "cases/test_export.py::test_a_workbook_can_be_filtered_and_read",
)
def test_a_workbook_of_many_rows(
    ada: Any, workspace: Workspace, api: Api, person: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """[#16 7] Progress is there, also when one comes back; then the file."""
    for number in range(3):
        api.json("POST", "/v1/cases", json={"title": f"Case {number}"})
    monkeypatch.setattr("dossier.listing.list_pages.AT_ONCE", 1)
    somebody = person(ada)
    with held(monkeypatch):
        page = somebody.go("/workspace/cases")
        page.get_by_text("Export", exact=True).click()
        page.get_by_role("button", name="XLSX, for spreadsheets").click()
        expect(page.get_by_role("heading", name="My exports")).to_be_visible()
        expect(page.get_by_text("3 of 3")).to_be_visible()
        somebody.look("export-under-way")
        page = somebody.go("/workspace/contacts")
        page.get_by_text("Export", exact=True).click()
        page.get_by_role("link", name="My exports").click()
        expect(page.get_by_text("The file is being finished…")).to_be_visible()
    expect(page.get_by_text("Rows: 3,")).to_be_visible()
    somebody.look("export-done")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename.startswith("cases-")
    sheet: Any = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes())).active
    assert sheet.max_row == 4
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("There is no export of yours.")).to_be_visible()
