"""The unit tests that stand beside the models, run by dbt on a copy of the golden warehouse: they need the tables'
types, not their rows."""

import json
import shutil
import subprocess
from pathlib import Path

from conftest import GOLDEN_DAY, Warehouse

from orchestration.manifest import DBT
from orchestration.settings import DBT_PROJECT, MANIFEST, DataDir, child_environment


def test_every_unit_test_of_the_models_holds(golden_warehouse: Warehouse, tmp_path: Path) -> None:
    shutil.copytree(golden_warehouse.data_dir.root, tmp_path / "data")
    result = subprocess.run(
        [DBT, "test", "--select", "test_type:unit"],
        cwd=DBT_PROJECT,
        env=child_environment(DataDir(tmp_path / "data"), GOLDEN_DAY, {}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout
    written = json.loads(MANIFEST.read_text(encoding="utf-8"))["unit_tests"]
    results = json.loads((tmp_path / "data" / "target" / "run_results.json").read_text(encoding="utf-8"))["results"]
    assert {one["unique_id"] for one in results if one["unique_id"].startswith("unit_test.")} == set(written)
