# All commands of Valija. `make help` lists them. Nothing outside this folder is touched, except that
# `make test` and `make kafka`, run as root on Debian, may apt-get install what a test needs for real.

PY       := .venv/bin/python
SYNCED   := .venv/.synced
BUF      := deploy/buf/node_modules/.bin/buf
JOBS     ?= 2
KAFKA    ?=
ONCE     ?=
# A run must end: a worker that dies ends it as a failure (xdist 3.8 would wait for ever on the one
# that replaces it: pytest-xdist issue 1323), and no test takes longer than this.
ENDS     := --max-worker-restart 0 --timeout 900
export PYTHONHASHSEED ?= random

.DEFAULT_GOAL := help
.PHONY: help demo test check gates fix proto lock vectors bench kafka kafka-stop parts ruff types \
        imports wire generated lockfile licences words rules clean images

help:  ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | expand -t 14

# --- set-up -----------------------------------------------------------------------------------

$(SYNCED): requirements.lock
	@sh deploy/setup/venv.sh
	@.venv/bin/uv pip sync --quiet --compile-bytecode --require-hashes requirements.lock
	@touch $@

$(BUF): deploy/buf/package-lock.json
	@command -v npm >/dev/null || { echo "buf comes from npm, and npm is not here: install Node.js (Debian: apt-get install npm)"; exit 1; }
	@npm ci --prefix deploy/buf --silent --no-audit --no-fund
	@touch $@

parts: $(SYNCED)  ## install what the tests run for real: Java, Maven, PostgreSQL, Kafka's jars
	@sh deploy/setup/parts.sh

# --- the two commands -------------------------------------------------------------------------

demo: $(SYNCED)  ## three states, a broker and an auditor on loopback (ONCE=1: check and stop; KAFKA=1: on Apache Kafka)
	@if [ -n "$(KAFKA)" ]; then sh deploy/setup/parts.sh kafka; fi
	@$(PY) deploy/demo/demo.py $(if $(ONCE),--once) $(if $(KAFKA),--kafka)

test: $(SYNCED) parts  ## the whole suite, with a real Kafka and a real PostgreSQL (ARGS="-k name")
	@$(PY) -m pytest -n $(JOBS) --dist loadgroup $(ENDS) $(ARGS)

# --- everything that must be green ------------------------------------------------------------

check: gates coverage  ## all gates, cheapest first, then the suite and its coverage
gates: ruff words lockfile imports types rules wire generated licences images-lint  ## every gate but the tests

ruff: $(SYNCED)
	@.venv/bin/ruff format --check --quiet . || { echo "run: make fix"; exit 1; }
	@.venv/bin/ruff check --quiet .

words: $(SYNCED)
	@.venv/bin/codespell --quiet-level 2 $$(git ls-files | grep -vE '\.(lock|svg|xlsx|binpb)$$|^valija/v1/|^tests/vectors/|^(policies|docs)/law/|/codes/|\.es\.md$$|package-lock|/wording|/conditions|/words|/states\.py|^docs/law/')

lockfile: $(SYNCED)
	@$(PY) deploy/setup/locks.py

imports: $(SYNCED)
	@.venv/bin/lint-imports --no-cache --no-logo 2>&1 | tail -n 40 | grep -E 'BROKEN|kept|broken|Could not|not find|Error' || exit 1
	@.venv/bin/lint-imports --no-cache --no-logo >/dev/null

types: $(SYNCED)
	@.venv/bin/mypy --no-error-summary

rules: $(SYNCED)
	@$(PY) -m policies check

wire: $(BUF)
	@cd proto && ../$(BUF) lint && ../$(BUF) format --diff --exit-code && ../$(BUF) breaking --against baseline.binpb

generated: $(SYNCED)
	@$(PY) deploy/setup/generate.py --check

licences: $(SYNCED)
	@$(PY) deploy/setup/licences.py

images-lint: $(SYNCED)
	@.venv/bin/hadolint deploy/*.Dockerfile
	@.venv/bin/check-jsonschema --quiet --builtin-schema vendor.compose-spec deploy/compose.yaml
	@for script in deploy/setup/*.sh; do sh -n $$script || exit 1; done

coverage: $(SYNCED) parts
	@rm -f .coverage .coverage.*
	@$(PY) -m pytest -n $(JOBS) --dist loadgroup --cov --cov-report= $(ARGS)
	@$(PY) deploy/setup/coverage.py

# --- work -------------------------------------------------------------------------------------

fix: $(SYNCED)  ## format, and mend what the linter can mend
	@.venv/bin/ruff check --fix --quiet . ; .venv/bin/ruff format --quiet .

proto: $(SYNCED)  ## regenerate valija/v1 from proto/
	@$(PY) deploy/setup/generate.py

lock: $(SYNCED)  ## renew requirements.lock from pyproject.toml
	@$(PY) deploy/setup/locks.py --write

vectors: $(SYNCED)  ## regenerate our own test vectors
	@$(PY) tests/vectors/make_vectors.py

bench: $(SYNCED) parts  ## measure, print a table of ratios, write one JSON
	@$(PY) tests/bench/bench.py

kafka: $(SYNCED)  ## start Apache Kafka on loopback for ten minutes (SECONDS=600), with TLS and ACLs
	@sh deploy/setup/parts.sh kafka
	@$(PY) deploy/kafka/kafka.py start --brokers $(or $(BROKERS),1) --home .kafka/run --port $(or $(PORT),19092) --seconds $(or $(SECONDS),600)

kafka-stop: $(SYNCED)  ## stop it
	@$(PY) deploy/kafka/kafka.py stop --home .kafka/run

images:  ## build the images of broker and node (needs a Docker engine)
	docker build -f deploy/broker.Dockerfile -t valija-broker .
	docker build -f deploy/node.Dockerfile -t valija-node .

clean:  ## remove what the commands made here
	rm -rf .venv .demo .kafka .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage* deploy/buf/node_modules
