"""Writing to somebody from a case: to whom, what it says, what it would say, and who is not written to."""

from typing import Any

import pytest

from dossier import messages
from dossier.foundation.messages import Message as Sentence
from dossier.foundation.testing.outgoing import FakeMail, FakeSms
from tests.files.support import kept
from tests.messages.support import ANN, Post
from tests.world import errors

SLOTS = [{"key": "main", "name": "Claimant"}, {"key": "expert", "name": "Expert"}]
FIELDS = [
    {"key": "amount", "type": "currency", "name": "Amount", "currency": "EUR"},
    {"key": "paper", "type": "file", "name": "Paper"},
]
CLAIMANT = {"key": "main", "email": ANN, "given_name": "Ann", "phone": "+32470123456"}
BODY = "Dear {{ contact.given_name }},\n\n**{{ data.amount }}** for {{ case.title }}."


@pytest.fixture
def case(make_template: Any, make_case: Any) -> dict[str, Any]:
    template = make_template(contacts=SLOTS, schema=FIELDS)
    made: dict[str, Any] = make_case(
        title="A *dent*",
        template={"id": template["id"]},
        contacts=[CLAIMANT],
        schema=[{"key": "amount", "value": 1250.5}],
    )
    return made


def write(post: Post, case: dict[str, Any], status: int = 201, **body: Any) -> Any:
    given = {"subject": "{{ case.title }}", "body": BODY} | body
    params = {"dry_run": "true"} if given.pop("dry", False) else {}
    return post.api.json("POST", f"/v1/cases/{case['id']}/messages", status, json=given, params=params)


def test_written(post: Post, mail: FakeMail, case: dict[str, Any]) -> None:
    made = write(post, case, to=["main", "boss@example.org"], cc=["chief@example.org"])
    assert (made["status"], made["case"], made["channel"], made["transport"]) == ("pending", case["id"], "email", None)
    assert (made["to"], made["cc"]) == ([ANN, "boss@example.org"], ["chief@example.org"])
    assert made["subject"] == "A *dent*"
    assert "Dear Ann,\n\n€1,250.50 for A *dent*." in made["text"]
    assert "<strong>€1,250.50</strong> for A *dent*." in made["html"]
    post.work()
    ((taken, _),) = mail.taken
    assert str(taken["From"]) == f"{post.workspace.name} <dossier@example.org>"
    sent = post.read(made["id"])
    assert (sent["status"], sent["transport"], sent["message_id"]) == ("sent", "smtp", taken["Message-ID"])
    assert [each["result"] for each in sent["attempts"]] == ["The mail server took it: 250 OK"]
    kinds = [each["kind"] for each in post.api.json("GET", f"/v1/cases/{case['id']}/history")["data"]]
    assert kinds[:2] == ["message_sent", "message_pending"]


def test_what_it_would_say(post: Post, case: dict[str, Any]) -> None:
    before = post.api.get(f"/v1/cases/{case['id']}").headers["etag"]
    preview = write(post, case, dry=True)
    assert "Dear Ann" in preview["html"]
    assert post.api.json("GET", "/v1/messages/count")["count"] == 0
    assert post.api.get(f"/v1/cases/{case['id']}").headers["etag"] == before


def test_in_the_language_of_the_case(post: Post, case: dict[str, Any]) -> None:
    post.api.json("PATCH", f"/v1/cases/{case['id']}", json={"locale": "fr"})
    assert "1\u202f250,50\xa0€" in write(post, case)["text"]


def test_sms(post: Post, sms: FakeSms, case: dict[str, Any]) -> None:
    made = write(post, case, channel="sms", subject=None, body="{{ contact.name }}: {{ data.amount }}")
    assert (made["to"], made["text"], made["html"]) == (["+32470123456"], "Ann: €1,250.50", None)
    post.work()
    assert [(to, text) for to, text, _ in sms.taken] == [("+32470123456", "Ann: €1,250.50")]


@pytest.mark.parametrize(
    ("body", "status", "found"),
    [
        ({"to": ["expert"]}, 409, {"": "no_recipient"}),
        ({"to": ["owner"]}, 409, {"": "no_recipient"}),
        ({"to": ["owner"], "channel": "sms"}, 409, {"": "no_recipient"}),
        ({"to": ["nobody"]}, 400, {"/to/0": "unknown_slot"}),
        ({"to": ["a b@example.org"]}, 400, {"/to/0": "invalid_email"}),
        ({"to": ["main"], "reply_to": "x\r\nBcc: a@example.org"}, 400, {"/reply_to": "invalid_email"}),
        ({"body": "{{ data.amont }}"}, 400, {"/body": "unknown_name"}),
        ({"subject": "{% if %}"}, 400, {"/subject": "invalid_text"}),
        ({"attachments": ["nothing"]}, 400, {"/attachments/0": "not_found"}),
        ({"send_at": "tomorrow"}, 400, {"/send_at": "invalid_value"}),
        ({"more": 1}, 400, {"/more": "unknown_member"}),
        ({"to": []}, 409, {"": "no_recipient"}),
        ({"to": ["main"], "recipient": "main"}, 400, {"/recipient": "contradiction"}),
        ({"cc": ["expert"]}, 409, {"": "no_recipient"}),
        ({"bcc": ["owner"]}, 409, {"": "no_recipient"}),
        ({"cc": ["nobody"]}, 400, {"/cc/0": "unknown_slot"}),
        (
            {"to": ["nobody", "x@"], "body": "{% if %}", "attachments": ["nothing"], "send_at": "tomorrow"},
            400,
            {
                "/to/0": "unknown_slot",
                "/to/1": "invalid_email",
                "/body": "invalid_text",
                "/attachments/0": "not_found",
                "/send_at": "invalid_value",
            },
        ),
    ],
)
def test_refused(post: Post, case: dict[str, Any], body: Any, status: int, found: dict[str, str]) -> None:
    answer = post.api.post(f"/v1/cases/{case['id']}/messages", json={"subject": "x", "body": "x"} | body)
    assert (answer.status_code, errors(answer)) == (status, found)
    assert post.api.json("GET", "/v1/messages/count")["count"] == 0


def test_who_a_message_came_back_from_is_not_written_to(post: Post, case: dict[str, Any]) -> None:
    made = write(post, case)
    post.work()
    post.world.do(lambda tx: messages.bounce(tx, made["id"], [ANN], Sentence("No such mailbox.")), post.actor)
    assert write(post, case, 409)["errors"][0]["code"] == "no_recipient"
    assert post.act(made["id"], "retry").status_code == 200
    write(post, case)


def test_an_archived_case_writes_nothing(post: Post, case: dict[str, Any]) -> None:
    post.api.json("POST", f"/v1/cases/{case['id']}", json={"archived": True})
    write(post, case, 409)


def test_files_of_fields_and_by_id_go_with_it(post: Post, mail: FakeMail, case: dict[str, Any]) -> None:
    of_field, other = kept(post.api, b"1", "one.txt")["id"], kept(post.api, b"2", "two.txt")["id"]
    post.api.json("POST", f"/v1/cases/{case['id']}/data", json={"data": {"paper": of_field}})
    made = write(post, case, attachments=["paper", other])
    assert [each["name"] for each in made["attachments"]] == ["one.txt", "two.txt"]
    post.work()
    assert [each.get_filename() for each in mail.taken[0][0].iter_attachments()] == ["one.txt", "two.txt"]


def test_listed_counted_and_filtered(post: Post, case: dict[str, Any], make_case: Any) -> None:
    made = write(post, case, to=["Ann.Peeters@Example.org"])
    post.put("bob@example.org")
    post.work()
    waiting = write(post, case, send_at="2200-01-01T00:00:00Z")
    found = lambda **params: [each["id"] for each in post.api.json("GET", "/v1/messages", params=params)["data"]]  # noqa: E731
    assert len(found()) == post.api.json("GET", "/v1/messages/count")["count"] == 3
    assert found(**{"case[id]": case["id"]}) == [waiting["id"], made["id"]]
    assert found(status="pending") == [waiting["id"]]
    assert found(to="ann.peeters@example.org") == [made["id"]]
    assert found(filter='{"attributes":{"status":{"$eq":"sent"},"to":{"$contains":"bob"}}}') != []
    assert post.api.get("/v1/messages", params={"status": "lost"}).status_code == 400


def test_called_off_and_sent_again(post: Post, mail: FakeMail, case: dict[str, Any]) -> None:
    made = write(post, case)
    assert post.act(made["id"], "cancel").json()["status"] == "skipped"
    assert post.act(made["id"], "cancel").status_code == 409
    post.work()
    assert mail.taken == []
    assert post.act(made["id"], "retry", headers={"If-Match": '"1"'}).status_code == 412
    assert post.act(made["id"], "retry").json()["status"] == "pending"
    post.work()
    assert post.act(made["id"], "retry").status_code == 409
    assert len(mail.taken) == 1


def test_everybody_is_meant_who_is_named_by_hand(post: Post, case: dict[str, Any]) -> None:
    """[18] Of two recipients the one without an address was left out, and the message sent."""
    refused = write(post, case, 409, to=["main", "expert"])
    assert "nobody is “expert”" in str(refused)
