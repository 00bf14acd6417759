"""Random provinces: their registry rows, drawn from a seed.

The skeleton is always the same, so that every province has what breaks rules: a merge in the middle of the reporting
year that gives an old code to a new territory, a commune that moves between districts, two units without a parent, a
form that speaks for the units below its sender, and forms by month and by quarter. What is computed is drawn.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from tests.engine.formulas import Row, formulas_of, kpi, sourced
from tests.engine.target_rows import targets_of

Registry = dict[str, list[Row]]

TURN = "2025-07-01"
LIST = ("L-01", "D-01", "Q-01")
MERGED = ("D-01",)  # filed in parts: what a later filing leaves out stays from the earlier ones
# Per form: field, indicator, breakdown, kind of figure. D-01 holds a plan of what L-01 reports.
FIELDS: dict[str, tuple[tuple[str, str, str, str], ...]] = {
    "L-01": (
        ("a", "a", "total", "actual"), ("b", "b", "total", "actual"), ("w", "w", "total", "actual"),
        ("c_female", "c", "female", "actual"), ("c_male", "c", "male", "actual"), ("s", "s", "total", "actual"),
    ),
    "T-01": (("a", "a", "total", "actual"), ("b", "b", "total", "actual"), ("w", "w", "total", "actual")),
    "D-01": (("e", "e", "total", "actual"), ("g", "g", "total", "actual"), ("a_plan", "a", "total", "plan")),
    "Q-01": (
        ("p", "p", "total", "actual"), ("q", "q", "total", "actual"), ("v", "v", "total", "actual"),
        ("r_female", "r", "female", "actual"), ("r_male", "r", "male", "actual"),
    ),
}  # fmt: skip
KINDS = {"L-01": "month", "T-01": "month", "D-01": "month", "Q-01": "quarter"}


def registry_of(seed: int, random: Random) -> Registry:
    """Return the rows of the registry files that differ from those of the golden cases."""
    formulas, terms = formulas_of(seed, random)
    registry: Registry = {
        "units": list(_units(random)),
        "unit_events": list(_events()),
        "breakdowns": _breakdowns(),
        "indicators": list(_indicators()),
        "regimes": [sourced(regime_code="all", name_vi="Báo cáo", name_en="Reports", calendar_code="administrative",
                             law="decree_09_2019", in_catalogue="true", valid_from="2020-01-01", valid_to="")],
        "forms": list(_forms()),
        "form_fields": list(_form_fields()),
        "obligations": list(_obligations(random)),
        "period_kinds": _period_kinds(),
        "kpis": [kpi(random, code) for code in sorted({row["kpi_code"] for row in formulas})],
        "kpi_formulas": formulas,
        "kpi_terms": terms,
    }  # fmt: skip
    return {**registry, "targets": targets_of(seed, registry["kpis"])}


def _unit(code: str, kind: str, parent: str, first: str = "2020-01-01", last: str = "") -> Row:
    return sourced(
        unit_id=f"{code}@{first}", code=code, kind=kind, unit_type="", name_vi=f"Đơn vị {code}", name_en="",
        parent_id=parent, valid_from=first, valid_to=last,
    )  # fmt: skip


def _units(random: Random) -> Iterator[Row]:
    province, eve = "99@2020-01-01", "2025-06-30"
    yield _unit("99", "province", "")
    yield _unit("bo-x", "central_agency", "")
    yield _unit("so-a", "department", province)
    for code in ("901", "902"):
        yield _unit(code, "district", province, last=eve)
    for code, district in (
        ("90001", "901"), ("90002", "901"), ("90003", "902"), ("90006", "902"), ("90007", "902"), ("90008", "902")
    ):  # fmt: skip
        yield _unit(code, "commune", f"{district}@2020-01-01", last=eve)
    yield _unit("90005", "commune", "901@2020-01-01", last="2025-01-31")
    yield _unit("90005", "commune", "902@2020-01-01", first="2025-02-01", last=eve)
    yield _unit("khu-1", "group", province, first=TURN)
    for code in ("90001", "90003", "90004", "90006", "90007", "90009", "90008", "90010"):
        yield _unit(code, "commune", random.choice([province, f"khu-1@{TURN}"]), first=TURN)


def _events() -> Iterator[Row]:
    for number, (day, kind, before, after, *share) in enumerate((
        ("2025-02-01", "move", "90005@2020-01-01", "90005@2025-02-01"),
        (TURN, "merge", "90001@2020-01-01", f"90004@{TURN}"),
        (TURN, "merge", "90005@2025-02-01", f"90004@{TURN}"),
        (TURN, "merge", "90002@2020-01-01", f"90001@{TURN}"),
        (TURN, "move", "90003@2020-01-01", f"90003@{TURN}"),
        (TURN, "move", "90006@2020-01-01", f"90006@{TURN}"),
        (TURN, "split", "90007@2020-01-01", f"90007@{TURN}", "0.25"),
        (TURN, "split", "90007@2020-01-01", f"90009@{TURN}", "0.75"),
        (TURN, "split", "90008@2020-01-01", f"90008@{TURN}", ""),
        (TURN, "split", "90008@2020-01-01", f"90010@{TURN}", ""),
        (TURN, "close", "901@2020-01-01", ""),
        (TURN, "close", "902@2020-01-01", ""),
        (TURN, "create", "", f"khu-1@{TURN}"),
    )):  # fmt: skip
        known = share[0] if share else "1" if before and after else ""
        yield sourced(event_id=f"{kind}-{before}" if share else f"event-{number}", effective_day=day, kind=kind,
                       from_unit_id=before, to_unit_id=after, share=known,
                       confirmed="false" if share == [""] else "true")  # fmt: skip


def _breakdowns() -> list[Row]:
    groups = {"total": "total", "female": "sex", "male": "sex"}
    return [
        {"breakdown_code": code, "breakdown_group": group, "name_vi": f"Phân tổ {code}", "name_en": code}
        for code, group in groups.items()
    ]


def _indicators() -> Iterator[Row]:
    for code in sorted({indicator for fields in FIELDS.values() for _, indicator, _, _ in fields}):
        yield sourced(
            indicator_code=code, name_vi=f"Chỉ tiêu {code}", name_en=code, unit_of_measure="hồ sơ",
            measure="stock" if code == "s" else "flow", additive_over_units="true", own_measure="",
        )  # fmt: skip


def _forms() -> Iterator[Row]:
    for code, kind in KINDS.items():
        yield sourced(
            form_code=code, form_version="1", regime_code="all", name_vi=f"Biểu {code}", name_en=code,
            period_kind=kind, layout="list" if code in LIST else "table", number_locale="plain",
            text_encoding="unicode", filing_policy="merge" if code in MERGED else "replace",
            due_rule="working_days_after", due_value="2", lock_after_days="2000",
            valid_from="2020-01-01", valid_to="2025-06-30" if code == "T-01" else "",
        )  # fmt: skip


def _form_fields() -> Iterator[Row]:
    for form_code, fields in FIELDS.items():
        columns = (("item_code", "Mã số"), ("item_label", "Chỉ tiêu"), ("value", "Số liệu"))
        for role, label in columns if form_code in LIST else (("unit_code", "Mã xã"),):
            yield _field(form_code, role, role, label)
        for number, (field_code, indicator, breakdown, kind) in enumerate(fields, 1):
            row = _field(form_code, field_code, "indicator", f"Số liệu {field_code}")
            item = str(number) if form_code in LIST else ""
            yield {
                **row, "item_code": item, "indicator_code": indicator, "breakdown_code": breakdown,
                "observation_kind": kind, "required": "false",
            }  # fmt: skip


def _field(form_code: str, field_code: str, role: str, label: str) -> Row:
    return {
        "form_code": form_code, "form_version": "1", "field_code": field_code, "role": role, "label": label,
        "item_code": "", "indicator_code": "", "breakdown_code": "total", "observation_kind": "actual",
        "multiplier": "1", "required": "true",
    }  # fmt: skip


def _obligations(random: Random) -> Iterator[Row]:
    list_begins = random.choice(["2024-05-15", "2024-05-15", "2024-12-15", "2025-06-15"])
    for form_code, kind, unit_code, begins in (
        ("L-01", "commune", "", list_begins),
        ("T-01", "district", "", "2024-05-15"),
        ("D-01", "department", "", "2024-09-15"),
        ("D-01", "commune", "90003", random.choice(["2024-09-15", "2025-03-15"])),
        ("Q-01", "commune", "", "2024-06-15"),
        ("Q-01", "department", "", "2024-12-15"),
        (random.choice(["L-01", "D-01"]), "central_agency", "bo-x", "2024-11-15"),
    ):
        yield sourced(
            form_code=form_code, unit_kind=kind, unit_code=unit_code, valid_from=begins, valid_to=""
        )


def _period_kinds() -> list[Row]:
    shapes = {"month": (1, 12), "quarter": (3, 4), "half": (6, 2), "nine_month": (9, 1), "year": (12, 1)}
    return [
        sourced(calendar_code="administrative", kind=kind, months=str(months), count=str(count),
                 due_rule="fixed_day", due_value="25")
        for kind, (months, count) in shapes.items()
    ]  # fmt: skip
