# make help says what there is. Every target sets up what it needs; a second run uses what is there.
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
UV_VERSION := 0.13.9
KPI := .venv/bin/kpi-reporting
INBOX_2003 := .kpi/inbox-2003
REGISTRY_2003 := examples/investment_monitoring_2003/registry

include make/check.mk

.venv-check/.ready: | .venv/.ready

.PHONY: help setup demo demo-2003 templates test bench up down clean
help: ## list the commands
	@sed -nE 's/^([a-z0-9-]+):[^#]*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 24

setup: .venv/.ready ## install the locked requirements into .venv
	@:

demo: setup ## a province's night on this machine, with invented figures
	@.venv/bin/python -m sandbox.demo

demo-2003: setup ## the same DAGs on a real workbook: make demo-2003 FILE=workbook.xls
	@test -f "$(FILE)" || { echo 'Which workbook? make demo-2003 FILE=/path/to/workbook.xls' >&2; exit 2; }
	@rm -rf $(INBOX_2003) && mkdir -p $(INBOX_2003)/workbooks && cp -p "$(FILE)" $(INBOX_2003)/workbooks/
	@$(KPI) night --registry $(REGISTRY_2003) --inbox $(INBOX_2003)
	@$(KPI) findings --all --registry $(REGISTRY_2003)
	@$(KPI) board --registry $(REGISTRY_2003)

templates: setup ## the workbooks senders fill in; TO=folder, ARGS="--day 2025-07-15 --form HS-01"
	@$(KPI) templates --to "$(or $(TO),.kpi/templates)" $(ARGS)

test: setup ## all tests; ARGS="tests/unit -k name" for some of them
	@.venv/bin/python -m pytest --numprocesses logical --maxprocesses 4 --durations 15 $(ARGS)

bench: setup ## measure the figures of README.md
	@.venv/bin/python -m benchmarks

up: setup ## keep Airflow's pages and the warehouse running
	@$(KPI) up

down: setup ## stop everything that runs for this checkout
	@$(KPI) down

clean: ## stop everything and remove the environments and all data of this checkout
	@test ! -x $(KPI) || $(KPI) down
	@test ! -x $(KPI) || rm -rf "$$(.venv/bin/python -c 'from kpi_reporting.settings import get_settings as s; print(s().home)')"
	rm -rf .venv .venv-check .venv-uv .kpi

.venv-uv/bin/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11")'
	@$(PYTHON) -m venv .venv-uv
	@.venv-uv/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

# The stamp is written last: an interrupted set-up is done again.
.venv/.ready: requirements.txt requirements-dev.txt pyproject.toml requirements.in | .venv-uv/bin/uv
	@echo 'Setting up .venv (once) ...'
	@test -x .venv/bin/python || .venv-uv/bin/uv venv --quiet --python .venv-uv/bin/python .venv
	@.venv-uv/bin/uv pip sync --quiet --python .venv/bin/python requirements.txt requirements-dev.txt
	@.venv-uv/bin/uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --editable .
	@touch $@
