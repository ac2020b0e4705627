# What a developer and CI run. Each target makes the virtual environment it needs.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PIP = $(BIN)/python -m pip -qq --disable-pip-version-check install -c constraints.txt
MAKEFLAGS += --no-print-directory

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo gallery test sweep lint types completions docs generated check bench clean

help: ## list the targets
	@awk -F ': .*## ' '/^[a-z]+:.* ## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# Made anew, not patched, so that it holds exactly what these two files say. An old pip writes a console script that
# imports re, which takes as long as Python's own start.
$(READY): pyproject.toml constraints.txt
	@echo "Making $(VENV); this takes about a minute."
	@$(PYTHON) -m venv --clear $(VENV)
	@$(PIP) --upgrade pip
	@$(PIP) -e '.[dev]'
	@$(BIN)/python -m compileall -q derivcli
	@mkdir -p $(VENV)/share/man/man1 && ln -sf '$(CURDIR)/docs/deriv.1' $(VENV)/share/man/man1
	@touch $@

DEMO_POINT := deriv "6*x**2+2*x+4" --at x=3
DEMO_PARTIAL := deriv "u**3+v**2+4*u*v" --at u=3,v=4 --wrt u,v
DEMO_PLOT := deriv "relu(x)" --at x=-3:3 --plot relu.png
shown = echo '$$ $(1)' && $(BIN)/$(1)

demo: $(READY) ## set up and run the main job: a point, partial derivatives, a plot
	@$(call shown,$(DEMO_POINT))
	@$(call shown,$(DEMO_PARTIAL))
	@$(call shown,$(DEMO_PLOT))

test: $(READY) ## set up and run the tests
	@$(BIN)/python -m pytest --numprocesses auto --dist worksteal

sweep: $(READY) ## run the long sweeps, of which the tests look at a sample
	@SWEEP=1 $(BIN)/python -m pytest -m "sweep or sampled or hypothesis" --numprocesses auto --dist worksteal

lint: $(READY) ## ruff
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .

types: $(READY) ## mypy
	@$(BIN)/mypy

completions: $(READY) ## write the shell completions anew
	@$(BIN)/python completions/generate.py

docs: $(READY) ## write the reference pages anew
	@$(BIN)/python docs/generate.py

gallery: $(READY) ## draw the pictures of docs/gallery anew
	@$(BIN)/python docs/gallery.py

generated: $(READY) ## check that generated files are current
	@$(BIN)/python completions/generate.py --check
	@$(BIN)/python docs/generate.py --check
	@$(BIN)/python docs/gallery.py --check

check: test sweep lint types generated ## all that CI runs, and the sweeps

bench: $(READY) ## measure speed
	@$(PIP) -e '.[bench]'
	@$(BIN)/python -m benchmarks.run

clean: ## remove everything made here
	@rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis relu.png
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
