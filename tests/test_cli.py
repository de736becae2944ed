"""The command line: what it says, what it refuses in plain words, and that its exit code tells whether the day was
published."""

import re

import duckdb
import pytest
from conftest import GOLDEN_DAY, SAMPLE_DAY, csw, write_landing

from orchestration import lock, summary
from orchestration.settings import DataDir, Refused, parse_overrides
from orchestration.sources import declarations

COMMANDS = (
    *("run", "backfill", "sample", "status", "quarantine", "doctor"),
    *("score-compare", "bridge", "what-if", "actions", "report", "export", "digest"),
)


def said(result) -> str:
    """Everything on the screen as one line of words."""
    return " ".join((result.stdout + " " + result.stderr).split())


def test_help_lists_every_command():
    result = csw("--help")
    assert result.returncode == 0
    assert all(re.search(rf"\b{command}\b", result.stdout) for command in COMMANDS)


def test_an_unknown_policy_is_refused_with_the_known_ones_and_the_closest():
    with pytest.raises(Refused, match="Did you mean 'renewal_grace_days'.*The policies are: .*survival_spells"):
        parse_overrides(["renewal_grace_day=0"])


@pytest.mark.parametrize("pair", ["renewal_grace_days", "renewal_grace_days=", ""])
def test_a_setting_without_a_value_is_refused(pair):
    with pytest.raises(Refused, match="policy=value"):
        parse_overrides([pair])


def test_an_empty_landing_says_what_to_do(tmp_path):
    result = csw("run", "--data-dir", tmp_path)
    assert result.returncode == 1
    assert "csw sample" in said(result) and "contracts/" in said(result)


def test_a_day_that_is_not_over_is_refused(tmp_path):
    write_landing(tmp_path, {"accounts/a.csv": "account_id,account_name\n"})
    result = csw("run", "--as-of", "2999-01-01", "--data-dir", tmp_path)
    assert result.returncode == 1
    assert "2999-01-01 is not over yet" in said(result)


def test_a_day_before_the_published_one_is_refused_and_nothing_changes(sample_warehouse):
    before = sample_warehouse.data_dir.published.read_bytes()
    result = csw("run", "--as-of", "2025-06-29", "--data-dir", sample_warehouse.data_dir.root)
    assert result.returncode == 1
    assert f"already shows {SAMPLE_DAY}" in said(result) and "--data-dir" in said(result)
    assert sample_warehouse.data_dir.published.read_bytes() == before


def test_a_second_run_at_the_same_time_is_refused_with_who_holds_the_lock(sample_warehouse):
    with lock.hold(sample_warehouse.data_dir):
        result = csw("run", "--as-of", SAMPLE_DAY, "--data-dir", sample_warehouse.data_dir.root)
    assert result.returncode == 1
    assert re.search(r"Another run is writing .* \(process \d+, since ", said(result))


def test_the_sample_is_written_only_into_an_empty_landing(tmp_path):
    first = csw("sample", "--accounts", 5, "--months", 3, "--end-date", "2025-06-30", "--data-dir", tmp_path)
    assert first.returncode == 0, said(first)
    assert (tmp_path / "landing" / "contracts").is_dir()
    again = csw("sample", "--data-dir", tmp_path)
    assert again.returncode == 1
    assert "is not empty" in said(again)


def test_the_summary_shows_what_a_leader_asks_for(sample_warehouse):
    page = said(sample_warehouse.result)
    mrr = sample_warehouse.rows("select sum(mrr) from marts.dim_account")[0][0]
    nrr = sample_warehouse.rows(
        """select nrr from marts.mart_retention
           where definition = 'cohort_p2p' and horizon_months = 12 and scope_type = 'all'
           order by period_end_date desc"""
    )[0][0]
    assert f"{mrr:,} JPY" in page
    assert f"{100 * nrr:.1f} %" in page
    for words in (
        "GRR",
        "Expected NRR, next 12 months, rolling",
        "success level",
        "health band",
        "Logo churn",
        "NPS",
    ):
        assert words in page
    assert str(sample_warehouse.data_dir.published) in page.replace(" ", "") or "cs_warehouse.duckdb" in page
    assert re.search(r"Rows loaded, in quarantine .*this run [\d,]+, \d+", page)
    assert re.search(r"publish .*\d s", page)


def test_a_company_without_logins_and_surveys_is_summarised_in_words(golden_warehouse):
    page = said(golden_warehouse.result)
    assert f"Customer success on {GOLDEN_DAY}" in page
    assert "no data" in page and "None" not in page and "nan" not in page
    assert re.search(r"NPS.*no data: no survey answers", page)


def test_levels_of_an_earlier_day_are_not_told_as_those_of_today(sample_copy):
    """Where the last customer has left, nobody is scored any more."""
    with duckdb.connect(str(sample_copy.published)) as connection:
        connection.execute(f"delete from marts.fct_success_level where as_of_date = '{SAMPLE_DAY}'")
        assert summary.levels(connection) == "no data: no customers"


def test_status_shows_runs_sources_and_the_file(sample_warehouse):
    result = csw("status", "--data-dir", sample_warehouse.data_dir.root)
    assert result.returncode == 0, said(result)
    assert "published" in result.stdout and "fresh" in result.stdout and "cs_warehouse.duckdb" in said(result)
    assert "changed after they were published: 0 (marts.mart_restatement)" in said(result)


def test_optional_sources_that_nobody_delivers_are_one_calm_line(golden_warehouse):
    status = said(csw("status", "--data-dir", golden_warehouse.data_dir.root))
    assert "Optional and not delivered: announcement_deliveries, content_catalog, " in status
    assert status.count("usage_events") == 1 and "missing" not in status
    doctor = said(csw("doctor", "--data-dir", golden_warehouse.data_dir.root))
    assert "contracts: 1 file. Optional and absent: announcement_deliveries, content_catalog, " in doctor
    assert doctor.count("usage_events") == 1
    state = "select count(*) from quality.freshness where not is_required and state = 'missing'"
    idle = "select count(distinct table_name) from quality.check_result where status = 'undelivered'"
    absent = len([source for source in declarations().values() if not source.required])
    assert golden_warehouse.rows(f"select ({state}), ({idle})") == [(absent, 2 * absent)]


def test_status_before_the_first_run_says_so(tmp_path):
    result = csw("status", "--data-dir", tmp_path)
    assert result.returncode == 1
    assert "No run has ended" in said(result)


def test_quarantine_counts_rows_by_reason_with_an_example(sample_warehouse):
    total = sample_warehouse.rows("select count(*) from quality.quarantine where source = 'surveys'")[0][0]
    result = csw("quarantine", "--source", "surveys", "--data-dir", sample_warehouse.data_dir.root)
    assert result.returncode == 0, said(result)
    assert total > 0
    counts = [int(n.replace(",", "")) for n in re.findall(r"│\s+([\d,]+)\s+│ surveys/", result.stdout)]
    assert sum(counts) == total
    assert " row " in said(result)


def test_doctor_finds_nothing_to_do_in_a_sound_warehouse(sample_warehouse):
    result = csw("doctor", "--data-dir", sample_warehouse.data_dir.root)
    assert result.returncode == 0, said(result)
    assert "duckdb" in result.stdout and "free" in result.stdout and str(SAMPLE_DAY) in said(result)


def test_doctor_names_a_required_source_that_is_absent(tmp_path):
    write_landing(tmp_path, {"accounts/a.csv": "account_id,account_name\n"})
    result = csw("doctor", "--data-dir", tmp_path)
    assert result.returncode == 1
    assert "Required and absent: contracts" in said(result)


def test_data_directories_stand_beside_each_other(sample_warehouse, golden_warehouse):
    assert isinstance(sample_warehouse.data_dir, DataDir)
    for warehouse in (sample_warehouse, golden_warehouse):
        names = {path.name for path in warehouse.data_dir.root.iterdir()}
        assert {"landing", "warehouse.duckdb", "cs_warehouse.duckdb", "dagster"} <= names
