"""[F9] What guessing a code is worth: 5 in a million for each that is sent, whoever guesses, however many at once."""

import re
import secrets
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from dossier.forms.model import access
from dossier.workspaces.model import Workspace
from tests.many import left_to_ci
from tests.portal.support import Contact, hidden, make_form
from tests.portal.test_personal import Somebody, rows
from tests.world import World

CODES = 10**6
BOUND = 5e-6
DRAWS = 400_000
SENT = 4  # codes of each kind that are guessed at through the server


@left_to_ci(
    "guesses at once at one code after the other",
    "portal/test_codes.py::test_thirty_wrong_entries_lock_it_until_there_is_a_new_link",
)
def test_guessing_through_the_server_is_worth_five_in_a_million(world: World, workspace: Workspace) -> None:
    """Twelve guesses at once at every code: of none are more compared than five, so each is found with 5 in a million at most."""
    for _ in range(SENT):
        made = make_form(world, workspace, access="email_code")
        contact = made.visitor()
        contact.press("code")
        fields, cookies = hidden(contact.at().text), dict(contact.cookies)
        at_once(
            lambda guess, to=made, with_=fields, known=cookies: _enter(
                Contact(to, cookies=known), f"{to.address}/enter", with_, guess
            )
        )
    world.clock.forward(minutes=61)
    for _ in range(SENT):
        somebody = Somebody(world, workspace)
        somebody.ask()
        fields, cookies = hidden(somebody.page().text), dict(somebody.cookies)
        at_once(
            lambda guess, to=somebody, with_=fields, known=cookies: _enter(
                Somebody(world, workspace, cookies=known), f"{to.address}/enter", with_, guess
            )
        )
    tried = [
        each["tries"]
        for table in ("form_codes", "person_codes")
        for each in rows(world, workspace, f"SELECT tries FROM {table}")
    ]
    assert len(tried) == 2 * SENT
    figure = max(tried) / CODES
    said = f"{len(tried)} codes, 12 guesses at once at each: {max(tried)} of {CODES} compared, {figure:.1e} per code"
    print(f"guessing, {said}")  # noqa: T201 - the figure
    assert 0 < figure <= BOUND


def _enter(client: Any, address: str, fields: dict[str, Any], guess: int) -> None:
    with client:
        client.post(address, data=fields | {"entry": f"{guess:06}"})


def at_once(guess: Any) -> None:
    first = secrets.randbelow(CODES - 12)
    with ThreadPoolExecutor(6) as many:
        list(many.map(guess, range(first, first + 12)))


@left_to_ci(
    "makes codes until their chances show",
    "portal/test_codes.py::test_thirty_wrong_entries_lock_it_until_there_is_a_new_link",
)
def test_no_code_is_likelier_than_another() -> None:
    """Whoever guesses the five that came up most often before finds no more codes than by chance: 5 in a million."""
    before: dict[str, int] = {}
    for _ in range(DRAWS):
        code = access.new_code()
        before[code] = before.get(code, 0) + 1
    best = set(sorted(before, key=lambda each: -before[each])[: access.TRIES])
    found = sum(access.new_code() in best for _ in range(DRAWS))
    expected = DRAWS * BOUND
    print(f"guessing the five likeliest of {DRAWS} codes: {found} of {DRAWS} found, {expected:.0f} expected by chance")  # noqa: T201 - the figure
    assert found <= expected + 12, "by chance once in some hundred thousand runs"
    assert all(re.fullmatch(r"\d{6}", each) for each in list(before)[:1000])


def test_guesses_in_a_life_are_bounded_too() -> None:
    """Thirty at a form until there is a new link: 3 in 100,000 in all, however long somebody goes on."""
    assert access.MOST_WRONG / CODES <= 3e-5
