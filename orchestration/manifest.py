"""dbt's manifest: what the project declares. Dagster's definitions and publishing read it as a file; it is prepared
(`python -m orchestration.manifest`) before they do, and only when something it depends on has changed."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from orchestration.settings import DBT_PROJECT, MANIFEST, ROOT, Refused

DBT = str(Path(sys.executable).with_name("dbt"))
STAMP = MANIFEST.with_name("manifest.sha256")


def project_files() -> Iterator[Path]:
    """Every file that decides what is built."""
    for folder in (ROOT / "models", ROOT / "seeds", DBT_PROJECT / "macros", DBT_PROJECT / "tests"):
        yield from sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    yield DBT_PROJECT / "dbt_project.yml"
    yield DBT_PROJECT / "profiles.yml"


def project_hash(extra: str = "") -> str:
    """sha256 over names and bytes of the project's files, and over `extra`."""
    digest = hashlib.sha256(extra.encode())
    for path in project_files():
        digest.update(f"\n{path.relative_to(ROOT).as_posix()}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def is_current() -> bool:
    return MANIFEST.exists() and STAMP.exists() and STAMP.read_text(encoding="utf-8") == project_hash()


def prepare() -> bool:
    """Parse the project when the manifest is absent or older than the project; True when it had to be parsed."""
    if is_current():
        return False
    fresh = project_hash()  # before parsing: a file that changes meanwhile is read the next time
    environment = {
        **os.environ,
        "DBT_TARGET_PATH": str(MANIFEST.parent),
        "DBT_LOG_PATH": str(MANIFEST.parent),
        "DBT_PROFILES_DIR": str(DBT_PROJECT),
    }
    # From scratch: partial parsing was seen to miss tests of files it took for unchanged.
    command = [DBT, "--quiet", "parse", "--no-partial-parse"]
    done = subprocess.run(command, cwd=DBT_PROJECT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Refused(f"dbt cannot read the project:\n{(done.stdout + done.stderr).strip()}")
    STAMP.write_text(fresh, encoding="utf-8")
    return True


def read() -> dict[str, Any]:
    if not MANIFEST.exists():
        raise Refused("dbt's manifest is not there yet: `python -m orchestration.manifest` prepares it, as make does.")
    return json.loads(MANIFEST.read_text(encoding="utf-8"))


if __name__ == "__main__":
    try:
        prepare()
    except Refused as refusal:
        sys.exit(str(refusal))
