#!/bin/sh
# Makes the three roles and their database when the PostgreSQL volume is empty.
set -eu
for name in owner app maintenance; do
  eval "test -n \"\${EH_$(echo "$name" | tr a-z A-Z)_PASSWORD:-}\"" || { echo "The password of eh_$name is not set." >&2; exit 1; }
done
exec psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
  -v owner_password="$EH_OWNER_PASSWORD" \
  -v app_password="$EH_APP_PASSWORD" \
  -v maintenance_password="$EH_MAINTENANCE_PASSWORD" \
  -f /roles.sql
