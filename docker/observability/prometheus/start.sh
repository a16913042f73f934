#!/bin/sh
# METRICS_TOKEN from .env or, in production, from its secret: Prometheus reads it from a file only.
token=${METRICS_TOKEN:-$(cat /run/secrets/metrics_token 2>/dev/null)}
if [ -z "$token" ]; then
  echo 'METRICS_TOKEN is not set, and without it the backend shows its metrics to no other container.' >&2
  echo 'Put one of 16 or more characters into .env, and start the backend and this again.' >&2
  # A restart would end in the same way.
  exec sleep 2147483647
fi
(umask 077 && printf %s "$token" >/tmp/metrics-token)
exec /bin/prometheus --config.file=/etc/prometheus/prometheus.yml --storage.tsdb.path=/prometheus "$@"
