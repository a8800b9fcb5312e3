"""Which deliveries each statement is about: rows beside them stay as they are."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from psycopg.types.json import Jsonb

from dossier.foundation.actor import SERVER
from dossier.foundation.identifiers import new_id
from dossier.foundation.lists import Page
from dossier.webhooks.model.deliveries import Claimed
from dossier.webhooks.model.form_events import FormEvent
from dossier.webhooks.store import deliveries, form_deliveries, form_log, log, subscriptions
from tests.grid import HERE, NOW, THERE, Grid
from tests.world import World

ONE, TWO, CASE, OTHER = (new_id() for _ in range(4))
BOTH = [HERE, THERE]
HOOKS = {"workspace_id": BOTH, "webhook_id": [ONE, TWO]}
FORMS = {"workspace_id": BOTH, "form_id": [ONE, TWO]}
SECOND = timedelta(seconds=1)


@pytest.fixture
def sent(world: World, database_url: str) -> Any:
    return partial(Grid, world, database_url, "webhook_deliveries", attempts=Jsonb([]))


@pytest.fixture
def sent_of_forms(world: World, database_url: str) -> Any:
    return partial(Grid, world, database_url, "form_deliveries", subject="responses", url="https://a.example")


def claimed(row: dict[str, Any]) -> Claimed:
    return Claimed(
        workspace_id=row["workspace_id"],
        id=row["id"],
        webhook_id=ONE,
        case_id=None,
        version=None,
        event_id=row["id"],
        type="form",
        body=None,
        written=False,
        tries=0,
        url="",
        secrets=(),
    )


def test_what_is_in_hand_is_held(sent: Any) -> None:
    with sent(**HOOKS, leased_until=[None, NOW]) as grid:
        mine = grid.where(workspace_id=HERE, webhook_id=ONE)
        ids = [row["id"] for row in mine]
        assert grid.touched(lambda tx: deliveries.hold(tx, ids), SERVER) == [mine[1]]


@pytest.mark.parametrize(("store", "table"), [(deliveries, "sent"), (form_deliveries, "sent_of_forms")])
def test_a_body_is_written_where_it_belongs(request: Any, store: Any, table: str) -> None:
    with request.getfixturevalue(table)(workspace_id=[HERE, THERE], status=["pending", "delivered"]) as grid:
        meant = grid.rows[0]
        assert grid.touched(lambda tx: store.write_body(tx, claimed(meant), "{}"), SERVER) == [meant]


def test_what_waits_of_a_webhook_is_cancelled(sent: Any) -> None:
    with sent(**HOOKS, status=["pending", "dead"]) as grid:
        gone = grid.where(workspace_id=HERE, webhook_id=ONE, status="pending")
        assert grid.touched(lambda tx: deliveries.cancel(tx, HERE, [ONE]), SERVER) == gone


def test_what_was_told_of_a_case_goes_with_it(sent: Any) -> None:
    with sent(**HOOKS, case_id=[CASE, OTHER], body="{}", next_at=NOW, status=["pending", "delivered"]) as grid:
        gone = grid.where(workspace_id=HERE, case_id=CASE)
        assert grid.touched(lambda tx: deliveries.forget_cases(tx, HERE, [CASE]), SERVER) == gone
        left = {row["status"] for row in grid.kept if row["workspace_id"] == HERE and row["case_id"] == CASE}
        assert left == {"cancelled", "delivered"}


def test_bodies_of_a_case_are_forgotten(sent: Any) -> None:
    with sent(**HOOKS, case_id=[CASE, OTHER], body=["{}", None]) as grid:
        gone = grid.where(workspace_id=HERE, case_id=CASE, body="{}")
        assert grid.touched(lambda tx: deliveries.forget_bodies(tx, HERE, [CASE]), SERVER) == gone


def test_bodies_that_name_somebody_are_forgotten(sent: Any) -> None:
    person = new_id()
    with sent(workspace_id=[HERE, THERE], case_id=[CASE, None], body=[f"of {person}", "of nobody", None]) as grid:
        gone = grid.where(workspace_id=HERE, case_id=CASE, body=f"of {person}")
        assert grid.touched(lambda tx: deliveries.forget_bodies_naming(tx, HERE, person), SERVER) == gone


def test_the_first_that_waits_of_each_case_gets_its_turn(sent: Any) -> None:
    """One that belongs to no case waits for no other."""
    with sent(**HOOKS, case_id=[CASE, OTHER, None], status=["dead", "pending"], next_at=[None, None]) as grid:
        waiting = grid.where(workspace_id=HERE, webhook_id=ONE, status="pending")
        first = [row for at, row in enumerate(waiting) if row["case_id"] is None or at % 2 == 0]
        assert grid.touched(lambda tx: deliveries.promote_all(tx, HERE, ONE)) == first
    with sent(**HOOKS, case_id=[CASE, OTHER], status="pending", next_at=NOW - SECOND) as grid:
        assert grid.touched(lambda tx: deliveries.promote_all(tx, HERE, ONE)) == []


def test_webhooks_that_are_on_are_put_off(world: World, database_url: str) -> None:
    with Grid(
        world, database_url, "webhooks", workspace_id=[HERE, THERE], enabled=[True, False], url=["a", "b"]
    ) as grid:
        meant = [row["id"] for row in grid.rows if row["url"] == "a"]
        gone = grid.where(workspace_id=HERE, url="a", enabled=True)
        assert grid.touched(lambda tx: deliveries.disable(tx, HERE, meant, "gone"), SERVER) == gone
        assert grid.found(lambda tx: deliveries.disable(tx, HERE, meant, "gone"), SERVER) == []


def test_which_webhooks_were_put_off_is_said(world: World, database_url: str) -> None:
    with Grid(world, database_url, "webhooks", workspace_id=[HERE, THERE], enabled=True) as grid:
        ids = [row["id"] for row in grid.rows]
        assert grid.found(lambda tx: deliveries.disable(tx, HERE, ids, "gone"), SERVER) == ids[:1]


def test_what_is_over_is_forgotten_in_time(sent: Any, world: World, database_url: str) -> None:
    with (
        Grid(world, database_url, "webhooks", workspace_id=HERE, id=[ONE, TWO]),
        sent(webhook_id=[ONE, TWO], workspace_id=[HERE, THERE], status=["pending", "dead"], created_at=[NOW, NOW - SECOND]) as grid,
    ):  # fmt: skip
        gone = grid.where(workspace_id=HERE, status="dead", created_at=NOW - SECOND)
        assert grid.touched(lambda tx: deliveries.forget(tx, NOW), SERVER) == gone


# ---- of forms ----


def test_calls_in_hand_are_held(sent_of_forms: Any) -> None:
    with sent_of_forms(**FORMS, leased_until=[None, NOW], status="pending") as grid:
        mine = grid.where(workspace_id=HERE, form_id=ONE)
        ids = [row["id"] for row in mine]
        assert grid.touched(lambda tx: form_deliveries.hold(tx, ids), SERVER) == [mine[1]]


SAVED = {"status": ["pending", "dead"], "tries": [0, 1], "latest_at": [NOW, None], "leased_until": [None, NOW]}
FRESH = {"status": "pending", "tries": 0, "latest_at": NOW}


def test_what_waits_for_more_waits_no_longer(sent_of_forms: Any) -> None:
    with sent_of_forms(**FORMS, **SAVED) as grid:
        hurried = grid.where(workspace_id=HERE, form_id=ONE, **FRESH)
        event = FormEvent("requests", ONE, ("requests:completed",))
        assert grid.touched(lambda tx: form_deliveries.put(tx, HERE, ONE, [], event), SERVER) == hurried


def test_saved_answers_that_nobody_was_told_of_are_told_no_more(sent_of_forms: Any) -> None:
    with sent_of_forms(**FORMS, **SAVED, subject_id=[CASE, OTHER]) as grid:
        dropped = grid.where(workspace_id=HERE, form_id=ONE, **FRESH, leased_until=None, subject_id=CASE)
        assert grid.touched(lambda tx: form_deliveries.drop_saved(tx, HERE, ONE, CASE), SERVER) == dropped


def test_saved_answers_wait_for_those_that_follow(sent_of_forms: Any, places: Any, forms: Any, world: World) -> None:
    """The last call of a form and address alone is put off, and only one that nobody has in hand; otherwise there is one more."""
    later = world.clock() + timedelta(days=1)
    fresh = FRESH | {"latest_at": later, "next_at": NOW}
    event = FormEvent("responses", CASE, ())

    def put(grid: Grid) -> Any:
        urls = ["https://a.example"]
        changed = grid.touched(lambda tx: form_deliveries.put_saved(tx, HERE, ONE, urls, event), SERVER)
        grid.found(lambda tx: form_deliveries.drop_saved(tx, HERE, ONE, CASE), SERVER)
        return changed

    with sent_of_forms(**FORMS, **fresh, subject_id=CASE) as grid:
        assert put(grid) == grid.where(workspace_id=HERE, form_id=ONE)
    with sent_of_forms(workspace_id=HERE, form_id=ONE, **fresh, subject_id=[CASE, CASE]) as grid:
        assert put(grid) == grid.rows[1:], "the last"
    others: list[dict[str, Any]] = [
        {"status": "delivered"}, {"tries": 1}, {"latest_at": None}, {"leased_until": NOW}, {"subject_id": OTHER}, {"url": "https://b.example"},
    ]  # fmt: skip
    for other in others:
        with sent_of_forms(workspace_id=HERE, form_id=ONE, **{"subject_id": CASE} | fresh | other) as grid:
            assert put(grid) == [], other


def test_an_address_that_is_gone_is_told_nothing_more_of_the_form(sent_of_forms: Any) -> None:
    with sent_of_forms(
        **FORMS | {"url": ["https://a.example", "https://b.example"]}, status=["pending", "dead"]
    ) as grid:
        gone = grid.where(workspace_id=HERE, form_id=ONE, url="https://a.example", status="pending")
        assert grid.touched(lambda tx: form_deliveries.end_address(tx, HERE, ONE, "https://a.example"), SERVER) == gone


def test_calls_without_a_body_are_found_in_order(sent_of_forms: Any) -> None:
    with sent_of_forms(**FORMS, status=["pending", "dead"], body=[None, "{}"]) as grid:
        meant = grid.where(workspace_id=HERE, form_id=ONE, status="pending", body=None)
        found = grid.found(lambda tx: form_deliveries.unwritten(tx, HERE, ONE), SERVER)
        assert [each.id for each in found] == [row["id"] for row in meant]
        one = meant[0]["id"]
        assert grid.touched(lambda tx: form_deliveries.set_body(tx, HERE, one, "{}"), SERVER) == meant[:1]


def test_a_body_is_locked_of_what_still_waits(sent_of_forms: Any) -> None:
    with sent_of_forms(workspace_id=HERE, form_id=ONE, status=["pending", "dead"], body="{}") as grid:
        found = [
            grid.found(lambda tx, row=row: form_deliveries.lock_body(tx, claimed(row)), SERVER) for row in grid.rows
        ]
        assert [each and each.id for each in found] == [grid.rows[0]["id"], None]


def test_what_names_somebody_is_made_anew(sent_of_forms: Any) -> None:
    events = [["requests:deleted"], ["requests:completed"]]
    with sent_of_forms(**FORMS, status=["pending", "dead"], body=["of eve", "of nobody"]) as grid:
        meant = grid.where(workspace_id=HERE, body="of eve")
        assert grid.touched(lambda tx: form_deliveries.forget_naming(tx, HERE, ["eve", "ann"])) == meant
    for of, state in zip(events, ("cancelled", "pending"), strict=True):
        with sent_of_forms(workspace_id=HERE, status=["pending", "dead"], body="of eve", events=[of]) as grid:
            grid.touched(lambda tx: form_deliveries.forget_naming(tx, HERE, ["eve"]))
            assert [row["status"] for row in grid.kept] == [state, "dead"]


def test_addresses_that_name_somebody_are_forgotten(sent_of_forms: Any) -> None:
    with sent_of_forms(**FORMS | {"url": ["https://Eve.example", "https://b.example"]}, status="dead") as grid:
        gone = grid.where(workspace_id=HERE, url="https://Eve.example")
        assert grid.touched(lambda tx: form_deliveries.forget_addresses(tx, HERE, ["eVe", "ann"])) == gone


def test_calls_that_are_over_are_forgotten_in_time(sent_of_forms: Any) -> None:
    with sent_of_forms(**FORMS, status=["pending", "dead"], created_at=[NOW, NOW - SECOND]) as grid:
        gone = grid.where(status="dead", created_at=NOW - SECOND)
        assert grid.touched(lambda tx: form_deliveries.forget(tx, NOW + SECOND, SECOND), SERVER) == gone


def test_calls_are_claimed_in_order_and_by_one(sent_of_forms: Any, world: World) -> None:
    """Of a form and address the first that waits, when its time has come and nobody has it in hand."""
    now = world.clock()
    urls = {"url": ["https://a.example", "https://b.example"]}
    of = {"workspace_id": [HERE, THERE], "form_id": [ONE, TWO], **urls}

    def claim(grid: Grid, most: int = 100, mine: list[UUID] | None = None) -> Any:
        return grid.touched(lambda tx: form_deliveries.claim(tx, most, mine or []), SERVER)

    with sent_of_forms(**of | {"status": ["dead", "pending", "pending"]}, next_at=now) as grid:
        assert claim(grid) == grid.where(status="pending")[::2]
        assert claim(grid) == []
    with sent_of_forms(**of, status="pending", next_at=[now + SECOND]) as grid:
        assert claim(grid) == []
    with sent_of_forms(**of, status="pending", next_at=now, leased_until=NOW - timedelta(days=999)) as grid:
        assert claim(grid, mine=[row["id"] for row in grid.rows[2:]]) == grid.rows[:2]
    with sent_of_forms(**of, status="pending", next_at=now) as grid:
        assert len(claim(grid, most=3)) == 3


# ---- subscriptions ----


@pytest.fixture
def hooks(world: World, database_url: str) -> Any:
    wanted = {"events": [["*"]], "content": "full", "enabled": True}
    return partial(Grid, world, database_url, "webhooks", workspace_id=BOTH, id=[ONE, TWO], **wanted)


@pytest.fixture
def places(world: World, database_url: str) -> Any:
    with Grid(world, database_url, "workspaces", id=BOTH, slug=lambda number: f"rows-{number}") as grid:
        yield grid


@pytest.fixture
def forms(world: World, database_url: str) -> Any:
    usual = {"status": "pending", "access": "direct", "reference": str}
    with Grid(world, database_url, "forms", workspace_id=BOTH, id=[ONE, TWO], **usual) as grid:
        yield grid


def test_one_subscription_is_meant(hooks: Any, places: Any) -> None:
    one = {"workspace_id": HERE, "id": ONE}
    with hooks() as grid:
        webhook = grid.found(lambda tx: subscriptions.get(tx, ONE))
        assert (webhook.id, webhook.workspace_slug, webhook.wanted.events) == (ONE, "rows-0", ("*",))
        assert grid.found(lambda tx: subscriptions.lock(tx, TWO)).id == TWO
        assert grid.found(lambda tx: subscriptions.get(tx, CASE)) is None
        assert grid.found(lambda tx: subscriptions.count_locked(tx, HERE)) == 2
        for work in (
            lambda tx: subscriptions.warned(tx, webhook),
            lambda tx: subscriptions.set_secret(tx, webhook, b"new", NOW),
            lambda tx: subscriptions.update(tx, webhook, replace(webhook.wanted, description="other")),
            lambda tx: subscriptions.delete(tx, webhook),
        ):
            assert grid.touched(work) == grid.where(**one)


def test_secrets_are_replaced_one_by_one(hooks: Any) -> None:
    with hooks() as grid:
        of = subscriptions.Secrets(HERE, ONE, b"x", None)
        work = lambda tx: subscriptions.replace_secrets(tx, of, b"new", b"old")  # noqa: E731
        assert grid.touched(work, SERVER) == grid.where(workspace_id=HERE, id=ONE)


@pytest.mark.parametrize(("enabled", "failing", "is_found"), [(True, NOW, True), (True, NOW + SECOND, False), (True, None, False), (False, NOW, False)])  # fmt: skip
def test_what_has_failed_since_a_time(hooks: Any, places: Any, enabled: bool, failing: Any, is_found: bool) -> None:
    with hooks(enabled=enabled, failing_since=failing) as grid:
        found = grid.found(lambda tx: subscriptions.failing(tx, NOW), SERVER)
        assert len([each for each in found if each.workspace_id in BOTH]) == (4 if is_found else 0)
        found = grid.found(lambda tx: subscriptions.enabled(tx), SERVER)
        assert len([each for each in found if each.workspace_id in BOTH]) == (4 if enabled else 0)


def test_what_a_change_of_a_subscription_keeps(hooks: Any, places: Any) -> None:
    """Why it is off, and since when it fails: forgotten when it is switched on or off."""
    for was, becomes, reason, failing in ((True, True, None, NOW), (True, False, "by_hand", None), (False, False, "gone", NOW), (False, True, None, None)):  # fmt: skip
        with hooks(
            workspace_id=HERE, id=ONE, enabled=was, disabled_reason="gone", failing_since=NOW, warned_at=NOW
        ) as grid:
            webhook = grid.found(lambda tx: subscriptions.get(tx, ONE))
            wanted = replace(webhook.wanted, enabled=becomes)
            grid.touched(lambda tx, webhook=webhook, wanted=wanted: subscriptions.update(tx, webhook, wanted))
            (row,) = grid.kept
            assert (row["enabled"], row["disabled_reason"]) == (becomes, reason)
            assert (row["failing_since"], row["warned_at"]) == (failing, failing)


def test_what_was_kept_before_is_forgotten_in_time(world: World, database_url: str) -> None:
    of = {"workspace_id": BOTH, "webhook_id": ONE, "case_id": [CASE, OTHER], "position": lambda number: number - 1000}
    with Grid(world, database_url, "webhook_kept_before", **of) as grid:
        assert grid.touched(lambda tx: subscriptions.forget_kept_before(tx, -998), SERVER) == grid.rows[:2]


def test_templates_of_a_workspace_are_known(world: World, database_url: str) -> None:
    of = {"workspace_id": BOTH, "id": lambda number: [ONE, TWO][number]}
    with Grid(world, database_url, "case_templates", **of) as grid:
        assert grid.found(lambda tx: subscriptions.known_templates(tx, HERE, [ONE, TWO, CASE])) == {ONE}


def test_subscriptions_are_paged_by_workspace(hooks: Any, places: Any, sent: Any) -> None:
    with hooks(id=lambda _: new_id(), created_at=[NOW, NOW + SECOND, NOW]) as grid:
        mine = sorted(grid.where(workspace_id=HERE), key=lambda row: (row["created_at"], row["id"]))
        ids = [row["id"] for row in mine]
        for page, expected in (
            (Page(descending=False), ids),
            (Page(), ids[::-1]),
            (Page(size=1, number=2, descending=False), ids[1:2]),
        ):
            count, found = grid.found(lambda tx, page=page: subscriptions.page(tx, page))
            assert (count, [each.id for each in found]) == (3, expected)


# ---- what was sent, for those who look at it ----


def test_deliveries_of_one_webhook_by_what_is_asked(sent: Any) -> None:
    def time(number: int) -> Any:
        return NOW + number * SECOND

    of = {"type": ["case.created", "case.updated"], "case_id": [CASE, OTHER], "status": ["dead", "pending"]}
    with sent(**HOOKS, **of, created_at=time) as grid:
        mine = grid.where(workspace_id=HERE, webhook_id=ONE)[::-1]
        asked: list[dict[str, Any]] = [{}, {"status": "dead"}, {"type": "case.created"}, {"case_id": OTHER}]
        for each in asked:
            count, found = grid.found(lambda tx, e=each: log.page(tx, (HERE, ONE), Page(), **e))
            meant = [row["id"] for row in mine if all(row[name] == value for name, value in each.items())]
            assert (count, [row.id for row in found]) == (len(meant), meant)
        _, found = grid.found(lambda tx: log.page(tx, (HERE, ONE), Page(size=3, number=2, descending=False)))
        assert [row.id for row in found] == [row["id"] for row in mine[::-1][3:6]]
        assert grid.found(lambda tx: log.get(tx, ONE, mine[0]["id"])).id == mine[0]["id"]
        assert grid.found(lambda tx: log.get(tx, TWO, mine[0]["id"])) is None
        elsewhere = grid.where(workspace_id=THERE, webhook_id=ONE)[0]["id"]
        assert grid.found(lambda tx: log.get(tx, ONE, elsewhere)) is None


@pytest.mark.parametrize(
    ("body", "written", "is_erased"), [(None, True, True), (None, False, False), ("x", True, False)]
)
def test_what_was_erased_is_not_sent_again(sent: Any, body: Any, written: bool, is_erased: bool) -> None:
    with sent(workspace_id=HERE, webhook_id=ONE, status="dead", body=body, written=written, created_at=NOW) as grid:
        assert grid.found(lambda tx: log.get(tx, ONE, grid.rows[0]["id"])).is_erased == is_erased
        count = grid.found(lambda tx: log.again_since(tx, (HERE, ONE), NOW, None, "dead"))
        assert count == (0 if is_erased else 1)


@pytest.mark.parametrize(
    ("which", "states"), [("dead", {"dead"}), ("not_taken", {"dead", "cancelled"}), ("any", {"dead", "cancelled", "delivered"})]
)  # fmt: skip
def test_those_of_a_time_are_sent_again(sent: Any, which: Any, states: set[str]) -> None:
    statuses = ["dead", "cancelled", "delivered", "pending"]
    times = [NOW - SECOND, NOW, NOW + SECOND]
    with sent(**HOOKS, status=statuses, created_at=times, tries=3, body="x") as grid:
        meant = [
            row for row in grid.where(workspace_id=HERE, webhook_id=ONE, created_at=NOW) if row["status"] in states
        ]
        work = partial(log.again_since, whose=(HERE, ONE), since=NOW, until=NOW + SECOND, which=which)
        assert grid.touched(lambda tx: work(tx)) == meant
        one: Any = grid.where(workspace_id=HERE, created_at=NOW + SECOND)[0]
        delivery: Any = SimpleNamespace(**one)
        assert grid.touched(lambda tx: log.again(tx, delivery)) == [one]


def test_calls_of_forms_by_state_the_newest_first(sent_of_forms: Any) -> None:
    with sent_of_forms(
        **FORMS, status=["dead", "pending"], created_at=lambda n: NOW + n * SECOND, attempts=Jsonb([])
    ) as grid:
        mine = grid.where(workspace_id=HERE)[::-1]
        for status in (None, "dead"):
            meant = [row["id"] for row in mine if status in (None, row["status"])]
            assert grid.found(lambda tx, s=status: form_log.total(tx, s)) == len(meant)
            assert [each.id for each in grid.found(lambda tx, s=status: form_log.page(tx, s, 1, 2))] == meant[1:3]
        assert grid.found(lambda tx: form_log.get(tx, mine[0]["id"])).id == mine[0]["id"]
        assert grid.found(lambda tx: form_log.get(tx, grid.where(workspace_id=THERE)[0]["id"])) is None


def test_calls_that_were_given_up_are_made_again(sent_of_forms: Any, world: World, database_url: str) -> None:
    """Of a form that is gone only what is written already, and to no address that is gone."""
    forms = {"workspace_id": HERE, "id": ONE, "status": "pending", "access": "direct"}
    gone = {"workspace_id": HERE, "form_id": ONE, "url": "https://gone.example"}
    urls = ["https://a.example", "https://gone.example"]
    with (
        Grid(world, database_url, "forms", **forms),
        Grid(world, database_url, "form_addresses_gone", **gone),
        sent_of_forms(**FORMS, url=urls, status=["dead", "pending"], body=["x", None], tries=3) as grid,
    ):
        meant = grid.where(
            lambda row: (row["form_id"] == TWO and row["body"]) or (row["form_id"] == ONE and row["url"] == urls[0]),
            workspace_id=HERE, status="dead",
        )  # fmt: skip
        named = [meant[0]["id"], *(row["id"] for row in grid.where(status="pending"))]
        assert grid.touched(lambda tx: form_log.again(tx, named)) == meant[:1]
        assert grid.touched(lambda tx: form_log.again(tx, None)) == meant[1:]
        assert grid.found(lambda tx: form_log.again(tx, None)) == 0


@pytest.mark.parametrize("put", [form_deliveries.put, form_deliveries.put_saved])
@pytest.mark.parametrize(
    ("gone", "is_told"),
    [({}, False), ({"workspace_id": THERE}, True), ({"form_id": TWO}, True), ({"url": "https://b.example"}, True)],
)
def test_what_is_gone_is_an_address_of_one_form(
    world: World, database_url: str, places: Any, forms: Any, put: Any, gone: Any, is_told: bool
) -> None:
    event = FormEvent("responses", CASE, ("responses:updated",))
    here = {"workspace_id": HERE, "form_id": ONE, "url": "https://a.example"}
    with Grid(world, database_url, "form_addresses_gone", **here | gone) as grid:
        grid.found(lambda tx: put(tx, HERE, ONE, ["https://a.example"], event), SERVER)
        assert len(grid.found(lambda tx: form_deliveries.unwritten(tx, HERE, ONE), SERVER)) == is_told
        grid.found(lambda tx: form_deliveries.forget_addresses(tx, HERE, ["example"]))
