"""Every optional source may be missing, alone or together with another: everything still builds, the indicators it
feeds are NULL with a reason, readiness names what is missing, and what does not need it stays as it was."""

import csv
import datetime
import itertools
import json
import random

import pytest
from model_chain import ModelChain

from orchestration import kpis, quality
from orchestration.ingest import ingest
from orchestration.sample import SOURCES, write_sample
from orchestration.settings import MANIFEST, ROOT

AS_OF = datetime.date(2025, 6, 18)
OPTIONAL = sorted(set(SOURCES) - {"accounts", "contracts"})
PAIRS = random.Random(4).sample(sorted(itertools.combinations(OPTIONAL, 2)), 10)
# A product is set up by steps or by a project: either source will do.
EITHER_WILL_DO = {"onboarding_tasks", "handovers"}
VALUES = "select account_id, product_id, kpi_key, kpi_value, null_reason from marts.mart_account_kpi order by all"


def needs() -> dict[str, set[str]]:
    """Indicator → the sources it cannot do without."""
    with (ROOT / "seeds" / "kpi_sources.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    needed: dict[str, set[str]] = {}
    for row in rows:
        needed.setdefault(row["kpi_key"], set()).add(row["source_name"])
    return needed


def is_silenced(sources: set[str], absent: set[str]) -> bool:
    missing = sources & absent
    return sources <= missing if sources == EITHER_WILL_DO else bool(missing)


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> ModelChain:
    """All marts over a sample company of a dozen customers; its raw rows are also kept beside."""
    folder = tmp_path_factory.mktemp("absent")
    nodes = json.loads(MANIFEST.read_text(encoding="utf-8"))["nodes"].values()
    marts = [node["name"] for node in nodes if node["resource_type"] == "model" and node["schema"] == "marts"]
    chain = ModelChain(folder, [f"marts.{name}" for name in marts])
    quality.create(chain.connection)
    write_sample(folder / "landing", accounts=12, months=16, end_date=AS_OF)
    assert {file.status for file in ingest(chain.connection, folder / "landing")} == {"loaded"}
    chain.connection.execute("create schema kept")
    for source in OPTIONAL:
        chain.connection.execute(f"create table kept.{source} as from raw.{source}")
    return chain


def without(chain: ModelChain, absent: set[str]) -> dict[tuple[str, str, str], tuple]:
    """Build without these sources; (account, product, indicator) → value and reason."""
    for source in OPTIONAL:
        chain.connection.execute(f"delete from raw.{source}")
        if source not in absent:
            chain.connection.execute(f"insert into raw.{source} from kept.{source}")
    chain.run({}, AS_OF, {"daily_history_days": 1})
    return {row[:3]: row[3:] for row in chain.query(VALUES)}


@pytest.fixture(scope="module")
def complete(chain: ModelChain) -> dict[tuple[str, str, str], tuple]:
    return without(chain, set())


def test_with_every_source_every_indicator_is_known_for_somebody(
    chain: ModelChain, complete: dict[tuple[str, str, str], tuple]
) -> None:
    measured = {row["kpi_key"] for row in kpis.catalog() if row["grain"] != "company"}
    assert {key for (_, _, key), (value, _) in complete.items() if value is not None} == measured
    assert not chain.broken_tests()


@pytest.mark.parametrize("absent", [*({source} for source in OPTIONAL), *map(set, PAIRS), set(OPTIONAL)], ids=" ".join)
def test_what_is_missing_silences_only_what_needs_it(
    chain: ModelChain, complete: dict[tuple[str, str, str], tuple], absent: set[str]
) -> None:
    found = without(chain, absent)
    silenced = {key for key, sources in needs().items() if is_silenced(sources, absent)}
    assert {found[place] for place in found if place[2] in silenced and found[place][0] is not None} == set()
    assert not [place for place in found if found[place] == (None, None)]
    either = {key for key, sources in needs().items() if sources == EITHER_WILL_DO and sources & absent}
    untouched = [place for place in complete if place[2] not in silenced | either]
    assert {place: found[place] for place in untouched} == {place: complete[place] for place in untouched}
    assert not chain.broken_tests()
    told = dict(chain.query("select distinct source_name, status = 'source_missing' from marts.mart_data_readiness"))
    of_nobody = {"goal_actuals"} if "goals" in absent else set()  # a measurement knows its customer by its goal
    assert {source for source, is_missing in told.items() if is_missing} == absent & told.keys() | of_nobody


def test_with_the_minimum_readiness_names_the_rules_that_cannot_run(chain: ModelChain) -> None:
    without(chain, set(OPTIONAL))
    rules = chain.query(
        """select distinct kpi_key, rules_that_cannot_run_en from marts.mart_data_readiness
           where rules_that_cannot_run_en is not null"""
    )
    cannot_run = dict(rules)
    assert "level 4 (default): Half of the seats are used" in cannot_run["seat_utilisation"]
    assert "funnel (default): Set up" in cannot_run["onboarding_completed"]
    assert "health score 2026-1 (tool-like, all): satisfaction" in cannot_run["nps_score"]
    assert "months_to_renewal" not in cannot_run
