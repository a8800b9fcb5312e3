"""`dossier key`: change the key that second factors are encrypted with."""

from typing import Annotated

import typer

from dossier.cli.connection import operate, settings
from dossier.cli.output import JSON, fail, say, show
from dossier.forms.actions import keys as form_links
from dossier.foundation import signs
from dossier.foundation.cipher import FILE, Cipher, Key, changing_keys, keep_keys, new_key, texts
from dossier.foundation.database import Transaction
from dossier.members.actions import keys
from dossier.webhooks.actions import keys as signing_keys
from dossier.webhooks.actions import subscriptions as webhooks
from dossier.workspaces import actions as workspaces

app = typer.Typer(
    no_args_is_help=True,
    help="The key that second factors are encrypted with: change it, and forget the old one.",
    epilog="Example: dossier key rotate, and when every server runs with the new key: dossier key retire",
)


@app.command("list", epilog="Example: dossier key list")
def list_keys(as_json: Annotated[bool, JSON] = False) -> None:
    """The keys that this command knows, by their names; the first encrypts."""
    rows = [{"key": Key.of(each).id, "encrypts": place == 0} for place, each in enumerate(_known())]
    show(rows, ("key", "encrypts"), as_json=as_json)


@app.command(epilog="Example: dossier key rotate")
def rotate() -> None:
    """Make a new key and put every second factor under it. Servers that run on this data folder take it by themselves."""
    with changing_keys(settings().data_dir):
        _rotate(_known())


def _rotate(known: list[str]) -> None:
    if not settings().secret_key:
        known = [new_key(), *known]
        keep_keys(settings().data_dir, known)
    elif len(known) == 1:
        raise fail(
            "The key is in DOSSIER_SECRET_KEY: put a new one before it, a blank between them, on every server, restart "
            "them, and run this again. `dossier key rotate` then puts everything under the new one."
        )
    cipher = Cipher("\n".join(known))
    number = operate(lambda tx: _encrypt_anew(tx, cipher))
    say(
        f"{number} second factors lie under the new key {cipher.ids[0]}. Back up, then forget the old one: dossier key retire"
    )


@app.command(epilog="Example: dossier key retire")
def retire() -> None:
    """Forget all keys but the newest, once nothing lies under them any more. Backups from before need the old key still."""
    with changing_keys(settings().data_dir):
        _retire(_known())


def _retire(known: list[str]) -> None:
    cipher = Cipher("\n".join(known))
    operate(lambda tx: _encrypt_anew(tx, cipher))
    if settings().secret_key:
        say("Nothing lies under the older keys: take them out of DOSSIER_SECRET_KEY on every server.")
        return
    keep_keys(settings().data_dir, known[:1])
    say(f"The only key is {cipher.ids[0]} now.")


@app.command(epilog="Example: dossier key accept")
def accept() -> None:
    """Go on with the key at hand, for the one that the database was used with is lost. Second factors that lie under that one must be made anew."""
    cipher = Cipher("\n".join(_known()))
    operate(lambda tx: signs.keep_check(tx, cipher))
    say(
        f"The key is {cipher.ids[0]} from now on. Whoever has a second factor needs: dossier member reset-second-factor EMAIL"
    )


async def _encrypt_anew(transaction: Transaction, cipher: Cipher) -> int:
    """Everything that lies under an older key, under the newest; how many second factors that were."""
    number = await keys.encrypt_anew(transaction, cipher)
    await signing_keys.encrypt_anew(transaction, cipher)
    await webhooks.encrypt_anew(transaction, cipher)
    await workspaces.encrypt_secrets_anew(transaction, cipher)
    await form_links.link_anew(transaction, cipher)
    return number


def _known() -> list[str]:
    file = settings().data_dir / FILE
    found = settings().secret_key or (file.read_text() if file.exists() else "")
    if not texts(found):
        raise fail(f"There is no key: no DOSSIER_SECRET_KEY, and no {file}. The first start makes one.")
    return texts(found)
