# Two commands matter: `make run` and `make test`. Both install what they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime
TESTTIME := $(VENV)/.testtime
SYSTEM := $(VENV)/.system
export ZHIJIAN_HOME ?= $(CURDIR)/.zhijian

.DEFAULT_GOAL := help

help: ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

run: $(RUNTIME) ## set up what is missing, load the demo district, serve http://127.0.0.1:8000
	@$(BIN)/zhijian init
	@$(BIN)/zhijian demo load
	@$(BIN)/python -m webapp.assets build --optional
	@$(BIN)/zhijian fonts fetch --optional
	@$(BIN)/zhijian run

test: $(TESTTIME) $(SYSTEM) check assets fonts ## everything CI runs
	$(BIN)/pytest -n 2 --dist loadgroup

check: $(TESTTIME) ## lint, format, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

assets: $(RUNTIME) ## build the diagram editor unless it is up to date
	@$(BIN)/python -m webapp.assets build

fonts: $(RUNTIME) ## get the Chinese fonts for printing unless they are here (38 MB, once)
	@$(BIN)/zhijian fonts fetch

bench: $(TESTTIME) ## measure: the table of docs/benchmarks.md
	$(BIN)/python -m benchmarks

lock: ## write the two lock files anew (needs uv)
	uv pip compile -q --generate-hashes --universal --python-version 3.11 --no-header --no-annotate --no-emit-index-url pyproject.toml -o requirements.lock
	uv pip compile -q --generate-hashes --universal --python-version 3.11 --no-header --no-annotate --no-emit-index-url --extra test -c requirements.lock pyproject.toml -o requirements-test.lock

$(VENV):
	@echo "making the virtual environment"
	@$(PYTHON) -m venv $(VENV)

$(RUNTIME): requirements.lock pyproject.toml | $(VENV)
	@echo "installing what the application needs (about a minute the first time)"
	@$(BIN)/pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	@touch $@

$(TESTTIME): requirements-test.lock $(RUNTIME)
	@echo "installing what the tests need"
	@$(BIN)/pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements-test.lock
	@touch $@

$(SYSTEM): .ci/system
	@bash .ci/system
	@touch $@

.PHONY: help run test check assets fonts bench lock
