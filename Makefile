# make screen   sets everything up and screens a sample article with the shipped model
# make test     sets everything up and runs all tests
# make check    linters and types
# make clean    removes the environment and the caches

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# The CPU build where the index offers one; any other build of the same release otherwise.
TORCH ?= 2.13.0
SAMPLE ?= data/samples/harbour-strike.md

.PHONY: screen test check clean

screen: $(VENV)/.core
	@# Exit code 1 says that there are findings, which the sample has on purpose.
	@$(BIN)/framing screen $(SAMPLE) || [ $$? -eq 1 ]

test: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/mypy

$(VENV)/.torch:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet "torch==$(TORCH)+cpu" 2>/dev/null || $(BIN)/pip install --quiet "torch==$(TORCH)"
	@touch $@

$(VENV)/.core: $(VENV)/.torch pyproject.toml
	$(BIN)/pip install --quiet --editable ".[docs]"
	@touch $@

$(VENV)/.dev: $(VENV)/.torch pyproject.toml
	$(BIN)/pip install --quiet --editable ".[dev]"
	@touch $@ $(VENV)/.core

clean:
	rm -rf $(VENV) build dist .pytest_cache .ruff_cache .mypy_cache .hypothesis
