"""Requests whose caller is believed for a while: proved before anything is changed or answered."""

from starlette.requests import Request
from starlette.types import Scope

from dossier.foundation.claims import Claim


def claim_of(scope: Scope) -> Claim | None:
    """What is not proved yet."""
    found: Claim | None = scope["state"].get("claim") if "state" in scope else None
    return found


async def prove(scope: Scope) -> None:
    """Look up who calls, where that was not done; from then on it is they who call. 401."""
    if claim := claim_of(scope):
        del scope["state"]["claim"], scope["state"]["caller"]
        scope["state"]["caller"] = await claim.look_up()


def is_proved(request: Request) -> None:
    """It was done by the transaction in which the change was kept."""
    request.scope["state"].pop("claim", None)
