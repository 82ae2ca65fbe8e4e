# make screen   sets everything up and screens a sample article with the shipped model
# make app      sets everything up and serves the editors' page
# make test     sets everything up and runs all tests but those of the page
# make test-app runs the tests of the page in a real browser; they need chromium and chromedriver, and npm for axe
# make screenshots  writes the pictures of the page in docs/img
# make bench    measures the speed beside what a user would use otherwise; minutes, on an idle machine
# make check    linters and types
# make clean    removes the environment and the caches

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# The CPU build where the index offers one; any other build of the same release otherwise.
TORCH ?= 2.13.0
# The rules that the page is held to; their test is skipped where npm cannot get them.
AXE := .node/node_modules/axe-core/axe.min.js
# Files of tests are shared out among as many processes; with WORKERS=0 they run in one.
WORKERS ?= 2
SHARED := --numprocesses $(WORKERS) --dist loadfile
LOAD := tests/app/test_load_on_the_page.py
SAMPLE ?= data/samples/harbour-strike.md

.PHONY: screen app test test-app screenshots bench check clean

screen: $(VENV)/.core
	@# Exit code 1 says that there are findings, which the sample has on purpose.
	@$(BIN)/framing screen $(SAMPLE) || [ $$? -eq 1 ]

app: $(VENV)/.app
	@$(BIN)/framing app

test: $(VENV)/.dev
	$(BIN)/ruff check .
	@# Beside the tests, which leave a core free while they wait for processes.
	$(BIN)/mypy & checked=$$!; $(BIN)/pytest $(SHARED) --ignore=tests/app && wait $$checked

test-app: $(VENV)/.dev $(AXE)
	@# What is measured there is measured alone.
	$(BIN)/pytest $(LOAD)
	$(BIN)/pytest $(SHARED) tests/app --ignore=$(LOAD)

screenshots: $(VENV)/.dev
	$(BIN)/python -m tests.app.screenshots

bench: $(VENV)/.dev
	$(BIN)/python benchmarks/engines.py
	$(BIN)/python benchmarks/throughput.py --workers --memory

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

$(VENV)/.app: $(VENV)/.torch pyproject.toml
	$(BIN)/pip install --quiet --editable ".[app]"
	@touch $@ $(VENV)/.core

$(VENV)/.dev: $(VENV)/.torch pyproject.toml
	$(BIN)/pip install --quiet --editable ".[dev]"
	@touch $@ $(VENV)/.core $(VENV)/.app

$(AXE):
	@npm install --silent --no-save --no-audit --no-fund --prefix .node axe-core@4 || echo "axe-core was not installed"

clean:
	rm -rf $(VENV) .node build dist .pytest_cache .ruff_cache .mypy_cache .hypothesis
