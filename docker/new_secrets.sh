#!/bin/sh
# Writes the secrets docker-compose.yml reads, each file once; files that exist are left as they are.
# The folder is for its owner alone; the files inside are readable so that containers' users can read them.
set -eu
cd "${1:-$(dirname "$0")/secrets}"
chmod 700 .
umask 022

random() { head -c 32 /dev/urandom | base64 | tr '+/' '-_'; }
password() { random | tr -d '=_-' | cut -c1-32; }
keep() { [ -e "$1" ] || printf '%s\n' "$2" > "$1"; }

keep airflow_fernet_key "$(random)"
keep airflow_jwt_secret "$(random)$(random)"
keep airflow_secret_key "$(random)"
keep metadata_password "$(password)"
keep queue_password "$(password)"
keep reader_password "$(password)"
keep warehouse_password "$(password)"

metadata="airflow:$(cat metadata_password)@metadata:5432/airflow"
keep metadata_url "postgresql+psycopg2://$metadata"
keep metadata_result_url "db+postgresql+psycopg2://$metadata"
keep queue_url "redis://:$(cat queue_password)@queue:6379/0"
keep warehouse_dsn "postgresql://kpi:$(cat warehouse_password)@warehouse:5432/kpi"

if [ ! -e landing_credentials ]; then
    key=$(password)
    keep landing_credentials "[default]
aws_access_key_id = kpi-reporting
aws_secret_access_key = $key"
    keep landing_store.json '{"identities": [{"name": "kpi-reporting", "actions": ["Admin", "Read", "Write", "List"],
  "credentials": [{"accessKey": "kpi-reporting", "secretKey": "'"$key"'"}]}]}'
fi

keep connections.yaml "# Airflow connections: where senders' APIs, the national system and the mail server are, and their secrets.
# sender_api: {conn_type: http, schema: https, host: api.example.vn, port: 443, password: token}
# national_system: {conn_type: http, schema: https, host: national.example.vn, port: 443, password: token}
# smtp_default: {conn_type: smtp, host: mail.example.vn, port: 465, login: kpi@example.vn, password: secret}
{}"
