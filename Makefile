# Aliases of the npm scripts and of docker compose. Any Node from 20 on will do: npm brings the one the scripts run on.

.DEFAULT_GOAL := help
.PHONY: help demo test dev check migrate migration codegen doctor connect env
.PHONY: docker-up docker-down docker-logs docker-migrate

INSTALLED := node_modules/.package-lock.json
RUN := npm run --silent

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

# The shell outlives Ctrl-C, and npm's 130 for it is no failure: the program's own quiet end is the last word.
demo: $(INSTALLED) ## See a whole inbox being answered: no account, no key
	@trap : INT; $(RUN) demo || [ $$? -eq 130 ]

test: $(INSTALLED) ## Run every test (TEST_DATABASE_URL: on that PostgreSQL)
	@$(RUN) test

dev: $(INSTALLED) env ## Run the server, again after every change
	@trap : INT; $(RUN) dev || [ $$? -eq 130 ]

check: $(INSTALLED) ## Types, lint, format, generated schema
	@$(RUN) check

migrate: $(INSTALLED) ## Bring the database up to date
	@$(RUN) migrate

migration: $(INSTALLED) ## Begin a migration: make migration name=reply-templates
	@$(RUN) migration -- '$(name)'

codegen: $(INSTALLED) ## Write server/db/schema.ts from the migrations
	@$(RUN) codegen

doctor: $(INSTALLED) ## Look at the settings, the database and the port
	@$(RUN) doctor

connect: $(INSTALLED) ## Connect your Gmail to the server that runs here
	@trap : INT; $(RUN) connect || [ $$? -eq 130 ]

env: $(INSTALLED) ## Write .env with random secrets, when there is none
	@$(RUN) env

docker-up: .env ## Build and start the backend and its database
	docker compose up --build -d

docker-down: ## Stop and remove the containers; the data stays
	docker compose down

docker-logs: ## Follow the logs
	@trap : INT; docker compose logs -f || [ $$? -eq 130 ]

docker-migrate: ## Bring the containers' database up to date
	docker compose exec backend npm run migrate

# As `env`, also where there is nothing but Docker.
.env:
	@if [ -d node_modules ]; then $(RUN) env; else \
	  docker run --rm --user "$$(id -u):$$(id -g)" --volume "$$PWD":/app --workdir /app \
	    node:24-slim node server/scripts/env.ts; fi

$(INSTALLED): package-lock.json
	npm ci
	@touch $@
