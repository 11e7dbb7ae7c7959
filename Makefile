# Needs python3 (3.11 to 3.13) and nothing else; scripts/dev.py builds the rest.
PYTHON ?= python3
ARGS ?=

# One of prove, mutate, fuzz, simulate, kills, bench.
PART ?=
export PART

# Of `make simulate`: seeds (7 or 1,2,3), steps of each, or the steps of a failure again (REPLAY=7:3,19), or MUTANTS=all.
SEED ?=
STEPS ?=
REPLAY ?=
MUTANTS ?=
export SEED STEPS REPLAY MUTANTS

.PHONY: run start quick test deployment night prove fuzz simulate bench lint lock
run start quick test deployment night prove fuzz simulate bench lint lock:
	@$(PYTHON) scripts/dev.py $@ $(ARGS)
