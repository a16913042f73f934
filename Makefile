# Aliases of the npm scripts and of docker compose. Any Node from 20 on will do: npm brings the one the scripts run on.

.DEFAULT_GOAL := help
.PHONY: help demo test dev check migrate migration codegen doctor connect env
.PHONY: docker-up docker-down docker-logs docker-ps docker-migrate docker-secrets \
  docker-backup docker-restore docker-compose-version

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

codegen: $(INSTALLED) ## Write server/db/engine/schema.ts from the migrations
	@$(RUN) codegen

doctor: $(INSTALLED) ## Say what is missing or wrong here, and how to mend it
	@$(RUN) doctor

connect: $(INSTALLED) ## Connect your Gmail to the server that runs here
	@trap : INT; $(RUN) connect || [ $$? -eq 130 ]

env: ## Write .env with random secrets, or fill in those that are missing
	@$(call bare,env)

docker-up: docker-compose-version env ## Build and start the backend and its database
	docker compose up --build -d

docker-down: docker-compose-version ## Stop and remove the containers; the data stays
	docker compose --profile '*' down

docker-logs: docker-compose-version ## Follow the logs
	@trap : INT; docker compose logs -f || [ $$? -eq 130 ]

docker-ps: docker-compose-version ## Show the containers and their health
	docker compose ps

docker-migrate: docker-compose-version ## Bring the containers' database up to date
	docker compose exec backend node server/scripts/migrate.ts

docker-secrets: ## Write the secrets of the production stack into secrets/
	@$(call bare,docker-secrets)

docker-backup: docker-compose-version ## Write the containers' database into backups/
	@docker/backup.sh

docker-restore: docker-compose-version ## Put a backup back: make docker-restore file=backups/...
	@docker/restore.sh '$(file)'

docker-compose-version:
	@version=$$(docker compose version --short 2>/dev/null | sed 's/^v//; s/[^0-9.].*//'); \
	[ -n "$$version" ] || { echo 'This needs Docker with `docker compose` (2.24.4 or newer).' >&2; exit 1; }; \
	[ "$$(printf '%s\n' 2.24.4 "$$version" | sort -V | head -n 1)" = 2.24.4 ] || \
	  { echo "Docker Compose $$version is too old for these files: they need 2.24.4 or newer." >&2; exit 1; }

# A script without packages, also where there is nothing but Docker.
bare = if [ -d node_modules ]; then $(RUN) $(1); else \
  docker run --rm --user "$$(id -u):$$(id -g)" --volume "$$PWD":/app --workdir /app \
    node:24-slim node server/scripts/$(1).ts; fi

$(INSTALLED): package-lock.json
	npm ci
	@touch $@
