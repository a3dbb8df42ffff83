# The two commands of the README are `make run` and `make test`. Both need Python 3.11 or newer, make and git, nothing else.
PYTHON ?= python3
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
AWAY := not browser and not cluster and not minikube

.PHONY: run install develop test lint unit browser cluster router recordings eval eval-model bench bench-lab lock

run: .venv/installed
	@$(BIN)/kubenote

install: .venv/installed
develop: .venv/developing

.venv/installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if (3, 11) <= sys.version_info < (3, 15) else "Python 3.11 to 3.14 is needed, this is " + sys.version.split()[0] + ": make run PYTHON=python3.12")'
	@echo "Installing into .venv (about a minute, once)"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(INSTALL) --require-hashes -r requirements.lock
	@$(INSTALL) --no-build-isolation --no-deps -e .
	@touch $@

.venv/developing: .venv/installed tests/requirements.lock
	@$(INSTALL) --require-hashes -r tests/requirements.lock
	@touch $@

# All tests. Those that need a browser or a cluster are skipped where there is none, and say what to start.
test: lint
	$(BIN)/pytest -q -n 2 -m "$(AWAY)"
	$(BIN)/pytest -q -m "browser and not cluster and not minikube"
	$(BIN)/pytest -q -m "cluster or minikube"

lint: .venv/developing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

unit: .venv/developing
	$(BIN)/pytest -q -n 2 -m "$(AWAY)"

browser: .venv/developing
	$(BIN)/pytest -q -m browser

cluster: .venv/developing
	$(BIN)/pytest -q -m "cluster or minikube"

# Trains the router on notes and asked questions; a test says when it is stale.
router: .venv/developing
	$(BIN)/python -m knowledge.training

# Records every demo from a real run on the Minikube that KUBECONFIG shows, into the tree.
recordings: .venv/developing
	$(BIN)/kubenote record --all --agree --output assistant/recordings

eval: .venv/developing
	$(BIN)/python tests/eval/evaluate.py

eval-model: .venv/developing
	$(BIN)/python tests/eval/evaluate_model.py

bench: .venv/developing
	$(BIN)/python tests/benchmarks/finding.py

bench-lab: .venv/developing
	$(BIN)/python tests/benchmarks/lab.py

# Needs uv. Loose ranges stand in pyproject.toml, exact versions with hashes here.
lock:
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --upgrade pyproject.toml --group build --group dev -o tests/requirements.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header pyproject.toml --group build -c tests/requirements.lock -o requirements.lock
