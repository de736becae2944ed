"""What a run tells those who are not looking: to a command or a webhook, and never at the cost of the run."""

import io
import json
import sys
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import duckdb
import pytest
from conftest import SAMPLE_DAY, csw
from rich.console import Console

from orchestration import digest, execute, notify, screen
from orchestration.day import open_day
from orchestration.settings import Refused

SECRET = "not-to-be-printed"
EVERYTHING = ("CSW_NOTIFY_URL", "CSW_NOTIFY_COMMAND", "CSW_NOTIFY_TOKEN", "CSW_NOTIFY_LANG")
BROKEN_CONTRACTS = "contract_id,account_id\nA1-1,A1\n"


class Receiver(ThreadingHTTPServer):
    """Keeps what it is sent, and answers with the next of `answers`, else 204."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.messages: list[dict] = []
        self.headers: list[dict] = []
        self.answers: list[tuple[int, str]] = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}/{SECRET}?key={SECRET}"


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.messages.append(json.loads(body))
        self.server.headers.append(dict(self.headers))
        status, location = self.server.answers.pop(0) if self.server.answers else (204, "")
        self.send_response(status)
        self.send_header("Location", location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST

    def log_message(self, *_) -> None:
        pass


def listening() -> Iterator[Receiver]:
    with Receiver() as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


receiver = pytest.fixture(listening, name="receiver")
another = pytest.fixture(listening, name="another")


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in EVERYTHING:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(notify, "WAITS", (0, 0))


def run_of(warehouse) -> dict:
    """The last run as the job knows it at its end."""
    run_id, as_of = warehouse.rows("select run_id, as_of_date from quality.run order by started_at desc limit 1")[0]
    return {"run_id": run_id, "as_of_date": as_of, "status": "published", "failed_step": None, "error": None}


def test_a_published_day_is_told_with_the_figures_of_the_marts(sample_warehouse, sample_copy, receiver, monkeypatch):
    monkeypatch.setenv("CSW_NOTIFY_URL", receiver.url)
    monkeypatch.setenv("CSW_NOTIFY_TOKEN", SECRET)
    assert digest.tell(sample_copy, run_of(sample_warehouse)) is None
    (message,), (headers,) = receiver.messages, receiver.headers
    assert headers["Authorization"] == f"Bearer {SECRET}" and headers["Content-Type"].startswith("application/json")
    assert message["status"] == "published"
    assert message["as_of_date"] == message["published_as_of_date"] == str(SAMPLE_DAY)
    headline = sample_warehouse.rows(
        "select kpi_key, value::double, value_low::double from marts.mart_headline order by position"
    )
    assert [(row["kpi_key"], row["value"], row["value_low"]) for row in message["headline"]] == headline
    bridge = "marts.mart_expected_nrr_bridge where stretch = 'day' and scope_type = 'all'"
    assert [(message["change"]["change_nrr"],)] == sample_warehouse.rows(f"select change_nrr::double from {bridge}")
    counts = "count(*), count_if(opened_date = as_of_date), count_if(due_date = as_of_date), count_if(is_overdue)"
    actions = sample_warehouse.rows(f"select {counts} from marts.mart_action_queue")
    assert [tuple(message["actions"][name] for name in ("open", "new", "due_today", "overdue"))] == actions
    passed, warned = sample_warehouse.rows("select checks_passed, checks_warned from quality.run")[0]
    assert (message["checks"]["passed"], len(message["problems"])) == (passed, warned)


def test_the_text_is_short_and_in_the_language_asked_for(sample_warehouse, sample_copy, receiver, monkeypatch):
    monkeypatch.setenv("CSW_NOTIFY_URL", receiver.url)
    for lang in ("en", "ja"):
        monkeypatch.setenv("CSW_NOTIFY_LANG", lang)
        digest.tell(sample_copy, run_of(sample_warehouse))
    english, japanese = (message["text"] for message in receiver.messages)
    mrr = sample_warehouse.rows("select sum(mrr) from marts.dim_account")[0][0]
    expected = {english: ("published", "Expected NRR", "overdue"), japanese: ("公開しました", "予測NRR", "期限超過")}
    for text, words in expected.items():
        assert all(word in text for word in (*words, f"MRR: {mrr:,} JPY", str(SAMPLE_DAY)))
        assert len(text) < 1200 and "None" not in text and "nan" not in text


def test_a_run_of_the_schedule_that_fails_tells_which_check_table_and_rows(sample_copy, receiver, monkeypatch):
    (sample_copy.landing / "contracts" / "zz.csv").write_text(BROKEN_CONTRACTS, encoding="utf-8")
    monkeypatch.setenv("CSW_DATA_DIR", str(sample_copy.root))
    monkeypatch.setenv("CSW_NOTIFY_URL", receiver.url)
    assert not run_of_the_schedule(sample_copy)
    (message,) = receiver.messages
    assert (message["status"], message["failed_step"]) == ("failed", "checks of raw")
    assert message["published_as_of_date"] == str(SAMPLE_DAY) and message["headline"] == []
    wrong = [problem for problem in message["problems"] if problem["status"] == "failed"]
    assert [(p["check_name"], p["table_name"], p["failing_rows"]) for p in wrong] == [
        ("every_file_was_read", "raw.contracts", 1)
    ]
    for words in ("NOT published", "step 'checks of raw'", "every_file_was_read on raw.contracts: 1 row"):
        assert words in message["text"]


def test_a_run_of_the_schedule_that_cannot_start_is_told_too(sample_copy, receiver, monkeypatch):
    from orchestration import definitions

    def refuse() -> None:
        raise Refused("A seed contradicts itself.")

    monkeypatch.setattr(definitions, "refuse_faulty_seeds", refuse)
    monkeypatch.setenv("CSW_DATA_DIR", str(sample_copy.root))
    monkeypatch.setenv("CSW_NOTIFY_URL", receiver.url)
    assert not run_of_the_schedule(sample_copy)
    (message,) = receiver.messages
    assert (message["status"], message["failed_step"]) == ("failed", "start")
    assert "A seed contradicts itself." in message["text"]


def run_of_the_schedule(data_dir) -> bool:
    """The job as Dagster starts it, with its own resources; True when it went through."""
    from orchestration.definitions import defs
    from orchestration.execute import QUIET, instance_of, logs_to_file

    with instance_of(data_dir) as instance, logs_to_file(data_dir):
        job = defs.resolve_job_def("daily")
        options = {"partition_key": str(SAMPLE_DAY), "run_config": QUIET, "raise_on_error": False}
        return job.execute_in_process(instance=instance, **options).success


def test_a_run_whose_digest_reaches_nobody_is_published_all_the_same_and_says_so(sample_copy, monkeypatch):
    def published_day(data_dir, as_of, overrides, *_):
        with open_day(str(uuid.uuid4()), data_dir, as_of, overrides) as day:
            day.is_published = True
        return day

    monkeypatch.setattr(execute, "build_day", published_day)
    said = io.StringIO()
    monkeypatch.setattr(screen, "console", Console(file=said, soft_wrap=True))
    monkeypatch.setattr(screen, "errors", screen.console)
    monkeypatch.setenv("CSW_NOTIFY_URL", f"http://127.0.0.1:9/{SECRET}?key={SECRET}")
    monkeypatch.setenv("CSW_NOTIFY_TOKEN", SECRET)
    screen.build(sample_copy, SAMPLE_DAY, {}, None, False)  # a failure would raise typer.Exit
    warning = "The digest of this run did not reach everybody: 127.0.0.1 cannot be reached (Connection refused)."
    assert f"{SAMPLE_DAY} is published." in said.getvalue()
    assert said.getvalue().splitlines()[-1] == f"Warning: {warning}"
    status = csw("status", "--data-dir", sample_copy.root).stdout
    assert warning in status and SECRET not in status + said.getvalue()
    monkeypatch.delenv("CSW_NOTIFY_URL")
    published_day(sample_copy, SAMPLE_DAY, {})
    assert not sample_copy.digest_fault.exists()


def test_nobody_gets_anything_unless_asked_for(sample_warehouse, sample_copy, receiver, monkeypatch):
    monkeypatch.setattr(notify, "send", lambda message: pytest.fail("nobody asked for it"))
    assert digest.tell(sample_copy, run_of(sample_warehouse)) is None
    refused = csw("digest", "--send", "--data-dir", sample_copy.root)
    assert refused.returncode == 1 and "CSW_NOTIFY_URL" in refused.stderr
    assert receiver.messages == []


def test_a_command_gets_the_digest_without_a_shell(sample_warehouse, sample_copy, tmp_path, monkeypatch):
    script = tmp_path / "keep.py"
    script.write_text("import sys\nopen(sys.argv[1], 'w').write(sys.argv[2] + sys.stdin.read())\n", encoding="utf-8")
    kept = tmp_path / "kept file"
    monkeypatch.setenv("CSW_NOTIFY_COMMAND", f"{sys.executable} {script} '{kept}' ';touch&$HOME'")
    assert digest.tell(sample_copy, run_of(sample_warehouse)) is None
    text = kept.read_text(encoding="utf-8")
    assert json.loads(text.removeprefix(";touch&$HOME"))["status"] == "published"
    monkeypatch.setenv("CSW_NOTIFY_COMMAND", f"{sys.executable} -c 'raise SystemExit(3)'")
    assert "ended with 3" in digest.tell(sample_copy, run_of(sample_warehouse))
    monkeypatch.setenv("CSW_NOTIFY_COMMAND", "no-such-program")
    assert "cannot be run" in digest.tell(sample_copy, run_of(sample_warehouse))


def test_a_busy_receiver_is_tried_again_and_one_that_refuses_is_not(receiver):
    receiver.answers = [(503, ""), (429, ""), (204, "")]
    assert notify.post(receiver.url, "{}") is None and len(receiver.messages) == 3
    receiver.answers = [(403, "")]
    assert notify.post(receiver.url, "{}") == "127.0.0.1 answered 403" and len(receiver.messages) == 4
    receiver.answers = [(503, "")] * 5
    assert notify.post(receiver.url, "{}") == "127.0.0.1 answered 503" and len(receiver.messages) == 7


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(receiver, another, monkeypatch, status):
    monkeypatch.setenv("CSW_NOTIFY_TOKEN", SECRET)
    receiver.answers = [(status, another.url)]
    fault = notify.post(receiver.url, "{}")
    assert "redirects are not followed" in fault and SECRET not in fault
    assert (len(receiver.messages), another.messages) == (1, [])


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/hook",
        "http://localhost.example.com",
        "http://localhost@example.com",
        "http://0.0.0.0",
        "http://192.168.0.1",
        "ftp://127.0.0.1/x",
        "file:///etc/hostname",
        "https://",
        "https://[::1",
        "hook",
    ],
)
def test_nothing_is_sent_in_the_clear_to_another_machine(url, monkeypatch):
    monkeypatch.setattr(notify, "post_once", lambda *_: pytest.fail("it was sent"))
    assert "CSW_NOTIFY_URL must begin with https:// (http:// only to this machine)" in notify.post(url, "{}")


@pytest.mark.parametrize("url", ["https://example.com", "http://localhost:1", "http://127.0.0.1", "http://[::1]:1/x"])
def test_an_encrypted_address_or_one_of_this_machine_is_taken(url):
    assert notify.refused_address(url) is None


def test_a_token_that_cannot_be_sent_is_not_quoted(receiver, monkeypatch):
    monkeypatch.setenv("CSW_NOTIFY_TOKEN", f"{SECRET}\nx")
    assert notify.post(receiver.url, "{}") == "CSW_NOTIFY_URL or CSW_NOTIFY_TOKEN cannot be used (ValueError)"
    monkeypatch.delenv("CSW_NOTIFY_TOKEN")
    assert SECRET not in notify.post(f"http://127.0.0.1:1/{SECRET} a", "{}")


def test_the_last_digest_is_shown_and_sent_by_hand(sample_warehouse, receiver, monkeypatch):
    root = sample_warehouse.data_dir.root
    shown = csw("digest", "--json", "--data-dir", root)
    assert shown.returncode == 0, shown.stderr
    assert csw("digest", "--data-dir", root).stdout.strip() == json.loads(shown.stdout)["text"]
    monkeypatch.setenv("CSW_NOTIFY_URL", receiver.url)
    assert csw("digest", "--send", "--data-dir", root).stdout == "Sent.\n"
    assert receiver.messages == [json.loads(shown.stdout)]
    doctor = csw("doctor", "--data-dir", root).stdout
    assert "a webhook at 127.0.0.1" in doctor and SECRET not in doctor


def test_a_failure_is_told_without_anything_personal_also_while_the_warehouse_is_open_elsewhere(
    sample_copy, receiver, monkeypatch
):
    monkeypatch.setenv("CSW_NOTIFY_URL", receiver.url)
    run = {"run_id": "r9", "as_of_date": SAMPLE_DAY, "status": "failed", "failed_step": "a step"}
    run["error"] = "Not so, says someone@example.com. For example: [{'comment': 'a secret'}]"
    with duckdb.connect(str(sample_copy.warehouse)):
        assert digest.tell(sample_copy, run) is None
    assert "step 'a step' failed" in receiver.messages[0]["text"]
    assert receiver.messages[0]["error"] == "Not so, says …@…"
