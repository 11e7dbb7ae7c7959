# Needs python3 (3.11 to 3.13) and nothing else; scripts/dev.py builds the rest.
PYTHON ?= python3
ARGS ?=

# One of prove, mutate, fuzz, simulate, kills, bench.
PART ?=
export PART

.PHONY: run start quick test night prove fuzz bench lint lock
run start quick test night prove fuzz bench lint lock:
	@$(PYTHON) scripts/dev.py $@ $(ARGS)
