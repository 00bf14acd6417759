"""A dry run: what the night will say of a file, said before it is filed, by the night's own steps."""

from kpi_reporting.dry_run.offers import Offer
from kpi_reporting.dry_run.run import dry_run
from kpi_reporting.dry_run.verdicts import Verdict, as_json

__all__ = ["Offer", "Verdict", "as_json", "dry_run"]
