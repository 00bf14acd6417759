"""A province after a night in which some filed well, one badly and most not at all."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from kpi_reporting.registry import Registry, load_registry
from tests.golden.cases import HERE as GOLDEN
from tests.golden.chain import run_night, settings_for
from tests.workbooks import saved, stamp, workbook

NIGHT = "2025-07-17T01:00:00+07:00"
MORNING = datetime.fromisoformat("2025-07-17T08:00:00+07:00")
EVENING = datetime.fromisoformat("2025-07-16T20:00:00+07:00").timestamp()
MORE_UNITS = "".join(
    f"{code}@2020-01-01,{code},commune,Xã,Xã {name},,99@2020-01-01,2020-01-01,,,true\n"
    for code, name in (
        ("90005", "<b>Đông</b> & Tây"),
        ("90006", "Nam"),
        ("90007", "Bắc"),
        ("90008", "Trung"),
        ("90009", "Thượng"),
    )
)
CONTACTS = """unit_code,email,valid_from,valid_to,confirmed
90001,van-thu@90001.example,2025-07-01,,true
90004,van-thu@90004.example,2025-07-01,,true
90004,lanh-dao@90004.example,2025-07-01,,true
90004,cu@90004.example,2025-07-01,2025-07-16,true
90005,van-thu@90005.example,2020-01-01,,true
90006,van-thu@90006.example,2020-01-01,,true
90007,van-thu@90007.example,2020-01-01,,true
90008,van-thu@90008.example,2020-01-01,,false
"""


@dataclass(frozen=True)
class Province:
    """Its registry and the address of its warehouse."""

    registry: Registry
    dsn: str


def filing(unit: str, online: object) -> bytes:
    items = [("1", "Tổng số tiếp nhận", 100), ("1.1", "Tiếp nhận trực tuyến", online),
             ("1.2", "Tiếp nhận trực tiếp", 60), ("1.3", "Tiếp nhận qua bưu chính", 10)]  # fmt: skip
    return saved(
        workbook([*stamp("B-01", unit, "2025-M07"), ["Mã số", "Chỉ tiêu", "Số liệu"], *map(list, items)])
    )


def province_after_a_night(dsn: str, place: Path) -> Province:
    """Run a night of the golden registry with more communes: 90001 filed, 90006 wrongly, the others not."""
    registry, inbox = place / "golden/registry", place / "inbox"
    shutil.copytree(GOLDEN / "registry", registry)
    shutil.copytree(GOLDEN / "expectations", registry.parent / "expectations")
    (registry / "units.csv").write_text((registry / "units.csv").read_text() + MORE_UNITS)
    (registry / "contacts.csv").write_text(CONTACTS)
    settings = (registry / "settings.csv").read_text()
    # The warehouse the tests are given is that of this code, whoever asks the settings for it.
    (registry / "settings.csv").write_text(
        settings.replace("registry_code,golden", "registry_code,thanh_hoa")
    )
    (inbox / "filings").mkdir(parents=True)
    for name, data in {"a.xlsx": filing("90001", 30), "b.xlsx": filing("90006", "ba mươi")}.items():
        (inbox / "filings" / name).write_bytes(data)
        os.utime(inbox / "filings" / name, (EVENING, EVENING))
    run_night(replace(settings_for(dsn, place), registry_dir=registry), registry, inbox, NIGHT)
    return Province(load_registry(registry), dsn)
