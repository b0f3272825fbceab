# Two commands do everything: `make report` and `make test`. Each makes its own environment first.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --quiet --disable-pip-version-check
JOBS   ?= 2
# Every kernel starts two seconds sooner, also where the environment keeps Python from writing bytecode by itself.
BYTECODE = $(BIN)/python -m compileall -q -j $(JOBS) $(VENV)/lib analysis >/dev/null 2>&1 || true

export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: report test lint lock clean

report: $(VENV)/.ready
	@$(BIN)/selfassess simulate --unless-present
	@$(BIN)/selfassess build --quarter latest --audience public --audience board --jobs $(JOBS)

test: $(VENV)/.ready-tests
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder $(PYTEST)

lint: $(VENV)/.ready-tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

$(VENV)/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and 'Python 3.11 or later is needed; this is ' + sys.version.split()[0] + '. Say which with make PYTHON=...')"
	@echo "Setting up $(VENV) from requirements.lock (once; a few minutes on a slow line)"
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) install --require-hashes --no-deps -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@command -v quarto >/dev/null || $(PIP) install --no-deps --no-build-isolation "quarto-cli==1.10.19" >/dev/null 2>&1 \
	  || echo "Quarto's own package can't be installed here: documents will be made by the portable renderer"
	@$(BYTECODE)
	@touch $@

$(VENV)/.ready-tests: $(VENV)/.ready requirements-test.lock
	@$(PIP) install --require-hashes --no-deps -r requirements-test.lock
	@$(BYTECODE)
	@touch $@

# For maintainers: resolves the ranges of pyproject.toml again.
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-annotate
lock:
	$(PIP) install uv
	$(COMPILE) --output-file requirements.lock pyproject.toml
	$(COMPILE) --extra test --constraint requirements.lock --output-file requirements-test.lock pyproject.toml

clean:
	rm -rf build published data/store data/returns _variables.yml
