# Needs python3 (3.11 to 3.13) and nothing else; scripts/dev.py builds the rest.
PYTHON ?= python3
ARGS ?=

.PHONY: run test prove fuzz bench lint lock
run test prove fuzz bench lint lock:
	@$(PYTHON) scripts/dev.py $@ $(ARGS)
