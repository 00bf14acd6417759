"""From what a submission claims to what it is: a form version, a unit and a period of the registry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from kpi_reporting.errors import PeriodError
from kpi_reporting.findings import Finding
from kpi_reporting.periods import Period, day_of, parse_period
from kpi_reporting.readers.filer import Filing, filed_by_successor, find_filing
from kpi_reporting.readers.refusal import Refusal, not_identified
from kpi_reporting.readers.stamp import Claim
from kpi_reporting.readers.unit_names import name_findings
from kpi_reporting.registry import Registry
from kpi_reporting.registry.models import Form, FormField, Source, Unit
from kpi_reporting.text import match_key

_KINDS_VI = {
    "month": "tháng",
    "quarter": "quý",
    "half": "6 tháng",
    "nine_month": "9 tháng",
    "year": "năm",
}


class OtherVersion(Refusal):
    """A refusal because of the form's version; ``right`` is the version the period asks for, where there is one."""

    def __init__(self, refusal: Refusal, right: Form | None, period: Period) -> None:
        self.right, self.period = right, period
        super().__init__(*refusal.findings)


@dataclass(frozen=True)
class Identity:
    """Whose form for which period it is, and who files it; ``warnings`` do not stand in the way of reading."""

    form: Form
    fields: tuple[FormField, ...]
    period: Period
    unit: Unit
    filer: Unit
    warnings: tuple[Finding, ...] = ()


def identify(registry: Registry, source: Source | None, claim: Claim, received_at: datetime) -> Identity:
    """Resolve a claim against the registry.

    Raises:
        Refusal: something is not said, not known, or does not fit; the finding says what would.
    """
    versions = _versions(registry, claim)
    period = _period(registry, versions[0], claim, received_at)
    form = _form(versions, claim, period)
    filing = _filing(registry, source, claim, period, received_at)
    days = (period.last_day, day_of(received_at))
    misnamed = name_findings(registry.history, filing, claim.unit or "", claim.unit_name, days)
    warnings = (*misnamed, *_notes(registry, form, filing, period))
    return Identity(form, fields_of(registry, form), period, filing.unit, filing.filer, warnings)


def fields_of(registry: Registry, form: Form) -> tuple[FormField, ...]:
    """Return the fields of a form version."""
    version = (form.form_code, form.form_version)
    return tuple(row for row in registry.form_fields if (row.form_code, row.form_version) == version)


def _versions(registry: Registry, claim: Claim) -> list[Form]:
    if claim.form is None:
        raise _missing("no_form", "form", "mã biểu", "Mã biểu")
    wanted = match_key(claim.form)
    versions = [form for form in registry.forms if match_key(form.form_code) == wanted]
    if not versions:
        known = ", ".join(dict.fromkeys(form.form_code for form in registry.forms))
        raise not_identified(
            "unknown_form",
            f"Không có biểu mẫu “{claim.form}”.",
            f"The registry has no form {claim.form!r}.",
            f"Ghi đúng mã biểu. Các mã hiện có: {known}.",
            claim.form,
        )
    return versions


def _period(registry: Registry, form: Form, claim: Claim, received_at: datetime) -> Period:
    if claim.period is None:
        raise _missing("no_period", "period", "kỳ báo cáo", "Kỳ báo cáo")
    regime = next(regime for regime in registry.regimes if regime.regime_code == form.regime_code)
    try:
        period = parse_period(registry, regime.calendar_code, claim.period.upper())
    except PeriodError as error:
        raise not_identified(
            "unknown_period",
            f"Không có kỳ báo cáo “{claim.period}”.",
            str(error),
            "Ghi kỳ báo cáo theo mẫu 2025-M07 (tháng), 2025-Q2 (quý), 2025-H1 (6 tháng), 2025-N9 (9 tháng) "
            "hoặc 2025-Y (năm) rồi gửi lại.",
            claim.period,
        ) from None
    _check_kind(form, period)
    _check_time(registry, period, received_at)
    return period


def _check_kind(form: Form, period: Period) -> None:
    if period.kind != form.period_kind:
        raise not_identified(
            "wrong_period_kind",
            f"Biểu {form.form_code} báo cáo theo {_KINDS_VI[form.period_kind]}, "
            f"nhưng kỳ “{period.code}” là kỳ {_KINDS_VI[period.kind]}.",
            f"{form.form_code} is filed by {form.period_kind}; {period.code} is a {period.kind}.",
            f"Ghi kỳ báo cáo là một {_KINDS_VI[form.period_kind]} rồi gửi lại.",
            period.code,
        )


def _check_time(registry: Registry, period: Period, received_at: datetime) -> None:
    if not int(registry.setting("first_year")) <= period.year <= int(registry.setting("last_year")):
        years = f"{registry.setting('first_year')}–{registry.setting('last_year')}"
        raise not_identified(
            "period_outside_registry",
            f"Kỳ {period.code} nằm ngoài các năm hệ thống đang theo dõi ({years}).",
            f"{period.code} lies outside the years of the registry ({years}).",
            "Kiểm tra năm của kỳ báo cáo rồi gửi lại.",
            period.code,
        )
    if day_of(received_at) <= period.last_day:
        raise not_identified(
            "period_not_ended",
            f"Kỳ {period.code} chưa kết thúc (ngày cuối kỳ là {period.last_day:%d/%m/%Y}).",
            f"{period.code} ends on {period.last_day}, after the filing was received.",
            f"Kiểm tra kỳ báo cáo, hoặc gửi lại sau ngày {period.last_day:%d/%m/%Y}.",
            period.code,
        )


def _form(versions: list[Form], claim: Claim, period: Period) -> Form:
    in_force = [form for form in versions if form.holds_on(period.last_day)]
    right = max(in_force, key=lambda form: form.form_version, default=None)
    claimed = [form for form in versions if claim.version in (None, str(form.form_version))]
    if not claimed:
        raise OtherVersion(_unknown_version(versions, claim), right, period)
    valid = [form for form in claimed if form in in_force]
    if not valid:
        raise OtherVersion(_not_valid(claimed[-1], versions, period), right, period)
    return max(valid, key=lambda form: form.form_version)


def _unknown_version(versions: list[Form], claim: Claim) -> Refusal:
    numbers = ", ".join(str(form.form_version) for form in versions)
    return not_identified(
        "unknown_version",
        f"Biểu {versions[0].form_code} không có phiên bản “{claim.version}”.",
        f"{versions[0].form_code} has no version {claim.version!r}.",
        f"Dùng biểu mẫu phiên bản {numbers} rồi gửi lại.",
        claim.version,
    )


def _not_valid(form: Form, versions: list[Form], period: Period) -> Refusal:
    in_force = [str(other.form_version) for other in versions if other.holds_on(period.last_day)]
    until = f" đến {form.valid_to:%d/%m/%Y}" if form.valid_to else ""
    way_out = f"dùng phiên bản {in_force[0]} của biểu này" if in_force else "kiểm tra mã biểu và kỳ báo cáo"
    return not_identified(
        "form_not_valid",
        f"Biểu {form.form_code} phiên bản {form.form_version} áp dụng từ {form.valid_from:%d/%m/%Y}{until}, "
        f"không áp dụng cho kỳ {period.code}.",
        f"{form.form_code} v{form.form_version} is not valid on {period.last_day}, the last day of {period.code}.",
        f"Hãy {way_out} rồi gửi lại.",
        f"{form.form_code} v{form.form_version}",
    )


def _filing(
    registry: Registry, source: Source | None, claim: Claim, period: Period, received_at: datetime
) -> Filing:
    if claim.unit is None:
        raise _missing("no_unit", "unit", "đơn vị báo cáo", "Mã đơn vị")
    today = day_of(received_at)
    filing = find_filing(registry.history, source, claim, claim.unit, period, today)
    if filing is None:
        raise _unknown_unit(registry, claim.unit, period)
    return filing


def _unknown_unit(registry: Registry, code: str, period: Period) -> Refusal:
    other_days = [unit for unit in registry.units if code in (unit.code, unit.unit_id)]
    if not other_days:
        return not_identified(
            "unknown_unit",
            f"Không có đơn vị mang mã “{code}”.",
            f"The registry has no unit {code!r}.",
            "Kiểm tra mã đơn vị theo danh mục đơn vị của tỉnh rồi gửi lại.",
            code,
        )
    unit = other_days[-1]
    until = f" đến {unit.valid_to:%d/%m/%Y}" if unit.valid_to else ""
    return not_identified(
        "unit_not_on_day",
        f"Đơn vị mã “{code}” ({unit.name_vi}) tồn tại từ {unit.valid_from:%d/%m/%Y}{until}, "
        f"không tồn tại vào ngày cuối kỳ {period.code} ({period.last_day:%d/%m/%Y}).",
        f"{code!r} is no unit on {period.last_day}, the last day of {period.code}.",
        "Kiểm tra mã đơn vị và kỳ báo cáo; đơn vị mới sau sắp xếp báo cáo bằng mã mới.",
        code,
    )


def _notes(registry: Registry, form: Form, filing: Filing, period: Period) -> Iterator[Finding]:
    if not _owes(registry, form, filing.unit, period):
        yield _does_not_owe(form, filing.unit, period)
    if not registry.history.same_territory(filing.unit.unit_id, filing.filer.unit_id):
        yield filed_by_successor(filing, period)


def _owes(registry: Registry, form: Form, unit: Unit, period: Period) -> bool:
    return any(
        row.form_code == form.form_code
        and row.unit_kind == unit.kind
        and row.unit_code in (None, unit.code)
        and row.holds_on(period.last_day)
        for row in registry.obligations
    )


def _does_not_owe(form: Form, unit: Unit, period: Period) -> Finding:
    return Finding(
        "structure",
        "unit_does_not_owe",
        "warning",
        f"{unit.name_vi} không thuộc diện phải gửi biểu {form.form_code} kỳ {period.code}.",
        f"{unit.code} does not owe {form.form_code} for {period.code}; it is listed as an extra filer.",
        "Kiểm tra mã biểu và kỳ báo cáo; nếu đúng là phải báo cáo, đề nghị tỉnh bổ sung nghĩa vụ báo cáo.",
    )


def _missing(rule_id: str, what: str, what_vi: str, stamp_word: str) -> Refusal:
    return not_identified(
        rule_id,
        f"Báo cáo không ghi {what_vi}.",
        f"Neither stamp, file name nor source says the {what}.",
        f"Ghi “{stamp_word}” ở đầu trang và giá trị ở ô bên phải, hoặc đặt tên tệp theo mẫu "
        "HS-01_v1_14758_2025-M07.xlsx, rồi gửi lại.",
        None,
    )
