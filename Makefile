# Needs only Python 3.11 or later (with venv) and make. `make` alone prints this help.
# PYTHON=/path/to/python chooses the Python; else the newest of those on PATH that can make a venv.

FITS = -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))'
FOUND = $(shell for p in python3.14 python3.13 python3.12 python3.11 python3; do \
	if $$p $(FITS) 2>/dev/null; then echo $$p; exit; fi; done)
SETUP = $(if $(PYTHON),MASH_PYTHON=1 $(PYTHON),$(or $(FOUND),$(error \
	No Python 3.11 or later with venv on PATH: install one, or say which with PYTHON=...))) .ci/setup

# A campaign takes longer than a test that hangs.
PATIENT = $(if $(LONG),-o faulthandler_timeout=5400)

.DEFAULT_GOAL := help
export LONG
.PHONY: help setup demo run up check fix test

help: ## this list
	@awk -F':.*## ' '/^[a-z]+:.*## / {printf "  make %-6s  %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

setup: ## make .venv from the locks and build the browser assets; at once the second time
	@$(SETUP)

demo: setup ## the hub with invented families in one process, pages and a guided tour (ONCE=1: run through and stop)
	@.venv/bin/mash demo $(if $(ONCE),--once)

run: setup ## the hub in one process, with its own settings
	@.venv/bin/mash serve

up: setup ## the hub on a real Kafka, OPA and PostgreSQL on this machine, no container engine needed
	@.venv/bin/mash up

check: setup ## every check that is not a test (the list is .ci/checks); changes nothing
	@.venv/bin/python .ci/check

fix: setup ## repair what make check finds, where that can be done by program
	@.venv/bin/python .ci/check --fix

test: setup ## obtain the real parts, then run every test (ARGS=... to pytest; JOBS=... at a time, else 3: two that compute beside brokers that wait; LONG=1 also the long campaigns)
	@.venv/bin/python -m tests.real
	@.venv/bin/python -m pytest --numprocesses $(or $(JOBS),3) --dist loadfile $(PATIENT) $(ARGS)
