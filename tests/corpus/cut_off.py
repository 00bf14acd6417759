"""CSV files that are not whole: cut off in a row or in quotes, or with bytes that no text has."""

from __future__ import annotations

from collections.abc import Sequence

from tests.corpus.cases import FaultyFile
from tests.corpus.commas import PAYMENTS, case, filing, hs01

CUT, OPEN, NUL = "!last_row_cut_off", "!quote_not_closed", "!nul_in_text"
ROWS = ("1,Tổng số,hồ sơ,99,", "1.1,Trực tuyến,hồ sơ,60,", "1.2,Trực tiếp,hồ sơ,30,")


def cut(*last: str) -> bytes:
    """A list of three whole rows, and what came of the next one."""
    return hs01(*ROWS, *last)


def payments(*rows: str) -> bytes:
    return filing("TT-01", "so-cong-thuong", "2025-Q2", PAYMENTS, *rows)


def ended(data: bytes) -> bytes:
    return data + b"\n"


def whole(names: Sequence[str]) -> list[str]:
    return [f"{name},1,1,1,1,1,1" for name in names]


SERVICES = whole(("Điện", "Nước", "Y tế"))

FILES: list[FaultyFile] = [
    case("CSV cut off inside a figure", cut("1.3,Bưu chính,hồ sơ,5"), f"{CUT}@D10"),
    case("CSV cut off before a figure", cut("1.3,Bưu chính,hồ sơ,"), f"{CUT}@D10"),
    case("CSV cut off inside a label", cut("1.3,Bưu ch"), f"{CUT}@B10"),
    case("CSV cut off inside a code", cut("1."), f"{CUT}@A10"),
    case("CSV table cut off inside its figures", payments(*SERVICES, "Giáo dục,1,1,1"), f"{CUT}@D10",
         source="departments"),
    case("CSV without the end of its last line", cut("1.3,Bưu chính,hồ sơ,5,")),
    case("CSV whose last row is short and ended", ended(cut("1.3,Bưu chính,hồ sơ,5"))),
    case("CSV whose rows are all short", hs01("1,Tổng số,hồ sơ,99", "1.1,Trực tuyến,hồ sơ,60", "1.2,Trực tiếp,hồ sơ,3")),
    case("CSV with one short row alone", hs01("1,Tổng số,hồ sơ,99")),
    case("CSV signed by one", cut("Người lập biểu")),
    case("CSV signed by two", cut("Người lập biểu,,,CHỦ TỊCH")),
    case("CSV with place and day below its table", cut(',,"Thanh Hóa, ngày 16 tháng 7 năm 2025"')),
    case("CSV with place and day below its figures", cut(',,,"Thanh Hóa, ngày 16 tháng 7 năm 2025"')),
    case("CSV table signed by one", payments(*SERVICES, "Người lập biểu"), source="departments"),
    case("CSV with a quote that is not closed", cut('1.3,"Bưu chính,hồ sơ,5,', "1.4,Kỳ trước,hồ sơ,4,"), f"{OPEN}@A10"),
    case("CSV with a quote opened in its last cell", cut('1.3,Bưu chính,hồ sơ,5,"'), f"{OPEN}@A10"),
    case("CSV with a quote that is closed at the end", cut('1.3,Bưu chính,hồ sơ,5,"ghi chú"')),
    case("CSV with a line break in quotes", cut('1.3,"Bưu chính\ncông ích",hồ sơ,5,')),
    case("CSV with a quote inside a text", cut('1.3,Mục "bưu chính,hồ sơ,5,')),
    case("CSV with a NUL in a figure", cut("1.3,Bưu chính,hồ sơ,5\0,"), NUL),
    case("CSV in UTF-16", cut("1.3,Bưu chính,hồ sơ,5,").decode().encode("utf-16")),
    case("CSV in UTF-16 that does not say so", "Ma bieu,HS-01\n".encode("utf-16-le"), NUL),
]  # fmt: skip
