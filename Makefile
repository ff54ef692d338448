# Shipby. `make run` and `make test` need nothing but Python; each prepares what it stands on.
PYTHON ?= python3
SETUP = @$(PYTHON) ops/setup.py
VENV = .venv/bin

.PHONY: help run test check setup assets bench soak screenshots format messages audit sbom

help:  ## What can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## /make \1\t/' | expand -t 18

run:  ## Serve the portal at http://localhost:8000/ (PORT=…), until Ctrl-C
	$(SETUP) run
	@exec $(VENV)/python -m config.run

test:  ## The whole suite, browser tests included (ARGS='tests/orders -x')
	$(SETUP) test
	@$(VENV)/pytest -n 2 -m "not soak" $(ARGS)

check:  ## Lint, format, types, imports, deployment, migrations, templates, sizes
	$(SETUP) check
	@$(VENV)/python ops/check.py

setup:  ## Everything that development stands on
	$(SETUP) test

assets:  ## The style sheet, the script and the icons
	$(SETUP) run

format:  ## Put the code into its format
	$(SETUP) check
	@$(VENV)/ruff check --fix-only --quiet . ; $(VENV)/ruff format .

bench:  ## The figures of docs/, measured on this machine
	$(SETUP) test
	@$(VENV)/python -m benchmarks $(ARGS)

soak:  ## The long tests: crashes and races, many times
	$(SETUP) test
	@$(VENV)/pytest -m soak $(ARGS)

screenshots:  ## Pictures of the pages, into screenshots/
	$(SETUP) test
	@$(VENV)/python -m tests.screenshots $(ARGS)

audit:  ## Known vulnerabilities of the locked packages (ARGS=--strict before a release)
	$(SETUP) check
	@$(VENV)/python ops/audit.py audit $(ARGS)

sbom:  ## What the portal is made of, as CycloneDX, into var/sbom/
	$(SETUP) check
	@$(VENV)/python ops/audit.py sbom

messages:  ## The texts to translate, brought into locale/ (docs/translating.md)
	$(SETUP) check
	@$(VENV)/python ops/messages.py
