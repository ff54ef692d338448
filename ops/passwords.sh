#!/bin/sh
# Gives the two roles of ops/roles.sql the passwords of the environment. The server's first start runs it.
set -eu
psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
    -v owner="$OWNER_PASSWORD" -v app="$APP_PASSWORD" <<'SQL'
ALTER ROLE shipby_owner PASSWORD :'owner';
ALTER ROLE shipby_app PASSWORD :'app';
SQL
