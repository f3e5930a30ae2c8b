# Everything a person or cron does with this project. `make` alone prints the list.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
DEMO   ?= output/demo
READY  := $(VENV)/.ready
TOOLED := $(VENV)/.tooled

.PHONY: help setup demo test check format bench recipes docs year crawl lock clean

help: ## Print this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

setup: $(READY) ## Make .venv with the pinned packages (done by the others when needed)

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if v >= (3, 11) else "Python 3.11 or newer is needed; this is %d.%d. Try: make PYTHON=python3.12" % v[:2])'
	@echo "Setting up $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(TOOLED): $(READY) requirements-dev.lock
	@echo "Installing the test and lint tools ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

demo: $(READY) ## Crawl both editions of the bundled local site into output/demo and show what was archived
	@$(BIN)/python -m kremlin_archive.demo $(DEMO)

test: $(TOOLED) ## Run all tests (those on saved real pages are skipped by name where there are none)
	@$(BIN)/python -m pytest -n auto --dist worksteal $(ARGS)

check: $(TOOLED) ## Format, lint, types, import contracts
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(TOOLED) ## Rewrite the code in the project's format
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: $(TOOLED) ## Speed and memory as ratios, measured side by side in one run
	@$(BIN)/python -m benchmarks $(ARGS)

recipes: $(TOOLED) ## Run the recipes of docs/recipes on the demo's archive (or ARCHIVE_ROOT) into build/recipes
	@test -n "$(ARCHIVE_ROOT)" -o -e "$(DEMO)/latest.json" || $(MAKE) --no-print-directory demo
	@$(BIN)/python docs/recipes/build.py --root "$(or $(ARCHIVE_ROOT),$(DEMO))" --out build/recipes $(ARGS)

docs: $(READY) ## Write docs/data-dictionary.md from the definitions of the columns
	@$(BIN)/python -m kremlin_archive.dataset.dictionary > docs/data-dictionary.md

year: $(TOOLED) ## Live through a simulated year of hourly runs, judged (ARGS="--days 14 --seed 2")
	@$(BIN)/python -m tests.year $(ARGS)

crawl: $(READY) ## Crawl the real site, politely, into output/ (ARGS="-a limit=20" passes arguments on)
	@$(BIN)/scrapy crawl events $(ARGS)

lock: ## Pin the newest packages that pyproject.toml allows, with hashes
	@$(PYTHON) -m venv $(VENV)-lock
	@$(VENV)-lock/bin/python -m pip install --quiet uv
	@$(VENV)-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header --no-annotate -c constraints.txt --group pyproject.toml:build pyproject.toml -o requirements.lock
	@$(VENV)-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header --no-annotate -c requirements.lock --group pyproject.toml:test --group pyproject.toml:lint -o requirements-dev.lock
	@rm -rf $(VENV)-lock

clean: ## Remove .venv and the demo's output (never the archive)
	@rm -rf $(VENV) $(VENV)-lock $(DEMO) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
