"""Revisions in order; each applies the SQL file that carries its number."""
