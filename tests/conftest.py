"""What the tests share: building small warehouses through the real command, once per session, and reading what was
published. Every build works in a temporary directory; neither data/ nor ../shared/ is ever a landing."""

import datetime
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from orchestration import manifest
from orchestration.sample import write_sample
from orchestration.settings import DataDir

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
SAMPLE_DAY = datetime.date(2025, 6, 30)
GOLDEN_DAY = datetime.date(2025, 6, 30)
pytest.register_assert_rewrite("browsing")  # a plugin of browser/: what it asserts is told in full


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow: builds several warehouses; still part of `make test`")
    config.addinivalue_line("markers", "browser: needs chromium and the extra `browser`; run by `make test-browser`")
    config.addinivalue_line("markers", "spark: needs Java and the extra `spark`; run by `make test-spark`")
    config.addinivalue_line("markers", "clients: needs other people's programs; run by `make test-clients`")
    for name in [name for name in os.environ if name.startswith(("CSW_", "DBT_", "DAGSTER_"))]:
        del os.environ[name]


@dataclass(frozen=True)
class Warehouse:
    """A data directory and what its last run said."""

    data_dir: DataDir
    result: subprocess.CompletedProcess

    def rows(self, query: str) -> list[tuple]:
        """Rows of a query on the published file."""
        with duckdb.connect(str(self.data_dir.published), read_only=True) as connection:
            return connection.execute(query).fetchall()

    def seconds(self) -> dict[str, float]:
        """Seconds per step of the last published run."""
        return json.loads(self.rows("select step_seconds from quality.run order by ended_at desc limit 1")[0][0])

    def digests_of_pure_marts(self) -> dict[str, str]:
        """Without mart_restatement: it also depends on what was published before, not only on raw, seeds and as-of."""
        digests = self.digests()
        del digests["mart_restatement"]
        return digests

    def digests(self, schema: str = "marts") -> dict[str, str]:
        """Table → digest of its rows in a total order; the equality of the domain page."""
        with duckdb.connect(str(self.data_dir.published), read_only=True) as connection:
            names = connection.execute(
                "select table_name from duckdb_tables() where schema_name = ?", [schema]
            ).fetchall()
            return {
                name: connection.execute(
                    f"select md5(string_agg(t::varchar, '\n')) from (select t from {schema}.{name} as t order by all)"
                ).fetchone()[0]
                for (name,) in sorted(names)
            }


def csw(*arguments: object, root: Path = ROOT) -> subprocess.CompletedProcess:
    """Run the command line of the project at `root` in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "orchestration.cli", *map(str, arguments)],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root), "COLUMNS": "200"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def build(
    data_dir: Path, as_of: datetime.date, overrides: Mapping[str, object] | None = None, root: Path = ROOT
) -> Warehouse:
    """`csw run` on what stands in the landing of `data_dir`; it may fail (see `.result`)."""
    settings = [part for key, value in (overrides or {}).items() for part in ("--set", f"{key}={value}")]
    return Warehouse(DataDir(data_dir), csw("run", "--as-of", as_of, "--data-dir", data_dir, *settings, root=root))


@pytest.fixture(scope="session", autouse=True)
def prepared_manifest() -> None:
    manifest.prepare()


@pytest.fixture(scope="session")
def build_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Warehouse]:
    """`build_warehouse({"accounts/accounts.csv": Path or text or bytes, …}, as_of, overrides)` builds and publishes."""

    def build_one(
        files: Mapping[str, Path | str | bytes], as_of: datetime.date, overrides: Mapping[str, object] | None = None
    ) -> Warehouse:
        data_dir = tmp_path_factory.mktemp("warehouse")
        write_landing(data_dir, files)
        warehouse = build(data_dir, as_of, overrides)
        assert warehouse.result.returncode == 0, warehouse.result.stdout + warehouse.result.stderr
        return warehouse

    return build_one


def write_landing(data_dir: Path, files: Mapping[str, Path | str | bytes]) -> None:
    for name, content in files.items():
        target = data_dir / "landing" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Path):
            shutil.copyfile(content, target)
        else:
            target.write_bytes(content.encode() if isinstance(content, str) else content)


@pytest.fixture(scope="session")
def golden_files() -> dict[str, Path]:
    """The landing of the golden fixture."""
    folder = SHARED / "golden"
    if not folder.is_dir():
        pytest.skip(f"the golden fixture is not there: {folder}")
    return {f"{name}/{name}.csv": folder / f"{name}.csv" for name in ("accounts", "contracts")}


@pytest.fixture(scope="session")
def golden_warehouse(build_warehouse: Callable[..., Warehouse], golden_files: dict[str, Path]) -> Warehouse:
    """The golden fixture as of its last month end, grace 60 days; no logins, no surveys."""
    return build_warehouse(golden_files, GOLDEN_DAY, {"renewal_grace_days": 60})


@pytest.fixture(scope="session")
def sample_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A small sample company, published; tests read it and never write into it."""
    data_dir = tmp_path_factory.mktemp("sample")
    write_sample(data_dir / "landing", accounts=60, months=18, end_date=SAMPLE_DAY)
    warehouse = build(data_dir, SAMPLE_DAY)
    assert warehouse.result.returncode == 0, warehouse.result.stdout + warehouse.result.stderr
    return warehouse


@pytest.fixture
def sample_copy(sample_warehouse: Warehouse, tmp_path: Path) -> DataDir:
    """A copy of the sample's data directory that a test may spoil."""
    shutil.copytree(sample_warehouse.data_dir.root, tmp_path / "data")
    return DataDir(tmp_path / "data")


@pytest.fixture
def sample(sample_warehouse: Warehouse) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published file of the sample, open read-only."""
    with duckdb.connect(str(sample_warehouse.data_dir.published), read_only=True) as connection:
        yield connection
