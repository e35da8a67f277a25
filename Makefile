# The commands of a working copy. `make help` lists them; all but python3 and make comes from the
# package registries, into .venv and the user's cache, and nothing else on the machine is touched.

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
WARM := $(VENV)/.warm
KERNELS := $(wildcard models/*.py pdm/chain/*.py pdm/chain/*/*.py)
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input
COMPILE := $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
  --no-header --no-annotate --no-emit-index-url --quiet
ARGS ?=
# Two test processes with two threads of linear algebra each would only wait for one another.
export OPENBLAS_NUM_THREADS ?= 1

.DEFAULT_GOAL := help
.PHONY: help setup demo test check lock dashboard clean

help: ## list these commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

setup: $(WARM) ## make .venv, fetch Apache Kafka, compile the kernels

demo: $(WARM) ## watch a simulated plant, with a scorecard; ARGS="--keep" leaves it running
	@$(BIN)/pdmctl demo $(ARGS)

test: $(WARM) ## all tests: fast ones, those with a broker, those with all processes
	@echo "test: fast"
	@$(BIN)/python -m pytest -m "not broker and not e2e" -n 2 --session-timeout 240 $(ARGS)
	@echo "test: with Apache Kafka"
	@$(BIN)/python -m pytest -m "broker and not e2e" -n 2 --session-timeout 360 $(ARGS)
	@echo "test: with all processes, as users start them"
	@$(BIN)/python -m pytest -m e2e --session-timeout 420 $(ARGS)

check: $(READY) ## formatting, lint, types, layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

lock: $(READY) ## pin the newest versions that pyproject.toml allows
	@$(BIN)/python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['build-system']['requires'], sep='\n')" > $(VENV)/build.in
	@# Newer ones need a click that Faust cannot use, and say so only when they are imported.
	@printf '%s\n' uv 'check-jsonschema<0.38' > $(VENV)/tools.in
	@$(COMPILE) --upgrade --group dev $(VENV)/build.in $(VENV)/tools.in -o requirements.lock
	@$(COMPILE) --constraint requirements.lock $(VENV)/build.in -o deploy/requirements.lock

dashboard: $(READY) ## write the Grafana dashboard again from deploy/grafana/generate.py
	@$(BIN)/python deploy/grafana/generate.py

clean: ## remove .venv and all caches of the working copy
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find pdm streams models tests bench deploy -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): requirements.lock pyproject.toml
	@echo "setup: a Python from 3.11 to 3.13"
	@for python in $(PYTHON) python3 python3.13 python3.12 python3.11; do \
	  if $$python -c 'import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null; \
	  then exec $$python -m venv $(VENV); fi; \
	done; \
	echo "setup: no Python from 3.11 to 3.13 with venv found (Debian: apt install python3-venv);" >&2; \
	echo "       name one with make setup PYTHON=/path/to/python3" >&2; exit 1
	@echo "setup: packages, pinned with hashes"
	@sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > $(VENV)/uv.lock
	@{ $(INSTALL) --require-hashes -r $(VENV)/uv.lock && \
	   $(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock; } || \
	 { echo "setup: uv cannot (a mirror that only pip knows?); pip goes on, in a minute or two"; \
	   $(INSTALL) --require-hashes -r requirements.lock; }
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@echo "setup: Apache Kafka's jars, checked against their sha256"
	@$(BIN)/python -c "from pdm.broker import jars; jars.classpath()"
	@touch $@

$(WARM): $(READY) $(KERNELS)
	@echo "setup: compiled kernels"
	@if [ -f pdm/chain/warm.py ]; then $(BIN)/python -m pdm.chain.warm; fi
	@touch $@
