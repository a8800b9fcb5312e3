"""The tree keeps its own rules: sizes, layers, doors, documentation."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from dossier.app import NAVIGATION, PAGES, SUBSCRIBERS
from dossier.cli.on_demand import COMMANDS
from dossier.fields import FIELD_TYPES
from dossier.foundation.events import Fact
from dossier.server.application import routes
from dossier.server.settings import options, reference
from tests.source import SOURCE, modules, nodes, tree

ROOT = Path(__file__).parents[2]

LAYERS = {
    "__init__",
    "model",
    "events",
    "store",
    "actions",
    "schemas",
    "routes",
    "pages",
    "portal",
    "subscribers",
    "jobs",
    "templates",
    "starters",  # of forms: documents to begin with
}
ENGINES = {"web", "listing", "fields", "conditions", "texts", "foundation", "migrations", "permissions.py"}
COMPOSITION = {"app.py", "server", "__main__.py", "cli", "demo", "bench"}
DOMAINS = sorted(
    each.name for each in SOURCE.iterdir() if each.is_dir() and each.name not in ENGINES | COMPOSITION | {"__pycache__"}
)
"""Every folder that is none of these is a domain."""


def test_no_file_is_long() -> None:
    assert {
        str(path): len(path.read_text().splitlines()) for path in modules() if len(path.read_text().splitlines()) > 400
    } == {}


def test_cases_keep_what_is_about_cases() -> None:
    """What else there is to say of them stands above, or is said once below (decisions 37, 56)."""
    lines = [len(path.read_text().splitlines()) for path in modules() if path.is_relative_to(SOURCE / "cases")]
    assert 1000 < sum(lines) <= 2600


def test_no_line_of_a_template_is_long() -> None:
    """A line that does not fit a screen is not reviewed."""
    long = [
        f"{path.relative_to(SOURCE)}:{number}"
        for path in sorted(SOURCE.rglob("*.html"))
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if len(line) > 160
    ]
    assert long == []


def test_tabler_is_what_pages_use() -> None:
    from tests import styles

    assert styles.PART.read_text() == styles.part(), "run: python -m tests.styles"


def test_every_file_says_why_it_exists() -> None:
    silent = [str(path) for path in modules() if not ast.get_docstring(tree(path))]
    assert silent == []


def test_domains_have_only_known_layers() -> None:
    found = {each.stem for domain in DOMAINS for each in (SOURCE / domain).iterdir() if each.name != "__pycache__"}
    assert found <= LAYERS


def test_other_domains_enter_by_the_front_door() -> None:
    """A domain is entered by its package, its model or its events, schemas by other schemas and by routes; only the composition root goes further."""
    for path in modules():
        inside = path.relative_to(SOURCE)
        if inside.parts[0] in COMPOSITION:
            continue
        for name in _imports(path):
            parts = name.split(".")
            if len(parts) > 2 and parts[0] == "dossier" and parts[1] in DOMAINS and parts[1] != inside.parts[0]:
                layer = inside.parts[1].removesuffix(".py")
                # A shape is made of shapes, and a route says which it gives.
                shapes = parts[2] == "schemas" and layer in ("schemas", "routes")
                # What every kept thing has, or every one with an owner, contacts, files or a template, is there to be used: pages by pages, routes by routes. So is the page of a case.
                every_kind = (
                    parts[1]
                    in ("records", "drafting", "members", "contacts", "case_templates", "files", "cases", "forms")
                    and parts[2] == layer
                )
                assert shapes or every_kind or parts[2] in ("model", "events"), f"{inside} imports {name}"


ORDINARY_WORDS = {
    "text",
    "number",
    "date",
    "time",
    "choices",
    "file",
    "email",
    "phone",
    "country",
    "address",
    "table",
    "url",
    "signature",
}
"""Types that are called like other things too; of these only comparisons are looked for."""
DOCUMENTS = ("bench", "demo", "fields", "migrations")  # templates written down, and the types themselves


def test_a_field_type_is_named_in_its_file_alone() -> None:
    """No other file asks which type a field has: what a type does differently is one of its faces (`fields/field.py`)."""
    distinct = set(FIELD_TYPES) - ORDINARY_WORDS
    found = {
        f"{path.relative_to(SOURCE)}:{node.lineno}"
        for path in modules()
        if path.relative_to(SOURCE).parts[0] not in DOCUMENTS
        for node in nodes(path)
        if (isinstance(node, ast.Constant) and node.value in distinct) or _asks_for_a_type(node)
    }
    asked = re.compile(
        r"\b(field|column|item|kind)\.type\b\s*(==|!=|in|not in)\s*[\"'(]|\b(" + "|".join(distinct) + r")\b"
    )
    html = {str(path.relative_to(SOURCE)) for path in SOURCE.rglob("*.html") if asked.search(_without_inputs(path))}
    assert found | html == set()


def _asks_for_a_type(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom):  # a class of a type, past the front door
        return bool(node.module and node.module.startswith("dossier.fields."))
    if not (isinstance(node, ast.Compare) and isinstance(node.left, ast.Attribute | ast.Subscript)):
        return False
    return re.fullmatch(r"(\w+\.)?(field|column)(\.type|\['type'\])", ast.unparse(node.left)) is not None


def _without_inputs(path: Path) -> str:
    """A page without what HTML itself calls so."""
    return re.sub(r'type="checkbox"|option\("\w+"\)', "", path.read_text())


def _imports(path: Path) -> Iterator[str]:
    for node in nodes(path):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                is_module = (SOURCE.parent / Path(*full.split("."))).with_suffix(".py").exists()
                yield full if is_module else node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


CONTENT = re.compile(
    r"(FROM|UPDATE|INTO|JOIN) (cases\b|case_\w+|forms\b|form_(?:answers|events|notifications|responses)|contacts\b|contact_\w+|files\b|file_\w+|messages\b|message_\w+|indexed_fields|search_\w+|bulk_\w+|\{+(self\.\w+|links\.\w+|record|words|known|queue|taken|views|defaults|source|begin|values|fields|counts|deltas))"
)
COMMENT = re.compile(r"/\*.*?\*/|--[^\n]*", re.DOTALL)
OF_EVERY_WORKSPACE = {
    "messages/store/incoming.py: case_of_key",  # whose address a mail is for is not known before
    "messages/store/incoming.py: messages_of",  # nor whose message came back
    "records/store/bulk.py: purge_expired",
    "records/store/bulk.py: give_up",
    "listing/search.py: workspaces_to_reindex",
    "cases/store/texts.py: owner_was_renamed",  # a name is one in every workspace
    "listing/counters.py: _FOLD",
    "steps/store.py: due",
    "forms/store/notifications.py: due",
    "forms/store/writing.py: linked",  # for the operator, who changes the key of all
    "contacts/store/past.py: unread",
    "contacts/store/links.py: Links.slots",  # a piece of a statement, beside a row that is in scope
    "records/store/whole.py: Whole._locking",  # another one
    "listing/field_index.py: _UNREADY",
    "listing/field_index.py: _UNWANTED",
    "listing/state_counters.py: _FOLD",
    "records/store/history.py: recording",  # the end of a statement that writes things, whose rows name their workspace
    "records/store/history.py: _in_order",  # a piece of it
    "files/store/leaving.py: going",
    "files/store/leaving.py: left",
    "files/store/leaving.py: forget",
    "files/store/leaving.py: known",
    "files/store/leaving.py: expected",
    "files/store/holders.py: Holders.shown",  # a piece of a statement, beside a row that is in scope
    "files/store/uploads.py: over",
    "files/store/checking.py: take",
    "files/store/checking.py: give_up",
    "files/store/rows.py: workspace_of",  # for the operator, who says an id alone
    "files/store/holders.py: Holders.words",  # another one
    "files/store/rows.py: public",  # for who brings its key
    "messages/store/sending.py: due",
    "webhooks/store/events.py: _ENTRIES",  # a piece of a statement, within a workspace that is in scope
    "webhooks/store/events.py: _ERASURES",  # another one
    "workspaces/store.py: insert",  # the workspace itself, with its counters
}
"""What the server does for itself, without anybody's scope."""


def test_sql_of_workspace_content_is_scoped() -> None:
    """Every statement in a store that reads or changes workspace content asks for the scope, or writes a workspace's id."""
    unscoped = {
        f"{path.relative_to(SOURCE)}: {place}"
        for path in [*SOURCE.glob("*/store.py"), *SOURCE.glob("*/store/*.py"), *SOURCE.glob("listing/*.py")]
        for place, text in _statements(path)
        if CONTENT.search(text) and not _is_scoped(place, text)
    }
    assert unscoped == OF_EVERY_WORKSPACE


def test_who_sees_what_has_an_owner_is_said_once() -> None:
    """`members.seen_by_owner`: for cases and for forms, wherever they are asked for."""
    said = re.compile(r"owner_id\s*=\s*%\(only_owner\)s")
    found = {str(path.relative_to(SOURCE)) for path in modules() if said.search(path.read_text())}
    assert found == {"members/store/people.py"}


STORES = [*SOURCE.glob("*/store.py"), *SOURCE.glob("*/store/*.py")]


def test_rows_leave_a_store_typed() -> None:
    """What a store answers is a value with names, or plain values; JSON is what somebody kept as JSON."""
    untyped = {
        f"{path.relative_to(SOURCE)}: {node.name}"
        for path in STORES
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_")
        if node.returns and re.search(r"\bRow\b|^list\[Mapping|^list\[dict", ast.unparse(node.returns))
    }
    assert untyped == {"records/store/history.py: entries_of"}, "which makes rows to be written"


def test_the_condition_language_knows_no_table() -> None:
    """Where what a condition asks lies in SQL, each kind of thing says itself (`listing.sql.Columns`)."""
    sql = re.compile(r"\b(SELECT|FROM|JOIN|WHERE)\b|%\(|::\w+")
    for path in (SOURCE / "conditions").glob("*.py"):
        assert not [text for _, text in _statements(path) if sql.search(text)], path


def _is_scoped(place: str, text: str) -> bool:
    if "%(scope)s" in text or re.search(r"\{(VISIBLE|members\.seen_by_owner\(.\w+.\))\}", text):
        return True
    if re.match(r"\s*(WITH \w+ AS \(\s*)?INSERT INTO", text):
        return re.search(r"%\(workspace(_id)?\)s", text) is not None
    # A piece of a statement, beside a row that is in scope.
    return place.isupper() and re.search(r"workspace_id = [\w{}]+\.workspace_id", text) is not None


def test_comments_and_words_in_passing_scope_nothing() -> None:
    for text in (
        "DELETE FROM cases WHERE id = %(id)s /* scope */",
        "SELECT workspace_id FROM cases WHERE id = %(id)s -- %(scope)s",
        "UPDATE cases SET title = %(workspace)s",
    ):
        assert not _is_scoped("get", COMMENT.sub(" ", text)), text


def _statements(path: Path) -> Iterator[tuple[str, str]]:
    """The texts of a store without SQL's comments, each with the function or constant it stands in."""
    for owner, node in _places(tree(path)):
        place = node.targets[0] if isinstance(node, ast.Assign) else node
        name = owner + (getattr(place, "name", None) or getattr(place, "id", ""))
        yield from ((name, COMMENT.sub(" ", text)) for text in _texts(node))


def _places(tree: ast.Module) -> Iterator[tuple[str, ast.stmt]]:
    """Every statement of a module, and of its classes, with what its name begins with."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield from ((f"{node.name}.", each) for each in node.body)
        else:
            yield "", node


def _texts(tree: ast.AST) -> Iterator[str]:
    whole = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
    parts = {id(part) for node in whole for part in ast.walk(node)} - {id(node) for node in whole}
    yield from (ast.unparse(node)[2:].replace("\\n", "\n").lstrip("\"'") for node in whole)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts:
            yield node.value


BUSINESS = re.compile(
    r"/workspace|(?<![a-z])(cases|case_\w+|contacts?|studio|portal|webhooks?|automations|notices|drafts|steps|step_\w+"
    r"|form_(?:\w+)|forms_\w+|form template|case template)(?![a-z])",
    re.IGNORECASE,
)


def test_foundation_knows_no_business_word() -> None:
    """What it does, it does for any kind of thing."""
    found = {
        str(path.relative_to(SOURCE / "foundation")): set(BUSINESS.findall(path.read_text()))
        for path in modules()
        if path.is_relative_to(SOURCE / "foundation") and BUSINESS.search(path.read_text())
    }
    assert found == {}


def test_no_unfinished_marks() -> None:
    marks = re.compile(r"\b(TODO|FIXME|XXX)\b")
    assert [str(path) for path in modules() if marks.search(path.read_text())] == []


def test_every_route_and_command_is_in_the_docs() -> None:
    documents = "\n".join(path.read_text() for path in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
    missing = {
        route.path_format
        for route in routes()
        if route.path_format.startswith("/v1/") and route.path_format.removeprefix("/v1") not in documents
    }
    missing |= {name for name in COMMANDS if f"dossier {name}" not in documents}
    assert missing == set()


def test_every_setting_is_in_the_reference() -> None:
    page = (ROOT / "docs" / "reference" / "settings.md").read_text()
    assert reference() in page, "run: make reference"
    assert len(list(options())) > 10


def test_every_fact_has_a_subscriber() -> None:
    """A table that forgets a fact would forget whoever follows it."""
    all_of_them = [each for each in _below(Fact) if each.__module__.startswith("dossier.")]
    general = {base.__qualname__ for each in all_of_them for base in each.__bases__}
    facts = {each.__qualname__ for each in all_of_them} - general
    assert facts == {each.__qualname__ for each in SUBSCRIBERS}
    assert all(SUBSCRIBERS.values())


def _below(fact: type[Fact]) -> Iterator[type[Fact]]:
    """All more special facts."""
    for each in fact.__subclasses__():
        yield each
        yield from _below(each)


def test_the_composition_is_five_tables() -> None:
    body = ast.parse((SOURCE / "app.py").read_text()).body[1:]
    others = [each for each in body if not isinstance(each, ast.ImportFrom)]
    tables = [each.target if isinstance(each, ast.AnnAssign) else each.targets[0] for each in others]  # type: ignore[attr-defined]
    assert {each.id for each in tables} == {"ROUTERS", "PAGES", "SUBSCRIBERS", "NAVIGATION", "JOBS"}


def test_navigation_leads_to_pages_that_let_in_whom_it_leads_there() -> None:
    needs = {page.path: page.needs for page in PAGES if page.method == "GET"}
    for entry in (*NAVIGATION.main, *NAVIGATION.settings):
        assert needs[entry.address] == entry.needs, entry.label
        assert entry.leads_to(entry.address)


def test_every_domain_with_routes_has_its_tests() -> None:
    tested = {path.parent.name for path in (ROOT / "tests").glob("*/test_*.py") if "\ndef test_" in path.read_text()}
    with_routes = {path.parts[-2] for path in [*SOURCE.glob("*/routes.py"), *SOURCE.glob("*/routes/")]} - {
        "foundation",
        "records",
    }
    assert with_routes >= {"cases", "case_templates", "workspaces"}
    assert with_routes <= tested


def test_locks_name_no_host() -> None:
    for lock in (ROOT / "requirements").glob("*.lock"):
        text = lock.read_text()
        assert "://" not in text
        assert "--hash=sha256:" in text


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="only a checkout knows what is committed")
def test_no_path_of_a_machine_is_committed() -> None:
    listed = subprocess.run(["git", "grep", "-lE", r"/(root|home)/[a-z]+/", "--", "src", "tests", "docs", ".ci", "Makefile"],
                            cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()  # fmt: skip
    assert listed == []


@pytest.mark.long
def test_the_page_of_findings_is_that_of_the_tests() -> None:
    """Every finding that a test names is a known one, and the page is as `make reference` writes it."""
    from tests import findings

    page = ROOT / "docs" / "reference" / "how-it-is-tested.md"
    assert page.read_text() == findings.page(), "run: make reference"
