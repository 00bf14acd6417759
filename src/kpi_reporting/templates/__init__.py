"""Templates: the workbooks senders fill in, written as the registry describes each form."""

from kpi_reporting.templates.files import Written, write_templates

__all__ = ["Written", "write_templates"]
