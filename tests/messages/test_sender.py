"""Whether others will believe the sender: what its domain says, shown to administrators; and what the doctor says of what carries messages."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpcore2
import pytest

from dossier.foundation.actor import Scope, system
from dossier.foundation.dns import NoAnswer
from dossier.foundation.outbound import connected
from dossier.foundation.outgoing import Outgoing
from dossier.foundation.reachable import Allowed
from dossier.foundation.testing.outgoing import FakeMail
from dossier.messages import actions as messages
from dossier.messages.model import NewMessage
from dossier.messages.model.sender import dkim, dmarc, spf
from dossier.workspaces.model import Workspace
from tests.cli import warm
from tests.files.support import beside
from tests.many import left_to_ci
from tests.messages.servers import Mailbox, Provider, mail_server, sms_provider
from tests.world import Browser, World

ZONE = {
    "example.org": ["google-site-verification=x", "v=spf1 include:_spf.example.net -all"],
    "_dmarc.example.org": ["v=DMARC1; p=reject"],
    "ours._domainkey.example.org": ["v=DKIM1; k=rsa; p=MIIBIjANBg"],
}


async def texts_of(name: str) -> list[str]:
    if name.startswith("slow."):
        raise NoAnswer
    return ZONE.get(name, [])


@pytest.fixture(scope="module")
def serving(world: World, database_url: str) -> Iterator[str]:
    with beside(world, database_url, outgoing=Outgoing(FakeMail()), texts_of=texts_of) as (server, _):
        yield server.url


@pytest.fixture
def browser(world: World, workspace: Workspace, serving: str) -> Browser:
    found = world.browser(world.member(workspace, f"adm-{workspace.slug}@example.org", "administrator"))
    found.base_url = serving
    return found


@pytest.mark.parametrize(
    ("texts", "verdict"),
    [
        ([], "bad"),
        (["v=spf1 mx -all"], "good"),
        (["v=spf1 mx ~all", "other"], "good"),
        (["v=spf1 mx -all", "v=spf1 a -all"], "bad"),
        (["v=spf1 +all"], "bad"),
        (["v=spf1 all"], "bad"),
        (["v=spf10 -all"], "bad"),
    ],
)
def test_spf(texts: list[str], verdict: str) -> None:
    assert spf(texts).verdict == verdict


def test_dkim_and_dmarc() -> None:
    assert dkim({"a": [], "b": ["v=DKIM1; p=MIIB"]}).says.values == {"selector": "b"}
    assert dkim({"a": ["v=DKIM1; p="]}).verdict == "warning", "a key that was taken back"
    assert [dmarc(each).verdict for each in ([], ["v=DMARC1; p=none"])] == ["warning", "good"]


def test_looked_up_when_that_is_asked_for(browser: Browser) -> None:
    page = browser.get("/workspace/settings/mail").text
    assert "Dossier &lt;dossier@example.org&gt;" in page
    assert "v=spf1" not in page
    found = browser.get("/workspace/settings/mail?look=yes&selector=ours").text
    for says in ("v=spf1 include:_spf.example.net -all", "key of DKIM under “ours”", "v=DMARC1; p=reject"):
        assert says in found
    assert "No key of DKIM was found" in browser.get("/workspace/settings/mail?look=yes").text
    assert browser.get("/workspace/settings/mail?look=yes&selector=a..b%0a").status_code == 400


def test_only_what_is_named_is_reached_inside() -> None:
    with pytest.raises(httpcore2.ConnectError):
        asyncio.run(connected("127.0.0.1", 25, Allowed()))
    with pytest.raises(OSError, match="no such host"):
        asyncio.run(connected("nowhere.invalid", 25, Allowed()))


def _doctor(folder: Path, **more: str) -> dict[str, tuple[str, str]]:
    """What it says of mail and SMS, without a database to ask."""
    environment = {"DOSSIER_DATA_DIR": str(folder), "DATABASE_URL": "postgresql://127.0.0.1:1/none", **more}
    done = warm.run("doctor", "--json", environment=environment)
    return {each["about"]: (each["verdict"], each["says"]) for each in json.loads(done.stdout)}


@left_to_ci("starts the doctor three times, and waits for servers that are not there")
@pytest.mark.long
def test_the_doctor_tries_what_is_set(tmp_path: Path) -> None:
    nothing = _doctor(tmp_path)
    assert [nothing[each][0] for each in ("mail", "sms")] == ["ok", "ok"]
    with mail_server(Mailbox()) as port, sms_provider(Provider(status=405)) as sms:
        given: dict[str, Any] = {
            "DOSSIER_SMTP_URL": f"smtp://127.0.0.1:{port}?starttls=none",
            "DOSSIER_MAIL_FROM": "Claims <claims@example.org>",
            "DOSSIER_SMS_URL": f"http://:token@127.0.0.1:{sms}/",
        }
        found = _doctor(tmp_path, **given)
        assert found["mail"] == (
            "ok",
            f"127.0.0.1:{port} answers (not encrypted) and takes e-mail from Claims <claims@example.org>",
        )
        assert found["sms"] == ("ok", "127.0.0.1 answers (405)")
    gone = _doctor(tmp_path, **given)
    assert [gone[each][0] for each in ("mail", "sms")] == ["fail", "fail"]
    assert "DOSSIER_SMTP_URL" in gone["mail"][1]


def test_the_sender_of_a_workspace(world: World, workspace: Workspace, browser: Browser) -> None:
    """[18] In the server's domain or one that the operator names; it is what DNS is asked about, and what mails are from."""
    page = "/workspace/settings/mail"
    refused = browser.send_form(page, sender="ceo@bank.example")
    assert refused.status_code == 400
    assert "example.org" in refused.text
    assert browser.send_form(page, sender="no address").status_code == 400
    assert "Saved." in browser.send_form(page, sender="claims@example.org").text
    assert "claims@example.org" in browser.get(page).text
    mail = FakeMail()
    outgoing = Outgoing(mail, sender_domains=frozenset({"acme.example"}))
    assert sent_from(world, workspace, outgoing) == f"{workspace.name} <claims@example.org>"
    elsewhere = Outgoing(FakeMail("Dossier <dossier@other.example>"))
    assert sent_from(world, workspace, elsewhere) == f"{workspace.name} <dossier@other.example>", (
        "no longer one of its domains"
    )
    assert "Saved." in browser.send_form(page, sender="").text
    assert sent_from(world, workspace, outgoing) == f"{workspace.name} <dossier@example.org>"


def sent_from(world: World, workspace: Workspace, outgoing: Outgoing) -> str:
    """Whom an e-mail of the workspace is from."""
    new = NewMessage(workspace.id, "email", ("ann@example.org",), "Dear Ann", "Papers", from_name=workspace.name)
    world.do(lambda tx: messages.put(tx, new), system("automation", Scope((workspace.id,))))
    world.server.run(messages.send_waiting(replace(world.services, outgoing=outgoing), workspace.id))
    mail = outgoing.mail
    assert isinstance(mail, FakeMail)
    return str(mail.taken[-1][0]["From"])
