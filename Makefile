# Every target works as the first command on a fresh clone: Debian (or alike), Python >= 3.11, make.
VENV := .venv
PYTHON ?= python3
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# tests keep their files in memory where there is room: each of them syncs hundreds to the disk
export PYTEST_DEBUG_TEMPROOT ?= $(shell test -w /dev/shm && test $$(df -Pm /dev/shm | awk 'END {print $$4}') -gt 2000 && echo /dev/shm)
# compiled files are kept, whatever the environment says: every worker and each of hundreds of processes reads them
export PYTHONDONTWRITEBYTECODE :=
# one worker more than there are cores, at most five: tests that kill and outages wait for most of their time
WORKERS := $(shell cores=$$(nproc 2>/dev/null || echo 2); echo $$((cores < 4 ? cores + 1 : 5)))

.PHONY: run demo test test-slow check fix docs stories clean

run: $(STAMP)            ## start Tintype: on Discord with DISCORD_TOKEN in .env, else on the local stand-in
	@$(BIN)/tintype run

demo: $(STAMP)           ## the whole main job without an account, a download or a GPU; writes demo/
	@$(BIN)/tintype demo

test: $(STAMP)           ## about ten minutes on two cores
	OMP_NUM_THREADS=1 $(BIN)/pytest -n $(WORKERS) --dist worksteal -m "not slow and not gpu"

test-slow: $(STAMP)      ## the long ones, at most forty minutes
	$(BIN)/pytest -m slow

check: $(STAMP)          ## style, types, structure, documents
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .
	$(BIN)/codespell
	$(BIN)/cog --check docs/*.md README.md

fix: $(STAMP)            ## format, and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(STAMP)           ## write the generated parts of the documents anew
	$(BIN)/cog -r docs/*.md README.md

stories: $(STAMP)        ## play the stories and write docs/stories anew
	TINTYPE_TELL_STORIES=1 $(BIN)/pytest tests/bot/stories

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade-strategy only-if-needed -c constraints.txt -e '.[heic,dev]'
	@touch $(STAMP)

clean:                   ## remove what was installed and built, never data/
	rm -rf $(VENV) build demo *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
