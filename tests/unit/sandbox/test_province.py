"""A province is the same whenever it is made, grows with time, and leaves nobody out."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from kpi_reporting.errors import KpiReportingError
from kpi_reporting.registry import Registry
from kpi_reporting.registry.models import UnitKind
from sandbox.faults import FAULTS
from sandbox.maker import FOLDERS
from sandbox.obligations import obligations
from sandbox.province import Province, make_province
from sandbox.sendings import ZIPPED, standing_out
from tests.unit.sandbox.conftest import AS_OF


def files_of(province: Province) -> dict[str, tuple[bytes, float]]:
    """Bytes and modification time of everything in the drop folders."""
    paths = (path for name in FOLDERS for path in (province.folder / name).rglob("*") if path.is_file())
    return {
        path.relative_to(province.folder).as_posix(): (path.read_bytes(), path.stat().st_mtime)
        for path in paths
    }


def test_the_same_seed_gives_the_same_bytes(registry: Registry, province: Province, tmp_path: Path) -> None:
    again = make_province(tmp_path / "again", AS_OF, registry=registry)
    assert files_of(again) == files_of(province)
    assert again.manifest == province.manifest
    assert (again.deliveries, again.sent_files) == (province.deliveries, province.sent_files)
    assert (again.folder / "manifest.csv").read_bytes() == (province.folder / "manifest.csv").read_bytes()


def test_another_seed_invents_another_province(
    registry: Registry, province: Province, tmp_path: Path
) -> None:
    other = make_province(tmp_path / "other", AS_OF, seed=1, registry=registry)
    common = files_of(other).keys() & files_of(province).keys()
    assert len(common) > 100
    assert sum(files_of(other)[name] == files_of(province)[name] for name in common) < 5
    for form_code in ("KTS-01", "KN-01", "TT-01"):
        (one,) = (entry.sha256 for entry in province.manifest if entry.form_code == form_code)
        assert one not in {entry.sha256 for entry in other.manifest}


def test_a_later_night_adds_and_changes_nothing(
    registry: Registry, province: Province, tmp_path: Path
) -> None:
    later = make_province(tmp_path / "later", AS_OF + timedelta(days=35), registry=registry)
    assert files_of(province).items() < files_of(later).items()
    for location, items in province.deliveries.items():
        assert later.deliveries[location][: len(items)] == items
    for location, sent in province.sent_files.items():
        assert later.sent_files[location][: len(sent)] == sent
        assert len(later.sent_files[location]) > len(sent)
    assert any(entry.period_code == "2025-M08" for entry in later.manifest)


def test_everybody_files_or_is_missed(registry: Registry, province: Province) -> None:
    owed = {
        (one.unit.code, one.form.form_code, one.period.code): one.unit.kind
        for one in obligations(registry, AS_OF)
    }
    filed = {
        (one.unit_code, one.form_code, one.period_code) for one in province.manifest if not one.is_archive
    }
    missing = {(one.unit.code, one.form.form_code, one.period.code) for one in province.missing}
    assert filed | missing == owed.keys()
    assert not filed & missing
    july = Counter(
        kind for (_, form, period), kind in owed.items() if (form, period) == ("HS-01", "2025-M07")
    )
    assert july == {UnitKind.COMMUNE: 166, UnitKind.DEPARTMENT: 15}
    assert 0 < len(missing) < 15


def test_nothing_was_received_after_the_night_or_at_another_instant(province: Province) -> None:
    assert max(entry.received_at for entry in province.manifest) <= AS_OF
    modified = {name: mtime for name, (_, mtime) in files_of(province).items()}
    told = {one.origin: one.received_at.timestamp() for one in province.manifest if one.origin in modified}
    assert told == modified
    submitted = {
        f"{location}/{item.id}": item.submitted_at
        for location, items in province.deliveries.items()
        for item in items
    }
    served = {file.path: file.sent_at for files in province.sent_files.values() for file in files}
    by_system = {**submitted, **served}
    assert {one.origin: one.received_at for one in province.manifest if one.origin in by_system} == by_system
    in_archives = [one for one in province.manifest if ".zip/" in one.origin]
    assert len(told) + len(by_system) + len(in_archives) == len(province.manifest)


def test_every_mistake_is_made_by_a_sender_of_its_own(province: Province) -> None:
    made = [one for one in province.manifest if one.particular in FAULTS and one.period_code == "2025-M07"]
    assert {one.particular for one in made} == FAULTS.keys() - {"total_misses_a_row"}
    assert len({one.unit_code for one in made}) == len(made) == 13
    districts = [one for one in province.manifest if one.particular == "total_misses_a_row"]
    assert {one.period_code for one in districts} == {"2025-M05", "2025-M06"}


@pytest.mark.parametrize(
    ("particular", "state"),
    [
        ("late", "accepted"),
        ("late_at_night", "accepted"),
        ("nil", "accepted"),
        ("corrected", "superseded"),
        ("sent_twice", "duplicate"),
        ("left_open", None),
        ("legacy_font", "accepted"),
        ("zipped", "unpacked"),
        ("zipped", "accepted"),
        ("held", "held"),
    ],
)
def test_what_senders_do_besides_filing_in_time(
    province: Province, particular: str, state: str | None
) -> None:
    assert state in {one.state for one in province.manifest if one.particular == particular}


def test_one_api_never_answers_and_its_items_are_not_expected(registry: Registry, province: Province) -> None:
    assert province.silent == {"senders/so-xay-dung"}
    told = {one.state for one in province.manifest if one.source_code == "so-xay-dung"}
    assert told == {None}
    apis = {one.location for one in registry.sources if one.kind == "http_api"}
    assert province.deliveries.keys() == apis


def test_one_department_files_by_sftp_and_nowhere_else(province: Province) -> None:
    entries = [one for one in province.manifest if one.unit_code == "so-ngoai-vu"]
    assert {one.source_code for one in entries} == {"so-ngoai-vu"}
    assert {one.state for one in entries} == {"accepted", "superseded"}
    (files,) = province.sent_files.values()
    assert {(file.path, hashlib.sha256(file.data).hexdigest(), file.sent_at) for file in files} == {
        (one.origin, one.sha256, one.received_at) for one in entries
    }
    assert not any("so-ngoai-vu" in name for name in files_of(province))


def test_archives_come_from_senders_of_files_alone(registry: Registry) -> None:
    owed = [one for one in obligations(registry, AS_OF) if one.unit.kind is UnitKind.DEPARTMENT]
    apis = {str(one.unit_code) for one in registry.sources if one.kind == "http_api"}
    sending = {
        one.unit.code
        for seed in range(40)
        for one, particular in standing_out(registry, seed, owed, (), apis).items()
        if particular == ZIPPED
    }
    assert len(sending) > 5
    assert not sending & apis


def test_a_form_without_invented_figures_is_named_and_filed_by_nobody(
    registry: Registry, tmp_path: Path
) -> None:
    strange = [
        row.model_copy(update={"indicator_code": "training.officials"}) if row.field_code == "grdp" else row
        for row in registry.form_fields
    ]
    made = make_province(tmp_path / "inbox", AS_OF, registry=replace(registry, form_fields=tuple(strange)))
    assert made.nobody_files == ("KTS-01",)
    assert "KTS-01" not in {one.form_code for one in made.manifest}


def test_a_folder_of_somebody_else_is_left_alone(registry: Registry, tmp_path: Path) -> None:
    (tmp_path / "real.xlsx").write_bytes(b"real")
    with pytest.raises(KpiReportingError, match="did not make"):
        make_province(tmp_path, AS_OF, registry=registry)
    assert [path.name for path in tmp_path.iterdir()] == ["real.xlsx"]


def test_what_lay_in_the_folder_from_another_time_is_gone(registry: Registry, tmp_path: Path) -> None:
    folder = tmp_path / "inbox"
    early = make_province(folder, AS_OF - timedelta(days=60), registry=registry)
    (folder / "communes" / "stray.xlsx").write_bytes(b"stray")
    made = make_province(folder, AS_OF - timedelta(days=60), registry=registry)
    assert made.manifest == early.manifest
    assert not (folder / "communes" / "stray.xlsx").exists()
