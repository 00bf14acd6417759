"""Filings that state a unit of measure beside their figures, the form's or another one."""

from __future__ import annotations

from typing import Any

from tests.corpus.cases import FaultyFile, faulty
from tests.corpus.identities import SERVICES
from tests.corpus.making import filled
from tests.workbooks import saved


def money(stated: str, *, above: bool = False) -> bytes:
    rows: list[list[Any]] = [[f"Đơn vị tính: {stated}"]] if above else []
    header = ["Mã số", "Chỉ tiêu", "Số liệu"] if above else ["Mã số", "Chỉ tiêu", "Đơn vị tính", "Số liệu"]
    measure = [] if above else [stated]
    rows += [[code, "Giá trị", *measure, 100] for code in ("1.1", "1.2")]
    body = [rows[0], header, *rows[1:]] if above else [header, *rows]
    return saved(filled("KTS-01", "thong-ke", "2024-Y", body))


def economy(
    *above: list[Any], measure: str | None = None, label: str = "Tổng sản phẩm trên địa bàn (tỷ đồng)"
) -> bytes:
    """A filing of two figures in tỷ đồng, from row 6 on."""
    labels = ("Giá trị tăng thêm của kinh tế số (tỷ đồng)", label)
    rows = [[code, text, measure, 100] for code, text in zip(("1.1", "1.2"), labels, strict=True)]
    return saved(
        filled(
            "KTS-01", "thong-ke", "2024-Y", [*above, ["Mã số", "Chỉ tiêu", "Đơn vị tính", "Số liệu"], *rows]
        )
    )


def payments(above: str) -> bytes:
    """A table that asks for numbers of customers and for triệu đồng, with a line above it."""
    rows = [[above], SERVICES, ["Điện", *[1] * 6]]
    return saved(filled("TT-01", "so-cong-thuong", "2025-Q2", rows))


OTHER_MEASURES = (
    "Triệu đ", "tr.đ", "trđ", "Triệu VNĐ", "triệu", "1.000 đồng", "nghìn tỷ", "đồng", "ty USD", "tỷ lệ", "%",
)  # fmt: skip
SAME_MEASURES = (
    "tỷ đồng",
    "Tỉ Đồng",
    "tỷ đ",
    "tỷ VNĐ",
    "TỶ  ĐỒNG",
    "tỷ đồng VN",
    "tỷ đồng Việt Nam",
    "ty dong",
    "–",
)


FILES: list[FaultyFile] = [
    *(
        faulty(
            f"money in {stated}",
            lambda stated=stated: economy(measure=stated),
            "!other_unit_of_measure@C7",
            "!other_unit_of_measure@C8",
            source="departments",
        )
        for stated in OTHER_MEASURES
    ),
    *(
        faulty(
            f"the form's measure as {stated}",
            lambda stated=stated: economy(measure=stated),
            source="departments",
        )
        for stated in SAME_MEASURES
    ),
    *(
        faulty(
            f"{what} above a blank column",
            lambda row=row: economy(row),
            f"!other_unit_of_measure@{cell}6",
            source="departments",
        )
        for what, row, cell in (
            ("a measure", ["Đơn vị tính: triệu đồng"], "A"),
            ("a measure in two cells", ["Đơn vị tính:", None, "Triệu đồng"], "C"),
            ("a measure in brackets", ["(ĐVT: tr.đ)"], "A"),
            ("a measure of the unit", ["Đơn vị: đồng"], "A"),
        )
    ),
    faulty("the form's measure above", lambda: economy(["Đơn vị tính: tỷ đồng"]), source="departments"),
    faulty("a letter and a name above", lambda: economy(["D", "Ngân"]), source="departments"),
    faulty(
        "money alone above",
        lambda: economy(["(triệu đồng)"]),
        "!other_unit_of_measure@A6",
        source="departments",
    ),
    faulty("an office above", lambda: economy(["Đơn vị: Cục Thống kê"]), source="departments"),
    faulty(
        "a label with another measure",
        lambda: economy(label="Tổng sản phẩm trên địa bàn (triệu đồng)"),
        "!other_unit_of_measure@B8",
        source="departments",
    ),
    faulty(
        "đồng above numbers and triệu đồng",
        lambda: payments("Đơn vị tính: đồng"),
        "!other_unit_of_measure@A6",
        source="departments",
    ),
    faulty(
        "the measures of a table above it",
        lambda: payments("Đơn vị tính: khách hàng, giao dịch, triệu đồng"),
        source="departments",
    ),
    faulty("money in the form's measure", lambda: money("tỷ đồng"), source="departments"),
    faulty(
        "money in millions",
        lambda: money("triệu đồng"),
        "!other_unit_of_measure@C7",
        "!other_unit_of_measure@C8",
        source="departments",
    ),
    faulty(
        "money in millions, said above",
        lambda: money("triệu đồng", above=True),
        "!other_unit_of_measure@A6",
        source="departments",
    ),
]
