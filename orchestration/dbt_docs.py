"""dbt's documentation as one file that opens without a network: `make docs` writes data/docs/dbt.html. Here stands what
dbt's own page lacks: a description of every column (column_descriptions), and silence about this machine's folders."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from orchestration import lock
from orchestration.column_descriptions import describe_columns
from orchestration.manifest import DBT
from orchestration.settings import DBT_PROJECT, DataDir, Refused, child_environment, default_data_dir
from orchestration.tidying import published_day

MARKERS = {"manifest.json": '"MANIFEST.JSON INLINE DATA"', "catalog.json": '"CATALOG.JSON INLINE DATA"'}
PLACES = ("root_path", "compiled_path", "build_path")  # folders of this machine; the page shows none of them


def write(data_dir: DataDir) -> Path:
    """Write the page and return its path. Raises Refused before the first run and while one is going on."""
    as_of = published_day(data_dir)
    if as_of is None or not data_dir.warehouse.exists():
        raise Refused(f"Nothing is published in {data_dir.root} yet. `csw run` builds the first day.")
    with lock.hold(data_dir):
        command = [DBT, "--quiet", "docs", "generate"]
        environment = child_environment(data_dir, as_of, {})
        done = subprocess.run(command, cwd=DBT_PROJECT, env=environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Refused(f"dbt cannot write its documentation:\n{(done.stdout + done.stderr).strip()}")
        manifest, catalog = (json.loads((data_dir.target / name).read_text(encoding="utf-8")) for name in MARKERS)
        page = (data_dir.target / "index.html").read_text(encoding="utf-8")
    describe_columns(manifest, catalog)
    forget_places(manifest)
    for marker, content in zip(MARKERS.values(), (manifest, catalog), strict=True):
        if marker not in page:
            raise Refused(f"dbt's page has no place for {marker} any more; see orchestration/dbt_docs.py.")
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        page = page.replace(marker, text.replace("</", "<\\/"))
    data_dir.docs.mkdir(parents=True, exist_ok=True)
    path = data_dir.docs / "dbt.html"
    path.write_text(page, encoding="utf-8")
    return path


def forget_places(manifest: dict[str, Any]) -> None:
    """No folder of this machine, and no `..` where the page shows the project as a tree."""
    for part in ("nodes", "sources", "unit_tests", "exposures", "macros", "docs"):
        for node in manifest[part].values():
            for key in PLACES:
                node.pop(key, None)
            node["original_file_path"] = node["original_file_path"].removeprefix("../")


if __name__ == "__main__":
    try:
        print(f"Open {write(default_data_dir())}")
    except Refused as refusal:
        sys.exit(str(refusal))
