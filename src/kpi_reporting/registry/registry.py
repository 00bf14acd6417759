"""A validated registry: every row of its files as typed objects."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kpi_reporting.errors import Problem, RegistryError
from kpi_reporting.registry import models
from kpi_reporting.units import UnitHistory


@dataclass(frozen=True)
class Registry:
    """One tuple of rows per file, in the order of the file.

    ``sha256`` is the hash of the files' bytes: two registries with the same hash are the same registry.
    ``file_sha256`` has the hash of each file by its name.
    """

    folder: Path
    sha256: str
    file_sha256: dict[str, str]
    settings: tuple[models.Setting, ...]
    units: tuple[models.Unit, ...]
    unit_events: tuple[models.UnitEvent, ...]
    unit_shares: tuple[models.UnitShare, ...]
    unit_aliases: tuple[models.UnitAlias, ...]
    late_filers: tuple[models.LateFiler, ...]
    calendars: tuple[models.Calendar, ...]
    period_kinds: tuple[models.PeriodKind, ...]
    holidays: tuple[models.Holiday, ...]
    regimes: tuple[models.Regime, ...]
    forms: tuple[models.Form, ...]
    form_fields: tuple[models.FormField, ...]
    form_rows: tuple[models.FormRow, ...]
    form_notes: tuple[models.FormNote, ...]
    breakdowns: tuple[models.Breakdown, ...]
    indicators: tuple[models.Indicator, ...]
    kpis: tuple[models.Kpi, ...]
    kpi_owners: tuple[models.KpiOwner, ...]
    kpi_formulas: tuple[models.KpiFormula, ...]
    kpi_terms: tuple[models.KpiTerm, ...]
    targets: tuple[models.Target, ...]
    obligations: tuple[models.Obligation, ...]
    not_applicable: tuple[models.NotApplicable, ...]
    lock_exceptions: tuple[models.LockException, ...]
    rule_overrides: tuple[models.RuleOverride, ...]
    sources: tuple[models.Source, ...]
    contacts: tuple[models.Contact, ...]

    @property
    def code(self) -> str:
        """Identity of the registry: a copied folder with the same code continues the same warehouse."""
        return self.setting("registry_code")

    def setting(self, name: str) -> str:
        """Return the value of a setting.

        Raises:
            RegistryError: the setting is missing or empty.
        """
        value = next((row.value for row in self.settings if row.setting == name), None)
        if value is None:
            message = f"the setting {name!r} is missing or empty"
            raise RegistryError(
                str(self.folder), [Problem("settings", 0, "setting", name, "setting", message)]
            )
        return value

    @cached_property
    def history(self) -> UnitHistory[models.Unit]:
        """The units through time."""
        return UnitHistory(
            self.units, self.unit_events, self.unit_aliases, self.unit_shares, self.late_filers
        )

    def rows(self, model: type[models.Row]) -> tuple[models.Row, ...]:
        """Return the rows of a file by its class."""
        found: tuple[models.Row, ...] = getattr(self, model.file)
        return found
