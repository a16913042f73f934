# What backup and restore share. Sourced.

fail() {
  echo "$*" >&2
  exit 1
}

in_db() { docker compose exec -T db "$@"; }

# sql <database> <statement>
sql() { in_db psql --username postgres --dbname "$1" --no-psqlrc --quiet --no-align --tuples-only --set ON_ERROR_STOP=1 --command "$2"; }

# Reads every block of a backup, which one that was cut short does not survive.
is_whole() { in_db pg_restore --file /dev/null <"$1" 2>/dev/null; }

counts() {
  sql "$1" "select (select count(*) from users) || ' owners, ' || (select count(*) from emails) || ' mails, '
    || (select count(*) from drafts) || ' drafts, ' || (select count(*) from outbox) || ' replies'"
}
