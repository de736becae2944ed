"""What `csw doctor` looks at: everything that would stop a run, each with what to do about it. It changes nothing."""

import importlib.metadata
import re
import shutil
import sys
from collections.abc import Iterator

import duckdb
from rich.console import Console

from orchestration import lock, manifest, notify, seeds
from orchestration.settings import ROOT, DataDir, Refused
from orchestration.sources import declarations
from orchestration.tidying import published_day

MAIN_PACKAGES = ("dagster", "dagster-dbt", "dbt-core", "dbt-duckdb", "duckdb", "great-expectations")
MIN_FREE_GB = 1.0
Finding = tuple[bool, str, str]  # (is fine, what, how it is or what to do)


def show_doctor(data_dir: DataDir, console: Console) -> bool:
    """Print the findings; True when nothing stands in the way."""
    findings = list(examine(data_dir))
    for is_fine, what, how in findings:
        mark = "[green]ok[/]     " if is_fine else "[bold red]to do[/]  "
        console.print(f"{mark}{what:<16} ", end="")
        console.print(how, markup=False)
    return all(is_fine for is_fine, _, _ in findings)


def examine(data_dir: DataDir) -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield (3, 11) <= sys.version_info < (3, 13), "Python", f"{version} (3.11 or 3.12 needed)"
    yield _packages()
    yield True, "DuckDB", f"{duckdb.__version__}; the published file opens from 1.4 on"
    yield _landing(data_dir)
    yield _seeds()
    holder = lock.holder(data_dir)
    yield holder is None, "lock", f"a run is going on: {holder}" if holder else "free"
    current = manifest.is_current()
    yield True, "dbt manifest", "current" if current else "older than the models; the next run reads them anew"
    yield _disk(data_dir)
    yield _published(data_dir)
    can_work, who = notify.receivers()
    yield can_work, "digest", who


def _packages() -> Finding:
    """The installed versions against the pins of requirements.lock."""
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pins = dict(re.findall(r"^([A-Za-z0-9_.-]+)(?:\[[^]]*\])?==([^\s;\\]+)", lines, re.MULTILINE))
    wrong, seen = [], []
    for name in MAIN_PACKAGES:
        try:
            installed = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            installed = "not installed"
        if installed == pins.get(name):
            seen.append(f"{name} {installed}")
        else:
            wrong.append(f"{name} {installed} (locked: {pins.get(name)})")
    return not wrong, "packages", "; ".join(wrong) + ": run `make setup`" if wrong else ", ".join(seen)


def _landing(data_dir: DataDir) -> Finding:
    sources = declarations()
    counts = {name: sum(path.is_file() for path in (data_dir.landing / name).glob("**/*")) for name in sources}
    missing = [name for name, source in sources.items() if source.required and not counts[name]]
    absent = [name for name, source in sources.items() if not source.required and not counts[name]]
    told = [", ".join(f"{name}: {count} file{'s' if count != 1 else ''}" for name, count in counts.items() if count)]
    if missing:
        told.append(f"Required and absent: {', '.join(missing)}. Put the exports into {data_dir.landing}")
    if absent:
        told.append(f"Optional and absent: {', '.join(absent)}")
    return not missing, "landing", ". ".join(filter(None, told))


def _seeds() -> Finding:
    found = seeds.faults()
    return not found, "seeds", "\n".join(map(str, found)) or "they do not contradict themselves"


def _disk(data_dir: DataDir) -> Finding:
    nearest = next(path for path in (data_dir.root, *data_dir.root.parents) if path.exists())
    free = shutil.disk_usage(nearest).free / 1e9
    return free >= MIN_FREE_GB, "disk", f"{free:,.1f} GB free"


def _published(data_dir: DataDir) -> Finding:
    if not data_dir.published.exists():
        return True, "published file", "none yet; `csw run` writes it"
    try:
        return True, "published file", f"{data_dir.published}, shows {published_day(data_dir)}"
    except Refused as refusal:
        return False, "published file", str(refusal)
