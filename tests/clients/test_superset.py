"""Apache Superset reads a real published file, asked through its REST API. Run by `make test-superset`.

It runs on loopback, with a home and a secret of its own that end with the tests."""

import hashlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import HTTPCookieProcessor, Request, build_opener

import duckdb
import pytest
from client_programs import PAGE, SUPERSET, Client, printed_table
from conftest import Warehouse

pytestmark = pytest.mark.clients

PATIENCE = 300  # seconds; a start takes ten on an idle machine
ADMIN = {"username": "admin", "firstname": "admin", "lastname": "admin", "email": "admin@example.com"}


@dataclass
class Api:
    """Superset's REST API, logged in once `login` has been called."""

    address: str
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    opener: object = field(default_factory=lambda: build_opener(HTTPCookieProcessor(CookieJar())))

    def call(self, method: str, path: str, body: dict | None = None) -> dict:
        """The answer; raises HTTPError when it is one."""
        content = None if body is None else json.dumps(body).encode()
        request = Request(f"{self.address}/api/v1{path}", content, self.headers, method=method)
        with self.opener.open(request, timeout=PATIENCE) as answer:
            return json.loads(answer.read())

    def login(self, password: str) -> None:
        who = {"username": ADMIN["username"], "password": password, "provider": "db"}
        self.headers["Authorization"] = f"Bearer {self.call('POST', '/security/login', who)['access_token']}"
        self.headers["X-CSRFToken"] = self.call("GET", "/security/csrf_token/")["result"]

    def rows(self, database: int, query: str) -> list[dict]:
        """What SQL Lab shows. Its limit replaces that of the query."""
        return self.call("POST", "/sqllab/execute/", {"database_id": database, "sql": query})["data"]


@pytest.fixture(scope="module", autouse=True)
def outcomes(request: pytest.FixtureRequest) -> Iterator[dict[Client, list[str]]]:
    with printed_table(request.config) as held:
        yield held


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """A Superset of its own, logged in, stopped at the end."""
    home = tmp_path_factory.mktemp("superset")
    password = secrets.token_urlsafe()
    surroundings = {
        **SUPERSET.surroundings(),
        "FLASK_APP": "superset",
        "SUPERSET_HOME": str(home),
        "SUPERSET_SECRET_KEY": secrets.token_urlsafe(42),
        "FLASK_FAB_CREATE_ADMIN_PASSWORD": password,
    }
    admin = [part for name, value in ADMIN.items() for part in (f"--{name}", value)]
    with (home / "log.txt").open("wb") as log:
        output = {"env": surroundings, "stdin": subprocess.DEVNULL, "stdout": log, "stderr": log}
        for arguments in (["db", "upgrade"], ["fab", "create-admin", *admin], ["init"]):
            done = subprocess.run(["superset", *arguments], check=False, **output)
            assert done.returncode == 0, (home / "log.txt").read_text(encoding="utf-8")[-3000:]
        port = free_port()
        process = subprocess.Popen(["superset", "run", "--host", "127.0.0.1", "--port", str(port)], **output)
        try:
            api = Api(f"http://127.0.0.1:{port}")
            wait_for(api, process, home / "log.txt")
            api.login(password)
            yield api
        finally:
            process.terminate()
            process.wait()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for(api: Api, process: subprocess.Popen, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            with api.opener.open(f"{api.address}/health", timeout=PATIENCE):
                return
        except URLError:
            time.sleep(0.5)
    pytest.fail(log.read_text(encoding="utf-8")[-3000:])


@pytest.fixture(scope="module")
def published(sample_warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the published file, which one test replaces."""
    return Path(shutil.copy(sample_warehouse.data_dir.published, tmp_path_factory.mktemp("published")))


@pytest.fixture(scope="module")
def database(server: Api, published: Path) -> int:
    """The file, registered as docs/clients.md says."""
    body = {
        "database_name": "warehouse",
        "sqlalchemy_uri": f"duckdb:///{published}",
        "extra": json.dumps({"engine_params": json.loads(SUPERSET.snippet())}),
        "expose_in_sqllab": True,
    }
    return server.call("POST", "/database/", body)["id"]


@pytest.fixture(scope="module")
def dataset(server: Api, database: int) -> int:
    body = {"database": database, "schema": "marts", "table_name": "mart_expected_nrr"}
    return server.call("POST", "/dataset/", body)["id"]


def test_superset_lists_every_mart_and_counts_its_rows(server, database, sample_warehouse, outcomes):
    listed = server.call("GET", f"/database/{database}/tables/?q=(schema_name:marts)")["result"]
    marts = sorted(table["value"] for table in listed)
    names = "select table_name from duckdb_tables() where schema_name = 'marts' order by all"
    assert marts == [name for (name,) in sample_warehouse.rows(names)]
    counts = " union all ".join(f"select '{mart}' as mart, count(*) as n from marts.{mart}" for mart in marts)
    assert sorted(tuple(row.values()) for row in server.rows(database, counts)) == sorted(sample_warehouse.rows(counts))
    outcomes[SUPERSET].append("lists and counts all")


def test_a_dataset_has_the_comments_as_descriptions_of_its_columns(server, dataset, sample_warehouse, outcomes):
    columns = server.call("GET", f"/dataset/{dataset}")["result"]["columns"]
    described = {column["column_name"]: column["description"] for column in columns}
    comments = "select column_name, comment from duckdb_columns() where table_name = 'mart_expected_nrr'"
    assert described == dict(sample_warehouse.rows(comments))
    outcomes[SUPERSET].append("columns described")


def test_a_chart_shows_the_marts_figures(server, dataset, sample_warehouse, outcomes):
    chart = {
        "columns": ["scope_value"],
        "metrics": [{"expressionType": "SQL", "sqlExpression": "max(expected_mrr_12m)", "label": "mrr"}],
        "filters": [{"col": "scope_type", "op": "==", "val": "segment"}],
    }
    body = {"datasource": {"id": dataset, "type": "table"}, "queries": [chart], "result_type": "full"}
    data = server.call("POST", "/chart/data", body)["result"][0]["data"]
    expected = sample_warehouse.rows(
        """select scope_value, max(expected_mrr_12m) from marts.mart_expected_nrr
           where scope_type = 'segment' group by all"""
    )
    assert len(expected) > 1
    assert {row["scope_value"]: row["mrr"] for row in data} == dict(expected)
    outcomes[SUPERSET].append("chart data")


def test_japanese_labels_arrive_whole(server, database, sample_warehouse, outcomes):
    query = "select kpi_key, label_ja from reference.kpi_catalog"
    labels = {row["kpi_key"]: row["label_ja"] for row in server.rows(database, query)}
    assert labels == dict(sample_warehouse.rows(query))
    assert labels["active_days_28d"] == "利用日数"
    outcomes[SUPERSET].append("Japanese")


@pytest.mark.parametrize("allow_dml", [False, True])
def test_sql_lab_writes_nothing_and_reads_no_other_file(server, database, published, tmp_path, allow_dml, outcomes):
    """Superset's own refusal comes first; with it switched off the file must refuse."""
    server.call("PUT", f"/database/{database}", {"allow_dml": allow_dml})
    other = tmp_path / "other.txt"
    other.write_text("not yours", encoding="utf-8")
    before = hashlib.sha256(published.read_bytes()).hexdigest()
    for statement in (
        "create table marts.mine as select 1 as a",
        "update marts.mart_expected_nrr set mrr = 0",
        "drop table marts.mart_nps",
        f"copy (select 1) to '{published}'",
        f"select content from read_text('{other}')",
    ):
        with pytest.raises(HTTPError):
            server.rows(database, statement)
    assert hashlib.sha256(published.read_bytes()).hexdigest() == before
    if allow_dml:
        outcomes[SUPERSET].append("no write")


def test_superset_goes_on_through_a_publish(server, database, published, tmp_path, outcomes):
    query = "select sum(mrr) as mrr, count(mrr) as n from marts.mart_expected_nrr"
    (old,) = server.rows(database, query)
    next_day = Path(shutil.copy(published, tmp_path / "next_day.duckdb"))
    with duckdb.connect(str(next_day)) as connection:
        connection.execute("update marts.mart_expected_nrr set mrr = mrr + 1")
    assert server.rows(database, query) == [old]
    os.replace(next_day, published)
    assert server.rows(database, query) == [{**old, "mrr": old["mrr"] + old["n"]}]
    outcomes[SUPERSET].append("through a publish")


def test_the_page_says_what_held(outcomes):
    assert SUPERSET.row(outcomes[SUPERSET]) in PAGE.read_text(encoding="utf-8").splitlines()
