"""What the models and the database say of a published table, put together."""

from __future__ import annotations

from typing import Any

import pytest

from kpi_reporting.contract.document import ContractError, tables_of, to_document
from kpi_reporting.contract.tables import Column, Table, closed_list, join_tables, tables_of_models


def column(name: str, kind: str = "text", *constraints: dict[str, str]) -> dict[str, Any]:
    return {"name": name, "data_type": kind, "description": f"The\n{name}.", "constraints": list(constraints)}


MANIFEST = {
    "nodes": {
        "model.kpi_reporting.mart_periods": {
            "resource_type": "model",
            "name": "mart_periods",
            "description": "One row\nper period.",
            "constraints": [{"type": "primary_key", "columns": ["calendar_code", "period_code"]}],
            "columns": {
                "calendar_code": column("calendar_code", "text", {"type": "not_null"}),
                "period_code": column("period_code", "text", {"type": "not_null"}),
                "kind": column("kind", "text", {"type": "check", "expression": "kind in ('month', 'year')"}),
            },
        },
        "test.kpi_reporting.mart_periods": {"resource_type": "test", "name": "mart_periods"},
    }
}
PUBLICATION = Column("publication_id", "bigint", "Publication.", required=True)
PERIODS = Table(
    "periods",
    "One row per period.",
    ("calendar_code", "period_code"),
    (
        Column("calendar_code", "text", "The calendar_code.", required=True),
        Column("period_code", "text", "The period_code.", required=True),
        Column("kind", "text", "The kind.", values=("month", "year")),
    ),
)


def test_a_table_of_a_mart_is_what_its_model_promises() -> None:
    assert tables_of_models(MANIFEST) == {"periods": PERIODS}


def test_the_database_adds_what_no_model_knows_and_nothing_else() -> None:
    in_database = Table("periods", "", (), (Column("period_code", "date", "Old."), PUBLICATION))
    publications = Table("publications", "One row per change.", ("publication_id",), (PUBLICATION,))
    joined = join_tables({"periods": PERIODS}, [publications, in_database])
    assert joined == (
        Table(PERIODS.name, PERIODS.description, PERIODS.key, (*PERIODS.columns, PUBLICATION)),
        publications,
    )


def test_a_table_whose_model_is_gone_is_not_kept() -> None:
    assert join_tables({}, [PERIODS]) == ()


@pytest.mark.parametrize(
    ("check", "values"),
    [
        ("state in ('due', 'late')", ("due", "late")),
        ("CHECK ((layer = ANY (ARRAY['row'::text, 'exit'::text])))", ("row", "exit")),
        ("CHECK (((share > 0) AND (note <> 'x'::text)))", ()),
    ],
)
def test_a_check_that_lists_texts_is_a_closed_list(check: str, values: tuple[str, ...]) -> None:
    assert closed_list(check) == values


def test_a_document_gives_back_the_tables_it_was_made_of() -> None:
    crossed = Table("periods", "Key in another order.", ("period_code", "calendar_code"), PERIODS.columns)
    for table in (PERIODS, crossed):
        assert tables_of(to_document([table], {}, "1.0.0")) == (table,)


def test_a_type_without_a_word_in_the_standard_is_refused() -> None:
    odd = Table("t", "d", ("a",), (Column("a", "tsvector", "d"),))
    with pytest.raises(ContractError, match="Column a is of the type tsvector"):
        to_document([odd], {}, "1.0.0")
