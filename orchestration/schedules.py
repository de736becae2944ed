"""When the job runs and for which days: daily partitions in the business time zone, the 06:00 schedule, and how a range
of days is backfilled (as one run). What the job does stands in definitions.py."""

import datetime

import dagster as dg

from orchestration.settings import BUSINESS_ZONE, Refused

FIRST_DAY = datetime.date(2010, 1, 1)
ZONE = str(BUSINESS_ZONE)

DAYS = dg.DailyPartitionsDefinition(start_date=FIRST_DAY.isoformat(), timezone=ZONE)
ONE_RUN = dg.BackfillPolicy.single_run()

daily_job = dg.define_asset_job("daily", selection=dg.AssetSelection.all())
daily_schedule = dg.build_schedule_from_partitioned_job(
    daily_job,
    name="daily_at_six",
    hour_of_day=6,
    minute_of_hour=0,
    default_status=dg.DefaultScheduleStatus.RUNNING,
)


def dates_of(run: dg.DagsterRun) -> tuple[datetime.date, datetime.date]:
    """The first and the last day a run was asked for; the same day unless it backfills a range. Raises Refused."""
    tags = run.tags
    one = tags.get("dagster/partition")
    first = tags.get("dagster/asset_partition_range_start", one)
    last = tags.get("dagster/asset_partition_range_end", one)
    if first is None or last is None:
        raise Refused("A run builds a day: choose a partition, or run the job `daily` as a whole.")
    return datetime.date.fromisoformat(first), datetime.date.fromisoformat(last)
