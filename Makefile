# Everything that a person or a machine does with a checkout. `make demo` and `make test` need nothing
# but Python 3.11+, make and git: each makes .venv from requirements.lock (versions and hashes) first.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
WORKERS ?= 2

# Compiled once: a child that may write no file (as the readers of workbooks) would compile what it loads each time.
COMPILE := $(BIN)/python -m compileall -q msreg
PYTEST := PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -q

.PHONY: demo test test-crash test-programs check fix bench docs lock clean

demo: $(READY)
	$(BIN)/msreg demo

test: $(READY)
	$(COMPILE)
	$(PYTEST) --ignore tests/programs --ignore tests/crash $(ARGS)

# Killed at hundreds of moments, on full disks, many at once: minutes of their own.
test-crash: $(READY)
	$(COMPILE)
	$(PYTEST) tests/crash $(ARGS)

# What is written opened in the programs that people have: needs the Debian packages of tests/programs/packages.txt.
test-programs: $(READY)
	$(BIN)/python -m pytest -q tests/programs $(ARGS)

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/catalogues.py --check
	$(BIN)/python tools/docs.py --check

fix: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/python tools/catalogues.py --write
	$(BIN)/python tools/docs.py --write

docs: $(READY)
	$(BIN)/python tools/docs.py --write

bench: $(READY)
	$(COMPILE)
	$(BIN)/python -m benchmarks $(ARGS)

lock: $(READY)
	$(BIN)/pip-compile -q --extra charts --extra statistics --extra pdf --extra web --extra dev --generate-hashes --allow-unsafe --strip-extras --no-annotate --no-header \
		--no-emit-index-url --no-emit-trusted-host --no-emit-find-links -o requirements.lock pyproject.toml

clean:
	rm -rf .venv build dist

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "msreg needs Python 3.11 or newer; name one with: make $(MAKECMDGOALS) PYTHON=python3.11"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $(READY)
