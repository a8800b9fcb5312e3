"""What can be done to a token, and who it lets in."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from uuid import UUID

from dossier import audit
from dossier.foundation.actor import system
from dossier.foundation.claims import Claim, Proof
from dossier.foundation.database import Database, Transaction
from dossier.foundation.errors import Conflict, Invalid, NotFound, Problem
from dossier.foundation.identifiers import new_id
from dossier.foundation.messages import Message, Named
from dossier.foundation.rounds import Rounds
from dossier.tokens import model, store
from dossier.tokens.model import Caller, CoveredWorkspace, Token, unauthenticated

_NOBODY = system()
MAX_KNOWN = 1024  # tokens that a process knows from a look-up


async def create(
    transaction: Transaction,
    name: str,
    workspaces: Sequence[CoveredWorkspace],
    *,
    description: str | None = None,
    expires_at: datetime | None = None,
) -> tuple[Token, str]:
    """A new token and its text, which is shown this once."""
    transaction.actor.require("tokens.manage")
    Invalid.if_any(_problems(transaction.clock(), name, workspaces, expires_at))
    text = model.new_text()
    creator = transaction.actor.id if transaction.actor.type == "member" else None
    now = transaction.clock()
    token = Token(new_id(), name.strip(), description, creator, now, expires_at, None, None, tuple(workspaces))
    await store.insert(transaction, token, model.hashed(text))
    for each in workspaces:
        await audit.record(transaction, "token.made", token.id, workspace_id=each.id, expires=expires_at is not None)
    return token, text


async def revoke(transaction: Transaction, token_id: UUID) -> None:
    """End a token; 404 when there is none that still holds."""
    transaction.actor.require("tokens.manage")
    covered = await store.covered(transaction, token_id)
    if not await store.revoke(transaction, token_id):
        raise NotFound.because("There is no token {id} that could be revoked.", id=token_id)
    for workspace_id in covered:
        await audit.record(transaction, "token.revoked", token_id, workspace_id=workspace_id)


async def revoke_in(transaction: Transaction, token_id: UUID, administered: Collection[UUID]) -> None:
    """The same for who administers workspaces: 404 for tokens of others, 409 for one that covers others too."""
    transaction.actor.require("tokens.manage")
    await _raise_if_others(transaction, token_id, administered)
    await revoke(transaction, token_id)


async def change(
    transaction: Transaction, token_id: UUID, name: str, description: str | None, covered: Sequence[CoveredWorkspace],
    administered: Collection[UUID],
) -> None:  # fmt: skip
    """What a token is called, and what it covers, from the next request on; 400, 404, 409."""
    transaction.actor.require("tokens.manage")
    await _raise_if_others(transaction, token_id, administered)
    Invalid.if_any(_problems(transaction.clock(), name, covered, None))
    await store.update(transaction, token_id, name.strip(), description, [each.id for each in covered])
    for each in covered:
        await audit.record(transaction, "token.changed", token_id, workspace_id=each.id)


async def _raise_if_others(transaction: Transaction, token_id: UUID, administered: Collection[UUID]) -> None:
    covered = await store.covered(transaction, token_id)
    if not set(covered) & set(administered):
        raise NotFound.because("There is no such token in this workspace.")
    if not set(covered) <= set(administered):
        detail = "The token covers workspaces that you do not administer; the server's operator can change it."
        raise Conflict.because(detail, "covers_others")


@dataclass(frozen=True)
class Authenticator:
    """Knows who calls. Tokens of requests that come together are looked up together. None is trusted because it once held:
    what is known from a look-up is only a claim, and a revoked token ends with the next request.
    """

    database: Database
    lookups: Rounds[None, bytes, Token | None]
    known: dict[bytes, tuple[Token, Caller]] = field(default_factory=dict)

    @classmethod
    def on(cls, database: Database) -> "Authenticator":
        return cls(database, Rounds(partial(_look_up, database)))

    async def __call__(self, authorization: str | None) -> Caller:
        """The caller that an Authorization header stands for; 401, always the same one, when it stands for nobody."""
        text = _bearer(authorization or "")
        if not model.is_plausible(text):
            raise unauthenticated()
        token = await self.lookups.ask(None, hash := model.hashed(text))
        now = self.database.clock()
        self.known.pop(hash, None)
        if token is None or not token.is_valid(now):
            raise unauthenticated()
        if not token.was_used_lately(now):
            async with self.database.transaction(_NOBODY) as transaction:
                await store.touch(transaction, token.id)
        caller = model.caller(token)
        self._remember(hash, token, caller)
        return caller

    def claim(self, authorization: str | None) -> Claim | None:
        """Who the caller claims to be, from a look-up of the last minute; None where it takes one now."""
        text = _bearer(authorization or "")
        known = self.known.get(hash := model.hashed(text))
        if known is None or not known[0].was_used_lately(self.database.clock()):
            return None
        return Claim(hash, known[1], _send_claims, partial(self, authorization))

    def _remember(self, hash: bytes, token: Token, caller: Caller) -> None:
        if len(self.known) >= MAX_KNOWN:
            self.known.clear()
        self.known[hash] = (token, caller)


async def _send_claims(transaction: Transaction, claims: Collection[Claim]) -> Proof:
    sent = await store.send_by_hash(transaction, [each.secret for each in claims])

    async def proof() -> bool:
        tokens, now = await store.tokens_of(sent), transaction.clock()
        found = [(each, tokens.get(each.secret)) for each in claims]
        return all(token and token.is_valid(now) and model.caller(token) == each.caller for each, token in found)

    return proof


async def _look_up(database: Database, _lane: None, hashes: list[bytes]) -> list[Token | None]:
    async with database.reading(_NOBODY.scope, "gate") as reading:
        tokens = await store.by_hash(reading, set(hashes))
    return [tokens.get(each) for each in hashes]


def _bearer(authorization: str) -> str:
    scheme, _, text = authorization.partition(" ")
    return text.strip() if scheme.lower() == "bearer" else ""


def _problems(
    now: datetime, name: str, workspaces: Sequence[CoveredWorkspace], expires_at: datetime | None
) -> list[Problem]:
    found = []
    if not name.strip():
        named = Named("name", Message("Name of the token"))
        found.append(Problem("“{field}” must not be empty.", pointer="/name", field=named))
    if not workspaces:
        found.append(Problem("A token must cover at least one workspace.", pointer="/workspaces"))
    if expires_at and expires_at <= now:
        until = Named("expires_at", Message("Holds until"))
        found.append(Problem("“{field}” must lie in the future.", pointer="/expires_at", field=until))
    return found
