"""The made-up company of the demo: writes a landing folder, and knows the truth behind it.

What belongs here: the order of the steps and the truth as tables. What happens is in sample_world.py and
sample_activity.py, how it reads in sample_rows.py, what is wrong with it in sample_dirt.py, how it is delivered in
sample_files.py, the numbers in sample_rates.py (documented in docs/sample_company.md). The optional sources are drawn
and written by sample_optional.py.
"""

from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet

from orchestration import sample_dirt as dirt
from orchestration import sample_files as files
from orchestration import sample_rates as rates
from orchestration import sample_rows
from orchestration.sample_activity import PRODUCT_IDS, Activity, login_table
from orchestration.sample_contracts import INFRA
from orchestration.sample_optional import OPTIONAL_SOURCES, OptionalSources
from orchestration.sample_world import OUTCOMES, PHASES, World

SOURCES = ("accounts", "contracts", "logins", "surveys", *OPTIONAL_SOURCES)


@dataclass
class SampleTruth:
    """What the generator knows and the files do not say.

    levels: month (first day), account_id, success_level 0..5, phase, product_profile; every month with a contract.
    renewals: account_id, product_id, due_date, term_months, success_level (in the month before), outcome (lost,
    contraction, flat, expansion), is_late, mrr_before, mrr_after (JPY); one row per term that ended by the end date.
    dirt: source, kind, fate, row_count (see sample_dirt.py). files: written paths. login_rows: rows in the login files.
    """

    levels: pa.Table
    renewals: pa.Table
    dirt: pa.Table
    files: list[Path] = field(default_factory=list)
    login_rows: int = 0

    def write(self, folder: Path) -> None:
        """Keep the three tables as Parquet files in `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("levels", "renewals", "dirt"):
            pyarrow.parquet.write_table(getattr(self, name), folder / f"{name}.parquet")


def write_sample(
    landing: Path,
    *,
    accounts: int = 400,
    months: int = 48,
    end_date: date,
    seed: int = 20260101,
    truth_dir: Path | None = None,
) -> SampleTruth:
    """Write `accounts` customers over `months` calendar months, the last one that of `end_date` (the last day covered).

    The same arguments give the same bytes. With `truth_dir` (outside of `landing`) the truth is kept there as Parquet.
    Raises ValueError for sizes below 1 or a truth inside landing, FileExistsError where a source already has files.
    """
    _refuse(landing, accounts, months, truth_dir)
    world = World(accounts, months, end_date, np.random.default_rng(seed))
    ids = sample_rows.account_ids(accounts)
    activity, noted = Activity(world, ids), dirt.Dirt()
    accounts_file, owners = _write_accounts(landing, world, ids, noted)
    written = [accounts_file, _write_contracts(landing, world, ids, noted)]
    answers = activity.surveys()
    written += _write_surveys(landing, activity, answers, noted)
    optional = OptionalSources(landing, activity, seed, noted)
    login_files, login_rows = _write_logins(landing, activity, noted, optional)
    optional.write_rest(answers, owners)
    written += login_files + optional.written
    truth = SampleTruth(_levels(world, ids), _renewals(world, ids), noted.table(), written, login_rows)
    if truth_dir is not None:
        truth.write(truth_dir)
    return truth


def _refuse(landing, accounts, months, truth_dir):
    if accounts < 1 or months < 1:
        raise ValueError(f"A sample needs at least one account and one month, not {accounts} and {months}.")
    if truth_dir is not None and truth_dir.resolve().is_relative_to(landing.resolve()):
        raise ValueError(f"The truth must stay outside of the landing folder, but {truth_dir} is inside {landing}.")
    for source in SOURCES:
        if any((landing / source).glob("*")):
            raise FileExistsError(f"{landing / source} already has files; a sample never mixes with other data.")


def _write_accounts(landing, world, ids, noted):
    rows = sample_rows.account_rows(world, ids)
    owners = np.array([row["owner_id"] for row in rows])
    noted.spoil("accounts", rows, "account_id", dirt.ACCOUNT_CHANGES, dirt.ACCOUNT_ADDITIONS)
    path = landing / "accounts" / f"accounts_{world.end_date}.csv"
    return files.write_csv(path, rows, "cp932", files.ACCOUNT_HEADERS), owners


def _write_contracts(landing, world, ids, noted):
    rows = sample_rows.contract_rows(world, ids)
    noted.spoil("contracts", rows, "contract_id", dirt.CONTRACT_CHANGES, dirt.CONTRACT_ADDITIONS)
    return files.write_csv(landing / "contracts" / f"contracts_{world.end_date}.csv", rows, "utf-8-sig")


def _write_surveys(landing, activity, answers, noted):
    """One file per wave, named by the day it was sent."""
    rows = sample_rows.survey_rows(activity, answers)
    noted.spoil("surveys", rows, "response_id", dirt.SURVEY_CHANGES, dirt.SURVEY_ADDITIONS)
    rows.sort(key=lambda row: row["sent_at"])
    waves = groupby(rows, key=lambda row: row["sent_at"][:10])
    return [files.write_json_lines(landing / "surveys" / f"nps_{sent}.jsonl", list(wave)) for sent, wave in waves]


def _write_logins(landing, activity, noted, optional):
    """A file per month, named by its last day; what the third last month lacked comes in a late file of its own.
    What is used follows from the same logins, so the optional sources of the month are written along."""
    world, written, count = activity.world, [], 0
    suffix = ".parquet" if world.accounts > rates.PARQUET_LOGINS_ABOVE_ACCOUNTS else ".csv.gz"
    for month in range(world.months):
        rows = activity.logins(month)
        table = login_table(activity, rows)
        optional.write_month(month, rows)
        if month == max(0, world.months - 3):
            table, held, again = sample_rows.split_late(table, world, rows)
        last = min((world.first_month + month + 1).astype("M8[D]") - 1, world.end_date)
        written.append(files.write_table(landing / "logins" / f"logins_{last}{suffix}", table))
        count += len(table)
    late = sample_rows.login_rows(held) + sample_rows.login_rows(again)
    noted.note("logins", "late_row", "late", len(held))
    noted.note("logins", "corrected_row", "corrected", len(again))
    noted.spoil("logins", late, None, {}, dirt.LOGIN_ADDITIONS)
    if late:
        written.append(files.write_csv(landing / "logins" / f"logins_{world.end_date}_late.csv", late, "utf-8"))
    return written, count + len(late)


def _levels(world, ids):
    running = np.zeros((world.months, world.accounts), bool)
    month, chain = np.nonzero(world.to_day[: world.months] > world.from_day[: world.months])
    running[month, world.chains.account[chain]] = True
    month, account = np.nonzero(running)
    phases = np.array([world.phase(number) for number in range(world.months)])[month, account]
    return pa.table({
        "month": (world.first_month + month).astype("M8[D]"),
        "account_id": ids[account],
        "success_level": world.levels[month, account],
        "phase": np.array(PHASES)[phases],
        "product_profile": np.where(world.profile == INFRA, "infrastructure", "tool")[account],
    })


def _renewals(world, ids):
    ended = world.decisions["due"] <= world.end_date
    book = {name: values[ended] for name, values in world.decisions.items()}
    return pa.table({
        "account_id": ids[world.chains.account[book["chain"]]],
        "product_id": PRODUCT_IDS[world.chains.product[book["chain"]]],
        "due_date": book["due"],
        "term_months": book["term_months"],
        "success_level": book["level"],
        "outcome": np.array(OUTCOMES)[book["outcome"]],
        "is_late": book["delay"] > 0,
        "mrr_before": book["mrr_before"],
        "mrr_after": book["mrr_after"],
    })
