# Every verb does its own set-up on a fresh machine: a Python (3.11 or newer), the virtual environment in .venv, the
# packages at the versions of constraints.txt. `make help` lists the verbs.

.DEFAULT_GOAL := help
VENV := .venv
PYTHON_IN := $(VENV)/bin/python
PINS := pyproject.toml constraints.txt scripts/setup.sh scripts/debian.sh

.PHONY: run test check bench docs chaos told listeners habits contract hostile mutants once fuzz fleet gallery shots times help clean

run: $(VENV)/.run ## start the gateway and make a first video (ONCE=1: end after it; PORT=8000 DATA=data)
	@$(VENV)/bin/reelgate demo $(if $(filter-out 0,$(ONCE)),--once) \
	  $(if $(PORT),--port '$(PORT)') $(if $(DATA),--data '$(DATA)')

test: $(VENV)/.test $(VENV)/.clients $(VENV)/.browser ## run every test, four files at a time (ARGS="-k seeds -n 0" for some, one by one)
	PYTHONDONTWRITEBYTECODE= $(PYTHON_IN) -m pytest -n 4 --dist loadfile --no-loadscope-reorder --durations 15 $(ARGS)

check: $(VENV)/.dev ## lint, format, types, the generated client, the direction of imports
	$(PYTHON_IN) -m ruff check .
	$(PYTHON_IN) -m ruff format --check .
	$(PYTHON_IN) -m mypy
	$(PYTHON_IN) scripts/unasync.py --check
	$(PYTHON_IN) -m pytest tests/structure

bench: $(VENV)/.dev ## measure against bare parts on this machine
	$(PYTHON_IN) -m bench $(ARGS)

docs: $(VENV)/.docs ## write the generated pages anew and build the documentation into site/
	$(PYTHON_IN) scripts/gen_docs.py
	$(PYTHON_IN) -m scripts.gen_states
	$(PYTHON_IN) -m scripts.gen_storyboards
	NO_MKDOCS_2_WARNING=1 $(PYTHON_IN) -m mkdocs build --strict

chaos: $(VENV)/.clients ## tasks while the gateway is killed (ARGS="--tasks 5000 --kill-every 3" or "--scenario postgres_restart")
	$(PYTHON_IN) -m scripts.chaos $(ARGS)

told: $(VENV)/.dev ## webhooks to a receiver that is killed every few seconds (ARGS="--tasks 2000 --kill-gateway-every 10")
	$(PYTHON_IN) -m scripts.told $(ARGS)

listeners: $(VENV)/.dev ## a thousand programs that follow events at one server, and what that costs (ARGS="--listeners 1000")
	$(PYTHON_IN) -m scripts.listeners $(ARGS)

habits: $(VENV)/.dev ## what becomes of an order at every kind of vendor with every habit of the simulator's
	$(PYTHON_IN) -m scripts.habits $(ARGS)

contract: $(VENV)/.dev ## generated requests to every route, each answer held to the OpenAPI document (ARGS="--examples 500")
	$(PYTHON_IN) -m scripts.contract $(ARGS)

hostile: $(VENV)/.dev ## fuzzed requests and damaged media against a gateway (ARGS="--requests 100000 --media 20000 --seconds 7200")
	$(PYTHON_IN) scripts/hostile.py $(ARGS)

mutants: $(VENV)/.dev ## small changes to the code, made one at a time: which of them no test notices (ARGS="--rooms conductor=40 --seed 7")
	$(PYTHON_IN) -m scripts.mutants $(ARGS)

once: $(VENV)/.clients ## each installed client orders through a bad line (ARGS="--orders 100 --clients ark")
	$(PYTHON_IN) -m scripts.once $(ARGS)

fleet: $(VENV)/.dev ## renders on Ray clusters that lose nodes, grow and shrink, and an account of two engines of which one is killed
	$(PYTHON_IN) -m pip install --quiet --constraint constraints.txt 'ray>=2.60,<3'
	FLEET=1 $(PYTHON_IN) -m pytest -n 0 -v tests/fleet $(ARGS)

fuzz: $(VENV)/.dev ## damaged pictures, clips and sounds through every mode of the engine (ARGS="--files 20000 --seed 1")
	$(PYTHON_IN) scripts/fuzz_renders.py $(ARGS)

gallery: $(VENV)/.dev ## render seventy prompts into out/gallery (ARGS="--stills" leaves the clips out)
	$(PYTHON_IN) -m scripts.gallery $(ARGS)

shots: $(VENV)/.dev $(VENV)/.browser ## photograph every page of the console into docs/images/console
	$(PYTHON_IN) -m scripts.console_shots

times: $(VENV)/.dev $(VENV)/.browser ## from an empty folder to a playing video in the Studio, and previews beside renders, in seconds
	$(PYTHON_IN) -m scripts.console_times $(ARGS)

help: ## list the verbs
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | awk -F '\t' '{ printf "%-11s %s\n", $$1, $$2 }'

clean: ## remove the virtual environment, caches and built pages; data/ and out/ stay
	rm -rf $(VENV) site dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find src tests scripts bench -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.run: $(PINS)
	@scripts/setup.sh $(VENV) && touch $@

$(VENV)/.dev: $(PINS)
	@scripts/setup.sh $(VENV) dev '[server,postgres,s3,mcp,otel]' && touch $@ $(VENV)/.run

$(VENV)/.test: $(VENV)/.dev
	@scripts/setup.sh $(VENV) '[server,postgres,s3,mcp,otel,diffusers]' && touch $@

$(VENV)/.clients: $(VENV)/.dev scripts/clients.sh scripts/debian.sh $(wildcard scripts/clients/*.txt) scripts/clients/node/package.json
	@scripts/clients.sh $(VENV) && touch $@

$(VENV)/.browser: $(VENV)/.dev scripts/browser.sh scripts/debian.sh
	@scripts/browser.sh && touch $@

$(VENV)/.docs: $(PINS)
	@scripts/setup.sh $(VENV) docs && touch $@ $(VENV)/.run
