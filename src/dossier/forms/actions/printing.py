"""A response as a paper (PDF): made in the workshop when somebody first asks, kept until what it says changes."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from uuid import UUID
from weakref import WeakValueDictionary

from dossier import files, form_templates
from dossier.files.actions import raise_if_withheld
from dossier.files.actions.opening import fetch
from dossier.files.model import File
from dossier.form_templates.model import Wording, chosen_language
from dossier.form_templates.model import asked as ask
from dossier.forms.actions.answering import situation
from dossier.forms.model import Form, Response
from dossier.forms.model.printing import Printing, paper, pictures
from dossier.forms.model.shown import files_in
from dossier.forms.store import papers, reading, responses
from dossier.foundation import json
from dossier.foundation.actor import Scope, system
from dossier.foundation.database import ReadSession, Transaction
from dossier.foundation.errors import AppError, NotFound, Problem, Unavailable
from dossier.foundation.identifiers import parse_id
from dossier.foundation.pages.language import MORE_LANGUAGES, language
from dossier.foundation.services import Services
from dossier.foundation.storage.unfinished import placed
from dossier.foundation.workshop.asking import Died, Limits
from dossier.foundation.workshop.asking import ask as have_done
from dossier.foundation.workshop.paper import Paper

_MOST_KEPT = 20_000_000  # bytes of a paper: a larger one is made with fewer pictures, so that each is kept
_LIMITS = Limits(processor=25, seconds=25, file=60_000_000)
_MOST_FETCHED = 150_000_000  # bytes of pictures together
_MOST_WAITING = 8  # papers of a workspace that wait for each other
_printing = asyncio.Semaphore(2)  # processes at a time
_SOON = "10"  # seconds


class _Turn:
    """Where the papers of a workspace wait, one behind the other: whoever asks for many holds up no other workspace."""

    def __init__(self) -> None:
        self.lock, self.waiting = asyncio.Lock(), 0

    @asynccontextmanager
    async def taken(self) -> AsyncIterator[None]:
        """While the block runs; 503 where too many wait already."""
        if self.waiting >= _MOST_WAITING:
            raise _not_now()
        self.waiting += 1
        try:
            async with self.lock:
                yield
        finally:
            self.waiting -= 1


_turns: WeakValueDictionary[UUID, _Turn] = WeakValueDictionary()


@dataclass(frozen=True, slots=True)
class Printed:
    """A response as a PDF, and what the file is called."""

    content: bytes
    name: str
    tag: str


async def printed(services: Services, scope: Scope, response_id: UUID) -> Printed:
    """The paper; 404, 503 where none can be made now."""
    async with services.database.reading(scope) as session:
        response = await responses.get(session, response_id)
        form = await reading.get(session, response.form_id) if response else None
        if response is None or form is None:
            raise NotFound.because("There is no response {id}.", id=response_id)
        printing = await _gathered(session, form, response)
        made_of = _made_of(services, printing)
        content = await papers.get(session, response, made_of)
    if content is None:
        content = await _in_turn(services, scope, printing, made_of)
    return Printed(content, f"{form.slug}-{form.reference}.pdf", f'"{made_of}"')


async def _gathered(session: ReadSession, form: Form, response: Response) -> Printing:
    template = await form_templates.version(session, form.workspace_id, form.template_id, form.template_version)
    code = chosen_language(template, [response.locale, form.user.locale])
    short = code.partition("-")[0].lower()
    ids = {id for named in files_in(template, response).values() for each in named if (id := parse_id(each))}
    found = {str(each.id): each for each in await files.several(session, ids)} if ids else {}
    counted = {key: each for key, each in response.answers.items() if key not in response.put_aside}
    asked = ask(template, situation(form, replace(response, answers=counted)))
    spoken = language(short if short in MORE_LANGUAGES else "en")
    return Printing(form, response, asked, Wording(template, code), spoken, found, {})


def _made_of(services: Services, printing: Printing) -> str:
    """Names everything that is said and shown, so that another paper is made once that has changed."""
    shown = sorted((str(each.id), _is_given(services, each)) for each in pictures(printing.files))
    said = [paper(printing).sent(), [each.sha256.hex() for each in printing.files.values()], shown, _LOOKS]
    return hashlib.sha256(json.encode(said)).hexdigest()


def _is_given(services: Services, file: File) -> bool:
    try:
        raise_if_withheld(services, file)
    except AppError:
        return False
    return True


_LOOKS = 1  # raised when papers look otherwise


async def _in_turn(services: Services, scope: Scope, printing: Printing, made_of: str) -> bytes:
    """The paper, made once however many ask for it together; 503 where too many wait already."""
    response = printing.response
    turn = _turns.setdefault(response.workspace_id, _Turn())
    async with turn.taken():
        async with services.database.reading(scope) as session:
            content = await papers.get(session, response, made_of)
        if content is None:
            content = await _made(services, printing)
            await _keep(services, response, made_of, content)
        return content


async def _made(services: Services, printing: Printing) -> bytes:
    async with _printing, placed(services.storage) as home:
        shown = await _fetched(services, printing.files, home)
        try:
            return await _small_enough(services, printing, shown, home)
        except Died:
            pass
        try:  # what broke it may have been a picture
            return await _set(services, paper(printing), home)
        except Died:
            raise _not_now() from None


async def _small_enough(services: Services, printing: Printing, shown: Mapping[str, str], home: Path) -> bytes:
    """With as many pictures as there is room for, the first ones: what is not shown is listed."""
    made = await _set(services, paper(replace(printing, pictures=shown)), home)
    if len(made) > _MOST_KEPT and shown:
        fewer = dict(islice(shown.items(), int(len(shown) * 0.8 * _MOST_KEPT / len(made))))
        made = await _set(services, paper(replace(printing, pictures=fewer)), home)
    return made if len(made) <= _MOST_KEPT else await _set(services, paper(printing), home)


def _not_now() -> AppError:
    problem = Problem("The paper cannot be made now; ask again in a moment.", "cannot_print")
    return Unavailable((problem,), {"Retry-After": _SOON})


async def _fetched(services: Services, there: Mapping[str, File], home: Path) -> dict[str, str]:
    """File → where its content lies, of the pictures among them that may be given."""
    shown: dict[str, str] = {}
    left = _MOST_FETCHED
    for place, each in enumerate(pictures(there)):
        left -= each.size
        if left < 0:
            break
        try:
            await fetch(services, each, home / f"picture-{place}")
        except AppError:
            continue  # it is listed, and not shown
        shown[str(each.id)] = str(home / f"picture-{place}")
    return shown


async def _set(services: Services, paper: Paper, home: Path) -> bytes:
    to = home / "paper.pdf"
    await have_done({"work": "paper", "paper": paper.sent(), "to": str(to)}, _LIMITS, home)
    return await services.storage.do(to.read_bytes)


async def _keep(services: Services, response: Response, made_of: str, content: bytes) -> None:
    if len(content) <= _MOST_KEPT:
        actor = system(scope=Scope((response.workspace_id,)))
        await services.database.write(actor, lambda tx: _keep_true(tx, services, response, made_of, content))


async def _keep_true(
    transaction: Transaction, services: Services, response: Response, made_of: str, content: bytes
) -> None:
    """Keep it if it says what holds by now: whoever is erased while it is made is on no paper afterwards."""
    form = await reading.lock(transaction, response.form_id)
    now = await responses.get(transaction, response.id) if form else None
    if form and now and _made_of(services, await _gathered(transaction, form, now)) == made_of:
        await papers.keep(transaction, now, made_of, content)
