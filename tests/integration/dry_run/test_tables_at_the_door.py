"""What real tables are told at the door: rows below totals, names without marks, closing lines, blank forms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kpi_reporting.dry_run import Verdict
from kpi_reporting.registry import load_registry
from tests.corpus.cases import JUNE
from tests.corpus.identities import SERVICES
from tests.corpus.making import district, filled
from tests.integration.dry_run.place import EVENING, Place, placed
from tests.workbooks import LIST_HEADER, THANH_HOA, saved

NAMES = (
    "Điện", "Nước", "Viễn thông, công nghệ thông tin", "Y tế", "Giáo dục", "Vệ sinh môi trường", "Thuế, phí hằng năm",
)  # fmt: skip
FIGURES = [1] * 6
HS_01 = (
    ("1", 100), ("1.1", 60), ("1.2", 25), ("1.3", 5), ("1.4", 10), ("2", 80), ("2.1", 30), ("2.2", 45), ("2.3", 5),
    ("3", 20), ("3.1", 18), ("3.2", 2), ("4.1", 50), ("4.2", 40), ("5.1", 70), ("5.2", 66),
)  # fmt: skip
SIGNED = (
    [None, None, None, "Thanh Hóa, ngày 16 tháng 7 năm 2025"],
    ["Người lập biểu", None, None, "CHỦ TỊCH"],
    [None, None, None, "(Ký, ghi rõ họ tên)"],
    ["Nguyễn Văn An", None, None, "Lê Thị Bình"],
)


@dataclass(frozen=True)
class Case:
    """A file, and the errors and warnings that are looked for in what it is told."""

    folder: str
    data: bytes
    expected: frozenset[str]


def payments(*rows: Sequence[Any]) -> bytes:
    """A table of services from row 7 on."""
    return saved(filled("TT-01", "so-cong-thuong", "2025-Q2", [SERVICES, *rows]))


def services(*names: str, figure: int | None = 1) -> list[list[Any]]:
    return [[name, *[figure] * 6] for name in names]


def dossiers(*below: Sequence[Any], figures: Sequence[tuple[str, Any]] = HS_01) -> bytes:
    """A commune's list from row 7 on."""
    items = [[code, f"Chỉ tiêu {code}", "hồ sơ", value] for code, value in figures]
    return saved(filled("HS-01", "14758", "2025-M07", [list(LIST_HEADER), *items, *below]))


def communes(*rows: Sequence[Any]) -> bytes:
    """A district's table from row 8 on."""
    return saved(district([[*row, *[1] * 16] for row in rows]))


def total(label: str = "Tổng cộng", count: int = 7) -> list[Any]:
    return [label, *[count] * 6]


CASES: Mapping[str, Case] = {
    "a whole table": Case("departments", payments(*services(*NAMES), total()), frozenset()),
    "services below the total": Case(
        "departments",
        payments(*services(*NAMES[:5]), total(count=5), *services(*NAMES[5:])),
        frozenset({"below_total@A13", "below_total@A14", "breakdown_omitted"}),
    ),
    "a second block below the total": Case(
        "departments",
        payments(*services(*NAMES), total(), [], SERVICES, *services("Điện", figure=9)),
        frozenset({"below_total@A17"}),
    ),
    "text below the total": Case(
        "departments", payments(*services(*NAMES), total(), ["Số liệu do các đơn vị cung cấp"]), frozenset()
    ),
    "a table signed below its total": Case(
        "departments", payments(*services(*NAMES), total(), *SIGNED), frozenset()
    ),
    "a table signed without a total": Case(
        "departments",
        payments(*services(*NAMES), ["Người lập biểu"], ["Thủ trưởng đơn vị"], ["Nơi nhận:"], ["- Như trên"]),
        frozenset(),
    ),
    **{
        f"a total called {label}": Case(
            "departments", payments(*services(*NAMES), total(label)), frozenset()
        )
        for label in ("Cộng", "Tổng số", "TỔNG")
    },
    "a blank table": Case(
        "departments", payments(*services(*NAMES, figure=None), total(count=0)), frozenset({"no_figures"})
    ),
    "a table without three services": Case(
        "departments", payments(*services(*NAMES[:4]), total(count=4)), frozenset({"breakdown_omitted"})
    ),
    "a list": Case("communes", dossiers(), frozenset()),
    "a signed list": Case("communes", dossiers(*SIGNED), frozenset()),
    "a blank list": Case(
        "communes", dossiers(figures=[(code, None) for code, _ in HS_01]), frozenset({"no_figures"})
    ),
    "an item nobody knows": Case(
        "communes", dossiers(["9.9", "Chỉ tiêu lạ", "hồ sơ", 5]), frozenset({"unit_unknown@A23"})
    ),
    "a commune below the total": Case(
        "districts",
        communes(["14755", None], [None, "Tổng cộng"], ["14797", None]),
        frozenset({"below_total@A10"}),
    ),
    "a code with another commune's name without marks": Case(
        "districts", communes(["14755", "Phuong Dong Tho"]), frozenset({"unit_unknown@A8"})
    ),
    "a code with its own name without marks": Case(
        "districts", communes(["14755", "P. Ham Rong"]), frozenset()
    ),
}  # fmt: skip
LOOKED_FOR = {"below_total", "breakdown_omitted", "no_figures", "unit_unknown"}


@pytest.fixture(scope="module")
def told(
    warehouse_dsn: str, settings: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Verdict]]:
    with placed(warehouse_dsn, settings, tmp_path_factory.mktemp("tables"), load_registry(THANH_HOA)) as here:
        paths = {dropped(here, number, case): name for number, (name, case) in enumerate(CASES.items())}
        here.night("2025-06-01T01:00:00+07:00")
        yield {paths[verdict.path]: verdict for verdict in here.check(*paths)}


def dropped(here: Place, number: int, case: Case) -> Path:
    at = JUNE if case.folder == "districts" else EVENING
    return here.drop(f"{case.folder}/{number}/bao-cao.xlsx", case.data, at)


@pytest.mark.parametrize("name", CASES)
def test_a_table_is_told_what_is_wrong_with_it(told: dict[str, Verdict], name: str) -> None:
    verdict = told[name]
    found = [(one.rule_id.removeprefix("structure."), one) for one in verdict.findings]
    at = {f"{rule}@{one.cell}" if one.cell else rule for rule, one in found if rule in LOOKED_FOR}
    assert at == CASES[name].expected
    errors = [rule for rule, one in found if one.severity == "error"]
    assert (verdict.outcome in ("accepted", "superseded")) == (not errors), errors


def test_what_is_told_names_what_stands_there(told: dict[str, Verdict]) -> None:
    (unknown,) = [one for one in told["an item nobody knows"].findings if one.severity == "error"]
    assert unknown.found == "9.9 Chỉ tiêu lạ"
    (omitted,) = [one for one in told["a table without three services"].findings if one.severity == "warning"]
    assert "Giáo dục; Vệ sinh môi trường; Thuế, phí hằng năm" in omitted.message_vi
    assert "not_a_number" not in " ".join(one.message_vi for case in told.values() for one in case.findings)
