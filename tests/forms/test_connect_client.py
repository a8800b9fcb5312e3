"""A client of Connect as there are: it asks with what it knows, all of it text, hears of the answer, and fetches what came."""

from typing import Any

from dossier.foundation.identifiers import parse_id
from dossier.workspaces.model import Workspace
from tests.forms.support import at_address
from tests.forms.test_webhooks import send
from tests.portal.support import hidden, state
from tests.portal.test_files import picture
from tests.webhooks.receivers import receiving
from tests.world import Api, Client, World

DOCUMENT: dict[str, Any] = {
    "title": "Onboarding",
    "slug": "onboarding",
    "pages": [
        {
            "key": "company",
            "title": "Your company",
            "elements": [
                {"key": "company_name", "type": "text", "label": "Name", "required": True},
                {"key": "annual_revenue", "type": "number", "label": "Revenue"},
                {"key": "is_vat", "type": "checkbox", "label": "Subject to VAT?"},
                {"key": "photos", "type": "file", "label": "Photos", "accept": ["image/*"]},
            ],
        }
    ],
}


def test_from_asking_to_fetching(api: Api, world: World, workspace: Workspace) -> None:
    api.json("POST", "/v1/form_templates", 201, json=DOCUMENT)
    with receiving() as receiver, at_address(world, world.server.url):
        form = api.json(
            "POST",
            "/v1/requests",
            201,
            json={
                "flow": {"slug": "onboarding"},
                "company": {"slug": workspace.slug},
                "user": {"email": "ann@example.org", "given_name": "Ann", "family_name": "Lee", "locale": "fr"},
                "data": {"annual_revenue": "500000", "is_vat": "true", "user_title": "Dr"},
                "external_args": {"crm": {"id": "A-17"}},
                "webhooks": {receiver.url: ["responses:completed"]},
            },
        )
        asked = {"filter": '{"external_args":{"crm":{"id":"A-17"}},"completed":true}'}
        assert api.json("GET", "/v1/requests", params=asked) == []
        contact = Client(base_url=world.server.url, follow_redirects=True)
        link = form["links"]["fill"].removeprefix(world.server.url)
        contact.post(f"{link}/start", data=hidden(contact.get(link).text))
        page = contact.get(f"{link}/pages/company")
        assert 'value="500000"' in page.text.replace("\u202f", "")
        sent = hidden(page.text) | {
            "company_name.value": "Lee & Sons",
            "annual_revenue.value": "510000",
            "is_vat.value": "true",
        }
        contact.post(f"{link}/pages/company", data=sent, files=[("photos.file", ("shop.jpg", picture(), "image/jpeg"))])
        checked = contact.get(f"{link}/check")
        assert state(contact.post(f"{link}/submit", data=hidden(checked.text))) == "done"
        send(world)

        (call,) = receiver.calls
        assert call.event["events"] == ["responses:updated", "responses:completed"]
        told = call.event["request"]
        (polled,) = api.json("GET", "/v1/requests", params=asked)
        for request in (told, polled):
            response = request["responses"][0]
            assert (request["id"], request["status"], response["completed_at"] is None) == (
                form["id"],
                "completed",
                False,
            )
            assert response["data"]["company_name"] == "Lee & Sons"
            assert response["data"]["annual_revenue"] == 510000
            assert response["data"]["is_vat"] is True
            (photo,) = response["files"]["photos"]
            assert response["data"]["photos"][0]["id"] == photo["id"]
        document = api.json("GET", f"/v1/responses/{response['id']}")
        assert document["data"]["attributes"]["data"]["company_name"] == "Lee & Sons"
        assert [each["type"] for each in document["included"]] == ["requests", "attachments"]
        pdf = api.get(f"/v1/responses/{response['id']}", headers={"Accept": "application/pdf"})
        assert (pdf.status_code, pdf.headers["content-type"], pdf.content[:4]) == (200, "application/pdf", b"%PDF")
        content = api.get(photo["uri"], headers={"Accept": "application/octet-stream"})
        assert (content.status_code, content.content[:2]) == (200, b"\xff\xd8")
        done = api.json("PATCH", f"/v1/requests/{form['id']}", json={"processed": True})
        assert (done["status"], parse_id(done["responses"][0]["id"])) == ("processed", parse_id(response["id"]))
