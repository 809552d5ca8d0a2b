# `make run` serves the assistant, `make test` runs every test; both set up all they need.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 5005
PIP := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: help
help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed (this is %s); say which one with: make PYTHON=python3.12 ..." % sys.version.split()[0])'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.lock pyproject.toml | $(BIN)/python
	$(PIP) install --quiet --require-hashes -r requirements.lock
	$(PIP) install --quiet --no-deps -e .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	$(PIP) install --quiet --require-hashes -r requirements-dev.lock
	@touch $@

.PHONY: install
install: $(VENV)/.installed ## the virtual environment with the locked dependencies and the `sofy` program

.PHONY: run
run: install ## set everything up and serve http://localhost:5005 in demo mode
	@$(BIN)/sofy train --if-needed
	@$(BIN)/sofy run --demo --port $(PORT)

.PHONY: test
test: $(VENV)/.installed-dev ## set everything up and run the whole test suite
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest

.PHONY: check
check: $(VENV)/.installed-dev ## lint (with the rules of bandit), types, known vulnerabilities of the dependencies
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m bench.advisories

.PHONY: bench
bench: $(VENV)/.installed-dev ## measure start, memory and latency (docs/benchmarks.md)
	$(BIN)/sofy train --if-needed
	$(BIN)/python -m bench.load

.PHONY: bench-nlu
bench-nlu: $(VENV)/.installed-dev ## the NLU side by side with Rasa 3.6.21 (skipped where it cannot be had)
	$(BIN)/python -m bench.nlu_rasa

.PHONY: parity
parity: $(VENV)/.installed-dev ## the same conversations on Rasa 3.6.21 (skipped where it cannot be had)
	$(BIN)/python -m bench.parity

.PHONY: simulate
simulate: $(VENV)/.installed-dev ## thousands of simulated patients, and where they struggle
	$(BIN)/sofy train --if-needed
	$(BIN)/python -m tests.simulation --patients 5000 --seed 1

.PHONY: fuzz
fuzz: $(VENV)/.installed-dev ## long random runs (conversations, HTTP)
	SOFY_FUZZ_EXAMPLES=500 $(BIN)/pytest tests/security/test_any_turns.py tests/security/test_http.py

.PHONY: bench-enumeration
bench-enumeration: $(VENV)/.installed-dev ## can answer times tell who is known?
	$(BIN)/python -m bench.enumeration

.PHONY: lock
lock: ## resolve the dependencies again and write both lock files
	$(BIN)/python -m uv --version >/dev/null 2>&1 || $(PIP) install --quiet uv
	$(BIN)/python -m uv pip compile -q --universal --generate-hashes --python-version 3.11 pyproject.toml -o requirements.lock
	$(BIN)/python -m uv pip compile -q --universal --generate-hashes --python-version 3.11 pyproject.toml --group dev -o requirements-dev.lock

.PHONY: clean
clean: ## remove what was built here (not var/: that is data)
	rm -rf $(VENV) models build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
