"""Revisions of the warehouse: one Alembic revision per file in ``sql/``."""
