# Wanglou. `make demo` and `make test` need only Python >= 3.11, make and git.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null)
# The tables are small: more threads only wait for one another (measured on a busy machine: 30 times slower).
export OPENBLAS_NUM_THREADS ?= 1

# A file's tests share what takes long to make, so a file stays on one core.
ON_ALL_CORES := -n auto --dist loadfile
# The gate answers the same for the same tree; `make test` tries new examples in a new order each time.
SAME_EACH_TIME := --hypothesis-profile=gate --randomly-seed=1

.PHONY: demo run test check bench lock stories clean

demo: $(VENV)/ready
	$(BIN)/wanglou demo $(DEMO)

run: $(VENV)/ready
	$(BIN)/wanglou up --config config

test: $(VENV)/ready-dev
	$(BIN)/pytest -q $(ON_ALL_CORES)

# The gate: what CI and the commit hook run.
check: $(VENV)/ready-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .
	$(BIN)/pytest -q $(ON_ALL_CORES) $(SAME_EACH_TIME) --cov --cov-report=term:skip-covered --cov-fail-under=90
	$(BIN)/coverage report --include='alerting/outbox.py,alerting/incidents.py,alerting/clocks.py' --fail-under=100

bench: $(VENV)/ready-dev
	$(BIN)/python -m benchmarks

# uv where it is there, else venv and pip; the same hashed pins either way. The locks are whole, so pip
# resolves nothing (--no-deps): asked to, it looks past a pin at whatever was released since, and fails.
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'Wanglou needs Python 3.11 or newer; name it: make PYTHON=python3.12 ...' >&2; exit 1; }
ifdef UV
	$(UV) venv -q --python $(PYTHON) $(VENV)
else
	$(PYTHON) -m venv $(VENV)
endif

$(VENV)/ready: requirements.lock pyproject.toml | $(VENV)/bin/python
ifdef UV
	$(UV) pip install -q --python $(BIN)/python --require-hashes -r requirements.lock
	$(UV) pip install -q --python $(BIN)/python --no-deps -e .
else
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -e .
endif
	touch $@

$(VENV)/ready-dev: requirements-dev.lock $(VENV)/ready
ifdef UV
	$(UV) pip install -q --python $(BIN)/python --require-hashes -r requirements-dev.lock
else
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.lock
endif
	touch $@

# Take newer versions: writes both locks and the exact pins in pyproject.toml. Needs uv.
lock:
	$(BIN)/python .ci/lock.py

clean:
	rm -rf $(VENV) var
