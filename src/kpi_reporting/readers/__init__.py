"""Readers: from the bytes of a submission to its rows as sent, and to whose report it is."""

from kpi_reporting.readers.read import ReadSummary, read_new

__all__ = ["ReadSummary", "read_new"]
