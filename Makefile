# Two commands do everything: `make serve` and `make test`.

PYTHON ?= python3
VENV := .venv
RUNTIME := $(VENV)/.runtime-installed
DEV := $(VENV)/.dev-installed

# Or each process of the tests compiles everything anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: serve test test-all test-fast faults mutants clients lint lock reference clean

serve: $(RUNTIME)
	@$(VENV)/bin/dossier serve --demo

# Before every landing: all that Dossier does. What has to wait or repeats at length says so (left_to_ci in tests/many.py) and is left to test-all.
test: $(DEV)
	@$(VENV)/bin/pytest -n 3 --durations=10 --ignore=tests/faults --ignore=tests/clients $(TESTS)

# That too, and every variant of each: what .ci/run asks first.
test-all:
	@DOSSIER_MANY=1 $(MAKE) test

# Without browsers, commands, servers of their own, and what takes longest; of the rest one test in four of each file: for while one works.
test-fast: $(DEV)
	@DOSSIER_TEST_EVERY=4 $(VENV)/bin/pytest -n 2 -m "not long" --ignore=tests/journeys --ignore=tests/cli --ignore=tests/faults --ignore=tests/clients $(TESTS)

# What is broken on purpose: processes killed, databases held, disks filled (by root, on a small one of its own). 20 rounds;
# DOSSIER_MANY=1 tries about 90; DOSSIER_CHANGES, DOSSIER_MESSAGES, DOSSIER_RULED and DOSSIER_DELIVERIES say how many of each. Ends with a table: fault, rounds, data, service, seconds until all was well.
faults: $(DEV)
	@$(VENV)/bin/pytest -n 2 tests/faults $(TESTS)

# Whether the tests would notice: 60 small wrong changes (MUTANTS=60 SEED=1), each held against the suite. 85 % must be noticed.
mutants: $(DEV)
	@$(VENV)/bin/python -m tests.mutants

# Clients that others generate from the OpenAPI: built under the strictest rules, and used. Needs Node.js 20.
clients: $(DEV)
	@$(VENV)/bin/pytest tests/clients

lint: $(DEV)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(VENV)/bin/squawk src/dossier/migrations/*.sql

# Generated pages of docs/reference, and the schema that migrations must lead to.
reference: $(DEV)
	$(VENV)/bin/python -m tests.reference

# Versions and hashes; no host is named.
lock: $(DEV)
	$(VENV)/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -q pyproject.toml -o requirements/runtime.lock
	$(VENV)/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -q pyproject.toml --group dev -c requirements/runtime.lock -o requirements/dev.lock
	$(VENV)/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -q tests/clients/requirements.in -o tests/clients/requirements.lock

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("Dossier needs Python 3.11 or newer." if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

$(RUNTIME): $(VENV)/bin/python requirements/runtime.lock
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/runtime.lock
	echo "$(CURDIR)/src" > $$($(VENV)/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/dossier.pth
	printf '#!/bin/sh\nexec "%s" -m dossier "$$@"\n' "$(CURDIR)/$(VENV)/bin/python" > $(VENV)/bin/dossier
	chmod +x $(VENV)/bin/dossier
	touch $@

$(DEV): $(RUNTIME) requirements/dev.lock
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	touch $@

clean:
	rm -rf $(VENV) build dist
