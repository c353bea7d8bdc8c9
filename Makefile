# Few verbs, each whole: `make demo` and `make test` set up all they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
NAUTOBOT ?=

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore
MAKEFLAGS += --no-print-directory

.DEFAULT_GOAL := help
.PHONY: help venv demo test deep lint bench clean

help: ## Show the verbs
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

venv: $(VENV)/.ready ## Make .venv with everything a developer needs

demo: venv ## Watch a whole run on simulated devices (NAUTOBOT=1: from a real Nautobot, too)
	@$(BIN)/netcellar demo $(if $(NAUTOBOT),--nautobot)

test: venv ## Lint, then every tier of tests, on seeded samples
	@scripts/system-packages.sh
	@$(BIN)/python scripts/lint.py
	@$(BIN)/python -m pytest -n auto --dist loadgroup

deep: venv ## The same with the full figures: all samples, many examples, the slow tests
	@scripts/system-packages.sh
	@$(BIN)/python scripts/lint.py
	@$(BIN)/python -m pytest -n auto --dist loadgroup --deep

lint: venv ## The gates that shape the code
	@$(BIN)/python scripts/lint.py

bench: venv ## Speed, beside others on the same devices
	@$(BIN)/python -m pip install -qq --group bench
	@set -e; for bench in benchmarks/bench_*.py; do $(BIN)/python $$bench; done

clean: ## Remove everything that was made here
	rm -rf $(VENV) .dev .cache .hypothesis .mypy_cache .pytest_cache .ruff_cache .ansible dist collections demo
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.ready: pyproject.toml hatch_build.py requirements.txt galaxy.yml
	@command -v $(PYTHON) >/dev/null || { echo "Netcellar needs Python 3.11 to 3.13, and there is no $(PYTHON) here" >&2; exit 1; }
	@$(PYTHON) scripts/check_python.py
	@echo "Making $(VENV) (about a minute the first time)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -qq --upgrade 'pip>=25.1'
	@$(BIN)/python -m pip install -qq --editable . --group dev
	@touch $@
