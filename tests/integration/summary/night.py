"""A night in which one files in time, one late, one with a wrong sum, one not at all."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import psycopg

AS_OF = "2025-07-17T01:00:00+07:00"
SIGNED_AT = datetime(2025, 7, 17, 1, 12, tzinfo=UTC)
IN_TIME, TOO_LATE = "2025-07-16T20:00:00+07:00", "2025-07-17T00:30:00+07:00"

# One KPI of the golden registry, and beside it: a competing formula, a target of each commune, a KPI without a number.
ROWS = {
    "kpis.csv": """
EACH,Tỷ lệ của từng xã,Share of each commune,%,2,higher,true,20,,,true
OPEN,Mở dữ liệu từng bước,Open data step by step,%,2,higher,false,30,,,true
""",
    "kpi_formulas.csv": """
ONLINE-b,1,ONLINE,Trực tuyến / không tính bưu chính,Without post,100,sum,sum,non_null,false,2020-01-01,,,false
EACH-a,1,EACH,Trực tuyến / tổng số,Online / all,100,sum,sum,non_null,true,2020-01-01,,,true
""",
    "kpi_terms.csv": """
ONLINE-b,1,numerator,dossiers.received_online,total,1
ONLINE-b,1,denominator,dossiers.received_online,total,1
ONLINE-b,1,denominator,dossiers.received_direct,total,1
EACH-a,1,numerator,dossiers.received_online,total,1
EACH-a,1,denominator,dossiers.received_total,total,1
""",
    "targets.csv": """
ONLINE-2025,1,ONLINE,assigned,2025,,>=,75,,step,true,,Toàn tỉnh,province,,Kế hoạch thử nghiệm,,,,2020-01-01,,,false
EACH,1,EACH,assigned,,,between,20,45,step,true,,Mỗi xã,commune,,Kế hoạch thử nghiệm,,,,2020-01-01,,,true
OPEN-2025,1,OPEN,assigned,2025,,unquantified,,,step,true,,Toàn tỉnh,province,,Kế hoạch thử nghiệm,,,,2020-01-01,,,true
""",
    "units.csv": """
90005@2025-07-01,90005,commune,Xã,Xã Chưa Nộp,Silent commune,99@2020-01-01,2025-07-01,,,false
90006@2025-07-01,90006,commune,Xã,Xã Đông Sai,Faulty commune,99@2020-01-01,2025-07-01,,,true
""",
    "unit_events.csv": """
2025-07-01-90005,2025-07-01,create,,90005@2025-07-01,,,false
2025-07-01-90006,2025-07-01,create,,90006@2025-07-01,,,true
""",
}
FILED = {
    "90001.csv": ("90001", IN_TIME, (100, 30, 60, 10)),
    "90004.csv": ("90004", TOO_LATE, (12345, 9876, 2469, 0)),
    "90006.csv": ("90006", IN_TIME, (5, 1, 1, 1)),
}

Printed = Callable[..., str]


def filing(unit: str, figures: tuple[int, ...]) -> str:
    items = zip(("1", "1.1", "1.2", "1.3"), figures, strict=True)
    table = "".join(f"{code},Chỉ tiêu,{figure}\n" for code, figure in items)
    return f"Mã biểu,B-01,\nPhiên bản,1,\nMã đơn vị,{unit},\nKỳ báo cáo,2025-M07,\nMã số,Chỉ tiêu,Số liệu\n{table}"


def drop(folder: Path, name: str, data: bytes, at: str) -> None:
    folder.mkdir(exist_ok=True, parents=True)
    (folder / name).write_bytes(data)
    seconds = datetime.fromisoformat(at).timestamp()
    os.utime(folder / name, (seconds, seconds))


def open_later_night(conn: psycopg.Connection) -> None:
    later = "2025-08-20T01:00:00+07:00"
    conn.execute(
        "insert into raw.nights select %s, registry_code, registry_sha256, %s, inbox from raw.nights",
        (later, later),
    )
    conn.execute("update raw.current_night set night_id = %s", (later,))
