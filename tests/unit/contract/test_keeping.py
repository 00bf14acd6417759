"""The files of the contract: drift is found, breaking changes are refused, a release is the base of the next."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from shutil import copytree

import pytest
import yaml
from jsonschema import Draft201909Validator

from kpi_reporting.contract import ContractError, check, release, write
from kpi_reporting.contract.tables import Column, Table

PROJECT = Path(__file__).parents[3]
SHIPPED = sorted((PROJECT / "contracts").glob("v*/*.odcs.yaml"))

CODE = Column("period_code", "text", "Period.", required=True)
PERIODS = Table("periods", "One row per period.", ("period_code",), (CODE,))
PUBLICATIONS = Table(
    "publications", "One row per change.", (), (Column("publication_id", "bigint", "Number."),)
)
WIDER = replace(PERIODS, columns=(CODE, Column("year", "integer", "Year.")))
BROKEN = replace(PERIODS, columns=(replace(CODE, type="integer"),))


@pytest.fixture
def contracts(tmp_path: Path) -> Path:
    """A released version 1."""
    (tmp_path / "v1").mkdir()
    (tmp_path / "v1/terms.yaml").write_text("id: test\nstatus: active\n")
    write(tmp_path, {"periods": PERIODS}, [PUBLICATIONS])
    release(tmp_path, {"periods": PERIODS})
    return tmp_path


def test_what_was_written_is_in_order(contracts: Path) -> None:
    assert check(contracts, {"periods": PERIODS}) == "1.0.0"
    document = yaml.safe_load((contracts / "v1/reporting.odcs.yaml").read_text())
    assert [table["name"] for table in document["schema"]] == ["periods", "publications"]
    assert document["status"] == "active"


def test_a_contract_behind_the_models_is_drift(contracts: Path) -> None:
    with pytest.raises(ContractError, match=r"Run `make contract`(.|\n)*\+      - name: year"):
        check(contracts, {"periods": WIDER})


def test_a_contract_changed_by_hand_is_drift(contracts: Path) -> None:
    path = contracts / "v1/reporting.odcs.yaml"
    path.write_text(path.read_text().replace("active", "retired"))
    with pytest.raises(ContractError, match="does not say what the models serve"):
        check(contracts, {"periods": PERIODS})


def test_an_addition_is_a_minor_version_until_it_is_released_and_after(contracts: Path) -> None:
    for _ in range(2):
        write(contracts, {"periods": WIDER}, [PUBLICATIONS])
        assert check(contracts, {"periods": WIDER}) == "1.1.0"
    assert release(contracts, {"periods": WIDER}) == "1.1.0"
    assert check(contracts, {"periods": WIDER}) == "1.1.0"
    with pytest.raises(ContractError, match="periods.year: the column was removed"):
        check(contracts, {"periods": PERIODS})


def test_other_terms_are_a_patch(contracts: Path) -> None:
    (contracts / "v1/terms.yaml").write_text("id: test\nstatus: deprecated\n")
    write(contracts, {"periods": PERIODS}, [PUBLICATIONS])
    assert check(contracts, {"periods": PERIODS}) == "1.0.1"


def test_a_breaking_change_is_neither_written_nor_passed(contracts: Path) -> None:
    before = (contracts / "v1/reporting.odcs.yaml").read_bytes()
    for act in (
        lambda: write(contracts, {"periods": BROKEN}, [PUBLICATIONS]),
        lambda: check(contracts, {"periods": BROKEN}),
        lambda: release(contracts, {"periods": BROKEN}),
    ):
        with pytest.raises(ContractError, match=r"periods.period_code: the type was text(.|\n)*folder v2"):
            act()
    assert (contracts / "v1/reporting.odcs.yaml").read_bytes() == before


def test_a_breaking_change_is_a_new_version_beside_the_old_one(contracts: Path) -> None:
    copytree(contracts / "v1", contracts / "v2")
    (contracts / "v2/released.odcs.yaml").unlink()
    write(contracts, {"periods": BROKEN}, [PUBLICATIONS])
    assert check(contracts, {"periods": BROKEN}) == "2.0.0"
    assert "1.0.0" in (contracts / "v1/reporting.odcs.yaml").read_text()


def test_an_older_version_changes_no_more(contracts: Path) -> None:
    copytree(contracts / "v1", contracts / "v2")
    write(contracts, {"periods": PERIODS}, [PUBLICATIONS])
    path = contracts / "v1/reporting.odcs.yaml"
    path.write_text(path.read_text().replace("Period.", "Span."))
    with pytest.raises(ContractError, match="v1/reporting.odcs.yaml is not what was released"):
        check(contracts, {"periods": PERIODS})


def test_a_missing_file_is_named(contracts: Path) -> None:
    (contracts / "v1/reporting.odcs.yaml").unlink()
    with pytest.raises(ContractError, match="reporting.odcs.yaml cannot be read"):
        check(contracts, {"periods": PERIODS})
    with pytest.raises(ContractError, match="holds no version"):
        check(contracts / "v1", {"periods": PERIODS})


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: "/".join(path.parts[-2:]))
def test_what_is_shipped_follows_the_standard(path: Path) -> None:
    package = find_spec("open_data_contract_standard")
    assert package is not None
    assert package.origin is not None
    schema = json.loads(Path(package.origin).with_name("schema.json").read_text("utf-8"))
    assert list(Draft201909Validator(schema).iter_errors(yaml.safe_load(path.read_text("utf-8")))) == []


def test_both_files_of_version_1_are_shipped() -> None:
    assert [path.name for path in SHIPPED] == ["released.odcs.yaml", "reporting.odcs.yaml"]
