#!/bin/sh
# Writes .env for docker-compose.yml: a password for each role, new and random. An .env that is there is left alone.
set -eu
cd "$(dirname "$0")/.."
if [ -e .env ]; then
  echo ".env is there already: its passwords stay as they are." >&2
  exit 0
fi
umask 077
# A letter first, then letters and digits: fits into an address, and nats-server takes it for a text.
password() { printf 'pw%s' "$(od -An -N 20 -tx1 /dev/urandom | tr -d ' \n')"; }
for name in \
  POSTGRES_PASSWORD \
  TIDEMARK_DB_WATERMARK_PASSWORD TIDEMARK_DB_EXTRACTOR_PASSWORD TIDEMARK_DB_LOADER_PASSWORD TIDEMARK_DB_READER_PASSWORD \
  TIDEMARK_NATS_WATERMARK_PASSWORD TIDEMARK_NATS_EXTRACTOR_PASSWORD TIDEMARK_NATS_TRANSFORMER_PASSWORD \
  TIDEMARK_NATS_LOADER_PASSWORD TIDEMARK_NATS_CLI_PASSWORD \
  GRAFANA_PASSWORD
do
  printf '%s=%s\n' "$name" "$(password)"
done > .env.part
mv .env.part .env
echo "Wrote .env. Secrets of sources go into .env.sources, which only the extractor is given." >&2
