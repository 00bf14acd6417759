"""Alembic's way into a warehouse; ``kpi_reporting.warehouse.migrate`` hands over how to connect."""

from alembic import context
from sqlalchemy import create_engine, pool

_ONE_MIGRATION_AT_A_TIME = "select pg_advisory_xact_lock(hashtext('kpi_reporting.migrate'))"

engine = create_engine(
    "postgresql+psycopg://", creator=context.config.attributes["connect"], poolclass=pool.NullPool
)
with engine.connect() as connection:
    context.configure(connection=connection, version_table_schema="public")
    with context.begin_transaction():
        connection.exec_driver_sql(_ONE_MIGRATION_AT_A_TIME)
        context.run_migrations()
    connection.commit()
engine.dispose()
