# make serve: an embedded database, a first client, and the server on PORT
# make test:  every check, as CI runs them

PORT ?= 8080
ifndef SCIM_BIND
export PORT
export SCIM_BIND := 127.0.0.1:$(PORT)
endif
# Else each of the many processes that tests start would compile all modules for itself.
unexport PYTHONDONTWRITEBYTECODE
# One more than the cores of the smallest machine: some tests wait for clocks.
TEST_PROCESSES ?= 3

SUITABLE := import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for each in python3.11 python3.12 python3.13 python3; do \
	$$each -c '$(SUITABLE)' 2>/dev/null && echo $$each && break; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check

# Root, or with its rights.
AS_ROOT := $(if $(filter 0,$(shell id -u)),,sudo) env DEBIAN_FRONTEND=noninteractive

.PHONY: serve test lint format coverage bench lock chromium slapd

serve: .venv/.run
	@exec $(BIN)/scim-server quickstart

test: lint chromium slapd
	$(BIN)/pytest -q -n $(TEST_PROCESSES) --dist worksteal

lint: .venv/.test
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --quiet --check .
	$(BIN)/mypy --no-error-summary
	$(BIN)/lint-imports --no-logo

format: .venv/.test
	$(BIN)/ruff check --quiet --fix .
	$(BIN)/ruff format --quiet .

coverage: .venv/.test chromium slapd
	$(BIN)/coverage run -m pytest -q
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

bench: .venv/.run slapd
	$(BIN)/python -m benchmarks

# What looks at the pages of the reports: tests/conformance/test_page.py.
chromium:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null \
		|| command -v google-chrome >/dev/null \
		|| { echo "Installing Chromium, in which the tests look at a page." >&2 \
			&& $(AS_ROOT) apt-get -qq update \
			&& $(AS_ROOT) apt-get -qq install --yes --no-install-recommends chromium >/dev/null; } \
		|| { echo "Chromium is missing, and could not be installed (Debian: apt install chromium)." >&2; \
			exit 1; }

# What the tests synchronise from: tests/ldap. Each starts its own; the system's is not to run.
slapd:
	@{ { command -v slapd || test -x /usr/sbin/slapd; } && command -v ldapmodify; } >/dev/null \
		|| { echo "Installing OpenLDAP, whose server the tests start." >&2 \
			&& $(AS_ROOT) sh tests/ldap/install.sh >/dev/null; } \
		|| { echo "slapd is missing, and could not be installed (Debian: apt install slapd ldap-utils)." >&2; \
			exit 1; }

# Stamps: each is as old as the last time its step succeeded.
.venv/.python:
	$(if $(PYTHON),,$(error Python 3.11 or newer with venv is needed (Debian: apt install python3-venv)))
	$(PYTHON) -m venv .venv
	@touch $@

.venv/.run: .venv/.python requirements/run.txt setup.cfg pyproject.toml
	$(PIP) install --require-hashes --requirement requirements/run.txt
	$(PIP) install --no-deps --editable .
	@touch $@

.venv/.test: .venv/.run requirements/test.txt
	$(PIP) install --require-hashes --requirement requirements/test.txt
	@touch $@

# The pins follow from setup.cfg; --upgrade moves them to today's releases.
LOCK = .venv-lock/bin/pip-compile --quiet --upgrade --generate-hashes --strip-extras --no-header \
	--no-emit-index-url --no-emit-find-links setup.cfg
lock:
	$(PYTHON) -m venv .venv-lock
	.venv-lock/bin/pip install --quiet pip-tools==7.6.2
	$(LOCK) --output-file requirements/run.txt
	$(LOCK) --allow-unsafe --extra test --constraint requirements/run.txt --output-file requirements/test.txt
