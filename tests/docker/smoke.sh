#!/usr/bin/env bash
# The Docker setup, tried for real: builds, starts, uses, reloads, stops and removes the stack, in development and in
# production, and runs every command of docs/docker.md in its order. Works on a copy of the source with its own project name, network, volume, .env and free ports, so that it
# never meets a stack that runs already. Needs docker with compose v2 and curl; ends with `N passed, N failed`.
set -uo pipefail
cd "$(dirname "$0")/../.."

docker compose version >/dev/null 2>&1 || { echo 'This needs Docker with `docker compose`, and an engine that runs.' >&2; exit 1; }
docker info >/dev/null 2>&1 || { echo 'The Docker engine does not answer.' >&2; exit 1; }
command -v curl >/dev/null || { echo 'This needs curl.' >&2; exit 1; }

passed=0 failed=0
copy=$(mktemp -d)
log=$copy/.smoke.log
chmod 755 "$copy"
export COMPOSE_PROJECT_NAME=reasonflow-smoke-$$ NETWORK_NAME=reasonflow-smoke-$$ PORT=0 DB_PORT=0
unset COMPOSE_FILE SECRETS_DIR POSTGRES_PASSWORD

clean_up() {
  COMPOSE_FILE=docker-compose.yml docker compose --profile '*' down --volumes --rmi local --remove-orphans >/dev/null 2>&1
  docker image prune --force --filter "label=com.docker.compose.project=$COMPOSE_PROJECT_NAME" >/dev/null 2>&1
  cd / && rm -rf "$copy"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

# check <what a person may rely on> <command...>
check() {
  local claim=$1 started=$SECONDS
  shift
  if "$@" >"$log" 2>&1 </dev/null; then
    passed=$((passed + 1))
    echo "ok      $claim ($((SECONDS - started)) s)"
  else
    failed=$((failed + 1))
    echo "FAILED  $claim"
    sed 's/^/          /' "$log" | tail -n 40
  fi
}

url() { echo "http://127.0.0.1:$(docker compose port backend 8000 | sed 's/.*://')"; }
in_backend() { docker compose exec -T backend "$@"; }
psql() { docker compose exec -T db psql -U postgres -d reasonflow -v ON_ERROR_STOP=1 -qAt "$@"; }
field() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"; }
api_post() { curl -sS --fail-with-body --max-time 20 -H 'content-type: application/json' -d "$2" "$(url)/trpc/$1"; }
api_get() { curl -sS --fail-with-body --max-time 20 -H "authorization: Bearer $access_token" "$(url)/trpc/$1"; }
# until_true <seconds> <command...>
until_true() {
  local end=$((SECONDS + $1))
  shift
  until "$@"; do
    ((SECONDS < end)) || return 1
    sleep 0.5
  done
}
# Reads to the end: who writes into a closed pipe fails.
has() { grep -- "$1" >/dev/null; }
contains() { grep -qF -- "$1" <<<"$2" || { echo "not found: $1"; echo "$2"; return 1; }; }
refused() { ! "$@"; }

write_env() {
  docker run --rm --user "$(id -u):$(id -g)" --volume "$copy":/app --workdir /app node:24-slim node server/scripts/env.ts
  [[ $(stat -c %a .env 2>/dev/null || stat -f %Lp .env) == 600 ]]
}
keeps_own_secrets() { [[ $(in_backend stat -c '%a %U' /data/secrets/JWT_SECRET_KEY /data/secrets/ENCRYPTION_KEY | sort -u) == '600 appuser' ]]; }
is_healthy() { contains '"status":"ok"' "$(curl -sS --fail-with-body --max-time 5 "$(url)/health")"; }
credentials='{"email":"smoke@example.com","password":"a long enough phrase","tokenTransport":"body"}'
register() {
  local answer
  answer=$(api_post auth.register "$credentials") || { echo "$answer"; return 1; }
  access_token=$(field accessToken <<<"$answer") refresh_token=$(field refreshToken <<<"$answer")
  [[ $access_token && $refresh_token ]]
}
log_in() {
  local answer
  answer=$(api_post auth.login "$credentials") || { echo "$answer"; return 1; }
  access_token=$(field accessToken <<<"$answer") refresh_token=$(field refreshToken <<<"$answer")
  [[ $access_token && $refresh_token ]]
}
list_mail() { contains '"items":[]' "$(api_get 'emails.list?input=%7B%7D')"; }
still_logged_in() { contains smoke@example.com "$(api_get auth.me)"; }
refreshes() { contains accessToken "$(api_post auth.refresh "{\"refreshToken\":\"$refresh_token\"}")"; }
is_app_user() { [[ $(in_backend id -un) == appuser && $(in_backend id -u) != 0 ]]; }
cannot_write() { refused in_backend sh -c "touch '$1'"; }
migrates() { contains "$1" "$(in_backend node server/scripts/migrate.ts)"; }
reloads() {
  echo "console.log('the edited source runs')" >>server/bootstrap.ts
  until_true 30 in_logs 'the edited source runs' && until_true 30 is_healthy
}
in_logs() { docker compose logs backend 2>&1 | has "$1"; }
restarts() { docker compose restart backend && until_true 60 is_healthy; }
survives_database_restart() { docker compose restart db && until_true 60 is_healthy; }
stops_cleanly() {
  local started=$SECONDS container
  container=$(docker compose ps -q backend)
  docker compose stop --timeout 30 backend
  echo "$((SECONDS - started)) s, exit code $(docker inspect -f '{{.State.ExitCode}}' "$container")"
  ((SECONDS - started <= 10)) && [[ $(docker inspect -f '{{.State.ExitCode}}' "$container") == 0 ]]
}
comes_down() { docker compose down && [[ -z $(docker compose ps -aq) ]]; }
# says <sentence>: the backend is there, unhealthy, was started once, and said why, once
says() {
  docker compose up -d backend >/dev/null 2>&1
  until_true 20 in_logs 'It waits here until it is stopped' || return 1
  sleep 3
  local logs
  logs=$(docker compose logs backend 2>&1)
  [[ $(docker inspect -f '{{.RestartCount}}' "$(docker compose ps -q backend)") == 0 ]] && contains "$1" "$logs" &&
    [[ $(grep -c 'It waits here' <<<"$logs") == 1 ]]
}
# with_setting <line of .env> <command...>
with_setting() {
  cp .env .env.kept
  echo "$1" >>.env
  shift
  "$@"
  local status=$?
  mv .env.kept .env
  docker compose rm --stop --force backend >/dev/null 2>&1
  return $status
}
# without_secret <file> <command...>: with the file unreadable
without_secret() {
  chmod 0 "secrets/$1"
  "${@:2}"
  local status=$?
  chmod 444 "secrets/$1"
  docker compose rm --stop --force backend >/dev/null 2>&1
  return $status
}
missing_secret_is_named() {
  local answer
  mv secrets/metrics_token secrets/kept
  answer=$(docker compose up -d backend 2>&1)
  mv secrets/kept secrets/metrics_token
  contains secrets/metrics_token "$answer"
}
# stops_early <seconds after the start>
stops_early() {
  local started
  docker compose rm --stop --force backend >/dev/null 2>&1
  docker compose up -d --no-deps backend >/dev/null 2>&1
  sleep "$1"
  started=$SECONDS
  docker compose stop --timeout 15 backend >/dev/null 2>&1
  echo "$((SECONDS - started)) s, exit code $(docker inspect -f '{{.State.ExitCode}}' "$(docker compose ps -aq backend)")"
  ((SECONDS - started <= 8)) && [[ $(docker inspect -f '{{.State.ExitCode}}' "$(docker compose ps -aq backend)") != 137 ]]
}
new_password() {
  chmod 644 secrets/postgres_password
  printf 'p@ss/w%%rd' >secrets/postgres_password
  docker compose --profile scale down --volumes && docker compose up -d --wait --wait-timeout 120
}
scales() { docker compose --profile scale up -d --scale worker=3 --wait --wait-timeout 120 && [[ $(docker compose ps --format '{{.Health}}' worker | sort | uniq -c | tr -s ' ') == ' 3 healthy' ]]; }
one_migrated() { [[ $(docker compose --profile scale logs 2>&1 | grep -c '"msg":"database migrated"') == 1 ]]; }
rotates_logs() { [[ $(docker inspect -f '{{index .HostConfig.LogConfig.Config "max-size"}} {{index .HostConfig.LogConfig.Config "max-file"}}' $(docker compose ps -q) | sort -u) == '10m 5' ]]; }
has_no_npm() { refused in_backend sh -c 'command -v npm || command -v npx || ls /usr/local/lib/node_modules'; }
has_no_capabilities() { [[ $(docker compose exec -T "$1" grep CapEff /proc/1/status | tr -d '\t') == CapEff:0000000000000000 ]]; }
backs_up() { docker/backup.sh && [[ $(stat -c %a backups/*.dump 2>/dev/null || stat -f %Lp backups/*.dump) == 600 ]]; }
# refuses_backup <file> <sentence>
refuses_backup() {
  local answer
  answer=$(docker/restore.sh "$1" 2>&1) && return 1
  contains "$2" "$answer" && is_healthy
}
short_backup() { head -c "$(($(wc -c <"$backup") - 2000))" "$backup" >short.dump; }
foreign_backup() { docker compose exec -T db sh -c 'createdb -U postgres other && pg_dump -U postgres -Fc other' >foreign.dump; }
newer_backup() {
  psql -c "insert into kysely_migration values ('9999-of-the-future', now()::text)" || return 1
  docker compose exec -T db pg_dump -U postgres -Fc reasonflow >newer.dump
  psql -c "delete from kysely_migration where name = '9999-of-the-future'"
}
comes_back() { docker compose --profile scale down --volumes && docker/restore.sh "$backup" && until_true 20 is_healthy; }
# The commands of the document: each line of its blocks of bash.
commands() { awk '/^```bash$/ { inside = 1; next } /^```$/ { inside = 0 } inside && NF' docs/docker.md; }
# as_written <command>: as on a terminal; one that follows the logs is left after a while, and a shell by its own word.
as_written() {
  local status
  case $1 in
    *'logs -f'* | *docker-logs) timeout 8 script -qec "$1" /dev/null; status=$?; ((status == 124)) && return 0 ;;
    *' psql '*) (sleep 3; printf '\\q\n'; sleep 3) | timeout 60 script -qec "$1" /dev/null; status=$? ;;
    *) timeout 300 script -qec "$1" /dev/null; status=$? ;;
  esac
  ((status == 0)) || return "$status"
  [[ $1 != *' up '* && $1 != *docker-up && $1 != *restart* ]] || docker compose up -d --wait --wait-timeout 120 --no-recreate
}
run_document() {
  local command
  while read -r command <&3; do
    # What the document says in words before production.
    if [[ $command == *docker-compose.production.yml* ]]; then
      awk '/^```$/ { inside = !inside; next } inside && /^[A-Z_]+=/' docs/docker.md | grep -v '\.\.\.$' >.env
      echo 'MODEL_PROVIDER=offline' >>.env
      rm -f migrations/*-an-example.ts
    fi
    check "$command" as_written "$command"
  done 3< <(commands)
}
has_server_first() { in_backend sh -c 'tr "\0" " " </proc/1/cmdline' | grep 'node server/main.ts' && [[ $(docker inspect -f '{{len .Mounts}}' "$(docker compose ps -q backend)") == 8 ]]; }
hides_database() { [[ -z $(docker inspect -f '{{range $port, $to := .NetworkSettings.Ports}}{{range $to}}{{.HostPort}}{{end}}{{end}}' "$(docker compose ps -q db)") ]]; }
is_small() { docker image inspect -f '{{.Size}}' "$COMPOSE_PROJECT_NAME-backend" | awk '{ printf "%d MB\n", $1 / 1e6; exit $1 > 600e6 }'; }
carries_no_development() { refused in_backend sh -c 'ls -d node_modules/vitest node_modules/typescript node_modules/@electric-sql .env tests demo google-sandbox 2>/dev/null'; }

tar -c --exclude=./node_modules --exclude=./.git --exclude=./.data --exclude='./.env' --exclude='./.env.*' --exclude=./secrets --exclude=./backups . | tar -x -C "$copy"
# `make` installs what is missing or older than the lockfile: into the copy.
if [[ -d node_modules ]]; then cp -a node_modules "$copy" && touch "$copy/node_modules/.package-lock.json"; fi
cp .env.example "$copy" && cd "$copy" || exit 1

echo '# without any setting'
check 'the containers are listed without a .env' docker compose ps
check 'and taken down' docker compose down
cp .env.example .env
check 'the stack builds and starts with the bare example' docker compose up --build -d
check 'backend and database become healthy' docker compose up -d --wait --wait-timeout 120
check '/health answers on the published port' until_true 20 is_healthy
check 'the server made its secrets, for its own eyes' keeps_own_secrets
check 'and said so once' in_logs 'ENCRYPTION_KEY is not set: one was made'

echo '# development'
check 'a .env with random secrets is written, for its owner only' write_env
check 'the stack takes it up' docker compose up -d --wait --wait-timeout 120
check 'psql in the database container works' psql -c 'select 1'
check 'our schema and the queue'\''s were made at the start' psql -c 'select count(*) from emails, pgboss.job'
check 'migrating again finds nothing to do' migrates 'up to date'
check 'a person registers' register
check 'and logs in' log_in
check 'and lists their mail' list_mail
check 'the profile of what watches is understood' docker compose --profile observability config -q
check 'a request without a token is refused' refused curl -sf "$(url)/trpc/emails.list?input=%7B%7D"
check 'the backend runs as appuser, not as root' is_app_user
check 'the mounted source cannot be written' cannot_write /app/server/x
check 'nor the image'\''s own files' cannot_write /app/node_modules/x
check 'logs are bounded' rotates_logs
check 'an edit of the source is taken up' reloads
check 'the backend restarts' restarts
check 'after it the person is still logged in' still_logged_in
check 'and the session refreshes' refreshes
check 'the backend finds the database again after its restart' survives_database_restart
check 'SIGTERM stops the backend within 10 s, exit code 0' stops_cleanly
for moment in 0.1 0.5 1 1.6; do check "so it does $moment s after the start" stops_early "$moment"; done
check 'the stack comes down, with its data' docker compose down --volumes
rm -f .env

echo '# the document'
run_document
docker compose --profile scale down --volumes >/dev/null 2>&1

echo '# production'
rm -rf secrets backups
printf '%s\n' COMPOSE_FILE=docker-compose.yml:docker-compose.production.yml FRONTEND_URL=https://desk.example >.env
check 'the secrets are written' make -s docker-secrets
check 'a secret that is missing is named' missing_secret_is_named
check 'without a model key it says so, and is not started again and again' says 'GEMINI_API_KEY is required in production'
docker compose rm --stop --force backend >/dev/null 2>&1
echo 'MODEL_PROVIDER=offline' >>.env
check 'a secret that cannot be read is told of as such' without_secret jwt_secret_key says 'is there, but uid 1000 may not read it'
check 'a placeholder is told of' with_setting GMAIL_CLIENT_ID=your-client-id says 'GMAIL_CLIENT_ID still holds the placeholder'
check 'three workers beside the backend become healthy' scales
check 'one of the four migrated' one_migrated
check 'the stack becomes healthy' docker compose up -d --wait --wait-timeout 120
check '/health answers' until_true 20 is_healthy
check 'a password may hold any character' new_password
check 'a person registers' register
check 'and lists their mail' list_mail
check 'the image'\''s own source runs' has_server_first
check 'the logs are JSON' in_logs '"msg":"ReasonFlow listens"'
check 'the backend runs as appuser, not as root' is_app_user
check 'no file can be written' cannot_write /home/appuser/x
check 'the backend has no capabilities' has_no_capabilities backend
check 'nor has the database' has_no_capabilities db
check 'the database'\''s root cannot be written' refused docker compose exec -T db touch /usr/x
check 'migrating works without development packages' migrates 'up to date'
check 'the image carries nothing of development, and no secrets' carries_no_development
check 'nor npm' has_no_npm
check 'the database has no published port' hides_database
check 'the image stays below 600 MB' is_small
check 'a backup is written, for its owner only' backs_up
backup=$(ls backups/*.dump)
short_backup
foreign_backup
newer_backup >/dev/null
check 'one cut short is refused' refuses_backup short.dump 'cut short or damaged'
check 'a foreign one is refused' refuses_backup foreign.dump 'a backup of something else'
check 'one of a newer version is refused' refuses_backup newer.dump '9999-of-the-future'
check 'after everything was destroyed, the backup comes back' comes_back
check 'with the person, who logs in' log_in
check 'SIGTERM stops the backend within 10 s, exit code 0' stops_cleanly
for moment in 0.1 0.5 1 1.6; do check "so it does $moment s after the start" stops_early "$moment"; done
check 'the stack comes down, with its data' docker compose --profile scale down --volumes

echo
echo "$passed passed, $failed failed"
((failed == 0))
