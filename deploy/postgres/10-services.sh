#!/bin/bash
# Runs once, when the cluster is created: a role and a database per service. No service can read another's database.
set -euo pipefail
for service in intake routing deadlines complaints reporting; do
    psql -v ON_ERROR_STOP=1 --no-psqlrc -U "$POSTGRES_USER" -d postgres \
        -v name="bianmin_$service" -v password="$(cat "/run/secrets/db_$service")" <<'SQL'
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name";
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
SQL
done
