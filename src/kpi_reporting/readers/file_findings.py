"""What a file carries beside its sheets: macros, links to elsewhere, another way to count dates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from urllib.parse import unquote

from kpi_reporting.catalogue import built_in
from kpi_reporting.findings import Finding
from kpi_reporting.readers.limits import Policy

_MOST_TARGETS = 5
_TARGET = re.compile(rb"Target=[\"']([^\"']*)[\"']")


def by_policy(policy: Policy, finding: Finding) -> Finding:
    """Return the finding, as an error that refuses the file when the policy is to refuse."""
    return replace(finding, severity="error") if policy == "refuse" else finding


def macros() -> Finding:
    """Return the note that a workbook brought macros."""
    return built_in("macros").finding()


def dates_from_1904() -> Finding:
    """Return the note that a workbook counts its days from 1904."""
    return built_in("dates_from_1904").finding()


def external_links(targets: Sequence[str]) -> Finding:
    """Return the warning that values may come from other files."""
    files = ", ".join(f"“{target}”" for target in targets[:_MOST_TARGETS])
    return built_in("external_links").finding(
        message_vi=f"Tệp có liên kết tới tệp khác ({files}); giá trị được lấy như lần lưu cuối, "
        "không cập nhật từ tệp đó.",
        message_en=f"The workbook links to other files ({files}); their last saved values are read, "
        "nothing is fetched.",
        found=files or None,
    )


def dde_link(sheet_name: str | None = None, cell: str | None = None, found: str | None = None) -> Finding:
    """Return the warning that a workbook wants to talk to a program, by a link or by the formula of a cell."""
    return built_in("dde_link").finding(sheet_name=sheet_name, cell=cell, found=found)


def hidden_sheet(name: str) -> Finding:
    """Return the warning that a hidden sheet holds something; hidden sheets are not read."""
    return built_in("hidden_sheet").finding(
        message_vi=f"Trang tính “{name}” bị ẩn nhưng có dữ liệu; trang ẩn không được đọc.",
        message_en=f"The hidden sheet {name!r} holds data; hidden sheets are not read.",
        sheet_name=name,
        subject=name,
    )


def link_targets(relations: bytes) -> list[str]:
    """Return the files that relations point to, without their folders."""
    return last_parts(target.decode("utf-8", "replace") for target in _TARGET.findall(relations))


def last_parts(addresses: Iterable[str]) -> list[str]:
    """Return the names of files without their folders, each once."""
    return list(dict.fromkeys(re.split(r"[/\\]", unquote(address))[-1] for address in addresses))
