"""The daily job as a whole: a failure planted in a layer leaves the published file alone, a killed run leaves nothing
behind, the same day twice is the same day, and a backfill fills past days."""

import os
import random
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest
from conftest import GOLDEN_DAY, ROOT, build, csw, write_landing

GOLDEN = {"renewal_grace_days": 60}
KILLS = 10

# What is planted in one run → [(file, its last line, the line instead)], and what the sentence must name. A staging
# fault stands alone: it must stop the publish by itself.
FINAL, RENAMED = "select * from final\n", "select * from renamed\n"
FAULTS = {
    "landing": (
        [("landing/contracts/contracts.csv", None, "contract_id,account_id\nA1-1,A1\n")],
        ["every_file_was_read on raw.contracts: 1 row", "start_date"],
    ),
    "staging": (
        [("models/staging/stg_surveys.sql", RENAMED, "select * from renamed where score > 10\n")],
        ["rows_come_from_raw on staging.stg_surveys"],
    ),
    "rules": (
        [
            ("models/intermediate/int_account_mrr.sql", FINAL, "select * replace (mrr + 1 as mrr) from final\n"),
            (
                "models/marts/mart_mrr_waterfall.sql",
                FINAL,
                "select * replace (closing_mrr + 7 as closing_mrr) from final\n",
            ),
        ],
        [
            "mrr_of_accounts_is_mrr_of_lines on intermediate.int_account_mrr",
            "opening_plus_movements_is_closing on marts.mart_mrr_waterfall",
            "For example: [{",
        ],
    ),
    "dbt": (
        [
            ("models/intermediate/int_account_phases.sql", FINAL, FINAL + "union all\n" + FINAL),
            ("models/marts/dim_product.sql", FINAL, FINAL + "union all\n" + FINAL),
            ("models/marts/dim_month.sql", FINAL, "select *, 1 as surprise from final\n"),
        ],
        [
            "unique_rows_int_account_phases",
            "on intermediate.int_account_phases",
            "unique_dim_product_product_id on marts.dim_product: 2 rows. For example: [{",
            "marts.dim_month could not be built",
        ],
    ),
}
SURVEYS = "response_id,account_id,score,responded_at\nr1,A1,9,2025-06-01\n"


@pytest.mark.slow
def test_a_planted_failure_in_any_layer_fails_the_run_by_name_and_leaves_the_published_file(golden_warehouse, tmp_path):
    before = golden_warehouse.data_dir.published.read_bytes()

    def run_with(fault: str) -> tuple[str, int, str, bytes]:
        data_dir = tmp_path / fault
        shutil.copytree(golden_warehouse.data_dir.root, data_dir)
        root = plant(FAULTS[fault][0], data_dir, tmp_path / f"{fault}_project")
        result = build(data_dir, GOLDEN_DAY, GOLDEN, root).result
        said = " ".join((result.stdout + result.stderr).split())
        return fault, result.returncode, said, (data_dir / "cs_warehouse.duckdb").read_bytes()

    with ThreadPoolExecutor(os.cpu_count()) as workers:
        for fault, exit_code, said, after in workers.map(run_with, FAULTS):
            assert exit_code == 1, f"{fault}: {said}"
            for words in FAULTS[fault][1]:
                assert words in said, f"{fault}: {said}"
            assert after == before, fault


def plant(faults: list[tuple[str, str | None, str]], data_dir: Path, project: Path) -> Path:
    """Plant faults in the landing or in a copy of the project; returns the project to run."""
    if faults[0][1] is None:
        (data_dir / faults[0][0]).write_text(faults[0][2], encoding="utf-8")
        return ROOT
    write_landing(data_dir, {"surveys/surveys.csv": SURVEYS})
    unwanted = shutil.ignore_patterns("__pycache__", "target", "logs", ".user.yml")
    for folder in ("orchestration", "expectations", "models", "seeds", "dbt_project"):
        shutil.copytree(ROOT / folder, project / folder, ignore=unwanted)
    shutil.copyfile(ROOT / "dagster.yaml", project / "dagster.yaml")
    for name, text, replacement in faults:
        model = project / name
        content = model.read_text(encoding="utf-8")
        assert content.endswith(text), f"{name} no longer ends with '{text}'; plant the fault elsewhere"
        model.write_text(content.removesuffix(text) + replacement, encoding="utf-8")
    return project


@pytest.mark.slow
def test_a_run_killed_at_any_moment_leaves_nothing_that_the_next_run_cannot_mend(
    golden_warehouse, golden_files, tmp_path
):
    write_landing(tmp_path, golden_files)
    moments = random.Random(20261122)
    command = [
        sys.executable,
        "-m",
        "orchestration.cli",
        "run",
        "--as-of",
        str(GOLDEN_DAY),
        "--data-dir",
        str(tmp_path),
    ]
    command += ["--set", "renewal_grace_days=60"]
    seconds = 1.3 * sum(golden_warehouse.seconds().values())  # Python and Dagster start first
    for turn in range(KILLS):
        run = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(seconds * (turn + moments.random()) / KILLS)
        run.kill()
        run.wait()
    mended = build(tmp_path, GOLDEN_DAY, GOLDEN)
    assert mended.result.returncode == 0, mended.result.stdout + mended.result.stderr
    assert mended.digests_of_pure_marts() == golden_warehouse.digests_of_pure_marts()
    assert mended.digests("reference") == golden_warehouse.digests("reference")
    assert not list(tmp_path.glob("*.tmp*"))
    states = dict(mended.rows("select status, count(*) from quality.run group by 1"))
    assert "running" not in states and states["failed"] >= KILLS // 2


@pytest.mark.slow
def test_the_same_day_twice_differs_in_nothing_but_the_metadata_of_the_run(sample_warehouse, sample_copy):
    again = build(sample_copy.root, sample_warehouse.rows("select max(as_of_date) from quality.run")[0][0])
    assert again.result.returncode == 0, again.result.stdout + again.result.stderr
    assert again.digests_of_pure_marts() == sample_warehouse.digests_of_pure_marts()
    assert again.digests("reference") == sample_warehouse.digests("reference")
    for table in ("loaded_file", "quarantine", "freshness"):
        assert again.digests("quality")[table] == sample_warehouse.digests("quality")[table]
    changed = "restatements > 0 or last_published_as_of_date is null or change_since_first <> 0"
    assert again.rows(f"select * from marts.mart_restatement where {changed}") == []
    loaded = again.rows("select rows_loaded, rows_quarantined from quality.run order by started_at desc limit 1")
    assert loaded == [(0, 0)]
    # While the project stands, its seeds are neither loaded nor tested again; every other question is asked again.
    asked = """
        select layer, table_name, check_name from quality.check_result join quality.run using (run_id)
        qualify dense_rank() over (order by started_at desc) = 1 order by all"""
    first, second = set(sample_warehouse.rows(asked)), set(again.rows(asked))
    assert first - second == {check for check in first if check[0] == "reference"} != set()
    assert second <= first


@pytest.mark.slow
def test_a_backfill_refills_past_days_in_one_run_and_stays_at_the_newest_day(sample_copy):
    result = csw("backfill", "--from", "2025-02-01", "--to", "2025-02-10", "--data-dir", sample_copy.root)
    assert result.returncode == 0, result.stdout + result.stderr
    with duckdb.connect(str(sample_copy.published), read_only=True) as connection:
        days = connection.execute(
            """select count(distinct as_of_date) from marts.fct_health_score
               where as_of_date between '2025-02-01' and '2025-02-10'"""
        ).fetchone()
        assert days == (10,)
        assert connection.execute("select count(distinct as_of_date) from quality.run").fetchone() == (1,)
