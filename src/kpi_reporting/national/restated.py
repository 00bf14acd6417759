"""What an approver has to know first: figures signed before that are no longer what was signed. Vietnamese Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import psycopg
from psycopg.rows import class_row

_SHOWN = 40

# One line per figure however often it changed since the signature; the top unit first, it is what leaves.
_RESTATED = """
select
    r.kpi_code, r.formula_code, r.period_code, r.calendar_code, u.name_vi as unit_name_vi,
    u.parent_id is null as is_top, min(r.signed_value) as signed_value,
    (array_agg(r.new_value order by r.revision desc))[1] as new_value,
    min(r.difference_unit) as difference_unit, bool_or(r.is_material) as is_material,
    array_agg(distinct r.cause) as causes, array_agg(r.material_reasons) filter (where r.is_material) as reasons
from (
    select
        kpi_code, formula_code, unit_id, calendar_code, period_code, revision, signed_value, new_value,
        difference_unit, is_material, cause, array_to_string(material_reasons, ' ') as material_reasons
    from reporting.restatements
    where
        signed_value is not null
        and publication_id > (select max(a.publication_id) from national.approvals as a where a.decision = 'approved')
) as r
left join reporting.units as u using (unit_id)
group by r.kpi_code, r.formula_code, r.unit_id, r.calendar_code, r.period_code, u.name_vi, u.parent_id
having min(r.signed_value) is distinct from (array_agg(r.new_value order by r.revision desc))[1]
order by is_top desc, r.kpi_code, r.formula_code, r.period_code, r.unit_id
"""

_CAUSES_VI = {
    "late": "thêm đơn vị nộp",
    "correction": "đơn vị sửa số",
    "withdrawal": "đơn vị rút số",
    "formula": "đổi công thức",
    "unit_event": "đổi đơn vị hành chính",
    "rule": "đổi quy tắc kiểm tra",
    "registry": "đổi danh mục",
    "released": "hết bị chặn",
    "removed": "không còn được tính",
    "recomputed": "tính lại",
}
_REASONS_VI = {
    "any_change": "chỉ số không có ngưỡng",
    "threshold": "vượt ngưỡng",
    "value_gone": "không còn giá trị",
    "target": "qua mốc mục tiêu",
    "delivered": "đã gửi hệ thống quốc gia",
}
_UNITS_VI = {"percentage points": ("%", "điểm phần trăm")}


@dataclass(frozen=True)
class Restated:
    """A signed figure and what it is now; ``new_value`` None means that it has none any more."""

    kpi_code: str
    formula_code: str
    period_code: str
    calendar_code: str
    unit_name_vi: str | None
    is_top: bool | None
    signed_value: Decimal
    new_value: Decimal | None
    difference_unit: str
    is_material: bool
    causes: list[str]
    reasons: list[str] | None


def restated_since_signature(conn: psycopg.Connection) -> Iterator[str]:
    """Yield the lines that tell which signed figures changed; nothing when none did."""
    with conn.cursor(row_factory=class_row(Restated)) as cursor:
        restated = cursor.execute(_RESTATED).fetchall()
    material = [one for one in restated if one.is_material]
    if material:
        yield f"**Số liệu đã ký nay thay đổi đáng kể: {len(material)}**"
        yield from ("", "| Chỉ số | Kỳ | Đã ký → nay | Chênh lệch | Vì sao |", "|---|---|---|---|---|")
        yield from (_line(one) for one in material[:_SHOWN])
        if len(material) > _SHOWN:
            yield f"\n… và {len(material) - _SHOWN} giá trị khác trong bảng reporting.restatements."
        yield ""
    if len(restated) > len(material):
        yield f"Thay đổi không đáng kể của số liệu đã ký: {len(restated) - len(material)}."
        yield ""


def _line(one: Restated) -> str:
    unit, of_difference = _UNITS_VI.get(one.difference_unit, (one.difference_unit, one.difference_unit))
    now = "–" if one.new_value is None else f"{one.new_value:f} {unit}"
    gap = "–" if one.new_value is None else f"{one.new_value - one.signed_value:+f} {of_difference}"
    reasons = dict.fromkeys(" ".join(one.reasons or ()).split())
    why = [_CAUSES_VI.get(cause, cause) for cause in one.causes]
    why += [_REASONS_VI.get(reason, reason) for reason in reasons]
    below = "" if one.is_top else f", {one.unit_name_vi or '?'}"
    return (
        f"| {one.kpi_code} ({one.formula_code}){below} | {one.period_code} ({one.calendar_code}) "
        f"| {one.signed_value:f} {unit} → {now} | {gap} | {', '.join(why)} |"
    )
