"""What examples of the catalogue are tried with: the warehouse and the nights of the tests of the checks."""

from tests.integration.checks.conftest import conn, night, registry, staged

__all__ = ["conn", "night", "registry", "staged"]
