#!/bin/sh
# Makes the secrets that compose.yml and the chart name, each in a file of secrets/; what is there already is kept.
# Files are readable inside containers, whose users are others; the folder is the owner's alone.
set -eu
umask 077
mkdir -p "${1:-secrets}"
cd "${1:-secrets}"

keep() { [ -e "$1" ] || { cat > "$1"; chmod 0444 "$1"; }; }
random() { od -An -tx1 -N"${1:-24}" /dev/urandom | tr -d ' \n'; }
url() { printf 'postgresql+psycopg2://%s:%s@%s/%s' "$1" "$(cat "$2")" "${POSTGRES_HOST:-postgres}" "$3"; }

for name in postgres_password admin_password airflow_password loader_password portal_password portal_insurer_password \
    portal_regulator_password redis_password metrics_token bucket_secret bucket_admin_secret secret_key jwt_secret; do
    random 32 | keep "$name"
done
od -An -tx1 -v -N32 /dev/urandom | tr -d ' \n' | sed 's/../\\x&/g' | xargs -0 printf | base64 | tr '+/' '-_' | keep fernet_key
url anze_loader loader_password anze | keep database_url
url anze_admin admin_password anze | keep admin_database_url
url airflow airflow_password airflow | keep airflow_database_url
printf 'redis://:%s@%s:6379/0' "$(cat redis_password)" "${REDIS_HOST:-redis}" | keep broker_url
# of Airflow's client at the identity provider: put its secret here, docs/sign-in.md
printf '' | keep oidc_secret
keep bucket_accounts <<JSON
{"identities": [
  {"name": "hub", "credentials": [{"accessKey": "hub", "secretKey": "$(cat bucket_secret)"}],
   "actions": ["Read:anze", "Write:anze", "List:anze"]},
  {"name": "admin", "credentials": [{"accessKey": "admin", "secretKey": "$(cat bucket_admin_secret)"}],
   "actions": ["Admin", "Read", "Write", "List"]}
]}
JSON
