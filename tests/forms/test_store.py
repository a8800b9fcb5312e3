"""What is kept of a form, its answers and its link, read again as it was."""

from dataclasses import replace
from functools import partial
from typing import Any

from dossier.conditions import parse_filter
from dossier.forms.actions.keys import link_anew
from dossier.forms.model import FORM_RECORD, MADE, VOCABULARY, Answer, Form, FormUser, Response, links
from dossier.forms.model.vocabulary import resolved
from dossier.forms.store import reading, responses, writing
from dossier.forms.store.collection import COLLECTION, ROWS
from dossier.foundation.actor import Scope, system
from dossier.foundation.cipher import Cipher, new_key
from dossier.foundation.identifiers import new_id
from dossier.foundation.lists import Page
from dossier.listing import keyset
from dossier.listing.collection import Selection
from dossier.records.model import made
from dossier.workspaces.model import Workspace
from tests.world import World


def _form(world: World, workspace: Workspace) -> Form:
    now = world.clock()
    return Form(
        workspace_id=workspace.id,
        workspace_slug=workspace.slug,
        time_zone=workspace.time_zone,
        working_time=None,
        id=new_id(),
        version=0,
        created_at=now,
        updated_at=now,
        reference=new_id().hex[-6:].upper(),
        status="pending",
        template_id=new_id(),
        template_version=1,
        preset_id=new_id(),
        slug="accident",
        name="Accident",
        user=FormUser(email="Eve@Example.org", given_name="Ève"),
        active_from=now,
        data={"amount": "5"},
        filled={"amount": 5},
        external_args={"crm": {"id": 7}},
    )


def _put(world: World, workspace: Workspace, form: Form, response: Response | None = None) -> None:
    async def keep(transaction: Any) -> None:
        await writing.save(transaction, made(FORM_RECORD, form, MADE))
        await writing.link(transaction, form, links.hash_of(links.secret(world.services.cipher, form.id, 1)))
        if response:
            await responses.insert(transaction, response)

    world.do(keep, system(scope=Scope((workspace.id,))))


def _found(world: World, workspace: Workspace, **attributes: Any) -> int:
    condition = resolved(parse_filter({"attributes": attributes}, VOCABULARY), world.clock())

    async def look(transaction: Any) -> int:
        return (await keyset.page(transaction, COLLECTION, ROWS, Selection("any", condition), Page()))[0]

    return int(world.do(look, system(scope=Scope((workspace.id,)))))


def test_a_form_is_read_as_it_was_kept(world: World, workspace: Workspace) -> None:
    form = _form(world, workspace)
    _put(world, workspace, form)
    read = world.do(lambda tx: reading.get(tx, form.id), system(scope=Scope((workspace.id,))))
    assert read == replace(form, version=1)
    assert world.do(lambda tx: reading.get(tx, form.id), system(scope=Scope((new_id(),)))) is None


def test_a_link_leads_to_its_form_and_is_the_same_at_every_read(world: World, workspace: Workspace) -> None:
    form = _form(world, workspace)
    _put(world, workspace, form)
    secret = links.secret(world.services.cipher, form.id, 1)
    assert links.is_secret(secret)
    assert secret == links.secret(world.services.cipher, form.id, 1) != links.secret(world.services.cipher, form.id, 2)
    found = world.do(lambda tx: reading.by_link(tx, links.hash_of(secret)))
    assert found == (workspace.id, form.id)
    assert world.do(lambda tx: reading.by_link(tx, links.hash_of(secret[:-1] + "_"))) is None


def test_links_hold_when_the_key_is_changed(world: World, workspace: Workspace) -> None:
    form = _form(world, workspace)
    _put(world, workspace, form)
    before = links.secret(world.services.cipher, form.id, 1)
    newer = Cipher(new_key())
    world.do(lambda tx: link_anew(tx, newer))
    assert links.secret(newer, form.id, 1) != before
    for secret in (before, links.secret(newer, form.id, 1)):
        assert world.do(partial(reading.by_link, hash=links.hash_of(secret))) == (workspace.id, form.id)
    hash = links.hash_of(links.secret(newer, form.id, 2))
    world.do(lambda tx: writing.link(tx, form, hash), system(scope=Scope((workspace.id,))))
    assert world.do(partial(reading.by_link, hash=links.hash_of(before))) is None


def test_answers_stand_in_the_place_of_what_was_filled_in(world: World, workspace: Workspace) -> None:
    form = _form(world, workspace)
    now = world.clock()
    answers = {
        "amount": Answer("amount", 2, 7, None, now),
        "colour": Answer("colour", 1, None, "purplish", now),
        "hidden": Answer("hidden", 1, "x", None, now),
    }
    response = Response(
        workspace.id, new_id(), form.id, 1, now, now, put_aside=("hidden",), user=form.user, answers=answers
    )
    _put(world, workspace, form)
    assert _found(world, workspace, **{"data.amount": {"$eq": 5}}) == 1
    world.do(lambda tx: responses.insert(tx, response), system(scope=Scope((workspace.id,))))
    assert _found(world, workspace, **{"data.amount": {"$eq": 5}}) == 0
    assert _found(world, workspace, **{"data.amount": {"$gt": 6}, "data.colour": {"$defined": False}}) == 1
    assert _found(world, workspace, **{"data.hidden": {"$eq": "x"}}) == 0
    (read,) = world.do(lambda tx: responses.of_form(tx, form.id), system(scope=Scope((workspace.id,))))
    assert (read, read.data) == (response, {"amount": 7})


def test_conditions_look_at_what_a_form_is(world: World, workspace: Workspace) -> None:
    _put(world, workspace, _form(world, workspace))
    assert _found(world, workspace, active={"$eq": True}, completed={"$ne": True}) == 1
    assert _found(world, workspace, active={"$in": [False]}) == 0
    assert (
        _found(world, workspace, **{"external_args.crm": {"$defined": True}, "options.crm": {"$defined": False}}) == 1
    )
