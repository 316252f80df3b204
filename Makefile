# Needs python3 (3.11 or newer) and make. Everything else is fetched, hash-checked, into .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY_TEST := $(VENV)/.ready-test
READY_DEMO := $(VENV)/.ready-demo
PEERS := tests/peers
READY_PEERS := $(PEERS)/node_modules/.ready
# Whoever has the whole environment has what the demo needs too.
DEMO_NEEDS := $(if $(wildcard $(READY_TEST)),$(READY_TEST),$(READY_DEMO))
LOCK := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate --quiet

# What shares one scene over several files, or looks at a clock, has the machine for itself. The rest
# goes in the order of its names: the slow files, of few tests each, are not left to the end.
ALONE := tests/peers tests/homeserver/test_operator.py
AT_ONCE := 2

.DEFAULT_GOAL := help
.PHONY: help setup demo test check fix bench new-command lock

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s  %s\n", $$1, $$2 }' Makefile

setup: $(READY_TEST) $(READY_PEERS) ## Make .venv with everything in it (again only when a lock has changed)

demo: $(DEMO_NEEDS) ## Play a scenario on a homeserver of its own (KEEP=1 leaves it running)
	$(BIN)/samverkan demo $(if $(KEEP),--keep)

test: $(READY_TEST) $(READY_PEERS) ## Run the tests (ARGS="-k word" passes on to pytest)
	$(if $(ARGS),,$(BIN)/pytest $(ALONE))
	$(BIN)/pytest --numprocesses=$(AT_ONCE) --dist=loadfile --no-loadscope-reorder $(or $(ARGS),$(ALONE:%=--ignore=%))

check: $(READY_TEST) ## Check form, types, and who may know whom
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

fix: $(READY_TEST) ## Mend what a machine can mend
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	$(BIN)/python -m bot.cli.table

bench: $(READY_TEST) ## Measure
	$(BIN)/pytest tests/benchmarks --timeout=600 -s $(ARGS)

new-command: $(READY_TEST) ## Begin a command: NAME=relieve, its English word; SV=avlös, its Swedish one
	$(BIN)/python -m bot.cli.scaffold $(NAME) $(SV)
	$(BIN)/python -m bot.cli.table

lock: $(READY_TEST) ## Renew requirements/*.lock from pyproject.toml (UPGRADE=1 takes newer versions)
	$(LOCK) $(if $(UPGRADE),--upgrade) pyproject.toml --extra rehearsal --extra test --group tools -o requirements/test.lock > /dev/null
	$(LOCK) -c requirements/test.lock pyproject.toml --extra rehearsal --group tools -o requirements/rehearsal.lock > /dev/null
	$(LOCK) -c requirements/test.lock pyproject.toml -o requirements/run.lock > /dev/null
	$(LOCK) -c requirements/test.lock --group tools -o requirements/tools.lock > /dev/null

$(READY_TEST): requirements/test.lock pyproject.toml | $(BIN)/uv
	$(call install,requirements/test.lock)

$(READY_DEMO): requirements/rehearsal.lock pyproject.toml | $(BIN)/uv
	$(call install,requirements/rehearsal.lock)

# Node and npm come with the environment; what they install runs nothing while it is installed.
$(READY_PEERS): $(PEERS)/package-lock.json $(PEERS)/package.json $(PEERS)/.npmrc | $(READY_TEST)
	@echo "Installing what $(PEERS)/package-lock.json lists …"
	@PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --prefix $(PEERS) --ignore-scripts --no-audit --no-fund --loglevel=error \
		&& test -e $(PEERS)/node_modules/.package-lock.json \
		|| { echo "The other client that the tests talk with could not be installed; npm says why above. Next: make setup"; exit 1; }
	@touch $@

# Both locks carry the tools, so that the installer stays and nothing is built with unlocked ones.
define install
	@echo "Installing what $(1) lists …"
	$(BIN)/uv pip sync --python $(BIN)/python --require-hashes --no-build-isolation $(1)
	$(BIN)/uv pip install --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@
endef

$(BIN)/uv: requirements/tools.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Samverkan needs Python 3.11 or newer, and $(PYTHON) is older. Name another: make PYTHON=python3.12 …"; exit 1; }
	@echo "Making $(VENV) …"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/tools.lock
	@touch $@
