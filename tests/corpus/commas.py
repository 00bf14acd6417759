"""CSV files in which a comma inside a number, or any other delimiter too many, moves cells."""

from __future__ import annotations

from collections.abc import Sequence

from tests.corpus.cases import FaultyFile, faulty

WIDER, SPLIT = "!row_wider_than_header", "!figure_split_by_comma"
LIST = "Mã số,Chỉ tiêu,Đơn vị tính,Số liệu,Ghi chú"
PAYMENTS = (
    "Dịch vụ,Khách hàng không dùng tiền mặt,Tổng số khách hàng,Giao dịch không dùng tiền mặt,Tổng số giao dịch,"
    "Giá trị không dùng tiền mặt (triệu đồng),Tổng giá trị (triệu đồng)"
)


def filing(form: str, unit: str, period: str, *lines: str, delimiter: str = ",") -> bytes:
    """A filing whose stamp is as wide as its words, as people type it, and whose table stands from line 6."""
    stamp = (f"Mã biểu,{form}", "Phiên bản,1", f"Mã đơn vị,{unit}", f"Kỳ báo cáo,{period}", "")
    return "\n".join(line.replace(",", delimiter) for line in (*stamp, *lines)).encode()


def hs01(*lines: str, header: str = LIST, delimiter: str = ",") -> bytes:
    return filing("HS-01", "14758", "2025-M07", header, *lines, delimiter=delimiter)


def case(name: str, data: bytes, *found: str, source: str = "communes") -> FaultyFile:
    return faulty(name, lambda: data, *found, file_name="a.csv", source=source)


def padded(lines: Sequence[str], width: int) -> bytes:
    """As a spreadsheet saves it: every row as wide as the widest."""
    stamp = ("Mã biểu,HS-01", "Phiên bản,1", "Mã đơn vị,14758", "Kỳ báo cáo,2025-M07", "")
    return "\n".join(line + "," * (width - 1 - line.count(",")) for line in (*stamp, *lines)).encode()


FILES: list[FaultyFile] = [
    case("CSV with thousands cut by a comma", hs01("1,Tổng số,hồ sơ,5,", "1.1,Tổng,hồ sơ,60,000,"), f"{WIDER}@D8"),
    case("CSV with decimals cut by a comma",
         filing("KTS-01", "thong-ke", "2024-Y", LIST.removesuffix(",Ghi chú"), "1.1,Giá trị,tỷ đồng,1234,5"),
         f"{WIDER}@D7", source="departments"),
    case("CSV with two figures cut by commas",
         filing("TT-01", "so-cong-thuong", "2025-Q2", PAYMENTS, "Điện,50,60,1,5,3,5,1,1"),
         f"{WIDER}@H7", source="departments"),
    case("CSV with a text cut by a comma", hs01("1,Tổng, cả năm,hồ sơ,5,"), f"{WIDER}@F7"),
    case("CSV with an empty field too many", hs01("1,Tổng,hồ sơ,5,,"), f"{WIDER}@F7"),
    case("CSV of tabs with a field too many", hs01("1,Tổng,hồ sơ,5,a,b", delimiter="\t"), f"{WIDER}@F7"),
    case("CSV with thousands cut into the notes", hs01("1,Tổng số,hồ sơ,5,", "1.1,Tổng,hồ sơ,60,000"), f"{SPLIT}@D8"),
    case("CSV with a number cut in quotes", hs01('1,"Tổng, cả năm",hồ sơ,"60,5",')),
    case("CSV with a note of words and digits", hs01("1,Tổng,hồ sơ,5,QĐ 12")),
    case("CSV of semicolons with a number in the notes", hs01("1,Tổng,hồ sơ,5,12", delimiter=";")),
    case("CSV whose rows are shorter than the header", hs01("1,Tổng,hồ sơ,5")),
    case("CSV that a spreadsheet padded", padded([LIST, "1,Tổng,hồ sơ,5,", "1.1,Tổng,hồ sơ,3,"], 8)),
    case("CSV with an empty wide row and words below", hs01("1,Tổng,hồ sơ,5,", ",,,,,,,", "Thanh Hóa, ngày 5,")),
]  # fmt: skip
