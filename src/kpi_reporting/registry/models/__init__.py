"""The columns of every registry file, declared once.

One class per CSV file. The validator reads the files with these classes, the
dbt seed properties are generated from them, and code works with their objects.
Dates are inclusive on both ends: ``valid_to`` is the last day a row holds, and
an empty ``valid_to`` means "until further notice".
"""

from __future__ import annotations

from kpi_reporting.registry.models.calendars import (
    Calendar,
    DueRule,
    DueShift,
    Holiday,
    PeriodKind,
    PeriodKindName,
)
from kpi_reporting.registry.models.contacts import Contact
from kpi_reporting.registry.models.forms import (
    ANY_PERIOD,
    TITLE,
    Breakdown,
    FieldRole,
    Form,
    FormField,
    FormNote,
    FormRow,
    LayoutName,
    LockException,
    NotApplicable,
    Obligation,
    Regime,
    RuleOverride,
    Source,
)
from kpi_reporting.registry.models.kpis import (
    Indicator,
    Kpi,
    KpiFormula,
    KpiOwner,
    KpiTerm,
)
from kpi_reporting.registry.models.rows import (
    Dated,
    Day,
    Flag,
    Row,
    Sourced,
)
from kpi_reporting.registry.models.targets import Target
from kpi_reporting.registry.models.units import (
    LateFiler,
    Setting,
    Unit,
    UnitAlias,
    UnitEvent,
    UnitKind,
    UnitShare,
)

FILES: tuple[type[Row], ...] = (
    Setting, Unit, UnitEvent, UnitShare, UnitAlias, LateFiler, Calendar, PeriodKind, Holiday, Regime, Form,
    FormField, FormRow, FormNote, Breakdown, Indicator, Kpi, KpiOwner, KpiFormula, KpiTerm, Target, Obligation,
    NotApplicable, LockException, RuleOverride, Source, Contact,
)  # fmt: skip

__all__ = [
    "ANY_PERIOD",
    "FILES",
    "TITLE",
    "Breakdown",
    "Calendar",
    "Contact",
    "Dated",
    "Day",
    "DueRule",
    "DueShift",
    "FieldRole",
    "Flag",
    "Form",
    "FormField",
    "FormNote",
    "FormRow",
    "Holiday",
    "Indicator",
    "Kpi",
    "KpiFormula",
    "KpiOwner",
    "KpiTerm",
    "LateFiler",
    "LayoutName",
    "LockException",
    "NotApplicable",
    "Obligation",
    "PeriodKind",
    "PeriodKindName",
    "Regime",
    "Row",
    "RuleOverride",
    "Setting",
    "Source",
    "Sourced",
    "Target",
    "Unit",
    "UnitAlias",
    "UnitEvent",
    "UnitKind",
    "UnitShare",
]
