# One word a task. PORT=8123 make serve chooses another port.
PORT ?= 8000
HOST ?= 127.0.0.1
PYTHON ?= python3
RUN := .venv/bin/python -m

.PHONY: serve release test test-all check format docs bench growth hostile

serve:
	@$(PYTHON) scripts/bootstrap.py
	@$(RUN) kzlod release
	@$(RUN) kzlod serve --host $(HOST) --port $(PORT)

release:
	@$(PYTHON) scripts/bootstrap.py
	@$(RUN) kzlod release

test:
	@$(PYTHON) scripts/bootstrap.py --dev
	@$(RUN) pytest -n 2 -m "not debian and not long"

test-all:
	@$(PYTHON) scripts/bootstrap.py --dev
	@$(RUN) pytest -n 2

check:
	@$(PYTHON) scripts/bootstrap.py --dev
	@$(RUN) ruff check .
	@$(RUN) ruff format --check .
	@$(RUN) mypy

format:
	@$(PYTHON) scripts/bootstrap.py --dev
	@$(RUN) ruff check --fix .
	@$(RUN) ruff format .

docs:
	@$(PYTHON) scripts/bootstrap.py
	@.venv/bin/python scripts/make_docs.py

# BENCH="--quick", BENCH="--markdown" and others: see .venv/bin/python -m bench peers --help
bench: release
	@$(PYTHON) scripts/bootstrap.py --dev
	@$(RUN) bench peers $(BENCH)

growth: release
	@$(PYTHON) scripts/bootstrap.py --dev
	@$(RUN) bench growth $(GROWTH)

hostile:
	@$(PYTHON) scripts/bootstrap.py --dev
	@$(RUN) kzlod release
	@$(RUN) tests.hostile --write
