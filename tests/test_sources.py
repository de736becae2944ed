"""Every declared source, whichever there are: its files load under their headers' other names, what is wrong with a row
is told, and staging knows its key."""

import re

import pytest
from declared_rows import STAGING, delivered_columns, good_value
from test_ingest import Warehouse, delimited

from orchestration.sources import Column, Source, declarations
from orchestration.typing_sql import HOW_TO_WRITE

SOURCES = declarations()
HOW_TO_WRITE_AMOUNTS = "is not an amount in the currency of its row; write it like 1234.50"


def faults(source: Source) -> list[tuple[Column, dict[str, str], str]]:
    """(column, what a row has there instead, what people are told): one for everything that can be wrong."""
    found = []
    for column in delivered_columns(source):
        if column.type in HOW_TO_WRITE or column.type == "money":
            found.append((column, {column.name: "?"}, HOW_TO_WRITE.get(column.type, HOW_TO_WRITE_AMOUNTS)))
        if column.required and column.default is None:
            both = (name for name in (column.name, column.derived_from) if name)
            words = HOW_TO_WRITE["currency"] if column.type == "currency" else "is empty; it is required, fill it in"
            found.append((column, dict.fromkeys(both, ""), words))
        if column.minimum is not None:
            found.append((column, {column.name: str(column.minimum - 1)}, f"is below {column.minimum}; correct it"))
        if column.maximum is not None:
            found.append((column, {column.name: str(column.maximum + 1)}, f"is above {column.maximum}; correct it"))
    return found


@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize("alias", [0, -1], ids=["first other name", "Japanese"])
def test_a_file_of_any_source_loads_under_other_headers_and_its_faulty_rows_are_told(tmp_path, name, alias):
    source, warehouse = SOURCES[name], Warehouse(tmp_path)
    columns = delivered_columns(source)
    good = {column.name: good_value(column, 0) for column in columns}
    wrong = faults(source)
    headers = {column.name: (column.aliases or [column.name])[alias] for column in columns}
    rows = [{headers[key]: value for key, value in (good | fault).items()} for fault in ({}, *(f for _, f, _ in wrong))]

    file = warehouse.put_and_load(f"{name}/a.csv", delimited(*rows))

    assert (file.status, file.rows_in, file.rows_loaded) == ("loaded", 1 + len(wrong), 1), file.error
    assert warehouse.rows("select unknown_columns from raw.loaded_files") == [(None,)]
    filled = ", ".join(f"{column.name} is not null" for column in columns)
    assert warehouse.rows(f"select {filled} from raw.{name}") == [(True,) * len(columns)]
    told = warehouse.rows("select source_file, row_number, column_name, reason from raw.quarantine order by row_number")
    assert [row[:3] for row in told] == [(f"{name}/a.csv", 2 + i, fault[0].name) for i, fault in enumerate(wrong)]
    for (column, _, words), (*_, reason) in zip(wrong, told, strict=True):
        assert reason.startswith(f"{column.name}: ") and words in reason


@pytest.mark.parametrize("name", SOURCES)
def test_staging_has_every_column_of_the_natural_key_and_one_row_per_key(name):
    sql = (STAGING / f"stg_{name}.sql").read_text(encoding="utf-8")
    assert f"source('raw', '{name}')" in sql
    selected = re.search(r"renamed as \(\s+select(.*?)\sfrom ", sql, re.DOTALL)[1]
    partition = re.search(r"partition by (.*?)\s+order by", sql, re.DOTALL)[1]
    key = set(SOURCES[name].natural_key)
    assert key <= set(re.findall(r"^\s+(\w+),$", selected, re.MULTILINE))
    assert set(partition.split(", ")) == key


OVERRIDE = {
    "override_id": "h1", "account_id": "a1", "product_id": "", "score": "20", "author_id": "csm-01",
    "reason": "champion has left", "valid_from_date": "2025-01-01", "expires_date": "2025-03-01",
}
UNFIT = {  # what a row has instead, and what people are told
    "a text as long as a mail": ({"reason": "x" * 81}, "longer than 80 characters or has an @"),
    "an address": ({"reason": "ask taro@example.com"}, "longer than 80 characters or has an @"),
    "an address in full width": ({"reason": "ask taro＠example.com"}, "longer than 80 characters or has an @"),
    "an address as author": ({"author_id": "taro@example.com"}, "deliver an id"),
    "no end": ({"expires_date": ""}, "expires_date: is empty; it is required"),
    "an end at the beginning": ({"expires_date": "2025-01-01"}, "on or before the day it begins"),
    "a product called all": ({"product_id": "all"}, "leave the product empty"),
    "a score beyond the scale": ({"score": "100.5"}, "score: 100.5 is above 100"),
}


def test_a_kind_of_touch_names_nobody(tmp_path):
    warehouse = Warehouse(tmp_path)
    touch = {"touch_id": "t1", "account_id": "a1", "touched_date": "2025-01-01"}
    kinds = ("review", "", "mail to taro@example.com", "mail to taro＠example.com")
    file = warehouse.put_and_load("touches/a.csv", delimited(*(touch | {"touch_type": kind} for kind in kinds)))
    assert (file.rows_loaded, file.rows_quarantined) == (2, 2)
    told = warehouse.rows("select reason from raw.quarantine")
    assert all("name nobody" in reason and "taro" not in reason for (reason,) in told)


def test_an_override_is_short_ends_and_names_nobody(tmp_path):
    warehouse = Warehouse(tmp_path)
    rows = [OVERRIDE | {"reason": "x" * 80}, *(OVERRIDE | changed for changed, _ in UNFIT.values())]
    file = warehouse.put_and_load("health_overrides/a.csv", delimited(*rows))
    assert (file.rows_loaded, file.rows_quarantined) == (1, len(UNFIT))
    told = warehouse.rows("select reason from raw.quarantine order by row_number")
    for (reason,), (_, words) in zip(told, UNFIT.values(), strict=True):
        assert words in reason and "taro" not in reason
