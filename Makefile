# `make run` and `make test` each do all the set-up they need. Needs Python 3.11 or 3.12 with pip, and make.
.DEFAULT_GOAL := help
SHELL := /bin/sh

PYTHON ?= $(shell for name in python3.11 python3.12 python3; do \
	$$name -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 13))' 2>/dev/null && echo $$name && break; done)
VENV := .venv
BIN := $(VENV)/bin
CSW := $(BIN)/csw
DATA := $(abspath $(or $(CSW_DATA_DIR),data))
export CSW_DATA_DIR := $(DATA)
export CSW_DAGSTER_DIR := $(DATA)/dagster
export DAGSTER_HOME := $(CSW_DAGSTER_DIR)
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export GX_ANALYTICS_ENABLED := false

# Set-up is done once per content of the lock file: the stamp carries its hash.
hash = $(shell cksum < $(1) | tr ' ' '-')
STAMP := $(VENV)/.installed-$(call hash,requirements.lock)
SPARK_STAMP := $(VENV)/.spark-installed-$(call hash,requirements-spark.lock)
BROWSER_STAMP := $(VENV)/.browser-installed-$(call hash,requirements-browser.lock)

# Other people's programs, each in an environment of its own.
CLIENTS := .clients
CLIENT_LOCKS := tests/clients/locks
PYTHON_DRIVERS := duckdb-1.4 duckdb-1.5 duckdb-2.0
DRIVER_LOCKS := $(PYTHON_DRIVERS:%=$(CLIENT_LOCKS)/%.lock) $(CLIENT_LOCKS)/node/package-lock.json
DRIVERS_STAMP := $(CLIENTS)/.drivers-installed-$(shell cat $(DRIVER_LOCKS) | cksum | tr ' ' '-')
SUPERSET_STAMP := $(CLIENTS)/.superset-installed-$(call hash,$(CLIENT_LOCKS)/superset.lock)

.PHONY: help setup environments chromium manifest run test lint dagster dashboard docs lock lock-clients bench test-spark test-browser \
	test-clients test-drivers test-superset clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: manifest ## build and publish yesterday (writes the sample company when data/landing is empty)
	@if [ -z "$$(find "$(DATA)/landing" -type f 2>/dev/null | head -n 1)" ]; then $(CSW) sample; fi
	@$(CSW) run

test: lint ## set up, lint and run the tests that need nothing else
	$(BIN)/python -m pytest

# sqlfluff compiles the models through dbt, on an empty database of its own.
LINT := $(CURDIR)/dbt_project/target/lint

lint: manifest
	$(BIN)/ruff check .
	@mkdir -p "$(LINT)"
	CSW_DATA_DIR="$(LINT)" DBT_TARGET_PATH="$(LINT)" DBT_LOG_PATH="$(LINT)" $(BIN)/sqlfluff lint --processes 1 models

dagster: manifest ## open the web UI on http://127.0.0.1:3000
	@mkdir -p "$(DAGSTER_HOME)" && cp dagster.yaml "$(DAGSTER_HOME)/"
	$(BIN)/dagster dev --host 127.0.0.1 --port 3000 -m orchestration.definitions

dashboard: $(STAMP) ## open the page people look at on http://127.0.0.1:8501
	$(BIN)/python -m dashboard

docs: manifest ## write dbt's documentation as one file: data/docs/dbt.html
	@$(BIN)/python -m orchestration.dbt_docs

bench: manifest ## measure speed as ratios (about twenty minutes)
	$(BIN)/python -m benchmarks

test-spark: $(SPARK_STAMP) manifest ## build all models on Spark too and compare every row (needs Java 17)
	$(BIN)/python -m pytest -m spark

environments: $(BROWSER_STAMP) $(SPARK_STAMP) $(DRIVERS_STAMP) $(SUPERSET_STAMP) chromium manifest

test-browser: $(BROWSER_STAMP) manifest chromium ## try the page in a real browser; its pictures stay in data/screenshots
	$(BIN)/python -m pytest -m browser

chromium:
	@test -x /usr/bin/chromium || { $(AS_ROOT) apt-get update -qq && \
		$(AS_ROOT) apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk; }

AS_ROOT := $(if $(filter 0,$(shell id -u)),,sudo)

test-clients: $(DRIVERS_STAMP) $(SUPERSET_STAMP) manifest ## read a published file with the programs people use (needs Node)
	$(BIN)/python -m pytest -m clients tests/clients

test-drivers: $(DRIVERS_STAMP) manifest ## of these, the drivers only
	$(BIN)/python -m pytest -m clients tests/clients/test_drivers.py

test-superset: $(SUPERSET_STAMP) manifest ## of these, Apache Superset only
	$(BIN)/python -m pytest -m clients tests/clients/test_superset.py

lock: $(STAMP) ## pin every dependency anew: requirements.lock, and those with Spark and the browser
	$(call compile,requirements.lock,--extra dev)
	$(call compile,requirements-spark.lock,--extra dev --extra spark --constraint requirements.lock)
	$(call compile,requirements-browser.lock,--extra dev --extra browser --constraint requirements.lock)

lock-clients: $(STAMP) ## pin anew what the client tests install
	for name in $(PYTHON_DRIVERS) superset; do \
		$(call compile,$(CLIENT_LOCKS)/$$name.lock,,$(CLIENT_LOCKS)/$$name.in) || exit 1; done
	cd $(CLIENT_LOCKS)/node && rm -f package-lock.json && npm install --package-lock-only --silent

compile = $(BIN)/uv pip compile $(or $(3),pyproject.toml) $(2) --universal --python-version 3.11 --generate-hashes --upgrade \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate --no-strip-extras --quiet -o $(1)

setup: $(STAMP)

manifest: $(STAMP)
	@$(BIN)/python -m orchestration.manifest

# The project itself is not built: a path file makes its packages importable, a short script is the `csw` command.
$(STAMP): requirements.lock
	@rm -f $(VENV)/.*installed-*
	@test -n "$(PYTHON)" || { echo "Python 3.11 or 3.12 is needed and was not found."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@echo "$(CURDIR)" > "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/customer_success_warehouse.pth"
	@printf '#!/bin/sh\nexec "$(CURDIR)/$(BIN)/python" -P -m orchestration.cli "$$@"\n' > $(CSW)
	@chmod +x $(CSW)
	@touch $@

$(SPARK_STAMP): requirements-spark.lock $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-spark.lock
	@touch $@

$(BROWSER_STAMP): requirements-browser.lock $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-browser.lock
	@touch $@

# uv sets up these environments in seconds; pip needs most of a minute for Superset.
install_client = $(BIN)/uv venv --quiet --clear --python $(BIN)/python $(CLIENTS)/$(1) && \
	$(BIN)/uv pip install --quiet --python $(CLIENTS)/$(1)/bin/python --require-hashes -r $(CLIENT_LOCKS)/$(1).lock

$(DRIVERS_STAMP): $(DRIVER_LOCKS) $(STAMP)
	@command -v npm > /dev/null || { echo "Node with npm is needed and was not found."; exit 1; }
	@rm -f $(CLIENTS)/.drivers-installed-*
	@for name in $(PYTHON_DRIVERS); do $(call install_client,$$name) || exit 1; done
	@mkdir -p $(CLIENTS)/node && cp $(CLIENT_LOCKS)/node/package*.json $(CLIENTS)/node/
	@npm --prefix $(CLIENTS)/node ci --silent --ignore-scripts --no-audit --no-fund
	@touch $@

$(SUPERSET_STAMP): $(CLIENT_LOCKS)/superset.lock $(STAMP)
	@rm -f $(CLIENTS)/.superset-installed-*
	@$(call install_client,superset)
	@touch $@

clean: ## remove what can be built again (never data/landing)
	rm -rf "$(DATA)/target" "$(DATA)/logs" "$(DATA)/docs" dbt_project/target dbt_project/logs .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -not -path './$(VENV)*' -not -path './$(CLIENTS)*' -prune -exec rm -rf {} +
