# Every entry works on a bare checkout with Python 3.11 and make.

PYTHON ?= python3
BIN := .venv/bin
.DEFAULT_GOAL := help
# Where it is set, each of the processes that tests start would compile the program anew: a second of processor time.
unexport PYTHONDONTWRITEBYTECODE
.PHONY: help run test check coverage soak bench format clean

help:  ## Say what each target does
	@grep -hE '^[a-z.]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

.venv: requirements.txt pyproject.toml  ## Set everything up, run nothing
	$(PYTHON) -c 'import sys; sys.exit("mimawari needs Python 3.11 or newer; set PYTHON=python3.11" if sys.version_info < (3, 11) else 0)'
	@echo 'Setting everything up. This happens once and takes a minute or two.'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch .venv

run: .venv  ## See it work: stand-ins for HubSpot and Slack, and the service between them
	@$(BIN)/mimawari demo --port 8700

test: .venv  ## Pass all tests
	$(BIN)/python -m pytest -q -n 3 --dist worksteal

check: .venv  ## Format, lint, types, layers, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q -n 3 --dist worksteal

coverage: .venv  ## Say which lines no test reaches (tests of a full disk are left out: they fill up its records, too)
	$(BIN)/python -m pytest -q -n 3 --dist worksteal --cov --cov-report=term:skip-covered -k "not disk"

soak: .venv  ## The long matrices and fault storms, at most 75 minutes
	$(BIN)/python -m pytest -q -n 2 -m soak

bench: .venv  ## The benchmarks, as a table with floors and ratios
	$(BIN)/python -m tests.benchmarks

format: .venv  ## Put the code into its format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:  ## Remove what set-up and tests made
	rm -rf .venv .pytest_cache .ruff_cache .hypothesis .coverage* htmlcov
