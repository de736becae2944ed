"""The programs people read the published file with: which, at which version, and how a test talks to one.

A probe is a small program in the client's own language. It is started with the path of the published file, reads one
query a line, opens the file read-only for each, and answers one line of JSON: the rows as objects by column name, or
{"error": text}. All clients get the same queries; what they must answer is in test_drivers.py."""

import json
import os
import re
import subprocess
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
LOCKS = HERE / "locks"
PAGE = ROOT / "docs" / "clients.md"


@dataclass(frozen=True)
class Client:
    """A row of the table in docs/clients.md. `name`: also the heading of its section there; `environment`: its folder
    in .clients and its lock file; `package`: what the version is of; `probe`: what runs which file of probes/."""

    name: str
    environment: str
    package: str
    probe: tuple[str, str] = ("python", "duckdb_driver.py")

    def version(self) -> str:
        """What the lock file pins."""
        if self.environment == "node":
            packages = json.loads((LOCKS / "node" / "package-lock.json").read_text(encoding="utf-8"))["packages"]
            return packages[f"node_modules/{self.package}"]["version"]
        lock = (LOCKS / f"{self.environment}.lock").read_text(encoding="utf-8")
        return re.search(rf"^{self.package}==(\S+)", lock, re.MULTILINE).group(1)

    def folder(self) -> Path:
        """Where `make test-clients` has installed it."""
        folder = ROOT / ".clients" / self.environment
        assert folder.is_dir(), f"{folder} is not there: `make test-clients` sets it up"
        return folder

    def surroundings(self) -> dict[str, str]:
        """Environment variables in which its programs are found before any others."""
        path = f"{self.folder() / 'bin'}{os.pathsep}{os.environ['PATH']}"
        return {**os.environ, "PATH": path, "NODE_PATH": str(self.folder() / "node_modules"), "PYTHONUTF8": "1"}

    def snippet(self) -> str:
        """The first block of code in its section of docs/clients.md."""
        sections = PAGE.read_text(encoding="utf-8").split("\n## ")
        (section,) = [section for section in sections if section.startswith(f"{self.name}\n")]
        return re.search(r"```\w+\n(.*?)```", section, re.DOTALL).group(1)

    def row(self, held: list[str]) -> str:
        """Its row of the table."""
        return f"| {self.name} | {self.version()} | {', '.join(held)} |"


DRIVERS = (
    Client("Python", "duckdb-1.4", "duckdb"),
    Client("Python", "duckdb-1.5", "duckdb"),
    Client("Python", "duckdb-2.0", "duckdb"),
    Client("Command line", "duckdb-1.5", "duckdb-cli", ("sh", "command_line.sh")),
    Client("Node", "node", "@duckdb/node-api", ("node", "node.cjs")),
    Client("SQLAlchemy", "duckdb-1.5", "duckdb-engine", ("python", "sqlalchemy_engine.py")),
    Client("ADBC", "duckdb-1.5", "adbc-driver-manager", ("python", "adbc.py")),
)
SUPERSET = Client("Apache Superset", "superset", "apache-superset")


@dataclass
class Probe:
    """A running probe."""

    process: subprocess.Popen

    def ask(self, query: str) -> list[dict] | dict[str, str]:
        """The rows, or {"error": text}."""
        self.process.stdin.write(" ".join(query.split()) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        return json.loads(line) if line else {"error": "the probe has ended"}


@contextmanager
def running(probe: tuple[str, str], published: Path, surroundings: Mapping[str, str]) -> Iterator[Probe]:
    """A probe on one published file, until the end of the block."""
    command = [probe[0], str(HERE / "probes" / probe[1]), str(published)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=surroundings, stdin=pipe, stdout=pipe, text=True, encoding="utf-8") as process:
        yield Probe(process)
        process.stdin.close()


@contextmanager
def printed_table(config: pytest.Config) -> Iterator[dict[Client, list[str]]]:
    """Collects what held per client; at the end of the block the run prints it as the table of docs/clients.md."""
    held: dict[Client, list[str]] = defaultdict(list)
    yield held
    with config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print("", *(client.row(what) for client, what in held.items()), sep="\n")
