"""Real drivers read a real published file, each installed in an environment of its own. Run by `make test-clients`;
needs Node.

Every driver lists the marts with what they mean, hands over every cell as this project's own driver does, answers the
README's query, cannot write, goes on through a publish, and connects as docs/clients.md shows."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from functools import lru_cache

import pytest
from client_programs import DRIVERS, PAGE, ROOT, Client, Probe, printed_table, running
from conftest import Warehouse

from orchestration import lock, manifest
from orchestration.publish import publish
from orchestration.settings import DataDir

pytestmark = pytest.mark.clients

MARTS = "select table_name, comment from duckdb_tables() where schema_name = 'marts' order by all"
COLUMNS = "select table_name, column_name, comment from duckdb_columns() where schema_name = 'marts' order by all"
FIGURE = "select sum(expected_nrr) as figure from marts.mart_expected_nrr"
WRITES = (
    "create table marts.mine as select 1 as a",
    "update marts.mart_expected_nrr set mrr = 0",
    "drop table marts.mart_nps",
    "comment on table marts.mart_nps is 'mine'",
)
LOOKS = 3  # before the publish and after it
PATIENCE = 60  # seconds until a client must have seen the new file


@pytest.fixture(scope="module", autouse=True)
def outcomes(request: pytest.FixtureRequest) -> Iterator[dict[Client, list[str]]]:
    with printed_table(request.config) as held:
        yield held


@pytest.fixture(scope="module", params=DRIVERS, ids=lambda client: f"{client.name} {client.version()}")
def client(request: pytest.FixtureRequest) -> Client:
    return request.param


@pytest.fixture(scope="module")
def probe(client: Client, sample_warehouse: Warehouse) -> Iterator[Probe]:
    with running(client.probe, sample_warehouse.data_dir.published, client.surroundings()) as running_probe:
        yield running_probe


@pytest.fixture(scope="module")
def own(sample_warehouse: Warehouse) -> Iterator[Probe]:
    """The driver this project is built on, asked in the same way."""
    with running((sys.executable, "duckdb_driver.py"), sample_warehouse.data_dir.published, os.environ) as own_probe:
        yield own_probe


@pytest.fixture(scope="module")
def own_cells(own: Probe) -> dict[str, tuple[int, str]]:
    return cells(own)


@pytest.fixture(scope="module")
def through_a_publish(sample_warehouse, tmp_path_factory) -> tuple[float, float, dict[Client, list]]:
    """The figure before and after a publish, and what each client answered, asking all the while."""
    place = DataDir(shutil.copytree(sample_warehouse.data_dir.root, tmp_path_factory.mktemp("publish") / "data"))
    ((old, rows),) = sample_warehouse.rows("select sum(expected_nrr), count(expected_nrr) from marts.mart_expected_nrr")
    answers: dict[Client, list] = {client: [] for client in DRIVERS}
    stop = threading.Event()
    with ExitStack() as stack:
        for client in DRIVERS:
            asked = stack.enter_context(running(client.probe, place.published, client.surroundings()))
            thread = threading.Thread(target=ask_until, args=(stop, asked, answers[client]))
            stack.callback(thread.join)
            thread.start()
        stack.callback(stop.set)
        wait_for_more(answers)
        with lock.warehouse(place) as connection:
            connection.execute("update marts.mart_expected_nrr set expected_nrr = expected_nrr + 1")
        publish(place.root, manifest.read())
        wait_for_more(answers)
    return old, old + rows, answers


def ask_until(stop: threading.Event, probe: Probe, answers: list) -> None:
    while not stop.is_set():
        answers.append(probe.ask(FIGURE))
        time.sleep(0.2)


def wait_for_more(answers: dict[Client, list]) -> None:
    """Until every client has answered some times more."""
    wanted = {client: len(given) + LOOKS + 1 for client, given in answers.items()}
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and any(len(answers[client]) < count for client, count in wanted.items()):
        time.sleep(0.05)


def test_a_client_lists_every_mart_and_column_with_its_comment(client, probe, own, outcomes):
    marts, columns = probe.ask(MARTS), probe.ask(COLUMNS)
    assert len(marts) > 50 and len(columns) > len(marts)
    assert (marts, columns) == (own.ask(MARTS), own.ask(COLUMNS))
    assert [row for row in marts + columns if not row["comment"]] == []
    outcomes[client].append("lists all with comments")


def test_a_client_reads_every_cell_of_every_mart(client, probe, own_cells, outcomes):
    assert cells(probe) == own_cells
    outcomes[client].append("every cell equal")


def test_a_client_answers_the_query_of_the_readme(client, probe, own, outcomes):
    query = re.search(r"```sql\n(.*?);\n```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL).group(1)
    answer = probe.ask(query)
    assert len(answer) == 7
    assert digest(answer) == digest(own.ask(query))
    outcomes[client].append("README's query")


def test_a_client_cannot_write(client, probe, sample_warehouse, outcomes):
    published = sample_warehouse.data_dir.published
    before = hashlib.sha256(published.read_bytes()).hexdigest()
    for write in WRITES:
        answer = probe.ask(write)
        assert isinstance(answer, dict) and "read-only" in answer["error"], f"{write}: {answer}"
    assert hashlib.sha256(published.read_bytes()).hexdigest() == before
    assert not list(published.parent.glob(f"{published.name}.*"))
    outcomes[client].append("no write")


def test_a_client_goes_on_through_a_publish(client, through_a_publish, outcomes):
    old, new, answers = through_a_publish
    seen = [answer[0]["figure"] if isinstance(answer, list) else answer["error"] for answer in answers[client]]
    looks = [sum(figure == pytest.approx(wanted) for figure in seen) for wanted in (old, new)]
    assert min(looks) >= LOOKS and sum(looks) == len(seen), seen
    assert seen == sorted(seen)  # never back to the old figure
    outcomes[client].append("through a publish")


def test_a_client_connects_as_its_page_shows(client, sample_warehouse, tmp_path, outcomes):
    (tmp_path / "data").symlink_to(sample_warehouse.data_dir.root)
    (tmp_path / "node_modules").symlink_to(client.folder() / "node_modules")  # where Node looks for what is imported
    program = tmp_path / "shown.mjs"  # Node wants this suffix, the others do not mind
    program.write_text(client.snippet(), encoding="utf-8")
    shown = subprocess.run(
        [client.probe[0], program], cwd=tmp_path, env=client.surroundings(), capture_output=True, text=True, check=True
    ).stdout
    (newest,) = sample_warehouse.rows(
        """select as_of_date::varchar, expected_nrr::varchar from marts.mart_expected_nrr
           where scope_type = 'all' order by as_of_date desc limit 1"""
    )
    assert newest[1] in shown
    outcomes[client].append("connects as below")


def test_the_page_says_what_held(client, outcomes):
    assert client.row(outcomes[client]) in PAGE.read_text(encoding="utf-8").splitlines()


def cells(probe: Probe) -> dict[str, tuple[int, str]]:
    """Mart → its number of rows and the digest of all that the client handed over, read in a total order."""
    found = {}
    for mart in (row["table_name"] for row in probe.ask(MARTS)):
        rows = probe.ask(f"select * from marts.{mart} order by all")
        assert isinstance(rows, list), f"{mart}: {rows}"
        found[mart] = (len(rows), digest(rows))
    return found


def digest(rows: list[dict]) -> str:
    """Of every name and value. A client may hand over a number as a number or as text."""
    plain = [[plain_cell(cell) for cell in row.values()] for row in rows]
    return hashlib.sha256(repr([list(row) for row in rows[:1]] + plain).encode()).hexdigest()


@lru_cache(maxsize=None, typed=True)
def plain_cell(cell: object) -> object:
    if cell is None or isinstance(cell, bool):
        return cell
    try:
        return float(cell)
    except ValueError:
        return cell
