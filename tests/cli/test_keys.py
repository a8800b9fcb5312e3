"""The server's key is changed while it runs, and nobody's second factor is lost."""

import json
import re
from concurrent.futures import ThreadPoolExecutor, wait
from importlib.util import find_spec, module_from_spec

import psycopg
import pyotp

from dossier.demo import ADMINISTRATOR
from dossier.foundation.cipher import FILE, Cipher, Key, changing_keys
from dossier.foundation.postgres import Cluster
from tests.cli.served import Server, server, until
from tests.many import left_to_ci
from tests.world import Browser

PASSWORD = "correct horse battery"


@left_to_ci(
    "starts a server twice, and signs in before, between and after",
    "cli/test_for_operators.py::test_the_key_is_changed_and_the_old_one_is_forgotten",
)
def test_the_key_is_changed_while_the_server_runs() -> None:
    """[S24] Factors go on, before, between and after; a factor set up by a server that had not noticed yet, too."""
    with server() as one:
        one.start("--demo")
        secret = with_factor(one)
        first = (one.folder / FILE).read_text().strip()
        done = one.command("key", "rotate")
        assert done.returncode == 0, done.stderr
        assert "1 second factors lie under the new key" in done.stderr
        newest, older = (one.folder / FILE).read_text().split()
        assert (older, (one.folder / FILE).stat().st_mode & 0o777) == (first, 0o600)
        assert under(one) == [Key.of(newest).id]
        signs_in(one, secret)
        until(lambda: "not the one" not in one.command("doctor").stdout)
        assert one.command("key", "retire").returncode == 0
        assert (one.folder / FILE).read_text() == newest
        assert [each["key"] for each in json.loads(one.command("key", "list", "--json").stdout)] == [Key.of(newest).id]
        one.end()
        one.start()
        signs_in(one, secret)


def test_a_key_that_was_retired_encrypts_nothing_more() -> None:
    """[S24] Within the moment in which a server has not noticed that its key was changed: what it encrypted then could be read by nobody."""
    keys = ["x" * 32]
    cipher = Cipher(keys[0], lambda: keys[0])
    keys[0] = "y" * 32
    assert Cipher("y" * 32).decrypt(cipher.encrypt("kept")) == "kept"


@left_to_ci(
    "waits five seconds to see that nothing happens",
    "cli/test_for_operators.py::test_the_key_is_changed_and_the_old_one_is_forgotten",
)
def test_two_changes_of_the_key_wait_for_each_other() -> None:
    """[S24] One that overwrote what another had just put into the folder lost a key for good, and who had a factor under it."""
    with server() as one:
        one.start("--demo")
        with_factor(one)
        before = (one.folder / FILE).read_text()
        with ThreadPoolExecutor() as others, changing_keys(one.folder):
            changes = [others.submit(one.command, "key", each) for each in ("rotate", "retire", "rotate")]
            done, _ = wait(changes, timeout=5)
            assert (done, (one.folder / FILE).read_text()) == (set(), before)
        assert [each.result().returncode for each in changes] == [0, 0, 0]
        kept = {Key.of(each).id for each in (one.folder / FILE).read_text().split()}
        assert set(under(one)) <= kept


def with_factor(one: Server) -> str:
    browser = Browser(base_url=one.url, timeout=30, follow_redirects=True)
    browser.post((one.folder / "demo-link").read_text().strip().replace(one.url, ""))
    browser.send_form("/workspace/settings/profile/password", new=PASSWORD)
    page = browser.send_form("/workspace/settings/profile/second-factor").text
    secret = re.search(r"<code[^>]*>([A-Z2-7]{32})<", page)[1]  # type: ignore[index]
    browser.send_form("/workspace/settings/profile/second-factor/confirm", code=pyotp.TOTP(secret).now())
    return secret


def signs_in(one: Server, secret: str) -> None:
    """By password and a code that was not used before."""
    fresh = Browser(base_url=one.url, timeout=30, follow_redirects=True)
    page = fresh.post("/sign-in", data={"email": ADMINISTRATOR, "password": PASSWORD})
    assert "/sign-in/code" in str(page.url), page.text
    with psycopg.connect(Cluster(one.folder, lambda _: None).conninfo) as owner:
        owner.execute("UPDATE member_second_factors SET last_step = 0")
    assert fresh.post("/sign-in/code", data={"code": pyotp.TOTP(secret).now()}).url.path == "/workspace/cases"


def test_passwords_cost_what_they_must() -> None:
    """As a server makes them: Argon2id with 64 MiB, three passes, four lanes (RFC 9106, second recommendation)."""
    spec = find_spec("dossier.members.actions.sign_in")  # anew: that of this process makes cheap ones
    assert spec
    assert spec.loader
    spec.loader.exec_module(module := module_from_spec(spec))
    made = (module._hasher.hash("x"), module._nobodys_hash)
    assert {each.rpartition("p=4$")[0] for each in made} == {"$argon2id$v=19$m=65536,t=3,"}


def under(one: Server) -> list[str]:
    """The names of the keys that factors lie under."""
    with psycopg.connect(Cluster(one.folder, lambda _: None).conninfo) as owner:
        rows = owner.execute("SELECT DISTINCT secret FROM member_second_factors").fetchall()
    return sorted({bytes(row[0]).partition(b":")[0].decode() for row in rows})


def test_what_an_older_release_encrypted_is_read() -> None:
    """[S24] Without a name of its key; and a phrase with blanks is one key, as it was."""
    phrase = "a phrase of several words, as people like them"
    old = Key.of(phrase).earlier.encrypt(b"kept")
    assert Cipher(phrase).decrypt(old) == "kept"
    assert Cipher("x" * 32 + "\n" + "y" * 32).decrypt(Key.of("y" * 32).earlier.encrypt(b"kept")) == "kept"
    assert Key.of("x" * 32).id != Key.of("y" * 32).id
