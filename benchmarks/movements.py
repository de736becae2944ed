"""Contract lines → movements: the chain of models against one query by hand."""

import json
import shutil
from collections.abc import Iterable
from pathlib import Path

import duckdb

from benchmarks.company import LAST_DAY, NEXT_DAY, write_contracts
from benchmarks.measure import Finding, cpu_here, in_turns, median_ratio
from orchestration import manifest
from orchestration.ingest import ingest
from orchestration.settings import DataDir

LINES = 200_000
MODEL = "fct_mrr_movement"
TURNS = 3

BY_HAND = f"""
    with months as (
        select last_day(month::date) as month_end
        from range(date_trunc('month', date '{LAST_DAY}') - interval 59 month, date '{NEXT_DAY}', interval 1 month)
            as months(month)
        where last_day(month::date) <= date '{NEXT_DAY}'
    ),
    monthly as (
        select account_id, month_end, sum(monthly_amount) as mrr
        from raw.contracts inner join months on start_date <= month_end and month_end < end_date_exclusive
        group by all
    ),
    complete as (
        select account_id, month_end, coalesce(mrr, 0) as mrr,
            coalesce(lag(mrr) over (partition by account_id order by month_end), 0) as opening,
            max(coalesce(mrr, 0)) over (
                partition by account_id order by month_end rows between unbounded preceding and 1 preceding
            ) > 0 as has_paid
        from (from (select distinct account_id from monthly) cross join months)
            left join monthly using (account_id, month_end)
    )
    select account_id, date_trunc('month', month_end)::date as month,
        case when opening = 0 and has_paid then 'reactivation' when opening = 0 then 'new' when mrr = 0 then 'churn'
            when mrr > opening then 'expansion' else 'contraction' end as movement_type,
        (mrr - opening)::bigint as delta_mrr
    from complete where mrr <> opening"""


def movements(place: DataDir, workspace: Path) -> Finding:
    """What dbt ran for the model and all it is made of, from staging on, in a copy of a built warehouse whose contracts
    are replaced; against a single query of raw.contracts. The movements of both are compared."""
    copy = DataDir(workspace)
    workspace.mkdir()
    shutil.copyfile(place.warehouse, copy.warehouse)
    chain = ancestors(place)
    with duckdb.connect(str(copy.warehouse)) as connection:
        connection.execute("delete from raw.accounts; delete from raw.contracts; delete from raw.loaded_files")
        ingest(connection, write_contracts(copy.landing, LINES))
        connection.execute("set default_null_order = 'nulls_first_on_asc_last_on_desc'")  # as in dbt's profile
        # By hand there is no grace for late renewals; the models do the work for it all the same.
        connection.execute("update reference.revenue_policies set policy_value = '0' where policy_key like '%grace%'")
        (lines,) = connection.execute("select count(*) from raw.contracts").fetchone()

        def build() -> None:
            for address, sql in chain:
                connection.execute(f"create or replace table {address} as {sql}")

        def by_hand() -> None:
            connection.execute(f"create or replace temp table by_hand as {BY_HAND}")

        costs = in_turns(TURNS, models=lambda: cpu_here(build), by_hand=lambda: cpu_here(by_hand))
        ours = f"(select account_id, month, movement_type, delta_mrr from marts.{MODEL})"
        differing = f"({ours} except from by_hand) union all (from by_hand except {ours})"
        assert connection.execute(f"select count(*) from ({differing})").fetchone() == (0,)
        assert connection.execute("select count(*) from by_hand").fetchone()[0] > LINES / 10
    figure = median_ratio(costs["models"], costs["by_hand"])
    return Finding("contract lines → movements ÷ one query by hand", figure, 4, f"{lines:,} lines, {len(chain)} models")


def ancestors(place: DataDir) -> list[tuple[str, str]]:
    """(address, compiled SQL) of the model's ancestors that are tables, and its own, parents first."""
    declared = manifest.read()["nodes"]
    names: list[str] = []

    def add(unique_id: str) -> None:
        node = declared.get(unique_id)
        if not node or node["resource_type"] != "model" or node["name"] in names:
            return
        for parent in node["depends_on"]["nodes"]:
            add(parent)
        if node["config"]["materialized"] != "view":
            names.append(node["name"])

    add(f"model.customer_success.{MODEL}")
    return compiled_models(place, names)


def compiled_models(place: DataDir, names: Iterable[str]) -> list[tuple[str, str]]:
    """(address, SQL as dbt ran it in the last build of `place`) of models, in the order given."""
    results = json.loads((place.target / "run_results.json").read_text(encoding="utf-8"))["results"]
    compiled = {result["unique_id"]: result.get("compiled_code") for result in results}
    declared = manifest.read()["nodes"]
    nodes = [declared[f"model.customer_success.{name}"] for name in names]
    return [(f"{node['schema']}.{node['name']}", compiled[node["unique_id"]]) for node in nodes]
