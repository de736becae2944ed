"""The only place where things are put together: assets, checks, the job and its schedule, for Dagster. Loading this
module reads dbt's prepared manifest and nothing else: no database, no network, no Great Expectations."""

import contextlib
import json
import os
from collections.abc import Iterator

import dagster as dg

from orchestration import checks, digest, landing, manifest, publish, transform
from orchestration.day import Day, open_day
from orchestration.execute import forget_dead_run
from orchestration.schedules import daily_job, daily_schedule, dates_of
from orchestration.seeds import refuse_faulty_seeds
from orchestration.settings import Refused, default_data_dir

LOCK_WAIT_SECONDS = 3600  # a run of the schedule waits for another run to end: the only thing that is tried again


@dg.resource(description="The day being built: data directory and its lock, as-of date, policies.")
@contextlib.contextmanager
def day_of_run(context: dg.InitResourceContext) -> Iterator[Day]:
    first, last = dates_of(context.run)
    day = None
    try:
        refuse_faulty_seeds()
        with open_day(
            run_id=context.run.run_id,
            data_dir=default_data_dir(),
            as_of=last,
            overrides=json.loads(os.environ.get("CSW_SET") or "{}"),
            backfill=(first, last) if first < last else None,
            wait_seconds=LOCK_WAIT_SECONDS,
            on_dead_run=forget_dead_run(context.instance),
        ) as day:
            day.say = context.log.info
            yield day
    except Refused as refusal:
        if day is None:  # nobody watches a run of the schedule that does not even start
            run = {"run_id": context.run.run_id, "as_of_date": last, "status": "failed", "failed_step": "start"}
            digest.tell(default_data_dir(), run | {"error": str(refusal)})
        raise
    finally:
        if day and day.warning:
            context.log.warning(day.warning)


declared = manifest.read()
raw = landing.build_assets(declared)
transformed = transform.build_assets(declared)
before_publish = [*checks.STEP_NAMES.values(), transform.STEP]
# Not the seeds: they are loaded only when the project changed, and Dagster would skip what waits for them.
every_key = {*raw.keys, *transformed.keys, *transformed.dependency_keys}
every_layer = sorted(key for key in every_key if key.path[0] != "reference")
published = publish.build_asset(declared, every_layer, before_publish)

defs = dg.Definitions(
    assets=[raw, transformed, published],
    asset_checks=[checks.build_gate(name) for name in checks.GATES],
    jobs=[daily_job],
    schedules=[daily_schedule],
    resources={"day": day_of_run},
    executor=dg.in_process_executor,
)
