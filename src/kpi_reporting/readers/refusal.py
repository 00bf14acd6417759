"""Why a file cannot be read: sentences for the sender, each with what to do."""

from __future__ import annotations

from collections.abc import Sequence

from kpi_reporting.catalogue import built_in
from kpi_reporting.findings import Finding

_SAVE_AGAIN = "Mở tệp trên máy, kiểm tra, lưu lại bằng Excel (.xlsx) rồi gửi lại."


class Refusal(Exception):
    """A submission that cannot be used, with the findings that say why."""

    def __init__(self, *findings: Finding) -> None:
        self.findings: Sequence[Finding] = findings
        super().__init__("; ".join(finding.message_en for finding in findings))


def unreadable(rule_id: str, message_vi: str, message_en: str, action_vi: str = _SAVE_AGAIN) -> Refusal:
    """Return the refusal of a file whose content cannot be got at."""
    return Refusal(Finding("readable", rule_id, "error", message_vi, message_en, action_vi))


def not_identified(
    rule_id: str, message_vi: str, message_en: str, action_vi: str, found: str | None
) -> Refusal:
    """Return the refusal of a file that does not say clearly who files what."""
    return Refusal(Finding("structure", rule_id, "error", message_vi, message_en, action_vi, found=found))


def damaged(detail: str) -> Refusal:
    """Return the refusal of a file that is cut off or broken."""
    return unreadable(
        "unreadable_file",
        "Không đọc được tệp: tệp bị hỏng hoặc bị cắt cụt khi gửi.",
        f"The file is broken or cut off ({detail}).",
    )


def unclear_cell(sheet_name: str, address: str, what_vi: str, what_en: str) -> Refusal:
    """Return the refusal of a sheet with a cell that readers would understand in more than one way."""
    return Refusal(
        Finding(
            "readable",
            "unreadable_file",
            "error",
            f"Không đọc được trang “{sheet_name}”: ô {address} {what_vi}, nên không biết số liệu nào là đúng.",
            f"Sheet {sheet_name!r} is ambiguous: {address} {what_en}.",
            _SAVE_AGAIN,
            sheet_name=sheet_name,
            cell=address,
        )
    )


def encrypted() -> Refusal:
    """Return the refusal of a workbook with a password."""
    return Refusal(built_in("encrypted_file").finding())


def too_large(what: str) -> Refusal:
    """Return the refusal of a file beyond the limits of a filing."""
    return unreadable(
        "file_too_large",
        f"Tệp quá lớn so với một báo cáo ({what}).",
        f"The file is larger than any filing may be ({what}).",
        "Xóa các trang, dòng, hình ảnh không thuộc biểu mẫu rồi gửi lại.",
    )


def unsupported(file_name: str) -> Refusal:
    """Return the refusal of a file that is none of the known types."""
    return unreadable(
        "unsupported_type",
        f"Loại tệp không được hỗ trợ: {file_name}.",
        f"The content of {file_name} is none of xlsx, xls, ods, csv, json.",
        "Gửi báo cáo dưới dạng .xlsx, .xls, .ods, .csv hoặc .json.",
    )


def crashed() -> Finding:
    """Return the finding of a file that ended the process that read it."""
    return built_in("reading_crashed").finding()


def not_kept(why: str) -> Finding:
    """Return the finding of a file of which the warehouse does not take what was read."""
    return built_in("reading_crashed").finding(
        message_vi="Không lưu được nội dung đã đọc vì trong tệp có ô không phải nội dung của một báo cáo.",
        message_en=f"The warehouse does not take what was read: {' '.join(why.split())}",
    )


def too_slow(seconds: int) -> Finding:
    """Return the finding of a file that was not read in time."""
    return built_in("reading_too_slow").finding(
        message_vi=f"Không đọc xong tệp trong {seconds} giây nên đã dừng.",
        message_en=f"The file was not read within {seconds} s; the process was stopped.",
    )
