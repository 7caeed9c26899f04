#!/bin/sh
# Run by the image of PostgreSQL after roles.sql, once, when there are no data yet: gives each role the password of its service.
set -eu
for role in watermark extractor loader reader; do
  name="TIDEMARK_DB_$(echo "$role" | tr '[:lower:]' '[:upper:]')_PASSWORD"
  eval "password=\${$name:?is not set}"
  # By standard input, so that it stands in no list of processes.
  printf "\\set password '%s'\nalter role tidemark_%s password :'password';\n" "$password" "$role" |
    psql --no-psqlrc --quiet -v ON_ERROR_STOP=1 -U "${POSTGRES_USER:-postgres}" -d "$POSTGRES_DB"
done
