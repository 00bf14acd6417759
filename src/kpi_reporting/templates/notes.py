"""What a sender should know before filling in a form, in Vietnamese."""

from __future__ import annotations

from kpi_reporting.registry.models import DueRule, DueShift, Form, Unit

_SAMPLES = {"vi": "1.234,5", "en": "1,234.5", "plain": "1234.5"}
_SHIFTS = {
    DueShift.NONE: "",
    DueShift.NEXT_WORKING_DAY: ", trùng ngày nghỉ thì lùi tới ngày làm việc kế tiếp",
    DueShift.PREVIOUS_WORKING_DAY: ", trùng ngày nghỉ thì là ngày làm việc liền trước",
}
_LATER_FILINGS = {
    "replace": "Báo cáo gửi lại thay thế toàn bộ báo cáo đã gửi của cùng kỳ; "
    "ô có trước đây mà nay để trống coi như rút lại.",
    "merge": "Có thể gửi từng phần: báo cáo gửi sau chỉ thay các số liệu ghi trong đó; "
    "ô để trống giữ nguyên số liệu đã gửi trước của cùng kỳ.",
    "delete": "Có thể gửi từng phần: báo cáo gửi sau chỉ thay các số liệu ghi trong đó; "
    "dòng có tên mà không ghi số liệu nào thì rút lại số liệu đã gửi trước của dòng ấy trong cùng kỳ.",
}


_CHOOSE_A_PERIOD = "Chọn kỳ báo cáo trong danh sách; ngày đầu và ngày cuối của từng kỳ ở trang “Danh mục”."
_COLUMNS_OF_PERIODS = (
    "Mỗi cột số liệu là một kỳ. Chọn kỳ báo cáo thì chỉ cột của kỳ đó được đọc; "
    "để trống thì mọi cột có số liệu đều được nhận, mỗi cột là báo cáo của một kỳ."
)


def notes_of(form: Form, unit: Unit | None, *, has_columns_of_periods: bool = False) -> tuple[str, ...]:
    """Return one sentence or two per note, the most important first."""
    whose = (
        f"Tệp này dành riêng cho {unit.name_vi} (mã {unit.code}); đơn vị khác dùng tệp của mình."
        if unit
        else "Chọn mã đơn vị trong danh sách; tên đơn vị của từng mã ở trang “Danh mục”."
    )
    return (
        f"Biểu {form.form_code}, phiên bản {form.form_version}: {form.name_vi}.",
        whose,
        _COLUMNS_OF_PERIODS if has_columns_of_periods else _CHOOSE_A_PERIOD,
        "Chỉ nhập vào các ô có nền vàng; các ô khác được khóa. Không đổi tên cột, không xóa, chèn hay gộp ô.",
        "Số liệu bằng không thì nhập 0; ô để trống nghĩa là chưa có số liệu.",
        f"Chỉ nhập số, không kèm đơn vị tính; số nhập dạng chữ được hiểu theo kiểu {_SAMPLES[form.number_locale]}.",
        "Nếu cả kỳ không phát sinh: chọn x ở ô “Không phát sinh” và để trống bảng.",
        f"Hạn gửi: {due_vi(form)}{_confirmation(form)}.",
        _LATER_FILINGS[form.filing_policy],
        "Biểu mẫu của phiên bản khác bị trả lại kèm danh sách các điểm khác nhau.",
        f"Căn cứ{_confirmation(form)}: {form.legal_basis or 'chưa ghi trong danh mục'}.",
    )


def due_vi(form: Form) -> str:
    """Return by when a form is to be sent, counted from its period."""
    if form.due_rule is DueRule.WORKING_DAYS_AFTER:
        return f"{form.due_value} ngày làm việc sau ngày cuối kỳ"
    return f"ngày {form.due_value} của tháng cuối kỳ{_SHIFTS[form.due_shift]}"


def _confirmation(form: Form) -> str:
    return "" if form.confirmed else " (chờ xác nhận)"
