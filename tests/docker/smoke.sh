#!/usr/bin/env bash
# The Docker setup, tried for real: builds, starts, uses, reloads, stops and removes the stack, in development and in
# production. Works on a copy of the source with its own project name, network, volume, .env and free ports, so that it
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
export COMPOSE_FILE=docker-compose.yml

clean_up() {
  COMPOSE_FILE=docker-compose.yml docker compose down --volumes --rmi local --remove-orphans >/dev/null 2>&1
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
has() { grep -q -- "$1"; }
contains() { grep -qF -- "$1" <<<"$2" || { echo "not found: $1"; echo "$2"; return 1; }; }
refused() { ! "$@"; }

write_env() {
  docker run --rm --user "$(id -u):$(id -g)" --volume "$copy":/app --workdir /app node:24-slim node server/scripts/env.ts
  [[ $(stat -c %a .env 2>/dev/null || stat -f %Lp .env) == 600 ]]
}
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
migrates() { contains "$1" "$(in_backend npm run migrate)"; }
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
production_refuses() {
  local answer
  answer=$(docker compose run --rm --no-deps -T backend 2>&1) && return 1
  contains 'GEMINI_API_KEY is required in production' "$answer"
}
runs_own_source() { [[ $(docker inspect -f '{{len .Mounts}}' "$(docker compose ps -q backend)") == 0 ]]; }
has_server_first() { contains 'server/main.ts' "$(in_backend cat /proc/1/cmdline | tr '\0' ' ')" && refused in_backend sh -c 'tr "\0" " " </proc/1/cmdline | grep watch'; }
hides_database() { [[ -z $(docker inspect -f '{{range $port, $to := .NetworkSettings.Ports}}{{range $to}}{{.HostPort}}{{end}}{{end}}' "$(docker compose ps -q db)") ]]; }
is_small() { docker image inspect -f '{{.Size}}' "$COMPOSE_PROJECT_NAME-backend" | awk '{ printf "%d MB\n", $1 / 1e6; exit $1 > 600e6 }'; }
carries_no_development() { refused in_backend sh -c 'ls -d node_modules/vitest node_modules/typescript node_modules/@electric-sql .env tests demo 2>/dev/null'; }

tar -c --exclude=./node_modules --exclude=./.git --exclude=./.data --exclude='./.env' --exclude='./.env.*' . | tar -x -C "$copy"
cp .env.example "$copy" && cd "$copy" || exit 1

echo '# development'
check 'a .env with random secrets is written, for its owner only' write_env
check 'the stack builds and starts' docker compose up --build -d
check 'backend and database become healthy' docker compose up -d --wait --wait-timeout 120
check '/health answers on the published port' until_true 20 is_healthy
check 'psql in the database container works' psql -c 'select 1'
check 'our schema and the queue'\''s were made at the start' psql -c 'select count(*) from emails, pgboss.job'
check 'migrating again finds nothing to do' migrates 'up to date'
check 'a person registers' register
check 'and logs in' log_in
check 'and lists their mail' list_mail
check 'a request without a token is refused' refused curl -sf "$(url)/trpc/emails.list?input=%7B%7D"
check 'the backend runs as appuser, not as root' is_app_user
check 'the mounted source cannot be written' cannot_write /app/server/x
check 'nor the image'\''s own files' cannot_write /app/node_modules/x
check 'an edit of the source is taken up' reloads
check 'the backend restarts' restarts
check 'after it the person is still logged in' still_logged_in
check 'and the session refreshes' refreshes
check 'the backend finds the database again after its restart' survives_database_restart
check 'SIGTERM stops the backend within 10 s, exit code 0' stops_cleanly
check 'the stack comes down' comes_down

echo '# production'
export COMPOSE_FILE=docker-compose.yml:docker-compose.production.yml POSTGRES_PASSWORD=postgres
check 'without a model key it does not start, and says why' production_refuses
echo 'MODEL_PROVIDER=offline' >>.env
check 'the stack builds and becomes healthy' docker compose up --build -d --wait --wait-timeout 120
check '/health answers' until_true 20 is_healthy
check 'the data is still there: the person logs in' log_in
check 'and lists their mail' list_mail
check 'the image'\''s own source runs' runs_own_source
check 'the server is process 1, without a watcher' has_server_first
check 'the logs are JSON' in_logs '"msg":"ReasonFlow listens"'
check 'the backend runs as appuser, not as root' is_app_user
check 'no file can be written' cannot_write /home/appuser/x
check 'migrating works without development packages' migrates 'up to date'
check 'the image carries nothing of development, and no secrets' carries_no_development
check 'the database has no published port' hides_database
check 'the image stays below 600 MB' is_small
check 'SIGTERM stops the backend within 10 s, exit code 0' stops_cleanly
check 'the stack comes down, with its data' docker compose down --volumes

echo
echo "$passed passed, $failed failed"
((failed == 0))
