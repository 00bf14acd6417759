"""Mistakes senders make, each with what the product has to say about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from kpi_reporting.findings import cell_address
from kpi_reporting.periods import period_of_day
from kpi_reporting.registry import Registry
from kpi_reporting.registry.models import FieldRole
from sandbox.drafts import Draft, total_of
from sandbox.figures import Occasion, invent
from sandbox.files import grid_of
from sandbox.legacy import in_tcvn3
from sandbox.obligations import Obligation

_RECEIVED = "dossiers.received_total"
_PARTS = (
    "dossiers.received_online",
    "dossiers.received_direct",
    "dossiers.received_post",
    "dossiers.carried_over",
)


@dataclass(frozen=True)
class Slip:
    """What a mistake is made on: the form filled in well, whose it is, and what to draw from."""

    draft: Draft
    owed: Obligation
    registry: Registry
    draw: Random


def _nothing(_: Slip) -> None:
    return


def _unchanged(data: bytes) -> bytes:
    return data


def _anybody(_: Registry, __: int, ___: Obligation) -> bool:
    return True


@dataclass(frozen=True)
class Fault:
    """A mistake: ``change`` makes it in the draft, ``spoil`` in the bytes of the workbook.

    ``state`` is what becomes of the submission, ``rules`` are its findings, no more and no less; ``{form}`` stands for
    the code of its form. ``fits`` tells whom it can happen to.
    """

    state: str
    rules: tuple[str, ...]
    change: Callable[[Slip], None] = _nothing
    spoil: Callable[[bytes], bytes] = _unchanged
    fits: Callable[[Registry, int, Obligation], bool] = _anybody


def _forget_a_dossier_type(slip: Slip) -> None:
    """A part was corrected by hand and the total was not."""
    code = slip.draw.choice(_PARTS)
    slip.draft.put(code, slip.draft.figure(code) + slip.draw.randint(3, 30))


def _write_words(slip: Slip) -> None:
    code = _PARTS[1]
    slip.draft.put(code, f"khoảng {slip.draft.figure(code)}")


def _has_thousands(registry: Registry, seed: int, owed: Obligation) -> bool:
    return invent(Occasion(registry, seed, owed.unit, owed.period), [_RECEIVED])[_RECEIVED] >= 1000


def _separate_as_in_english(slip: Slip) -> None:
    """1,234 is one and a bit in Vietnamese."""
    slip.draft.put(_RECEIVED, f"{slip.draft.figure(_RECEIVED):,}")


def _leave_a_figure_out(slip: Slip) -> None:
    slip.draft.put("dossiers.carried_over", None)


def _misspell_the_form(slip: Slip) -> None:
    slip.draft.stamp["Mã biểu"] = slip.owed.form.form_code.replace("-0", "-")


def _write_the_quarter(slip: Slip) -> None:
    period = slip.owed.period
    quarter = period_of_day(slip.registry, period.calendar_code, "quarter", period.last_day)
    slip.draft.stamp["Kỳ báo cáo"] = quarter.code


def _write_the_period_in_words(slip: Slip) -> None:
    period = slip.owed.period
    slip.draft.stamp["Kỳ báo cáo"] = f"Tháng {period.number}/{period.year}"


def _codes_before_the_merger(registry: Registry, owed: Obligation) -> list[str]:
    """Return the codes of units that went into this one and are nobody's codes any more."""
    history, day = registry.history, owed.period.last_day
    into = (e.from_unit_id for e in registry.unit_events if e.to_unit_id == owed.unit.unit_id)
    codes = sorted(history[unit_id].code for unit_id in into if unit_id)
    return [code for code in codes if history.by_code(code, day) is None]


def _was_merged(registry: Registry, _: int, owed: Obligation) -> bool:
    return bool(_codes_before_the_merger(registry, owed))


def _write_the_code_before_the_merger(slip: Slip) -> None:
    slip.draft.stamp["Mã đơn vị"] = slip.draw.choice(_codes_before_the_merger(slip.registry, slip.owed))


def _cut_the_code_short(slip: Slip) -> None:
    slip.draft.stamp["Mã đơn vị"] = slip.owed.unit.code[:-1]


def _paste_legacy_labels(slip: Slip) -> None:
    """Labels typed in TCVN3 and shown in a Unicode font: nothing says how to read them."""
    slip.draft.labels.update({column.field_code: in_tcvn3(column.label) for column in slip.draft.columns})


def _compute_nothing(slip: Slip) -> None:
    """Written by a program that saves formulas and not their values."""
    columns = [column.role for column in slip.draft.columns]
    top, column_number = grid_of(slip.draft).first_row, columns.index(FieldRole.VALUE) + 1
    cells = [cell_address(top + slip.draft.place[code][0], column_number) for code in _PARTS]
    slip.draft.put(_RECEIVED, f"=SUM({cells[0]}:{cells[-1]})")


def _sum_without_the_last_row(slip: Slip) -> None:
    """The range of the sum was not extended when a row was added."""
    *rows, total = slip.draft.records
    figures = [column for column in slip.draft.columns if column.role is FieldRole.INDICATOR]
    total.update(total_of(rows[:-1], figures))


def _half(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _empty(_: bytes) -> bytes:
    return b""


FAULTS: Mapping[str, Fault] = {
    "parts_do_not_add_up": Fault("rejected", ("{form}.received_adds_up",), _forget_a_dossier_type),
    "words_in_a_figure": Fault("rejected", ("structure.figure_unreadable",), _write_words),
    "wrong_thousands_separator": Fault(
        "rejected",
        (
            "{form}.received_adds_up",
            "{form}.received_settled_or_pending",
            "{form}.whole_number",
            "number_as_text",
        ),
        _separate_as_in_english,
        fits=_has_thousands,
    ),
    "missing_figure": Fault("rejected", ("structure.figure_missing",), _leave_a_figure_out),
    "unknown_form": Fault("refused", ("unknown_form",), _misspell_the_form),
    "quarter_instead_of_month": Fault("refused", ("wrong_period_kind",), _write_the_quarter),
    "period_in_words": Fault("refused", ("unknown_period",), _write_the_period_in_words),
    "code_before_the_merger": Fault(
        "refused", ("unit_not_on_day",), _write_the_code_before_the_merger, fits=_was_merged
    ),
    "code_cut_short": Fault("refused", ("unknown_unit",), _cut_the_code_short),
    "legacy_labels": Fault("refused", ("no_table",), _paste_legacy_labels),
    "formulas_without_value": Fault("refused", ("formula_without_value",), _compute_nothing),
    "truncated_workbook": Fault("refused", ("unreadable_file",), spoil=_half),
    "empty_file": Fault("refused", ("empty_file",), spoil=_empty),
    "total_misses_a_row": Fault("accepted", ("structure.total_mismatch",), _sum_without_the_last_row),
}
