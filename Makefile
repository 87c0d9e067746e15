# Everything goes through .venv, which every target makes or completes first (.ci/set-up). No target needs root.
#   make book PYTHON=/path/to/python3.12   chooses the interpreter     make serve SCALE=quick   shows the small book
SHELL := bash
.SHELLFLAGS := -eo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup data book quick test check serve bench clean distclean

VENV_PYTHON := .venv/bin/python
COMPANION := $(VENV_PYTHON) -m companion
SCALE ?= book
export PYTHON
# What else a shell says to Python belongs to other programs: PYTHONHOME lets none start, PYTHONPATH brings other modules.
unexport PYTHONHOME PYTHONPATH PYTHONSTARTUP PYTHONPLATLIBDIR PYTHONSAFEPATH PYTHONOPTIMIZE PYTHONWARNINGS PYTHONUSERBASE
export PYTHONNOUSERSITE := 1

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1 \t/p' $(firstword $(MAKEFILE_LIST)) | expand -t 18

setup: ## .venv and npm's packages, as the lock files say
	@bash .ci/set-up

data: setup ## get the data sets that can be had here
	@$(VENV_PYTHON) -m rectified.data

# The build ends with this make: --with-parent lets it die, with its kernels, when make is killed.
book: data ## execute every chapter at book scale, judge, render; prints scorecard and address
	@$(COMPANION) build --scale book --with-parent $$PPID

quick: data ## the same at quick scale: a small book in a minute or two
	@$(COMPANION) build --scale quick --with-parent $$PPID

check: setup ## format, lint, types, import contracts
	$(VENV_PYTHON) -m ruff format --check .
	$(VENV_PYTHON) -m ruff check .
	$(VENV_PYTHON) -m mypy src
	$(VENV_PYTHON) -c "from importlinter.cli import lint_imports_command as lint; lint()"

test: quick check ## the quick book, then check, then unit, chapter and site tests
	$(VENV_PYTHON) -m pytest -n 2 --dist loadgroup

serve: setup ## read the book on this machine
	@$(COMPANION) serve --scale $(SCALE)

bench: data ## ours beside peers; one table each
	@for file in benchmarks/*.py; do name=$$(basename $$file .py); echo "== $$name"; $(VENV_PYTHON) -m benchmarks.$$name; done

clean: ## delete everything generated; .venv and the data stay
	rm -rf build .snakemake .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find .ci src tests benchmarks notebooks -name __pycache__ -type d -prune -exec rm -rf {} +

distclean: clean ## also delete .venv, npm's packages and downloaded data
	rm -rf .venv node_modules .data .set-up src/*.egg-info
