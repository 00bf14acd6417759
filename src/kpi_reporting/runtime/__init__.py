"""Runs the product on one machine: embedded PostgreSQL, Airflow's services, nights driven through Airflow's API."""
