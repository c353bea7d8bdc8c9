# Few verbs, each whole: `make demo` and `make test` set up all they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help venv demo test deep lint bench clean

help: ## Show the verbs
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

venv: $(VENV)/.ready ## Make .venv with everything a developer needs

$(VENV)/.ready: pyproject.toml hatch_build.py requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --editable . --group dev
	@touch $@

clean: ## Remove everything that was made here
	rm -rf $(VENV) .dev .cache .hypothesis .mypy_cache .pytest_cache .ruff_cache dist collections
