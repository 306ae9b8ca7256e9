# Everything runs from here: `make demo` shows the main job, `make test` passes the tests.
PYTHON ?= python3
BIN := .venv/bin
COMPILE := $(BIN)/uv pip compile -q --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links \
  --python-version 3.11 --no-emit-package django
export VIRTUAL_ENV := $(CURDIR)/.venv
export PYTHONPATH := $(CURDIR)
# what hundreds of processes import is compiled once, also where the environment forbids it
unexport PYTHONDONTWRITEBYTECODE

.PHONY: broker browser help demo quick test check down clean install lock docs bench bench-smoke soak drill-cluster drill-restore drill-upgrade
help:  ## List the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: .venv/run.stamp  ## One whole night: 35 simulated insurers, through Airflow, to five indicators
	@$(BIN)/anze demo

test: .venv/dev.stamp browser broker  ## All tests, on real PostgreSQL, HTTP, files and Airflow
	@$(BIN)/python -m pytest -n 3 -rs -m "not long"

quick: .venv/dev.stamp browser broker  ## The loop of a developer: every package's fast tests
	@$(BIN)/python -m pytest -n 2 -m "not slow"

check: .venv/dev.stamp  ## Lint, types, layers, contracts, SQL, generated docs
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/sqlfluff lint --processes 2 --disable-progress-bar portal warehouse
	@$(BIN)/python -m tests.sql_of_rules
	@$(BIN)/anze docs --check
	@for contract in schemas/*.odcs.yaml; do said=$$($(BIN)/datacontract lint $$contract 2>&1) || { echo "$$said"; exit 1; }; done
	@echo "contracts valid"

down:  ## Stop everything that runs
	@if [ -x $(BIN)/anze ]; then $(BIN)/anze down; else echo "nothing is installed, nothing runs"; fi

clean:  ## Stop everything, remove all state and the virtual environment
	@if [ -x $(BIN)/anze ]; then $(BIN)/anze down; fi
	@rm -rf var .venv

docs: .venv/dev.stamp  ## Generate docs/reference
	@$(BIN)/anze docs

soak: .venv/dev.stamp  ## The long versions: every crash point, random histories, a thousand pairs of moments, a thousand hidden deliveries
	@$(BIN)/python -m pytest -n 2 -m long
	@$(BIN)/python -m bench.soak.crash
	@$(BIN)/python -m bench.soak.model
	@$(BIN)/python -m bench.soak.bitemporal
	@$(BIN)/python -m bench.soak.hidden

drill-restore: .venv/dev.stamp  ## Destroy a database, restore it from pgBackRest and the landing store; prints RPO and RTO
	@timeout -s INT -k 60 1800 $(BIN)/python -m drills.restore

drill-upgrade: .venv/dev.stamp  ## Let a new release take over from an old one at work: no row lost, no task red
	@timeout -s INT -k 60 900 $(BIN)/python -m drills.upgrade

bench: .venv/dev.stamp var/bench/venv.stamp  ## Measure everything against its baseline into docs/benchmarks.md (parts: python -m bench --help)
	@$(BIN)/python -m bench

bench-smoke: .venv/dev.stamp  ## Before a release: is anything far slower than it was
	@$(BIN)/python -m bench smoke

lock: .venv/dev.stamp  ## Resolve requirements/*.in again; what runs and what tests share one set of versions
	@$(COMPILE) --upgrade requirements/uv.in -o requirements/uv.txt
	@$(COMPILE) --upgrade requirements/dev.in -o requirements/dev.txt
	@$(COMPILE) -c requirements/dev.txt requirements/run.in -o requirements/run.txt
	@$(COMPILE) -c requirements/dev.txt requirements/prod.in -o requirements/prod.txt
	@$(COMPILE) --upgrade requirements/bench.in -o requirements/bench.txt

install: .venv/dev.stamp  ## Only install

browser:
	@command -v chromium >/dev/null || { echo "installing Chromium, for the tests of pages ..."; \
	  apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y chromium fonts-noto-cjk; } >/dev/null 2>&1 \
	  || echo "Chromium cannot be installed here: tests of pages in a browser will be told as not run (apt-get install chromium fonts-noto-cjk)"

# Debian starts a server that it installs; RUNLEVEL=1 lets it be.
broker:
	@command -v redis-server >/dev/null || { echo "installing redis-server, for the test of Celery ..."; \
	  apt-get -qq update && RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends redis-server; } >/dev/null 2>&1 \
	  || echo "redis-server cannot be installed here: the test of Celery will be told as not run (apt-get install redis-server)"

drill-cluster: .venv/dev.stamp broker  ## A night by two Celery workers: equal to one machine's, also when workers and broker die
	@$(BIN)/python -m drills.cluster

.venv/python.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "anze-hub needs Python 3.11 or newer: make PYTHON=/path/to/python3.11")'
	@echo "creating .venv ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/uv.txt 2>/dev/null \
	  || echo "uv is not available here: pip installs, more slowly"
	@touch $@

# The peers of the bench, which want other versions than ours: without them the bench measures the rest, and says so.
var/bench/venv.stamp: requirements/bench.txt | .venv/python.stamp
	@echo "installing requirements/bench.txt ..."
	@{ $(PYTHON) -m venv --clear var/bench/venv \
	  && VIRTUAL_ENV=$(CURDIR)/var/bench/venv $(BIN)/uv pip install -q --no-deps --require-hashes -r requirements/bench.txt \
	  && touch $@; } || echo "the peers cannot be installed here: dlt and Singer are not measured"

.venv/%.stamp: requirements/%.txt pyproject.toml | .venv/python.stamp
	@echo "installing requirements/$*.txt ..."
	@{ [ -x $(BIN)/uv ] && $(BIN)/uv pip install -q --compile-bytecode --no-deps --require-hashes -r requirements/$*.txt; } \
	  || $(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements/$*.txt
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
