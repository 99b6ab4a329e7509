# One way to run things. `make` alone lists them.

VENV ?= .venv
BIN := $(VENV)/bin

# Any Python from 3.11 on that the locks hold packages for; name another with PYTHON=…
SUITABLE := import sys; raise SystemExit(not (3, 11) <= sys.version_info[:2] <= (3, 14))
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$python" -c '$(SUITABLE)' 2>/dev/null && { echo "$$python"; break; }; done)

# uv installs in seconds what pip installs in a minute; both read the same locks. UV= (empty) keeps to pip.
UV ?= $(shell command -v uv 2>/dev/null)
ifneq ($(UV),)
# Where uv knows a suitable Python that the path does not name, it may use that.
MAKE_VENV = "$(UV)" venv --quiet --clear --python "$(or $(PYTHON),>=3.11,<3.15)" $(VENV)
HAS_VENV = $(BIN)/python -c '$(SUITABLE)' 2>/dev/null
INSTALL = "$(UV)" pip install --quiet --compile-bytecode --python $(BIN)/python
else
MAKE_VENV = $(if $(PYTHON),$(PYTHON) -m venv --clear $(VENV),$(NO_PYTHON))
HAS_VENV = $(BIN)/python -c 'import pip; $(SUITABLE)' 2>/dev/null
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check
endif
NO_PYTHON = { echo 'onepill needs Python 3.11 to 3.14; name one with PYTHON=/path/to/python3' >&2; exit 1; }

# Each stamp says that the environment holds what its lock names. The locks carry the build backend too, so that the
# project itself is installed without fetching anything unpinned.
RUN_READY := $(VENV)/.ready-to-run
DEV_READY := $(VENV)/.ready-to-develop

# Files go to the workers in the order of tests/order.py. What a test module is compiled to is kept, whatever the shell
# says of bytecode: compiling all of them takes each worker ten seconds.
TESTS ?= tests
PYTEST = PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder --durations=15

ASSETS := src/onepill/web/static/vendor/htmx.min.js

.DEFAULT_GOAL := help
.PHONY: help assets setup setup-dev run serve test test-all check check-lint check-format check-types check-imports check-map \
	bench format map lock clean

help:  ## list what can be asked of make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

$(RUN_READY): requirements.txt pyproject.toml
	@echo "setting up $(VENV) from requirements.txt"
	@$(HAS_VENV) || $(MAKE_VENV)
	@$(INSTALL) --only-binary :all: --require-hashes -r requirements.txt
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q src
	@touch $@

$(DEV_READY): $(RUN_READY) requirements-dev.txt
	@echo "adding requirements-dev.txt to $(VENV)"
	@$(HAS_VENV) || $(MAKE) --always-make $(RUN_READY)
	@$(INSTALL) --require-hashes -r requirements-dev.txt
	@touch $@

# By hash from the lock. Where npm or the network is missing, the pages do without: they are slower to answer, not fewer.
$(ASSETS): tools/assets/package-lock.json
	@mkdir -p $(@D)
	@{ command -v npm >/dev/null && (cd tools/assets && npm ci --ignore-scripts --no-audit --no-fund --silent) \
		&& cp tools/assets/node_modules/htmx.org/dist/htmx.min.js $@; } \
		|| echo 'htmx was not fetched (npm or the network is missing): pages work without it' >&2

assets: $(ASSETS)  ## fetch what the pages and their tests take from npm

setup: $(RUN_READY) $(ASSETS)  ## make the virtual environment from the hash-pinned lock

setup-dev: setup $(DEV_READY)  ## add what tests and checks need

run: setup  ## write the passport of tunlametinib to out/tunlametinib
	@$(BIN)/onepill passport examples/tunlametinib.yaml --out out/tunlametinib

serve: setup  ## open the workbench on this machine (SERVE="--port 8137 --home DIR")
	@$(BIN)/onepill serve $(SERVE)

test: setup-dev  ## run the tests (TESTS=tests/sim for some of them)
	@$(PYTEST) -m "not slow" $(TESTS)

test-all: setup-dev  ## run the slow tests too
	@$(PYTEST) $(TESTS)

check: check-lint check-format check-types check-imports check-map  ## lint, format, types, floors, map (-k: all at once)

check-lint: setup-dev
	@$(BIN)/ruff check .

check-format: setup-dev
	@$(BIN)/ruff format --check .

check-types: setup-dev
	@$(BIN)/mypy

check-imports: setup-dev
	@$(BIN)/lint-imports --no-logo

check-map: setup-dev
	@$(BIN)/python tools/map.py --check

bench: setup-dev  ## measure speed and memory into out/bench.json (BENCH="--registry SAMPLES" adds a full registry)
	@$(BIN)/python bench/run.py $(BENCH)

format: setup-dev  ## format the code and mend what the linter can
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

map: setup-dev  ## rewrite docs/map.md from the packages' docstrings
	@$(BIN)/python tools/map.py

# Present pins are kept unless LOCK_FLAGS=--upgrade. The second lock takes the first as given, so that both agree.
COMPILE = uv pip compile pyproject.toml --group build --universal --python-version 3.11 --generate-hashes \
	--no-annotate --no-emit-index-url --custom-compile-command "make lock" --quiet $(LOCK_FLAGS)
lock:  ## make the locks again from pyproject.toml (needs uv)
	@$(COMPILE) --extra agents --extra evidence --extra optimise --extra pdf --extra postgresql --extra registry --extra web --extra workbook --output-file requirements.txt
	@$(COMPILE) --extra dev --constraints requirements.txt --output-file requirements-dev.txt

clean:  ## remove the environment, caches and outputs
	@rm -rf $(VENV) out dist build .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	@find src tests tools bench -type d -name __pycache__ -prune -exec rm -rf {} +
