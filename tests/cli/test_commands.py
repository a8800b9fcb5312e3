"""The command line on a database of its own."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from dossier.cli import app
from dossier.cli.on_demand import COMMANDS, loaded
from dossier.tokens.model import is_plausible
from tests.cli import warm
from tests.many import left_to_ci

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(fresh_database_url: str) -> Run:
    """Run `dossier …`; `code` is the exit code that it must have."""
    environment = {**os.environ, "DATABASE_URL": fresh_database_url}

    def command(*arguments: str, code: int = 0, **more: str) -> Any:
        done = warm.run(*arguments, environment=environment | more)
        assert done.returncode == code, done.stderr + done.stdout
        return done

    return command


def test_from_nothing_to_a_token(run: Run) -> None:
    run("workspace", "create", "claims", "--name", "Claims", "--time-zone", "Europe/Brussels", "--country", "be")
    listed = json.loads(run("workspace", "list", "--json").stdout)
    assert [(each["slug"], each["time zone"]) for each in listed] == [("claims", "Europe/Brussels")]
    assert "country" in run("workspace", "create", "other", "--name", "Other", "--country", "XX", code=1).stderr
    shown = json.loads(run("workspace", "list", "--json").stdout)
    assert [each.get("country") for each in shown] == ["BE"]
    made = run("token", "create", "--workspace", "claims", "--name", "CRM", "--expires", "90d")
    assert is_plausible(made.stdout.strip()), "stdout is the token and nothing else"
    [token] = json.loads(run("token", "list", "--json").stdout)
    assert (token["name"], token["workspaces"]) == ("CRM", "claims")
    run("token", "revoke", token["id"])
    assert json.loads(run("token", "list", "--json").stdout)[0]["revoked"]
    assert "no token" in run("token", "revoke", token["id"], code=1).stderr


def test_members(run: Run) -> None:
    run("workspace", "create", "claims", "--name", "Claims")
    run("member", "create", "eve@example.org", "--workspace", "claims", "--given-name", "Eve", "--role", "handler")
    assert "e-mail address" in run("member", "create", "nope", "--workspace", "claims", code=1).stderr
    run("member", "create", "eve@example.org", "--workspace", "claims", "--role", "king", code=2)


def test_form_templates_go_in_and_out(run: Run, tmp_path: Path) -> None:
    run("workspace", "create", "claims", "--name", "Claims")
    assert (
        run("form-template", "import", "--workspace", "claims", "--starter", "accident-report").stdout
        == "accident-report\n"
    )
    document = run("form-template", "export", "accident-report", "--workspace", "claims").stdout
    file = tmp_path / "form.yaml"
    file.write_text(re.sub("^title: ", "title: New ", document, flags=re.MULTILINE))
    again = run("form-template", "import", str(file), "--workspace", "claims")
    assert "version 2" in again.stderr
    as_json = json.loads(run("form-template", "export", "accident-report", "--workspace", "claims", "--json").stdout)
    assert as_json["title"].startswith("New ")
    listed = json.loads(run("form-template", "list", "--workspace", "claims", "--json").stdout)
    assert {(each["slug"], each["version"], each["state"]) for each in listed} == {("accident-report", 2, "enabled")}
    wrong = tmp_path / "wrong.json"
    wrong.write_text(
        '{"title": "T", "pages": [{"key": "p", "title": "P", "elements": [{"key": "a", "type": "texxt", "label": "A"}]}]}'
    )
    assert (
        "/pages/0/elements/0/type" in run("form-template", "import", str(wrong), "--workspace", "claims", code=1).stderr
    )
    assert "no starter" in run("form-template", "import", "--workspace", "claims", "--starter", "x", code=1).stderr
    assert "Name a file" in run("form-template", "import", "--workspace", "claims", code=1).stderr
    assert "no form template" in run("form-template", "export", "x", "--workspace", "claims", code=1).stderr
    run("form-template", "export", "accident-report", "--workspace", "nowhere", code=1)


def test_templates_go_in_and_out(run: Run, tmp_path: Path) -> None:
    run("workspace", "create", "claims", "--name", "Claims")
    document = {"title": "Claim", "schema": [{"key": "a", "type": "number", "name": "A", "min": 1.10}]}
    file = tmp_path / "claim.json"
    file.write_text(json.dumps(document))
    id = run("template", "import", str(file), "--workspace", "claims").stdout.strip()
    assert json.loads(run("template", "export", id).stdout) == document
    yaml = tmp_path / "claim.yaml"
    yaml.write_text("title: Claim\nschema:\n- {key: d, type: date, name: D, min: 2026-01-01}\n")
    again = run("template", "import", str(yaml), "--workspace", "claims", "--id", id)
    assert (again.stdout.strip(), "version 2" in again.stderr) == (id, True)
    assert json.loads(run("template", "export", id).stdout)["schema"][0]["min"] == "2026-01-01"
    file.write_text('{"title": "T", "schema": [{"key": "a", "type": "nmber", "name": "A"}]}')
    refused = run("template", "import", str(file), "--workspace", "claims", code=1)
    assert "/schema/0/type" in refused.stderr
    assert "number" in refused.stderr
    step = {"key": "ask", "title": "Ask", "type": "http", "url": "https://169.254.169.254/latest"}
    file.write_text(json.dumps({"title": "T", "steps": [step]}))
    refused = run("template", "import", str(file), "--workspace", "claims", code=1)
    assert "leads into this server's own network" in refused.stderr, "as the API says"
    file.write_text("{")
    assert "cannot be read" in run("template", "import", str(file), "--workspace", "claims", code=1).stderr


def test_mistakes_are_explained(run: Run) -> None:
    run("workspace", "create", "claims", "--name", "Claims")
    assert "“claims”?" in run("token", "create", "--workspace", "cliams", "--name", "x", code=1).stderr
    assert "90d" in run("token", "create", "--workspace", "claims", "--name", "x", "--expires", "soon", code=2).stderr
    assert "PORT must be" in run("workspace", "list", code=2, PORT="eighty").stderr
    run("nope", code=2)


def test_an_old_schema_is_refused_with_what_to_do(run: Run, fresh_database_url: str) -> None:
    import psycopg

    with psycopg.connect(fresh_database_url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001_content'")
    assert "dossier migrate" in run("serve", "--port", "0", code=1).stderr
    assert "dossier migrate" in run("workspace", "list", code=1).stderr


def test_a_database_that_is_not_there(run: Run) -> None:
    refused = run("workspace", "list", code=1, DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert "cannot be reached" in refused.stderr


def test_a_backup_is_private_and_nothing_is_overwritten(run: Run, tmp_path: Path) -> None:
    run("workspace", "create", "claims", "--name", "Claims")
    file = tmp_path / "backup.tar"
    assert "rows" in run("backup", str(file)).stderr
    assert file.stat().st_mode & 0o777 == 0o600
    assert "already" in run("backup", str(file), code=1).stderr
    assert "not empty" in run("restore", str(file), code=1).stderr
    (tmp_path / "broken.tar").write_bytes(file.read_bytes()[:2000])
    assert "no backup" in run("restore", str(tmp_path / "broken.tar"), code=1).stderr
    assert "claims" in run("workspace", "list").stdout, "a restore that is refused has touched nothing"


def test_a_backup_comes_back_whole(run: Run, tmp_path: Path, fresh_database_url: str) -> None:
    import psycopg

    run("workspace", "create", "claims", "--name", "Claims")
    run("member", "create", "eve@example.org", "--workspace", "claims", "--role", "handler")
    run("token", "create", "--workspace", "claims", "--name", "CRM")
    document = tmp_path / "claim.json"
    document.write_text(json.dumps({"title": "Claim", "schema": [{"key": "a", "type": "text", "name": "Zoë 王"}]}))
    run("template", "import", str(document), "--workspace", "claims")
    held = _rows(fresh_database_url)
    assert {"workspaces", "members", "memberships", "tokens", "case_templates"} <= {name for name, _ in held}
    run("backup", str(tmp_path / "backup.tar"))
    with psycopg.connect(fresh_database_url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    assert _rows(fresh_database_url) == set()
    assert "all there" in run("restore", str(tmp_path / "backup.tar")).stderr
    assert held - _rows(fresh_database_url) == set()


def _rows(url: str) -> set[tuple[str, str]]:
    """Every row that the database holds, as its table and its text."""
    import psycopg
    from psycopg import sql

    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        each = sql.SQL(" UNION ALL ").join(
            sql.SQL("SELECT {}, t::text FROM {} AS t").format(sql.Literal(name), sql.Identifier(name))
            for (name,) in found
            if not name.startswith("procrastinate_")
        )
        return {(name, text) for name, text in connection.execute(each)} if found else set()


def test_doctor(run: Run, fresh_database_url: str) -> None:
    import psycopg

    findings = json.loads(run("doctor", "--json", code=_code_here(fresh_database_url)).stdout)
    assert {each["about"] for each in findings} >= {
        "settings",
        "disk",
        "database",
        "durability",
        "schema",
        "clock",
        "key",
        "backup",
        "jobs failed",
    }
    unknown = run("doctor", code=_code_here(fresh_database_url), DOSSIER_WORKER="2")
    assert "DOSSIER_WORKERS?" in unknown.stdout
    with psycopg.connect(fresh_database_url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001_content'")
    assert "dossier migrate" in run("doctor", code=1).stdout


def _code_here(url: str) -> int:
    """Test clusters are careless about durability, which the doctor must say."""
    import psycopg

    with psycopg.connect(url) as connection:
        row = connection.execute("SHOW fsync").fetchone()
    return 0 if row and row[0] == "on" else 1


def test_openapi_needs_no_database() -> None:
    done = warm.run("openapi", environment={**os.environ, "DATABASE_URL": "postgresql://127.0.0.1:1/none"})
    document = json.loads(done.stdout)
    assert document["paths"]["/cases/{id}/data"]["post"]["operationId"] == "updateCaseData"


def test_help_imports_no_command() -> None:
    """Who asks for help, or presses tab, waits for the names of commands alone."""
    program = (
        "import atexit, sys; from dossier.__main__ import main; atexit.register(lambda: print(*sys.modules)); main()"
    )
    done = subprocess.run([sys.executable, "-c", program, "--help"], capture_output=True, text=True, check=True)
    modules = done.stdout.split("\n")[-2].split()
    assert "token" in done.stdout
    ours = {each for each in modules if each.startswith("dossier")}
    assert ours == {"dossier", "dossier.__main__", "dossier.cli", "dossier.cli.on_demand"}
    assert not {"asyncio", "fastapi", "psycopg", "pydantic", "structlog"} & set(modules)


def test_a_command_about_tokens_imports_no_page() -> None:
    program = "import sys, dossier.cli.tokens, dossier.server.services; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not {"fastapi", "jinja2", "dossier.app", "dossier.web"} & set(done.stdout.split())


@left_to_ci("imports a whole server from nothing", "cli/test_commands.py::test_a_command_about_tokens_imports_no_page")
def test_a_server_loads_no_library_that_few_requests_need() -> None:
    """Each server would keep it in memory: 6 MB of FastAPI, which only describes, 4 of rich, which colours (decision 67)."""
    program = "import sys, dossier.cli.serve, dossier.server.workers, dossier.server.application as it; it.routes(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not _HEAVY & set(done.stdout.split())


_HEAVY = {
    *(
        "fastapi",
        "rich",
        "pygments",
        "alembic",
        "sqlalchemy",
        "authlib",
        "phonenumbers",
        "pycountry",
        "stdnum",
        "zxcvbn",
    ),
    *("holidays", "liquid", "markdown_it", "css_inline", "aiosmtplib", "limits", "rapidfuzz", "openpyxl", "xlsxwriter"),
    *("typst", "PIL", "pi_heif", "pypdfium2", "pikepdf", "img2pdf", "numpy"),
}


def test_the_table_of_commands_says_what_each_says_itself() -> None:
    assert {name: each.help for name, each in COMMANDS.items()} == {name: loaded(name).help for name in COMMANDS}


def test_every_command_has_help_with_an_example() -> None:
    commands = ["serve", "migrate", "workspace create", "workspace list", "token create", "token list", "token revoke",
                "member create", "template import", "template export", "backup", "restore", "doctor", "bench", "openapi"]  # fmt: skip
    for command in commands:
        shown = CliRunner().invoke(app, [*command.split(), "--help"])
        assert (shown.exit_code, "Example:" in shown.stdout) == (0, True), command
