"""What a file carries beside its sheets: macros, links to elsewhere, another way to count dates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from urllib.parse import unquote

from kpi_reporting.findings import Finding
from kpi_reporting.readers.limits import Policy
from kpi_reporting.readers.refusal import Refusal

_MOST_TARGETS = 5
_TARGET = re.compile(rb"Target=[\"']([^\"']*)[\"']")


def by_policy(policy: Policy, finding: Finding) -> Finding:
    """Return the finding when its subject may be ignored.

    Raises:
        Refusal: the policy is to refuse.
    """
    if policy == "refuse":
        raise Refusal(replace(finding, severity="error"))
    return finding


def macros() -> Finding:
    """Return the note that a workbook brought macros."""
    return Finding(
        "readable",
        "macros",
        "info",
        "Tệp có chứa macro; macro không bao giờ được chạy khi đọc báo cáo.",
        "The workbook holds macros; they are never run.",
        "Lần sau lưu báo cáo dưới dạng .xlsx, không có macro.",
    )


def dates_from_1904() -> Finding:
    """Return the note that a workbook counts its days from 1904."""
    return Finding(
        "readable",
        "dates_from_1904",
        "info",
        "Tệp dùng hệ ngày bắt đầu từ năm 1904; ngày tháng đã được quy đổi theo hệ này.",
        "The workbook counts days from 1904; its dates are read so.",
        "Kiểm tra các ô ngày tháng nếu có số liệu được dán từ tệp khác.",
    )


def external_links(targets: Sequence[str]) -> Finding:
    """Return the warning that values may come from other files."""
    files = ", ".join(f"“{target}”" for target in targets[:_MOST_TARGETS])
    return Finding(
        "readable",
        "external_links",
        "warning",
        f"Tệp có liên kết tới tệp khác ({files}); giá trị được lấy như lần lưu cuối, không cập nhật từ tệp đó.",
        f"The workbook links to other files ({files}); their last saved values are read, nothing is fetched.",
        "Dán giá trị thay cho liên kết rồi gửi lại nếu số liệu ở tệp kia đã thay đổi.",
        found=files or None,
    )


def dde_link(sheet_name: str | None = None, cell: str | None = None, found: str | None = None) -> Finding:
    """Return the warning that a workbook wants to talk to a program, by a link or by the formula of a cell."""
    return Finding(
        "readable",
        "dde_link",
        "warning",
        "Tệp có liên kết DDE tới một chương trình khác; liên kết này không bao giờ được thực hiện.",
        "The workbook holds a DDE link to a program; it is never followed.",
        "Xóa liên kết DDE, dán giá trị thay cho công thức, rồi gửi lại.",
        sheet_name=sheet_name,
        cell=cell,
        found=found,
    )


def hidden_sheet(name: str) -> Finding:
    """Return the warning that a hidden sheet holds something; hidden sheets are not read."""
    return Finding(
        "readable",
        "hidden_sheet",
        "warning",
        f"Trang tính “{name}” bị ẩn nhưng có dữ liệu; trang ẩn không được đọc.",
        f"The hidden sheet {name!r} holds data; hidden sheets are not read.",
        "Nếu trang này thuộc báo cáo, bỏ ẩn rồi gửi lại; nếu không, xóa trang này.",
        sheet_name=name,
        subject=name,
    )


def link_targets(relations: bytes) -> list[str]:
    """Return the files that relations point to, without their folders."""
    return last_parts(target.decode("utf-8", "replace") for target in _TARGET.findall(relations))


def last_parts(addresses: Iterable[str]) -> list[str]:
    """Return the names of files without their folders, each once."""
    return list(dict.fromkeys(re.split(r"[/\\]", unquote(address))[-1] for address in addresses))
