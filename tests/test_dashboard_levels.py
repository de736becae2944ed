"""The pages Levels and Cohorts show the figures of the marts, all of them, and have words for every code of theirs."""

from pathlib import Path

import duckdb
import pytest
import yaml
from conftest import ROOT, SAMPLE_DAY, Warehouse

from dashboard import markup
from dashboard.views import cohorts, level_belief, level_worth, levels
from dashboard.words import LANGUAGES, Words, texts
from orchestration.settings import DataDir

# What the pages say in words: mart, column, group of texts.csv.
CODES = [
    ("mart_level_transition", "direction", "level_direction"),
    ("mart_level_lever", "scope_type", "scope"),
    ("mart_level_lever", "lever", "levels.lever"),
    ("mart_level_nrr", "basis", "basis"),
    ("mart_level_validity", "verdict", "level_verdict"),
    ("mart_level_validity", "trend_null_reason", "reason"),
    ("mart_level_validity", "difference_null_reason", "reason"),
    ("mart_threshold_advisor", "verdict", "advice"),
    ("mart_threshold_advisor", "null_reason", "reason"),
    ("mart_weight_advisor", "verdict", "advice"),
    ("mart_weight_advisor", "null_reason", "reason"),
    ("mart_cohort_churn", "measure", "cohorts.measure"),
    ("mart_cohort_churn", "scope_type", "scope"),
    ("mart_churn_rate", "null_reason", "churn_reason"),
    ("mart_churn_rate", "could_churn_null_reason", "churn_reason"),
]


@pytest.fixture
def sample(sample_warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> Warehouse:
    monkeypatch.setenv("CSW_DATA_DIR", str(sample_warehouse.data_dir.root))
    return sample_warehouse


def accepted(mart: str, column: str) -> list[str]:
    """The values a column may have, as its data test says."""
    declared = yaml.safe_load(Path(ROOT / "models" / "marts" / f"{mart}.yml").read_text(encoding="utf-8"))
    [found] = [entry for entry in declared["models"][0]["columns"] if entry["name"] == column]
    return found["data_tests"][0]["accepted_values"]["arguments"]["values"]


@pytest.mark.parametrize(("mart", "column", "group"), CODES)
def test_every_code_of_the_marts_has_words(mart: str, column: str, group: str) -> None:
    assert not [value for value in accepted(mart, column) if f"{group}.{value}" not in texts()]


def test_every_customer_and_all_mrr_stand_in_the_pyramid(sample: Warehouse) -> None:
    _, rows, _ = levels.pyramid(Words("en"), "accounts")
    whole = sample.rows("select count(*), sum(mrr) from marts.dim_account where is_customer")
    assert [(rows["accounts"].sum(), rows["mrr"].sum())] == whole


def test_a_level_that_nobody_stands_on_has_its_row(sample: Warehouse) -> None:
    rows = levels.stands(Words("en"))
    today = rows[rows["as_of_date"] == rows["as_of_date"].max()]
    shown = levels.with_empty_levels(Words("en"), today[today["success_level"] != 2])
    assert shown["success_level"].dropna().tolist() == [5, 4, 3, 2, 1, 0]
    assert shown.loc[shown["success_level"] == 2, ["accounts", "mrr"]].to_numpy().tolist() == [[0, 0]]


def test_a_gap_to_the_target_has_the_sign_it_has_on_the_other_pages(sample: Warehouse) -> None:
    _, rows, _ = level_worth.levers(Words("en"), "all", "all")
    expected, target = rows[["expected_nrr", "target_nrr"]].iloc[0]
    assert expected < target
    assert f" {Words('en').points(expected - target)} (" in level_worth.gap(Words("en"), rows)


def test_a_past_day_is_not_shown_as_today_where_nobody_is_a_customer_any_more(
    sample_copy: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    with duckdb.connect(str(sample_copy.published)) as connection:
        connection.execute(f"update marts.mart_account_360 set is_customer = false where as_of_date = '{SAMPLE_DAY}'")
    monkeypatch.setenv("CSW_DATA_DIR", str(sample_copy.root))
    _, rows, _ = levels.pyramid(Words("en"), "accounts")
    assert rows.empty


def test_the_triangle_has_every_month_that_was_and_none_to_come(sample: Warehouse) -> None:
    drawn, rows, columns = cohorts.triangle(Words("en"), "logo", "all", "all")
    observable, longest = sample.rows(
        """select count(*), max(months_since_start) from marts.mart_cohort_churn
           where measure = 'logo' and scope_type = 'all' and is_observable"""
    )[0]
    months = [column.key for column in columns if isinstance(column.key, int)]
    assert months == list(range(longest + 1)) and longest > 9
    assert (rows[months] != "").sum().sum() == observable
    squares = drawn.to_dict()
    assert [len(values) for values in squares["datasets"].values()] == [observable]


def test_the_survival_table_is_the_curve_at_whole_months(sample: Warehouse) -> None:
    words = Words("en")
    _, rows, _ = cohorts.survival(words, cohorts.scope_names(words), "segment", "smb")
    assert len(rows)
    for row in rows.itertuples():
        [(survival,)] = sample.rows(
            f"""select survival from marts.mart_survival
                where scope_type = 'segment' and scope_value = '{row.scope_value}' and duration_months <= {row.months}
                order by duration_days desc limit 1"""
        )
        assert row.survival == survival


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_company_with_next_to_nothing_has_both_pages(
    golden_warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setenv("CSW_DATA_DIR", str(golden_warehouse.data_dir.root))
    words = Words(language)
    names = cohorts.scope_names(words)
    month = levels.read(levels.MONTHS)["month"][0]
    shown = [
        *(levels.pyramid(words, counted) for counted in levels.COUNTED),
        *(levels.past(words, counted) for counted in levels.COUNTED),
        *(levels.transitions(words, month, "all", moved) for moved in levels.MOVED),
        levels.directions(words, month, "all"),
        level_worth.levers(words, "all", "all"),
        level_worth.observed(words),
        level_worth.cells(words, "annual"),
        level_belief.validity(words, "all"),
        level_belief.thresholds(words, "all"),
        level_belief.weights(words),
        *(cohorts.triangle(words, measure, "all", "all") for measure in cohorts.MEASURES),
        *(cohorts.curve(words, measure, "all", "all") for measure in cohorts.MEASURES),
        cohorts.survival(words, names, "all", "all"),
        cohorts.churn_rates(words, "all", "all"),
    ]
    for *_, rows, columns in shown:
        said = markup.table(rows, columns, "")
        assert not [bad for bad in ("None", "nan", "NaT", "&lt;NA&gt;") if f">{bad}" in said]
