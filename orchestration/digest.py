"""What a run tells those who are not looking: its figures, problems and actions as plain data, with a text short enough
for a chat (digest_text.py). Figures come from the marts as they are; where the digest goes, notify.py knows."""

import contextlib
import json
import re
from decimal import Decimal
from typing import Any

import duckdb
from rich.console import Console

from orchestration import notify
from orchestration.digest_text import text_of
from orchestration.failures import EXAMPLES_FOLLOW
from orchestration.published_file import published, rows_of
from orchestration.published_tables import EMAIL, shown
from orchestration.reports import newest_file
from orchestration.settings import DataDir, Refused
from orchestration.tidying import published_day
from orchestration.words import Row

MARTS = ("marts.mart_headline", "marts.mart_expected_nrr_bridge", "marts.mart_action_queue")
HEADLINE = f"""
    select
        kpi_key, label_{{lang}} as label, unit, currency, value, value_low, value_high, range_reason, basis,
        past_verdict, due_value, progress_status, null_reason
    from {MARTS[0]} order by position"""
CHANGE = f"""
    select
        from_date, to_date, mrr_from, mrr_to, expected_nrr_from, expected_nrr_to, change_nrr,
        size_nrr, level_nrr, contract_nrr, rate_nrr, left_nrr, came_nrr, null_reason
    from {MARTS[1]} where stretch = 'day' and scope_type = 'all'"""
ACTIONS = f"""
    select
        count(*) as open, count(*) filter (opened_date = as_of_date) as new,
        count(*) filter (due_date = as_of_date) as due_today, count(*) filter (is_overdue) as overdue
    from {MARTS[2]}"""
PROBLEMS = f"""
    select status, check_name, layer || '.' || table_name as table_name, failing_rows, message
    from ({shown("quality.check_result")}) where run_id = ? and status in ('warned', 'failed', 'broken')
    order by status = 'warned', layer, table_name, check_name"""
Digest = dict[str, Any]


def tell(data_dir: DataDir, run: Row) -> str | None:
    """Send the digest of a run that has ended, or could not start, when somebody asked for one. `run`: run_id,
    as_of_date, status, failed_step and error. Returns what went wrong, in words; it never raises."""
    data_dir.digest_fault.unlink(missing_ok=True)
    if not notify.is_asked_for():
        return None
    try:
        problems = []
        with contextlib.suppress(Refused, duckdb.Error):  # a file open elsewhere: the error has the checks in words
            newest, of_newest = last_run(data_dir)
            if newest["run_id"] == run["run_id"]:
                run, problems = newest | run, of_newest
        faults = notify.send(as_json(digest_of(data_dir, run, problems)))
    except Exception as error:  # whatever it is: the run has ended, and how it ended must be heard
        faults = [f"it could not be written ({type(error).__name__}: {error})"]
    if not faults:
        return None
    warning = f"The digest of this run did not reach everybody: {'; '.join(faults)}."
    with contextlib.suppress(OSError):
        data_dir.digest_fault.parent.mkdir(parents=True, exist_ok=True)
        data_dir.digest_fault.write_text(warning, encoding="utf-8")
    return warning


def show_digest(data_dir: DataDir, is_json: bool, is_sent: bool, console: Console) -> None:
    """Print the digest of the last run, or send it. Raises Refused when it reaches nobody."""
    if is_sent and not notify.is_asked_for():
        raise Refused("There is nobody to send it to: set CSW_NOTIFY_URL or CSW_NOTIFY_COMMAND in the environment.")
    digest = digest_of(data_dir, *last_run(data_dir))
    if is_sent:
        if faults := notify.send(as_json(digest)):
            raise Refused(f"The digest did not reach everybody: {'; '.join(faults)}.")
        console.print("Sent.")
    else:
        console.print(as_json(digest) if is_json else digest["text"], markup=False)


def last_run(data_dir: DataDir) -> tuple[Row, list[Row]]:
    """The newest run and its checks that did not hold, as everybody may see them."""
    with newest_file(data_dir) as (connection, _):
        ended = f"select * from ({shown('quality.run')}) where status <> 'running' order by started_at desc limit 1"
        runs = rows_of(connection, ended)
        if not runs:
            raise Refused(f"No run has ended in {data_dir.root} yet. `csw run` builds the first day.")
        return runs[0], rows_of(connection, PROBLEMS, [runs[0]["run_id"]])


def digest_of(data_dir: DataDir, run: Row, problems: list[Row]) -> Digest:
    """The whole message. A failed run carries no figures: readers still see those of `published_as_of_date`."""
    lang = notify.language()
    digest = {
        "text": "",
        **{key: run.get(key) for key in ("status", "as_of_date", "run_id", "failed_step")},
        "error": masked(run["error"]) if run.get("error") else None,
        "published_as_of_date": published_day(data_dir),
        "checks": {name: run.get(f"checks_{name}") for name in ("passed", "warned", "failed")},
        "problems": problems,
        "headline": [],
        "change": None,
        "actions": None,
    }
    if run["status"] == "published":
        with published(data_dir, *MARTS) as connection:
            digest["headline"] = rows_of(connection, HEADLINE.format(lang=lang))
            digest["change"] = next(iter(rows_of(connection, CHANGE)), None)
            (digest["actions"],) = rows_of(connection, ACTIONS)
            digest["text"] = text_of(digest, lang, connection)
    else:
        digest["text"] = text_of(digest, lang, None)
    return digest


def masked(error: str) -> str:
    """An error without example rows and addresses, as readers of quality.run see it."""
    return re.sub(EMAIL, "…@…", re.sub(f"{EXAMPLES_FOLLOW}.*", "", error))


def as_json(digest: Digest) -> str:
    return json.dumps(digest, ensure_ascii=False, default=plain, indent=2)


def plain(value: object) -> object:
    """Decimals as numbers (whole ones stay whole), dates as 2026-11-22."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return str(value)
