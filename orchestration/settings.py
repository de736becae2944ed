"""Where things are: the project's folders, the files of one data directory, the business time zone, and the
environment variables that dbt and the expectations read. Nothing here opens a file or a database."""

import csv
import datetime
import difflib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parent.parent
BUSINESS_ZONE = ZoneInfo("Asia/Tokyo")
DBT_PROJECT = ROOT / "dbt_project"
MANIFEST = DBT_PROJECT / "target" / "manifest.json"
POLICIES = ROOT / "seeds" / "revenue_policies.csv"


class Refused(Exception):
    """Something a person must know or do. Its message is a whole sentence; no traceback is shown for it."""


@dataclass(frozen=True)
class DataDir:
    """Everything of one warehouse stands under one directory, so that several can live side by side."""

    root: Path

    def __post_init__(self) -> None:
        object.__setattr__(self, "root", Path(self.root).expanduser().resolve())

    @property
    def landing(self) -> Path:
        return self.root / "landing"

    @property
    def warehouse(self) -> Path:
        """The file being built; only the running job opens it."""
        return self.root / "warehouse.duckdb"

    @property
    def published(self) -> Path:
        """The file readers open; replaced as a whole."""
        return self.root / "cs_warehouse.duckdb"

    @property
    def target(self) -> Path:
        """dbt's artefacts: one folder per data directory, else dbt parses everything anew for each."""
        return self.root / "target"

    @property
    def dagster(self) -> Path:
        return self.root / "dagster"

    @property
    def docs(self) -> Path:
        return self.root / "docs"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def digest_fault(self) -> Path:
        """Why the digest of the last run did not reach everybody; absent when it did."""
        return self.logs / "digest_fault.txt"

    @property
    def lock(self) -> Path:
        return self.root / "run.lock"

    def has_landing(self) -> bool:
        return any(path.is_file() for path in self.landing.glob("*/*"))


def default_data_dir() -> DataDir:
    return DataDir(Path(os.environ.get("CSW_DATA_DIR") or ROOT / "data"))


def yesterday() -> datetime.date:
    """The last whole day in the business time zone."""
    return datetime.datetime.now(BUSINESS_ZONE).date() - datetime.timedelta(days=1)


def known_policies() -> list[str]:
    with POLICIES.open(encoding="utf-8", newline="") as file:
        return sorted({row["policy_key"] for row in csv.DictReader(file)})


def parse_overrides(pairs: list[str]) -> dict[str, str]:
    """`["key=value", …]` → overrides of policies. Raises Refused for an unknown key and for a pair without a value."""
    overrides = {}
    for pair in pairs:
        key, separator, value = (part.strip() for part in pair.partition("="))
        if not separator or not value:
            raise Refused(f"--set takes policy=value, for example --set renewal_grace_days=0, not '{pair}'.")
        check_policy(key)
        overrides[key] = value
    return overrides


def check_policy(key: str) -> None:
    known = known_policies()
    if key in known:
        return
    close = difflib.get_close_matches(key, known, n=1)
    hint = f" Did you mean '{close[0]}'?" if close else ""
    raise Refused(f"There is no policy '{key}'.{hint} The policies are: {', '.join(known)}.")


def child_environment(data_dir: DataDir, as_of: datetime.date, overrides: dict[str, str]) -> dict[str, str]:
    """The whole interface to dbt and the expectations, as environment variables."""
    return {
        **os.environ,
        "CSW_DATA_DIR": str(data_dir.root),
        "CSW_AS_OF": as_of.isoformat(),
        "CSW_SET": json.dumps(overrides, sort_keys=True),
        "DBT_TARGET_PATH": str(data_dir.target),
        "DBT_LOG_PATH": str(data_dir.logs),
        "DBT_PROFILES_DIR": str(DBT_PROJECT),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "GX_ANALYTICS_ENABLED": "false",
    }
