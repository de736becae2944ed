"""Raw → marts: hands over to dbt as one `dbt build`, decides whether everything is rebuilt, and keeps dbt's test
results. No business rule stands here: every one is in models/."""

import importlib.metadata
import json
from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, DbtCliInvocation, dbt_assets
from packaging.version import Version

from orchestration import child, lock, quality
from orchestration.day import Day
from orchestration.dbt_results import failure, run_results, test_results
from orchestration.manifest import DBT, is_current, project_hash
from orchestration.schedules import DAYS, ONE_RUN
from orchestration.settings import DBT_PROJECT, Refused

STEP = "raw → marts (dbt build)"


# A changed project is parsed from scratch: partial parsing was seen to miss tests of unchanged files.
FULL = ["--full-refresh", "--no-partial-parse"]
# Seeds are part of the project: while it stands, they are in the warehouse as they were loaded and tested. "Cautious"
# leaves out the tests of seeds alone; a test of a model against a seed stays.
DAILY = ["--exclude", "resource_type:seed", "--indirect-selection", "cautious"]


class Translator(DagsterDbtTranslator):
    """Asset key = [schema, table], the same as the relation's address."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        return dg.AssetKey([dbt_resource_props["schema"], dbt_resource_props["name"]])


# dbt's own tests stop what is downstream and stand in quality.check_result; as asset checks each would cost Dagster
# several more events, a tenth of an empty day in all.
TRANSLATOR = Translator(DagsterDbtTranslatorSettings(enable_asset_checks=False))


def build_assets(declared: Mapping[str, Any]) -> dg.AssetsDefinition:
    @dbt_assets(
        manifest=declared,
        name="transform",
        partitions_def=DAYS,
        backfill_policy=ONE_RUN,
        dagster_dbt_translator=TRANSLATOR,
        required_resource_keys={"day"},
    )
    def transform(context: dg.AssetExecutionContext) -> Iterator:
        day: Day = context.resources.day
        with day.step(STEP):
            if not is_current():
                raise Refused("The models have changed since they were read. Run again (Dagster: reload definitions).")
            config_hash = project_hash(json.dumps(day.overrides, sort_keys=True))
            load_seq, is_full = prepare(day, config_hash)
            invocation = start_dbt(context, day, declared, FULL if is_full else DAILY)
            try:
                yield from invocation.stream()
            finally:
                invocation.process.kill()  # nothing happens when it has ended; else it must not go on without us
                invocation.process.wait()
            results = run_results(day.data_dir)
            with lock.warehouse(day.data_dir) as connection:
                tests = list(test_results(connection, results, declared))
                quality.record_checks(connection, day.run_id, "dbt_test", tests)
            if error := invocation.get_error():
                raise Refused(failure(results, tests, declared) or str(error))
            write_build_state(day, load_seq, config_hash)

    return transform


def start_dbt(
    context: dg.AssetExecutionContext, day: Day, declared: Mapping[str, Any], options: list[str]
) -> DbtCliInvocation:
    """What DbtCliResource.cli does, without its other two dbt starts (`dbt --version`, an adapter in this process)."""
    (day.data_dir.target / "run_results.json").unlink(missing_ok=True)
    return DbtCliInvocation.run(
        args=child.command(DBT, "build", "--exclude-resource-type", "unit_test", *options),
        env={
            **day.environment,
            "DBT_LOG_FORMAT": "json",
            "DBT_LOG_LEVEL_FILE": "info",  # the SQL of every node stands in target/ anyway
            "DBT_PROJECT_DIR": str(DBT_PROJECT),
            "PYTHONUNBUFFERED": "1",
        },
        manifest=declared,
        dagster_dbt_translator=TRANSLATOR,
        project_dir=DBT_PROJECT,
        target_path=day.data_dir.target,
        raise_on_error=False,
        context=context,
        adapter=None,
        cli_version=Version(importlib.metadata.version("dbt-core")),
    )


def prepare(day: Day, config_hash: str) -> tuple[int, bool]:
    """The newest load that this build will cover, and whether everything is rebuilt: when the configuration changed,
    or when a later day was built (and not published) before."""
    with lock.warehouse(day.data_dir) as connection:
        quality.update_run(connection, day.run_id, config_hash=config_hash)
        load_seq = connection.execute(
            """select max(load_seq) from (
                   select load_seq from raw.touched_days union all select load_seq from raw.loaded_files)"""
        ).fetchone()[0]
        built = connection.execute(
            "select 1 from raw.build_state where config_hash = ? and as_of_date <= ?", [config_hash, day.as_of]
        ).fetchone()
        if built is None:
            connection.execute("delete from raw.build_state")
        return load_seq or 0, built is None


def write_build_state(day: Day, load_seq: int, config_hash: str) -> None:
    with lock.warehouse(day.data_dir) as connection:
        connection.execute("begin")
        connection.execute("delete from raw.build_state")
        connection.execute("insert into raw.build_state values (?, ?, ?)", [load_seq, day.as_of, config_hash])
        connection.execute("commit")
