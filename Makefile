# Everything a person does with Early Help. Needs Python 3.11 or newer; the rest is fetched.
# PYTHON=... chooses the Python; ARGS=... is handed to pytest or the benchmarks.

SHELL := /bin/sh
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
PY := .venv/bin/python
SERVERS := $(PY) -m earlyhelp.embedded exec
ARGS ?=

.PHONY: trust coverage run reset test test-fast lint bench set-up set-up-test need-python
.DEFAULT_GOAL := run

need-python:
	@test -n "$(PYTHON)" || { echo "Early Help needs Python 3.11 or newer; none was found." >&2; exit 1; }

set-up: need-python
	@$(PYTHON) -I earlyhelp/bootstrap.py app

set-up-test: need-python
	@$(PYTHON) -I earlyhelp/bootstrap.py test

run: set-up
	@exec $(PY) -m earlyhelp.run

reset: set-up
	@exec $(PY) -m earlyhelp.run reset

# The browser tests need Chromium; set-up-test installs it where it may and says so where it may not.
test: export DJANGO_SETTINGS_MODULE := earlyhelp.settings.test
test: set-up-test
	@set --; { command -v chromium-headless-shell || command -v chromium || command -v chromium-browser; } >/dev/null || \
	  set -- -m "not browser"; \
	exec $(SERVERS) --test -- sh -c \
	  '$(PY) manage.py vendor_assets --verbosity 0 && exec $(PY) -m pytest -n 2 --dist worksteal "$$@" $(ARGS)' pytest "$$@"

# The whole suite, and which lines it did not reach; slower, so that `make test` itself stays quick.
coverage:
	@$(MAKE) --no-print-directory test ARGS="--cov --cov-report=term $(ARGS)"

# What must hold, tried at full length (10,000 renders, every cell of the matrix); ARGS="-k sessions" picks one.
trust: export DJANGO_SETTINGS_MODULE := earlyhelp.settings.test
trust: export EARLYHELP_TRUST := whole
trust: export EARLYHELP_MATRIX := whole
trust: set-up-test
	@exec $(SERVERS) --test -- sh -c \
	  '$(PY) manage.py vendor_assets --verbosity 0 && exec $(PY) -m pytest -n 2 --dist worksteal tests/trust tests/audit/test_verify.py $(ARGS)'

test-fast: export DJANGO_SETTINGS_MODULE := earlyhelp.settings.test
test-fast: set-up-test
	@exec $(SERVERS) --test -- sh -c \
	  '$(PY) manage.py vendor_assets --verbosity 0 && exec $(PY) -m pytest -n 2 --dist worksteal -m "not browser and not slow" $(ARGS)'

lint: export DJANGO_SETTINGS_MODULE := earlyhelp.settings.test
lint: set-up-test
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(SERVERS) --test -- $(PY) -m mypy
	$(PY) -m djlint templates --lint --quiet
	$(PY) -c 'from importlinter.cli import lint_imports_command as check; check()'
	$(PY) -m earlyhelp.compose_check docker-compose.yml
	$(SERVERS) --test -- sh -ec '\
	  $(PY) manage.py makemigrations --check --dry-run; \
	  $(PY) -m earlyhelp.migration_check; \
	  $(PY) manage.py workflows --check'

bench: set-up-test
	@exec $(SERVERS) --database earlyhelp_bench -- $(PY) -m benchmarks $(ARGS)
