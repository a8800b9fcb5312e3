"""Which workspace each statement is about: others stay as they are."""

from functools import partial
from typing import Any

import pytest

from dossier.foundation.actor import SERVER, Scope
from dossier.foundation.lists import Page
from dossier.workspaces import store
from dossier.workspaces.model import Logo, WorkspaceText
from tests.grid import HERE, THERE, Grid
from tests.world import World

BOTH = [HERE, THERE]
TEXT = WorkspaceText("snippet", "a", "en", "Hello")
LOGO = Logo("png", "new", b"new")
WORKSPACE: dict[str, Any] = {"id": BOTH, "slug": lambda number: f"rows-{number}"}


@pytest.fixture
def grid_of(world: World, database_url: str) -> Any:
    return partial(Grid, world, database_url)


@pytest.mark.parametrize(
    "work",
    [
        lambda tx, at: store.update(tx, at, "N", "UTC", "red"),
        lambda tx, at: store.set_working_time(tx, at, {"days": [1]}),
        lambda tx, at: store.set_outbound(tx, at, "10.0.0.1"),
        lambda tx, at: store.set_embed_origins(tx, at, ["https://a.example"]),
        lambda tx, at: store.set_mail_from(tx, at, "a@example.org"),
        lambda tx, at: store.set_redirect_hosts(tx, at, ["a.example"]),
        lambda tx, at: store.set_language(tx, at, "fr"),
    ],
)
def test_one_workspace_in_scope_is_changed(grid_of: Any, work: Any) -> None:
    with grid_of("workspaces", **WORKSPACE) as grid:
        assert grid.touched(lambda tx: work(tx, THERE)) == []
        assert grid.touched(lambda tx: work(tx, HERE), Scope((HERE, THERE))) == grid.where(id=HERE)


def test_what_is_said_of_one_workspace_in_scope(grid_of: Any) -> None:
    more = {
        "embed_origins": lambda number: [f"https://{number}.example"],
        "mail_from": lambda number: f"{number}@rows.example",
    }
    with grid_of("workspaces", **WORKSPACE, **more, outbound_allow=str) as grid:
        both = Scope((HERE, THERE))
        assert grid.found(lambda tx: store.get(tx, THERE), both).slug == "rows-1"
        assert grid.found(lambda tx: store.outbound(tx, THERE), both) == "1"
        assert grid.found(lambda tx: store.mail_from(tx, THERE), both) == "1@rows.example"
        assert grid.found(lambda tx: store.embed_origins(tx, THERE), both) == ("https://1.example",)
        assert grid.found(lambda tx: store.embed_origins(tx, THERE)) == ()
        assert [grid.found(lambda tx, each=each: store.exists(tx, each)) for each in BOTH] == [True, False]
        assert grid.found(lambda tx: store.by_slug(tx, "rows-1"), SERVER).id == THERE
        assert grid.found(lambda tx: store.by_slug(tx, "rows-2"), SERVER) is None
        assert grid.found(lambda tx: store.is_mail_from(tx, "1@ROWS.example"))
        assert not grid.found(lambda tx: store.is_mail_from(tx, "2@rows.example"))


def test_workspaces_are_paged_in_scope(grid_of: Any) -> None:
    with grid_of("workspaces", **WORKSPACE) as grid:
        both = Scope((HERE, THERE))
        for scope, page, expected in (
            (both, Page(), (2, [THERE, HERE])),
            (both, Page(descending=False), (2, [HERE, THERE])),
            (both, Page(size=1, number=2), (2, [HERE])),
            (Scope((HERE,)), Page(), (1, [HERE])),
        ):
            count, found = grid.found(lambda tx, page=page: store.page(tx, page), scope)
            assert (count, [each.id for each in found]) == expected


def test_a_logo_is_of_one_workspace(grid_of: Any) -> None:
    with grid_of("workspaces", **WORKSPACE), grid_of("workspace_logos", workspace_id=BOTH, hash=str) as grid:
        assert grid.touched(lambda tx: store.set_logo(tx, HERE, LOGO)) == grid.where(workspace_id=HERE)
        found = [
            grid.found(lambda tx, at=at, hash_=hash_: store.logo(tx, at, hash_))
            for at in BOTH
            for hash_ in ("new", "1")
        ]
        assert [each and each.hash for each in found] == ["new", None, None, "1"]
        assert grid.touched(lambda tx: store.remove_logo(tx, HERE), Scope((HERE, THERE))) == grid.where(
            workspace_id=HERE
        )


def test_a_text_is_of_one_workspace_kind_name_and_language(grid_of: Any) -> None:
    of = {"workspace_id": BOTH, "kind": ["snippet", "closing"], "name": ["a", "b"], "language": ["en", "fr"]}
    meant = {"workspace_id": HERE, "kind": "snippet", "name": "a", "language": "en"}
    with grid_of("workspaces", **WORKSPACE), grid_of("workspace_texts", **of) as grid:
        assert len(grid.found(lambda tx: store.mailing(tx, HERE)).texts) == 8
        assert grid.touched(lambda tx: store.put_text(tx, HERE, TEXT)) == grid.where(**meant)
        assert grid.touched(lambda tx: store.remove_text(tx, HERE, TEXT)) == grid.where(**meant)


def test_a_secret_is_of_one_workspace_and_name(grid_of: Any) -> None:
    one = {"workspace_id": HERE, "name": "a"}
    with grid_of("workspace_secrets", workspace_id=BOTH, name=["a", "b", "c"]) as grid:
        full = [
            grid.found(lambda tx, b=but, m=most: store.is_full_of_secrets(tx, HERE, b, m))
            for but, most in (("a", 2), ("a", 3), ("d", 3), ("d", 4))
        ]
        assert full == [True, False, True, False]
        assert grid.touched(lambda tx: store.set_secret(tx, HERE, "a", b"new")) == grid.where(**one)
        assert grid.touched(lambda tx: store.replace_secret(tx, HERE, "a", b"newer"), SERVER) == grid.where(**one)
        assert grid.found(lambda tx: store.encrypted_secrets(tx, HERE)) == {"a": b"newer", "b": b"x", "c": b"x"}
        assert [each.name for each in grid.found(lambda tx: store.list_secrets(tx, HERE))] == ["a", "b", "c"]
        assert grid.touched(lambda tx: store.remove_secret(tx, HERE, "a")) == grid.where(**one)
        assert not grid.found(lambda tx: store.remove_secret(tx, HERE, "a"))
        assert grid.found(lambda tx: store.remove_secret(tx, HERE, "b"))
