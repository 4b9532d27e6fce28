# One command each. Every target installs what it needs into .venv, once: a stamp there
# remembers, and a second call touches no network until pyproject.toml or constraints.txt change.

PYTHON  ?= python3
LABFLAGS ?=
LESSONS ?=
REPLACE ?=
TESTS   ?=
STUDIES ?= $(sort $(basename $(notdir $(filter-out %/__init__.py %/study.py %/summary.py %/pictures.py %/cluster.py,$(wildcard figures/studies/*.py))))) words
SEEDS   ?=
JOBS    ?= 2
CLUSTER ?=
FILES   ?=
UNGUARDED ?=
REPO    ?=
BRANCH  ?= main
# Looked for when a command needs it: by its name, and among pyenv's.
LOWEST_PYTHON ?= $(or $(call found,3.10),python3.10)
NEWEST_PYTHON ?= $(or $(call found,newest),$(PYTHON))
COLAB_PYTHON  ?= $(or $(call found,3.13),$(PYTHON))
found = $(shell $(PYTHON) tools/find_python.py $(1))

# On Linux, pip's own PyTorch brings libraries for graphics cards, which the course does not use: 5 GB
# instead of 1.5. Before that an install stops and asks for one of these two: the address of a further
# package index, the one that https://pytorch.org/get-started/locally/ shows for CPU; or GPU=1.
TORCH_INDEX ?=
GPU         ?=
export TORCH_INDEX GPU

VENV := .venv
BIN  := $(VENV)/bin
FIRST := notebooks/00_where_is_that_sound.ipynb
ASKED := pyproject.toml constraints.txt
# JupyterLab neither asks about news nor looks for updates: the course needs no network.
SETTINGS := $(VENV)/share/jupyter/lab/settings
HOST = $(if $(REPO),--repo '$(REPO)' --branch '$(BRANCH)')
QUIET = @mkdir -p $(SETTINGS) && cp tools/overrides.json $(SETTINGS)/

.DEFAULT_GOAL := help
.PHONY: help lab run pair test lint bench studies compared site slides colab class wheel grade test-browser test-colab test-luck test-lowest test-newest clean

help:
	@echo "make lab     open the course in JupyterLab, at lesson 0   (LABFLAGS='--no-browser')"
	@echo "make run     run every lesson in full, refresh its outputs (LESSONS='02_make_a_spike_wait')"
	@echo "make pair    carry what you edited in a notebook into its .py"
	@echo "make test    run every test, and every lesson with them    (TESTS='tests/unit')"
	@echo "make lint    read the code for style, spelling and types"
	@echo "make bench   time one training step, and measure delay layers side by side"
	@echo "make studies fill the result tables that the lessons read (SEEDS='0' JOBS=2 STUDIES='best' CLUSTER=local)"
	@echo "make compared  tune, test and judge learned against frozen delays (JOBS=2 CLUSTER=local)"
	@echo "make site    build the site: build/site/index.html         (REPO='owner/name' BRANCH=main)"
	@echo "make slides  each lesson as slides: build/slides/index.html"
	@echo "make colab   each lesson as one file: build/colab/         (REPO='owner/name' BRANCH=main)"
	@echo "make class   a zip for students: no outputs, no solutions"
	@echo "make wheel   the package, tried in an empty environment: build/wheel/"
	@echo "make grade   judge the exercises of a class               (FILES=folder JOBS=2)"
	@echo "make test-browser  the site, slides and JupyterLab in a browser (TESTS='tests/browser/test_site.py')"
	@echo "make test-colab    the single files with Colab's versions     (LESSONS='01_two_ears')"
	@echo "make test-luck     every lesson with other seeds, and each cell twice (LESSONS='05_train_it')"
	@echo "make test-lowest   the lowest versions that we promise        (LOWEST_PYTHON=python3.10)"
	@echo "make test-newest   the newest version of everything           (NEWEST_PYTHON=python3.13)"
	@echo "make clean   remove .venv and everything that was generated"

lab: $(VENV)/.lab
	$(BIN)/jupyter lab $(LABFLAGS) $(FIRST)

run: $(VENV)/.lab
	$(BIN)/python -m tools.run_lessons $(if $(REPLACE),--replace) $(LESSONS)

pair: $(VENV)/.lab
	$(BIN)/python -m tools.pairs $(if $(REPLACE),--replace) $(LESSONS)

test: $(VENV)/.test
	$(BIN)/python -m pytest $(TESTS)

lint: $(VENV)/.lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/codespell .
	$(BIN)/mypy

# What is in a table already is not run again; SEEDS='0' takes minutes, all of it hours. A study
# knows its own seeds: those of first_lag must be in no other table. CLUSTER=local, or the address of
# a Dask scheduler, sends the runs there (docs/cluster.md).
AT = --jobs $(JOBS) $(if $(CLUSTER),--cluster '$(CLUSTER)')
studies: $(VENV)/.lab $(if $(CLUSTER),$(VENV)/.cluster)
	set -e; for study in $(STUDIES); do \
	  $(BIN)/python -m figures.studies.$$study $(SEEDS) $(AT); done
	$(BIN)/python -m figures.studies.pictures
	$(BIN)/python -m figures.studies.summary

# As figures/studies/PLAN.md has it: an hour or two on two cores, and a stopped one goes on.
compared: $(VENV)/.lab $(if $(CLUSTER),$(VENV)/.cluster)
	$(BIN)/python -m figures.studies.compared tune test verdicts $(AT)

site: $(VENV)/.site
	$(BIN)/python -m tools.build_site $(HOST)

slides: $(VENV)/.site
	$(BIN)/python -m tools.build_slides

colab: $(VENV)/.pages
	$(BIN)/python -m tools.single_files $(HOST)

class: $(VENV)/.pages
	$(BIN)/python -m tools.class_edition

# It needs the network, or what pip has kept: everything is installed anew.
wheel: $(VENV)/.pages
	$(BIN)/python -m tools.wheel

grade: $(VENV)/.lab
	$(BIN)/python -m tools.grading '$(FILES)' --jobs $(JOBS) $(if $(UNGUARDED),--unguarded)

test-browser: site slides $(VENV)/.browser
	$(BIN)/python -m pytest $(or $(TESTS),tests/browser)

test-colab: $(VENV)/.test .venv-colab/.made
	$(BIN)/python -m pytest -s tests/colab --lessons "$(LESSONS)"

test-luck: $(VENV)/.lab
	$(BIN)/python -m tools.luck $(LESSONS) --jobs $(JOBS)

# Python 3.10, torch 2.4 and the like: half an hour, so it is not part of CI.
test-lowest: .venv-lowest/.made
	.venv-lowest/bin/python -m pytest $(TESTS)

# The newest of everything, on the newest Python that is here: a run of `make test` long.
test-newest: .venv-newest/.made
	.venv-newest/bin/python -m pytest $(TESTS)

bench: $(VENV)/.bench
	$(BIN)/python benchmarks/train_step.py
	$(BIN)/python benchmarks/peers.py

clean:
	rm -rf $(VENV) .venv-colab .venv-lowest .venv-newest build *.egg-info .pytest_cache .ruff_cache .mypy_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +
	find notebooks -name .ipynb_checkpoints -prune -exec rm -rf {} +

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || \
	  { echo "The course needs Python 3.10 or later; name one with: make PYTHON=python3.12 lab"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "This Python cannot make a virtual environment: install your system's python3-venv package, or see the conda way in README.md."; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	@touch $@

# Where a version in constraints.txt cannot be had, the ranges of pyproject.toml hold instead.
INSTALL = $(BIN)/python tools/install.py --pins constraints.txt

# 'test' holds all that the next three and 'cluster' hold, and 'lab' what 'pages' does: one stamp stands for more.
$(VENV)/.test: $(VENV)/.made $(ASKED) tools/overrides.json
	$(INSTALL) -e '.[test]'
	$(QUIET)
	@touch $(VENV)/.lint $(VENV)/.lab $(VENV)/.pages $(VENV)/.cluster $@

$(VENV)/.lab: $(VENV)/.made $(ASKED) tools/overrides.json
	$(INSTALL) -e '.[lab]'
	$(QUIET)
	@touch $(VENV)/.pages $@

$(VENV)/.bench $(VENV)/.site $(VENV)/.browser $(VENV)/.cluster: $(VENV)/.%: $(VENV)/.made $(ASKED) $(VENV)/.lab
	$(INSTALL) -e '.[$*]'
	@touch $@

# Not on top of .lab, but with torch: what mypy says of the course, it reads there. The pages for
# Colab or a class are not run: they need neither, and can be made where torch cannot be had.
$(VENV)/.lint: $(VENV)/.made $(ASKED)
	$(INSTALL) -e '.[lint]'
	@touch $@

$(VENV)/.pages: $(VENV)/.made $(ASKED)
	$(INSTALL) jupytext nbformat
	@touch $@

# The versions of tools/colab.txt, and not the course: each single file brings its own.
.venv-colab/.made: tools/colab.txt
	@$(COLAB_PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 13))' || \
	  echo "Colab has Python 3.13, and none is here: '$(COLAB_PYTHON)' takes its place. To name one: make COLAB_PYTHON=/path/to/python3.13 test-colab"
	$(COLAB_PYTHON) -m venv --clear .venv-colab
	.venv-colab/bin/python tools/install.py -r tools/colab.txt
	@touch $@

# Here the lowest versions are all that is tried: no ranges, nor in what builds the course.
LOWEST := .venv-lowest/lowest.txt
.venv-lowest/.made: pyproject.toml tools/lowest.py
	@$(LOWEST_PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 10))' 2>/dev/null || \
	  { echo "'$(LOWEST_PYTHON)' is not Python 3.10, the lowest that we promise; name one with: make LOWEST_PYTHON=/path/to/python3.10 test-lowest"; exit 1; }
	$(LOWEST_PYTHON) -m venv --clear .venv-lowest
	.venv-lowest/bin/python tools/lowest.py > $(LOWEST)
	.venv-lowest/bin/python tools/install.py -c $(LOWEST) --build-constraint $(LOWEST) -e '.[test]'
	.venv-lowest/bin/python -m pip list
	@touch $@

# No pins. What is newest changes: `make clean` before, to have it anew.
.venv-newest/.made: pyproject.toml
	$(NEWEST_PYTHON) -m venv --clear .venv-newest
	.venv-newest/bin/python tools/install.py -e '.[test]'
	.venv-newest/bin/python -m pip list
	@touch $@
