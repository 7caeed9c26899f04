#!/bin/sh
# Prints the Secrets of k8s/overlays/local, with new random passwords: sh k8s/make-secrets.sh | kubectl apply -f -
# Run it once: PostgreSQL keeps the passwords that it was first started with. In production they come from your secret store.
set -eu
password() { printf 'pw%s' "$(od -An -N 20 -tx1 /dev/urandom | tr -d ' \n')"; }
secret() {
  printf -- '---\napiVersion: v1\nkind: Secret\nmetadata: { name: %s, namespace: tidemark }\nstringData:\n' "$1"
  shift
  for pair in "$@"; do printf '  %s: %s\n' "${pair%%=*}" "${pair#*=}"; done
}
in_database() { echo "DATABASE_URL=postgres://tidemark_$1:$2@postgres:5432/tidemark"; }
in_nats() { echo "NATS_URL=nats://$1:$2@nats:4222"; }

watermark_db=$(password) extractor_db=$(password) loader_db=$(password) reader_db=$(password)
watermark_nats=$(password) extractor_nats=$(password) transformer_nats=$(password) loader_nats=$(password) cli_nats=$(password)

secret tidemark-postgres "POSTGRES_PASSWORD=$(password)" "TIDEMARK_DB_WATERMARK_PASSWORD=$watermark_db" \
  "TIDEMARK_DB_EXTRACTOR_PASSWORD=$extractor_db" "TIDEMARK_DB_LOADER_PASSWORD=$loader_db" "TIDEMARK_DB_READER_PASSWORD=$reader_db"
secret tidemark-nats "TIDEMARK_NATS_WATERMARK_PASSWORD=$watermark_nats" "TIDEMARK_NATS_EXTRACTOR_PASSWORD=$extractor_nats" \
  "TIDEMARK_NATS_TRANSFORMER_PASSWORD=$transformer_nats" "TIDEMARK_NATS_LOADER_PASSWORD=$loader_nats" \
  "TIDEMARK_NATS_CLI_PASSWORD=$cli_nats"
secret tidemark-watermark "$(in_database watermark "$watermark_db")" "$(in_nats watermark "$watermark_nats")"
secret tidemark-extractor "$(in_database extractor "$extractor_db")" "$(in_nats extractor "$extractor_nats")"
secret tidemark-transformer "$(in_nats transformer "$transformer_nats")"
secret tidemark-loader "$(in_database loader "$loader_db")" "$(in_nats loader "$loader_nats")"
secret tidemark-cli "$(in_database reader "$reader_db")" "$(in_nats cli "$cli_nats")"
