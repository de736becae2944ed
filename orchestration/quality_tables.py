"""What the `quality` schema looks like: tables and columns with their types and descriptions. Plain data, read by
quality.py (which writes the rows) and publish.py (which copies them and writes the descriptions as comments)."""

RUN = "run that wrote the row; joins quality.run"
MINOR_UNITS = "of the month, as published; minor units, 0 once no contract goes back that far"
RATE = "of the 12 months to the month's end, as published; 1 is 100 %, NULL where nobody paid at their start"

# table → (description, {column: (type, description)})
TABLES: dict[str, tuple[str, dict[str, tuple[str, str]]]] = {
    "run": (
        "One row per run of the daily job, published or failed.",
        {
            "run_id": ("varchar", "id of the run, the same as Dagster's"),
            "as_of_date": ("date", "last day the run covers"),
            "started_at": ("timestamp", "start, UTC"),
            "ended_at": ("timestamp", "end, UTC; NULL while the run is going on"),
            "status": ("varchar", "running, published or failed"),
            "failed_step": ("varchar", "step that failed; NULL when none did"),
            "error": ("varchar", "why the day was not published, in words"),
            "overrides": ("varchar", "policies set for this run, as JSON"),
            "config_hash": ("varchar", "hash of models, seeds and overrides; when it changes, everything is rebuilt"),
            "rows_loaded": ("bigint", "rows that this run loaded from landing files"),
            "rows_quarantined": ("bigint", "rows that this run put into quarantine"),
            "checks_passed": ("bigint", "checks that held"),
            "checks_warned": ("bigint", "checks that did not hold and only warn"),
            "checks_failed": ("bigint", "blocking checks that did not hold, and rules that broke"),
            "step_seconds": ("varchar", "seconds per step, as JSON"),
        },
    ),
    "check_result": (
        "One row per run and check: expectations of a layer and dbt tests.",
        {
            "run_id": ("varchar", RUN),
            "layer": ("varchar", "raw, staging, intermediate, marts or reference"),
            "table_name": ("varchar", "table that was checked"),
            "check_name": ("varchar", "name of the check"),
            "source_of_check": ("varchar", "expectation or dbt_test"),
            "severity": ("varchar", "blocking (nothing is published) or warning"),
            "status": (
                "varchar",
                "passed, warned, failed, broken (the rule itself could not run), or undelivered (the optional source "
                "never came: not asked, and counted nowhere)",
            ),
            "observed": ("varchar", "value that was seen"),
            "failing_rows": ("bigint", "rows that break the rule"),
            "message": ("varchar", "what it means, in words"),
            "examples": ("varchar", "example rows, as JSON; of marts only in the published file"),
            "checked_at": ("timestamp", "when, UTC"),
        },
    ),
    "loaded_file": (
        "One row per source and landing file, as it stands now.",
        {
            "source": ("varchar", "source, named like its folder in landing"),
            "source_file": ("varchar", "file, relative to landing"),
            "file_hash": ("varchar", "sha256 of the file's bytes"),
            "delivery": ("varchar", "sort key of the delivery; the greatest is the newest"),
            "file_format": ("varchar", "how the file was read"),
            "status": ("varchar", "loaded or failed"),
            "error": ("varchar", "why the file could not be loaded, in words"),
            "rows_in": ("bigint", "rows in the file = loaded + quarantined"),
            "rows_loaded": ("bigint", "rows loaded"),
            "rows_quarantined": ("bigint", "rows put into quarantine"),
            "unknown_columns": ("varchar", "columns that no declaration names; they are not loaded"),
            "load_seq": ("bigint", "running number of the load"),
            "loaded_at": ("timestamp", "when, UTC"),
            "is_in_landing": ("boolean", "false when the file is gone; its rows stay"),
        },
    ),
    "quarantine": (
        "One row per landing row that could not be loaded. Its text stays in the warehouse: it may be personal.",
        {
            "source": ("varchar", "source, named like its folder in landing"),
            "source_file": ("varchar", "file, relative to landing"),
            "row_number": ("bigint", "number of the row in the file, header not counted"),
            "column_name": ("varchar", "column at fault"),
            "reason": ("varchar", "what is wrong with it"),
        },
    ),
    "freshness": (
        "One row per source: what has arrived and how old it is.",
        {
            "source": ("varchar", "source, named like its folder in landing"),
            "is_required": ("boolean", "true when nothing can be built without it"),
            "newest_day": ("date", "newest day with a row; NULL when the source is not tied to days"),
            "files": ("bigint", "files loaded"),
            "rows_effective": ("bigint", "rows that count (the newest per natural key); log-ins: of the last 28 days"),
            "duplicate_rows": ("bigint", "rows among them that a newer one with the same natural key replaces"),
            "unknown_account_rows": ("bigint", "rows among them that wait for their account to arrive"),
            "as_of_date": ("date", "day of the run"),
            "days_behind": ("bigint", "as_of_date minus newest_day"),
            "state": ("varchar", "fresh, stale or missing"),
        },
    ),
    "published_run": (
        "One row per publish before this file whose month values are recorded, in the order of publishing.",
        {
            "publish_number": ("bigint", "running number of the publish"),
            "run_id": ("varchar", "run that published; joins quality.run"),
            "as_of_date": ("date", "last day that run covered"),
            "published_at": ("timestamp", "end of that run, UTC"),
            "config_hash": ("varchar", "hash of models, seeds and overrides it was built with"),
        },
    ),
    "published_month": (
        "One row per complete month and publish that showed other values of it than the publish before.",
        {
            "publish_number": ("bigint", "publish; joins quality.published_run"),
            "month": ("date", "month, named by its first day"),
            "is_final": ("boolean", "true when the renewal grace after the month had passed"),
            "closing_mrr": ("bigint", f"closing MRR {MINOR_UNITS}"),
            "mrr_confirmed": ("bigint", f"its part covered by contracts {MINOR_UNITS}"),
            "mrr_in_grace": ("bigint", f"its part that could still be renewed late {MINOR_UNITS}"),
            "new_mrr": ("bigint", f"new MRR {MINOR_UNITS}"),
            "reactivation_mrr": ("bigint", f"reactivation {MINOR_UNITS}"),
            "expansion_mrr": ("bigint", f"expansion {MINOR_UNITS}"),
            "contraction_mrr": ("bigint", f"contraction {MINOR_UNITS}"),
            "churn_mrr": ("bigint", f"churn {MINOR_UNITS}"),
            "nrr": ("double", f"net revenue retention {RATE}"),
            "grr": ("double", f"gross revenue retention {RATE}"),
            "logo_retention": ("double", f"share of customers kept {RATE}"),
        },
    ),
}
