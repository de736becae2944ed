"""One SQL, two engines: the models are built from the same raw tables by DuckDB and by Spark, and every row of every
mart is compared. Run by `make test-spark`; needs Java 17.

The landing is a small sample company and, beside it, the few hand-made rows of tests/spark/landing with the cases a
sample of that size lacks (late, cancelled, open, free and co-termed contracts, blanks, unknown accounts)."""

import datetime
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration import quality
from orchestration.ingest import ingest
from orchestration.sample import write_sample
from orchestration.settings import DBT_PROJECT

pytestmark = pytest.mark.spark

HERE = Path(__file__).parent / "spark"
AS_OF = datetime.date(2025, 6, 18)
OVERRIDES = {
    "daily_history_days": "10",
    "shrinkage_accounts": "2",
    "history_starts_on": "2023-02-10",
    "validity_min_churned": "2",
    "bootstrap_draws": "50",
}
TOLERANCE = 1e-9


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory built by both engines: warehouse.duckdb, and spark/<schema>.db/<table>/*.parquet."""
    assert shutil.which("java") or "JAVA_HOME" in os.environ, "Spark needs Java 17, and no java is on the PATH"
    path = tmp_path_factory.mktemp("two_engines")
    write_landing(path / "landing")
    with duckdb.connect(str(path / "warehouse.duckdb")) as connection:
        failed = [file for file in ingest(connection, path / "landing") if file.status == "failed"]
        assert failed == []
        add_what_no_file_says(connection)
        export_sources(connection, path)
    build(path, "duckdb")
    with duckdb.connect(str(path / "warehouse.duckdb")) as connection:  # what Python drew, both engines read
        export_table(connection, "intermediate.int_expected_intervals", path / "resampled" / "int_expected_intervals")
    build(path, "spark_local")
    return path


def write_landing(landing: Path) -> None:
    write_sample(landing, accounts=30, months=30, end_date=AS_OF)
    for source in ("accounts", "contracts"):  # files of one name are one delivery: a list in two parts
        (written,) = (landing / source).iterdir()
        written.rename(landing / source / "all.csv")
    shutil.copytree(HERE / "landing", landing, dirs_exist_ok=True)


def add_what_no_file_says(connection: duckdb.DuckDBPyConnection) -> None:
    """A backfill, ends known at the cancellation only, dollars, products exchanged and dropped, short stays, contracts
    that go on under the account theirs was merged into or move to a sister; and what was published before:
    a month that was late, one with MRR in grace, and one that no contract goes back to."""
    connection.execute("insert into raw.backfill_ranges values (date '2024-03-05', date '2024-03-07')")
    connection.execute("update raw.contracts set end_date_meaning = 'actual_end' where account_id in ('X05', 'X06')")
    quality.create(connection)
    connection.execute(
        """insert into quality.run (run_id, started_at, config_hash) values
               ('r2', '2025-06-10', 'a'), ('r3', '2025-06-19', 'a');
           insert into quality.published_run values (1, 'r1', '2025-05-31', '2025-06-01', 'b'),
               (2, 'r2', '2025-06-09', '2025-06-10', 'a');
           insert into quality.published_month values
               (1, '2019-01-01', true, 10, 10, 0, 10, 0, 0, 0, 0, null, null, null),
               (1, '2025-03-01', true, 10, 10, 0, 10, 0, 0, 0, 0, 1.1, 0.9, 0.976190476),
               (2, '2019-01-01', true, 0, 0, 0, 0, 0, 0, 0, 0, null, null, null),
               (2, '2025-03-01', true, 11, 11, 0, 11, 0, 0, 0, 0, null, 0.9, 0.976190477),
               (2, '2025-04-01', false, 9000000000000, 0, 9000000000000, 0, 0, 0, 0, 0, 1.5, 1, 1)"""
    )
    connection.execute("update raw.contracts set currency = 'USD' where account_id = 'X01'")
    connection.execute("update raw.accounts set merged_into_account_id = 'X10' where account_id = 'X07'")
    connection.execute("update raw.accounts set parent_account_id = 'X09' where account_id = 'X08'")
    connection.execute("""insert into raw.fx_rates (currency, rate_date, rate, _source_file, _row_number, _delivery)
        values ('USD', '2022-12-01', 141.8, 'r', 1, 'r'), ('USD', '2024-06-10', 157.8123456789, 'r', 2, 'r')""")
    connection.execute("""insert into raw.contracts
        select contracts.* replace (more.contract_id as contract_id, more.account_id as account_id,
            more.product_id as product_id, more.start_date as start_date, more.end_date as end_date_exclusive,
            more.renewal_of as renewal_of)
        from raw.contracts as contracts cross join (values
            ('X04-3', 'X04', 'addon-2', date '2024-11-01', date '2025-05-01', 'X04-2'),
            ('X03-3', 'X03', 'addon', date '2024-05-01', date '2024-11-01', null),
            ('X07-4', 'X07', 'core', date '2025-02-03', date '2025-02-20', null),
            ('X10-1', 'X10', 'core-infra', date '2024-12-05', date '2025-12-05', 'X07-3'),
            ('X09-3', 'X09', 'api', date '2025-05-20', null, 'X08-2')
        ) as more(contract_id, account_id, product_id, start_date, end_date, renewal_of)
        where contracts.contract_id = 'X04-2'""")


def export_sources(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """The tables that staging reads as Parquet, a folder each: where the Spark target looks for them."""
    for schema, table in connection.execute("select schema_name, table_name from duckdb_tables()").fetchall():
        export_table(connection, f"{schema}.{table}", path / schema / table)


def export_table(connection: duckdb.DuckDBPyConnection, table: str, folder: Path) -> None:
    folder.mkdir(parents=True)
    connection.execute(f"copy {table} to '{folder / 'rows.parquet'}' (format parquet)")


def build(data_dir: Path, target: str) -> None:
    """All models and data tests. dbt's and Spark's own files stay in the data directory."""
    command = [sys.executable, str(HERE / "ansi_dbt.py"), "build", "--exclude-resource-type", "unit_test"]
    done = subprocess.run(
        [*command, "--project-dir", str(DBT_PROJECT), "--target", target],
        cwd=data_dir,
        env={
            **os.environ,
            "CSW_DATA_DIR": str(data_dir),
            "CSW_AS_OF": str(AS_OF),
            "CSW_SET": json.dumps(OVERRIDES),
            "DBT_PROFILES_DIR": str(DBT_PROJECT),
            "DBT_TARGET_PATH": str(data_dir / f"target_{target}"),
            "DBT_LOG_PATH": str(data_dir / f"target_{target}"),
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"dbt build on {target}:\n{done.stdout}\n{done.stderr[-2000:]}"


@pytest.fixture(scope="module")
def marts(data_dir: Path) -> list[str]:
    """The tables of schema marts that the manifest lists."""
    manifest = json.loads((data_dir / "target_spark_local" / "manifest.json").read_text(encoding="utf-8"))
    nodes = manifest["nodes"].values()
    return sorted(node["name"] for node in nodes if node["resource_type"] == "model" and node["schema"] == "marts")


@pytest.fixture
def engines(data_dir: Path, marts: list[str]) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with two schemas of the same names: on_duckdb and on_spark."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{data_dir / 'warehouse.duckdb'}' as warehouse (read_only)")
        connection.execute("create schema on_duckdb; create schema on_spark")
        for name in marts:
            files = data_dir / "spark" / "marts.db" / name / "*.parquet"
            connection.execute(f"create view on_duckdb.{name} as from warehouse.marts.{name}")
            connection.execute(f"create view on_spark.{name} as from read_parquet('{files}')")
        yield connection


def differences(connection: duckdb.DuckDBPyConnection, left: str, right: str) -> list[str]:
    """What differs between two tables, in words; empty when names, types and all rows are equal."""
    described = [connection.execute(f"describe {table}").fetchall() for table in (left, right)]
    columns, others = ([(column[0], column[1]) for column in table] for table in described)
    if columns != others:
        return [f"columns: {set(columns) ^ set(others) or 'in another order'}"]
    # Keys are never doubles: ordered by everything else first, equal rows stand at equal places.
    order = ", ".join(sorted((name for name, _ in columns), key=lambda name: dict(columns)[name] == "DOUBLE"))
    rows, other_rows = (connection.execute(f"from {table} order by {order}").fetchall() for table in (left, right))
    found = [f"{len(rows)} and {len(other_rows)} rows"] if len(rows) != len(other_rows) else []
    for row, other in zip(rows, other_rows, strict=False):
        unequal = [
            f"{name} {a!r} and {b!r}"
            for (name, _), a, b in zip(columns, row, other, strict=True)
            if not are_equal(a, b)
        ]
        if unequal:
            found.append(f"{row[:4]}: {', '.join(unequal)}")
    return found


def are_equal(left: object, right: object) -> bool:
    if isinstance(left, float) and isinstance(right, float):
        return abs(left - right) <= TOLERANCE
    return left == right


def test_every_mart_has_the_same_rows_on_both_engines(engines, marts):
    assert len(marts) >= 16
    found = {name: differences(engines, f"on_duckdb.{name}", f"on_spark.{name}") for name in marts}
    assert {name: told[:5] for name, told in found.items() if told} == {}


@pytest.mark.parametrize(
    "change",
    [
        "update spoiled set score = score + 2e-9 where rowid = (select max(rowid) from spoiled where score > 0)",
        "update spoiled set score = null where rowid = (select min(rowid) from spoiled where score is not null)",
        "update spoiled set null_reason = '' where rowid = (select max(rowid) from spoiled where null_reason is null)",
        "update spoiled set as_of_date = as_of_date + 1 where rowid = 0",
        "delete from spoiled where rowid = 0",
        "insert into spoiled from spoiled limit 1",
        "alter table spoiled alter score type float",
        "alter table spoiled rename band to colour",
    ],
)
def test_one_planted_difference_is_seen(engines, change):
    engines.execute("create table spoiled as from on_spark.fct_health_score")
    assert differences(engines, "on_duckdb.fct_health_score", "spoiled") == []
    engines.execute(change)
    assert differences(engines, "on_duckdb.fct_health_score", "spoiled") != []


@pytest.mark.parametrize(
    ("column", "wanted"),
    [
        ("marts.fct_mrr_movement.movement_type", {"opening", "new", "reactivation", "expansion", "contraction"}),
        ("marts.fct_mrr_movement.movement_type", {"churn", "fx"}),
        ("marts.fct_product_mrr_movement.movement_type", {"upsell", "cross_sell", "downsell", "product_dropped"}),
        ("marts.fct_product_mrr_movement.movement_type", {"product_swap", "new", "reactivation", "churn", "fx"}),
        ("intermediate.int_coverage_gaps.gap_status", {"bridged", "in_grace", "lapsed"}),
        ("marts.fct_health_score.band", {"red", "yellow", "green", "no_data"}),
        ("marts.fct_success_level.success_level", {None, 0, 1, 2, 3, 4, 5}),
        ("marts.mart_level_nrr.basis", {"assumed", "blended", "observed"}),
        ("marts.mart_level_nrr.term_band", {"monthly", "annual", "open-ended"}),
        ("marts.mart_retention.null_reason", {None, "no_customers_at_start"}),
        ("intermediate.int_renewals.status", {"renewed", "late", "lost", "open"}),
        ("marts.mart_nps.is_reportable", {True, False}),
        (
            "marts.mart_restatement.reason",
            {"not_restated", "configuration_changed", "grace_passed", "late_or_corrected_data"},
        ),
        ("marts.dim_account.segment", {None, "enterprise", "smb"}),
    ],
)
def test_the_landing_reaches_what_the_models_tell_apart(data_dir, column, wanted):
    table, name = column.rsplit(".", 1)
    with duckdb.connect(str(data_dir / "warehouse.duckdb"), read_only=True) as connection:
        assert wanted <= {value for (value,) in connection.execute(f"select distinct {name} from {table}").fetchall()}
