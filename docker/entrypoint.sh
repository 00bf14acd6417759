#!/bin/sh
# The one way into every container: Airflow's settings that lie in secret files are read (the package reads
# its own KPI_*_FILE), then the same commands run as on any machine.
set -eu

for setting in $(env | sed -nE 's/^(AIRFLOW__[A-Z0-9_]+)_FILE=.*/\1/p'); do
    eval "file=\$${setting}_FILE"
    [ -r "$file" ] || { echo "$setting: cannot read its secret file $file; run docker/new_secrets.sh" >&2; exit 2; }
    export "$setting=$(cat "$file")"
    unset "${setting}_FILE"
done

case "${1:-}" in
    # Airflow's own services get the signals of the engine themselves.
    airflow | celery) exec "$@" ;;
    *) exec kpi-reporting "$@" ;;
esac
