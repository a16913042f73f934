#!/usr/bin/env bash
# Writes the database of the running stack into backups/, in PostgreSQL's own format, and reads it over once.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. docker/database.sh

mkdir -p backups
chmod 700 backups
file=backups/reasonflow-$(date -u +%Y%m%dT%H%M%SZ).dump
trap 'rm -f "$file.part"' EXIT
umask 077
in_db pg_dump --username postgres --format custom reasonflow >"$file.part" ||
  fail 'The database could not be read: is the stack up (docker compose ps)? Nothing was written.'
is_whole "$file.part" || fail 'What was written cannot be read back: is the disk full? Nothing was kept.'
mv "$file.part" "$file"

echo "$file written, $(wc -c <"$file" | tr -d ' ') bytes: $(counts reasonflow)."
echo 'Not in it, and to be kept apart from it: the encryption keys, without which no mailbox can be opened. They are'
echo 'secrets/encryption_key or ENCRYPTION_KEY in .env, and what the server made for itself, if it did:'
echo '  docker compose cp backend:/data kept-data'
