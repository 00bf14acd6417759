# make check: looks, types, layers and dbt rules. Needs no network once installed, and no database.
CHECK_STEPS := types dbt contract sql ruff format layers yaml compose drift
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
check: .venv/.ready .venv-check/.ready ## looks, types, layers, SQL, dbt rules; no network, no database
	@$(MAKE) --no-print-directory --jobs 2 --output-sync=target --keep-going $(CHECK_STEPS:%=check-%)

# dbt holds pathspec back, so mypy has an environment of its own that looks into the project's.
.venv-check/.ready: requirements-check.txt | .venv/.ready .venv-uv/bin/uv
	@.venv-uv/bin/uv venv --quiet --clear --python .venv/bin/python .venv-check
	@.venv-uv/bin/uv pip sync --quiet --python $(CHECK_PYTHON) $<
	@.venv/bin/python -c 'import site; print(site.getsitepackages()[0])' \
	    > $$($(CHECK_PYTHON) -c 'import site; print(site.getsitepackages()[0])')/project.pth
	@touch $@

check-ruff:
	$(call step,ruff,.venv/bin/ruff check --quiet --output-format concise .)

check-format:
	$(call step,format,.venv/bin/ruff format --quiet --check --output-format concise .)

check-types:
	$(call step,types,.venv-check/bin/mypy)

check-layers:
	$(call step,layers,.venv/bin/lint-imports --no-cache)

check-yaml:
	$(call step,yaml,.venv/bin/yamllint --strict .)

check-sql:
	$(call step,sql,.venv/bin/sqlfluff lint dbt_project src/kpi_reporting contracts)

check-dbt:
	$(call step,dbt,.venv/bin/python make/parse_models.py && COLUMNS=150 .venv/bin/dbt-bouncer run --show-all-failures)

# The schema of the Open Data Contract Standard comes with a package; dbt's manifest with the step before.
ODCS_SCHEMA = $$(.venv/bin/python -c 'import open_data_contract_standard as s; print(s.__path__[0])')/schema.json
check-contract: check-dbt
	$(call step,contract,.venv/bin/python make/contract.py check \
	    && .venv-check/bin/check-jsonschema --schemafile "$(ODCS_SCHEMA)" contracts/v*/*.odcs.yaml)

check-drift:
	$(call step,drift,.venv/bin/pytest -q -p no:cacheprovider tests/registry/test_resolve.py -k properties)

check-compose:
	$(call step,compose,.venv-check/bin/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml)

.PHONY: contract release-contract
contract: .venv/.ready ## write the contract for readers from models and migrations
	@.venv/bin/python make/parse_models.py && .venv/bin/python make/contract.py write

release-contract: .venv/.ready ## make the contract the one that later versions are compared with
	@.venv/bin/python make/parse_models.py && .venv/bin/python make/contract.py release
