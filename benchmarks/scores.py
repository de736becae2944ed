"""Indicators → history of scores: the models against a query by hand, inside a limit of memory."""

import shutil
from pathlib import Path

import duckdb

from benchmarks.measure import Finding, cpu_here, in_turns, median_ratio
from benchmarks.movements import compiled_models
from orchestration.settings import DataDir

ACCOUNTS, MONTH_ENDS, COMPONENTS = 10_000, 36, 10
MEMORY = "4GB"
TURNS = 3
MODELS = (
    "int_score_profiles",
    "int_scoring_segments",
    "int_health_components",
    "int_health_caps",
    "int_health_scores",
    "int_unit_scores",
)

# One version of a score with ten components, each of four points, and one product for every customer.
MADE_UP = f"""
    create or replace table intermediate.int_as_of_to_build as
        select last_day(month::date) as as_of_date, true as is_month_end, false as is_latest
        from range(date '2023-01-01', date '2023-01-01' + interval {MONTH_ENDS} month, interval 1 month)
            as months(month);
    create or replace table intermediate.int_account_units as
        select as_of_date, 'a' || account as account_id, unnest(['p', 'all']) as product_id,
            'all' as measured_as, 'default' as product_profile, 100::bigint as mrr
        from intermediate.int_as_of_to_build cross join range({ACCOUNTS}) as accounts(account);
    create or replace table intermediate.int_account_phases as
        select as_of_date, account_id, product_id, product_profile, 'adoption' as phase
        from intermediate.int_account_units;
    create or replace table intermediate.int_account_metrics as
        select as_of_date, account_id, product_id, 'm' || metric as metric_key,
            case when hash(account_id, as_of_date, metric) % 20 > 0
                then (hash(account_id, as_of_date, metric) % 10000) / 10000.0 end as metric_value,
            'product' as measured_for, if(metric_value is null, 'not_measured', null) as null_reason
        from intermediate.int_account_units cross join range({COMPONENTS}) as metrics(metric);
    create or replace table reference.health_profiles as
        select 'health' as score_kind, 'v' as profile_version, 'default' as product_profile, 'all' as phase,
            'c' || metric as component_key, 'm' || metric as metric_key, {100 / COMPONENTS}::double as weight,
            null::integer as time_to_live_days, date '2000-01-01' as valid_from, null::date as valid_to_exclusive
        from range({COMPONENTS}) as metrics(metric);
    create or replace table reference.health_scoring_points as
        select 'c' || metric as component_key, 'linear' as rule, point / 4.0 as metric_value, point * 25.0 as score
        from range({COMPONENTS}) as metrics(metric) cross join range(5) as points(point);
    delete from reference.score_caps;
    create or replace view staging.stg_health_overrides as
        select null::varchar as override_id, null::varchar as account_id, null::varchar as product_id,
            null::double as score, null::varchar as author_id, null::varchar as reason,
            null::date as valid_from_date, null::date as expires_date where false"""

BY_HAND = (
    """create or replace table by_hand.components as
        select as_of_date, account_id, component_key, metric_value, weight,
            round(from_score + (to_score - from_score) * (metric_value - from_value) / (to_value - from_value), 9)
                as score
        from intermediate.int_account_metrics inner join reference.health_profiles using (metric_key)
            left join (
                select component_key, metric_value as from_value, score as from_score,
                    lead(metric_value) over points as to_value, lead(score) over points as to_score
                from reference.health_scoring_points
                window points as (partition by component_key order by metric_value)
            ) as points using (component_key)
        where product_id = 'p' and (metric_value is null or (metric_value >= from_value and metric_value < to_value))
        qualify metric_value is not null
            or row_number() over (partition by as_of_date, account_id, component_key) = 1""",
    """create or replace table by_hand.scores as
        select as_of_date, account_id, sum(weight) filter (score is not null) / sum(weight) as coverage,
            sum(weight * score) / sum(weight) filter (score is not null) as score
        from by_hand.components group by all""",
)


def scores(place: DataDir, workspace: Path) -> Finding:
    """What dbt ran for the scores of customers and products, on made-up indicators in a copy of a built warehouse;
    against two tables by hand, in the same file. The scores of both are compared. DuckDB may not take more memory than
    named here."""
    copy = DataDir(workspace)
    workspace.mkdir()
    shutil.copyfile(place.warehouse, copy.warehouse)
    chain = compiled_models(place, MODELS)
    with duckdb.connect(str(copy.warehouse), config={"memory_limit": MEMORY}) as connection:
        connection.execute("set default_null_order = 'nulls_first_on_asc_last_on_desc'")  # as in dbt's profile
        connection.execute(MADE_UP)
        connection.execute("create schema by_hand")

        def build() -> None:
            for address, sql in chain:
                connection.execute(f"create or replace table {address} as {sql}")

        def by_hand() -> None:
            for statement in BY_HAND:
                connection.execute(statement)

        costs = in_turns(TURNS, models=lambda: cpu_here(build), by_hand=lambda: cpu_here(by_hand))
        differing = connection.execute(
            """select count(*) from intermediate.int_unit_scores as ours
                full join by_hand.scores as theirs using (as_of_date, account_id)
                where ours.product_id = 'p' and not coalesce(abs(ours.score - theirs.score) < 1e-6, false)
                    and theirs.coverage >= 0.5"""
        ).fetchone()
        assert differing == (0,)
        assert connection.execute("select count(*) from by_hand.scores").fetchone() == (ACCOUNTS * MONTH_ENDS,)
    figure = median_ratio(costs["models"], costs["by_hand"])
    made_of = f"{ACCOUNTS:,} customers × {MONTH_ENDS} month ends × {COMPONENTS} components, at most {MEMORY} of memory"
    return Finding("indicators → history of scores ÷ two tables by hand", figure, 3, made_of)
