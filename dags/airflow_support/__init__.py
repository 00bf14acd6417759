"""What the DAG files share: defaults, and the bridge from Airflow's objects to the package's plain ones."""
