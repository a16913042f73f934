#!/usr/bin/env bash
# Puts a backup back: docker/restore.sh <file>. The backup is looked at first, and filled into a database of its own; only
# then the two change names, so that whatever goes wrong before leaves everything as it was.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. docker/database.sh

file=${1:-}
[[ $file ]] || fail "Which backup? make docker-restore file=backups/... $(ls -t backups/*.dump 2>/dev/null | head -n 1 | sed 's/^/The newest is /')"
[[ -f $file && -r $file ]] || fail "$file cannot be read."
docker compose --progress quiet up -d --wait db

contents=$(in_db pg_restore --list <"$file" 2>/dev/null) || fail "$file is no backup of a PostgreSQL database, or cut short."
for table in emails drafts outbox kysely_migration; do
  grep -q " TABLE public $table " <<<"$contents" || fail "$file is a backup of something else: it has no table $table."
done
is_whole "$file" || fail "$file is cut short or damaged. Nothing was changed."
migrations=$(in_db pg_restore --file - --data-only --table kysely_migration <"$file" | sed -n 's/^\([0-9][0-9a-z-]*\)\t.*/\1/p')
for migration in $migrations; do
  [[ -f migrations/$migration.ts ]] ||
    fail "$file was made by another version: it has the migration $migration, which is not here. Nothing was changed."
done

stamp=$(date -u +%Y%m%d%H%M%S)
restoring=reasonflow_restoring_$stamp before=reasonflow_before_$stamp
workers=$(docker compose --profile scale ps --quiet worker | wc -l)
docker compose --profile scale stop backend worker >/dev/null 2>&1
give_up() {
  sql postgres "drop database if exists $restoring" || true
  docker compose --profile scale start backend >/dev/null 2>&1 || true
  fail "The backup could not be put back. The database is as it was."
}
sql postgres "create database $restoring"
in_db pg_restore --username postgres --dbname "$restoring" --no-owner --exit-on-error <"$file" || give_up
kept=
if [[ $(sql postgres "select 1 from pg_database where datname = 'reasonflow'") ]]; then
  sql postgres "select pg_terminate_backend(pid) from pg_stat_activity where datname = 'reasonflow'" >/dev/null
  sql postgres "alter database reasonflow rename to $before" || give_up
  kept="What was there before is kept as the database $before. When it is not needed any more:
  docker compose exec db dropdb --username postgres $before"
fi
sql postgres "alter database $restoring rename to reasonflow"
# Before anything works on it: replies may have gone out since the backup.
docker compose --progress quiet run --rm --no-deps -T backend node server/scripts/restored.ts
docker compose --progress quiet up -d --wait backend
if ((workers > 0)); then docker compose --progress quiet --profile scale up -d --scale worker="$workers" worker; fi

echo "$file put back: $(counts reasonflow)."
[[ $kept ]] && echo "$kept"
echo 'Mailboxes open with the encryption key of the time of the backup, alone or behind a newer one in the ring.'
