# One command each. Every target installs what it needs into .venv, once: a stamp there
# remembers, and a second call touches no network until pyproject.toml or constraints.txt change.

PYTHON  ?= python3
LABFLAGS ?=
LESSONS ?=
TESTS   ?=
STUDIES ?= $(sort $(basename $(notdir $(filter-out %/study.py %/summary.py %/pictures.py,$(wildcard figures/studies/*.py)))))
SEEDS   ?= 0 1 2 3 4
JOBS    ?= 2

VENV := .venv
BIN  := $(VENV)/bin
FIRST := notebooks/00_where_is_that_sound.ipynb
FILES := pyproject.toml constraints.txt

# JupyterLab neither asks about news nor looks for updates: the course needs no network.
QUIET := --LabApp.news_url=None --LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate

# The pins need Python 3.11.5; an older Python (3.10 is enough) gets the ranges instead.
PIN = $$($(BIN)/python -c 'import sys; print("-c constraints.txt" if sys.version_info >= (3, 11, 5) else "")')

.DEFAULT_GOAL := help
.PHONY: help lab run test lint bench studies clean

help:
	@echo "make lab     open the course in JupyterLab, at lesson 0   (LABFLAGS='--no-browser')"
	@echo "make run     run every lesson in full, refresh its outputs (LESSONS='02_make_a_spike_wait')"
	@echo "make test    run every test, and every lesson with them    (TESTS='tests/unit')"
	@echo "make lint    check the style of the code"
	@echo "make bench   time one training step against the prototype and its peers"
	@echo "make studies fill the result tables that the lessons read (SEEDS='0' JOBS=2 STUDIES='best')"
	@echo "make clean   remove .venv and everything that was generated"

lab: $(VENV)/.lab
	$(BIN)/jupyter lab $(QUIET) $(LABFLAGS) $(FIRST)

run: $(VENV)/.lab
	$(BIN)/python -m tools.run_lessons $(LESSONS)

test: $(VENV)/.test
	$(BIN)/python -m pytest $(TESTS)

lint: $(VENV)/.lint
	$(BIN)/ruff check .

# What is in a table already is not run again; SEEDS='0' takes minutes, all of it hours.
studies: $(VENV)/.lab
	set -e; for study in $(STUDIES); do \
	  $(BIN)/python figures/studies/$$study.py $(SEEDS) --jobs $(JOBS); done
	$(BIN)/python figures/studies/pictures.py
	$(BIN)/python figures/studies/summary.py

bench: $(VENV)/.bench
	$(BIN)/python benchmarks/train_step.py

clean:
	rm -rf $(VENV) build *.egg-info .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +
	find notebooks -name .ipynb_checkpoints -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || \
	  { echo "The course needs Python 3.10 or later; name one with: make PYTHON=python3.12 lab"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "This Python cannot make a virtual environment: install your system's python3-venv package, or see the conda way in README.md."; exit 1; }
	$(PYTHON) -m venv $(VENV)

# 'test' holds all that 'lab' and 'lint' hold, so its stamp stands for those too.
$(VENV)/.test: $(BIN)/python $(FILES)
	$(BIN)/python -m pip install --disable-pip-version-check $(PIN) -e '.[test]'
	@touch $(VENV)/.lint $(VENV)/.lab $@

$(VENV)/.bench: $(BIN)/python $(FILES)
	$(BIN)/python -m pip install --disable-pip-version-check $(PIN) -e '.[bench]'
	@touch $@

$(VENV)/.lab: $(BIN)/python $(FILES)
	$(BIN)/python -m pip install --disable-pip-version-check $(PIN) -e '.[lab]'
	@touch $@

# Linting needs neither torch nor the course: only the one tool, at its pinned version.
$(VENV)/.lint: $(BIN)/python $(FILES)
	$(BIN)/python -m pip install --disable-pip-version-check $(PIN) ruff
	@touch $@
