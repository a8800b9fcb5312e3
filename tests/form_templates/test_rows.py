"""Which templates, drafts and lists each statement is about: rows beside them stay as they are."""

from functools import partial
from typing import Any

import pytest

from dossier.drafting.store import Shelf
from dossier.form_templates.store import lists, versions
from dossier.form_templates.store.presets import enable, keep_presets
from dossier.foundation.actor import Scope
from dossier.foundation.identifiers import new_id
from tests.grid import HERE, NOW, THERE, Grid
from tests.world import World

ONE, TWO = new_id(), new_id()
BOTH = [HERE, THERE]
SHELF = Shelf("form_template")


@pytest.fixture
def grid_of(world: World, database_url: str) -> Any:
    return partial(Grid, world, database_url)


@pytest.fixture
def templates(grid_of: Any) -> Any:
    return partial(grid_of, "form_templates", workspace_id=BOTH, id=[ONE, TWO], slug=str, current_version=1)


def test_one_template_is_changed(templates: Any) -> None:
    with templates() as grid:
        one = grid.where(workspace_id=HERE, id=ONE)
        assert grid.touched(lambda tx: SHELF.make_current(tx, HERE, ONE, 2, NOW)) == one
        assert grid.touched(lambda tx: SHELF.archive(tx, ONE, archived=True)) == one
        assert grid.kept[0]["archived_at"]
        assert grid.touched(lambda tx: SHELF.archive(tx, ONE, archived=False)) == one
        assert not grid.kept[0]["archived_at"]


@pytest.mark.parametrize(("version", "goes"), [(0, True), (1, False)])
def test_a_template_that_was_never_published_is_forgotten(templates: Any, version: int, goes: bool) -> None:
    with templates(current_version=version) as grid:
        gone = grid.where(workspace_id=HERE, id=ONE) if goes else []
        assert grid.touched(lambda tx: versions.forget(tx, ONE)) == gone


def test_one_draft_is_kept_and_discarded(templates: Any, grid_of: Any) -> None:
    with (
        templates(),
        grid_of("form_template_drafts", workspace_id=BOTH, template_id=[ONE, TWO], revision=lambda n: n) as grid,
    ):
        one = grid.where(workspace_id=HERE, template_id=ONE)
        assert grid.found(lambda tx: SHELF.draft(tx, TWO)).revision == 1
        assert grid.touched(lambda tx: SHELF.keep_draft(tx, HERE, ONE, 1, 7, {"title": "T"})) == one
        assert grid.touched(lambda tx: SHELF.discard_draft(tx, ONE)) == one
        assert not grid.found(lambda tx: SHELF.discard_draft(tx, ONE))
        assert grid.found(lambda tx: SHELF.draft(tx, ONE)) is None


def test_versions_of_one_template_the_newest_first(grid_of: Any) -> None:
    of = {"workspace_id": BOTH, "template_id": [ONE, TWO], "version": [1, 3, 2]}
    with grid_of("form_template_versions", **of, document=lambda number: {"n": number}) as grid:
        found = grid.found(lambda tx: SHELF.versions(tx, ONE))
        assert [(each.version, each.document["n"]) for each in found] == [(3, 1), (2, 2), (1, 0)]
        assert grid.found(lambda tx: SHELF.document(tx, TWO, 3)) == {"n": 4}
        assert grid.found(lambda tx: SHELF.document(tx, TWO, 4)) is None
        assert grid.found(lambda tx: SHELF.document(tx, ONE, 3), Scope((THERE,))) == {"n": 7}


def test_presets_that_are_switched(grid_of: Any) -> None:
    of = {"workspace_id": BOTH, "id": [ONE, TWO], "enabled": lambda number: number != 1, "key": str}
    with grid_of("form_presets", **of) as grid:
        assert grid.touched(lambda tx: enable(tx, [ONE, TWO], enabled=True)) == [grid.rows[1]]
        assert grid.touched(lambda tx: enable(tx, [ONE], enabled=False)) == [grid.rows[0]]


def test_presets_that_are_named_no_more_go(grid_of: Any) -> None:
    of = {"workspace_id": BOTH, "template_id": [ONE, TWO], "key": ["a", "b"], "enabled": True}
    with grid_of("form_presets", **of) as grid:
        gone = grid.where(workspace_id=HERE, template_id=ONE)
        assert grid.touched(lambda tx: keep_presets(tx, HERE, ONE, [])) == gone
        assert grid.touched(lambda tx: keep_presets(tx, HERE, ONE, [])) == [], "they are gone already"


def test_lists_of_options_are_of_one_workspace(grid_of: Any) -> None:
    titles = ["b", "A", "c"]
    of = {"workspace_id": BOTH, "slug": ["x", "y", "z"], "title": lambda number: titles[number % 3]}
    with grid_of("form_option_lists", **of) as grid:
        both = Scope((HERE, THERE))
        assert [each.slug for each in grid.found(lambda tx: lists.option_lists(tx, HERE), both)] == ["y", "x", "z"]
        assert len(grid.found(lambda tx: lists.option_lists(tx), both)) == 6
        assert len(grid.found(lambda tx: lists.option_lists(tx))) == 3
        one = grid.where(workspace_id=HERE, slug="x")
        assert grid.touched(lambda tx: lists.remove_option_list(tx, HERE, "x"), both) == one
        assert not grid.found(lambda tx: lists.remove_option_list(tx, HERE, "x"))
        assert grid.found(lambda tx: lists.remove_option_list(tx, HERE, "y"))


def test_who_uses_a_list(templates: Any, grid_of: Any) -> None:
    def says(slug: str, **more: Any) -> dict[str, Any]:
        return {"title": f"of {slug}", "elements": [{"list": slug, **more}]}

    published = {"workspace_id": BOTH, "template_id": [ONE, TWO], "version": [1, 2]}
    drafts = {"workspace_id": HERE, "template_id": TWO, "document": says("c")}
    for archived, expected in (
        (None, {"a": [(ONE, True, False)], "b": [(TWO, True, False)], "c": [(TWO, False, True)]}),
        (NOW, {"c": [(TWO, False, True)]}),
    ):
        with (
            templates(archived_at=archived) as grid,
            grid_of("form_template_versions", **published, document=lambda n: says("a-b-e-f-"[n], options=[])),
            grid_of("form_template_drafts", **drafts),
        ):
            found = grid.found(lambda tx: lists.used_by(tx, HERE))
            told = {
                slug: [(each.template_id, each.published, each.needs) for each in those]
                for slug, those in found.items()
            }
            assert {slug: those for slug, those in told.items() if slug in "abc"} == expected
