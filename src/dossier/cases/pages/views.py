"""Saved views: what the list shows, kept under a name; for oneself or for everybody, and one of them first."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from dossier.cases.pages import filters
from dossier.cases.store import views as store
from dossier.foundation.database import Row, Transaction
from dossier.foundation.errors import Conflict, Invalid, NotFound
from dossier.foundation.http import query
from dossier.foundation.pages import PageRoute, database_of, form, see_other, visitor_of
from dossier.foundation.visitor import Visitor

LIST = "/workspace/cases"
LONGEST_NAME = 100
EVERYTHING = "all"  # in the place of a view's id: the list as it is without any


async def save(request: Request) -> Response:
    """Keep what the list shows under a name."""
    visitor, sent = visitor_of(request), form(request)
    name, shared = _name(sent), sent.get("shared") == "yes" and visitor.role != "limited"
    parameters = _parameters(sent)

    async def work(transaction: Transaction) -> UUID:
        await _refuse_taken(transaction, visitor, name)
        return await store.insert(
            transaction, visitor.workspace_id, name, parameters, member_id=_member(visitor), shared=shared
        )

    id = await database_of(request).write(visitor.actor, work)
    return see_other(address(id, parameters))


async def change(request: Request) -> Response:
    """Another name, and what is shown now in the place of what it showed, if the form says so."""
    visitor, sent, id = visitor_of(request), form(request), _id(request)
    name, parameters = _name(sent), _parameters(sent)
    new = parameters if sent.get("update") == "yes" else None

    async def work(transaction: Transaction) -> Row | None:
        await _refuse_taken(transaction, visitor, name, id)
        return await store.change(transaction, visitor.workspace_id, id, name, new, owned_by=_owned_by(visitor))

    if not await database_of(request).write(visitor.actor, work):
        raise NotFound.because("There is no such view, or it is somebody else's.")
    return see_other(address(id, parameters))


async def show_first(request: Request) -> Response:
    """The view that this member sees first from now on, or none."""
    visitor, sent, id = visitor_of(request), form(request), _id(request)
    first = id if sent.get("first") == "yes" else None

    async def work(transaction: Transaction) -> None:
        known = await store.of_member(transaction, visitor.workspace_id, _member(visitor))
        if all(each["id"] != id for each in known):
            raise NotFound.because("There is no such view, or it is somebody else's.")
        await store.show_first(transaction, visitor.workspace_id, _member(visitor), first)

    await database_of(request).write(visitor.actor, work)
    return see_other(address(id, _parameters(sent)))


async def delete(request: Request) -> Response:
    """Forget a view: one's own; administrators also shared ones."""
    visitor, id = visitor_of(request), _id(request)
    work = lambda tx: store.delete(tx, visitor.workspace_id, id, owned_by=_owned_by(visitor))  # noqa: E731
    if not await database_of(request).write(visitor.actor, work):
        raise NotFound.because("There is no such view, or it is somebody else's.")
    return see_other(f"{LIST}?view={EVERYTHING}")


def address(id: object, parameters: Mapping[str, Sequence[str]]) -> str:
    """Where the list is as a view has it."""
    return LIST + filters.address({**parameters, "view": [str(id)]})


def chosen(views: Sequence[Row], asked: filters.Asked) -> tuple[Row | None, bool]:
    """The view that is looked at, and whether the list shows something else by now."""
    found = next((each for each in views if str(each["id"]) == asked.view), None)
    return found, found is not None and dict(found["parameters"]) != asked.kept


PAGES = (
    PageRoute("POST", LIST + "/views", save),
    PageRoute("POST", LIST + "/views/{id}", change),
    PageRoute("POST", LIST + "/views/{id}/first", show_first),
    PageRoute("POST", LIST + "/views/{id}/delete", delete),
)


def _id(request: Request) -> UUID:
    return query.identifier(request.path_params["id"], "id")


def _member(visitor: Visitor) -> UUID:
    assert visitor.actor.id
    return visitor.actor.id


def _owned_by(visitor: Visitor) -> UUID | None:
    return None if visitor.is_administrator else visitor.actor.id


def _parameters(sent: Mapping[str, str]) -> dict[str, list[str]]:
    return filters.asked(query.parsed(sent.get("query", ""))).kept


def _name(sent: Mapping[str, str]) -> str:
    name = sent.get("name", "").strip()
    if not 0 < len(name) <= LONGEST_NAME:
        raise Invalid.because(f"A view needs a name, of at most {LONGEST_NAME} characters.", pointer="/name")
    return name


async def _refuse_taken(transaction: Transaction, visitor: Visitor, name: str, but: UUID | None = None) -> None:
    known = await store.of_member(transaction, visitor.workspace_id, _member(visitor))
    if any(each["name"].casefold() == name.casefold() and each["id"] != but for each in known):
        raise Conflict.because(
            "There is a view of that name; choose it and change it, or take another name.", "duplicate"
        )
