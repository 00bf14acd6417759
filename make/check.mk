# make check: looks, types, layers and dbt rules. Needs no network once installed, and no database.
CHECK_STEPS := ruff format types layers yaml sql dbt compose
CHECK_DIR := $(or $(TMPDIR),/tmp)/kpi-reporting-check-$(shell id -u)
CHECK_PYTHON := .venv-check/bin/python

# $(call step,name,command): one line when it passes, the tool's own words when it does not.
define step
	@mkdir -p $(CHECK_DIR); start=$$(date +%s); \
	if { $(2); } > $(CHECK_DIR)/$(1).log 2>&1; \
	then printf '%-8s ok      %3s s\n' $(1) $$(( $$(date +%s) - start )); \
	else printf '%-8s FAILED  %3s s\n' $(1) $$(( $$(date +%s) - start )); cat $(CHECK_DIR)/$(1).log; exit 1; fi
endef

.PHONY: check $(CHECK_STEPS:%=check-%)
check: .venv-check/.ready
	@$(MAKE) --no-print-directory --jobs 2 --output-sync=target --keep-going $(CHECK_STEPS:%=check-%)

# dbt holds pathspec back, so mypy has an environment of its own that looks into the project's.
.venv-check/.ready: requirements-check.txt
	@rm -rf .venv-check
	@.venv/bin/python -m venv .venv-check
	@.venv-check/bin/pip install --quiet --disable-pip-version-check --no-deps --requirement $<
	@.venv/bin/python -c 'import site; print(site.getsitepackages()[0])' \
	    > $$($(CHECK_PYTHON) -c 'import site; print(site.getsitepackages()[0])')/project.pth
	@touch $@

check-ruff:
	$(call step,ruff,.venv/bin/ruff check --quiet .)

check-format:
	$(call step,format,.venv/bin/ruff format --quiet --check .)

check-types:
	$(call step,types,.venv-check/bin/mypy)

check-layers:
	$(call step,layers,.venv/bin/lint-imports --no-cache)

check-yaml:
	$(call step,yaml,.venv/bin/yamllint --strict .)

check-sql:
	$(call step,sql,.venv/bin/sqlfluff lint --nofail-on-warning dbt_project src/kpi_reporting)

check-compose:
	$(call step,compose,.venv-check/bin/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml)
