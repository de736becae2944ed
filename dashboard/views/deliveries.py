"""What has been delivered, what could not be read, and what cannot be known for want of it: a part of the page of
trust."""

import pandas as pd

from dashboard import context, faults, markup
from dashboard.published import read
from dashboard.words import Words

Table = tuple[pd.DataFrame, list[markup.Column]]

SOURCES = """
with files as (
    select
        source,
        sum(rows_in) as rows_in,
        sum(rows_quarantined) as rows_quarantined
    from quality.loaded_file
    where status = 'loaded'
    group by 1
)

select *
from quality.freshness
left join files using (source)
order by state = 'missing' and not is_required, state = 'fresh', state, source"""
FILES = """
select *
from quality.loaded_file
where status <> 'loaded' or unknown_columns <> '' or not is_in_landing
order by status = 'loaded', source_file
limit 50"""
QUARANTINE = """
with numbered as (
    select
        *,
        count(*) over (partition by source, source_file, column_name, reason) as row_count,
        row_number() over (partition by source, source_file, column_name, reason order by row_number) as place
    from quality.quarantine
)

select
    source_file,
    column_name,
    reason,
    max(row_count) as row_count,
    string_agg(cast(row_number as varchar), ', ' order by row_number) as examples
from numbered
where place <= 5
group by 1, 2, 3
order by row_count desc, 1, 2, 3
limit 50"""
# One row per indicator that wants a column, with all the columns it wants.
MISSING = """
select
    kpi_key,
    max(label_en) as label_en,
    max(label_ja) as label_ja,
    string_agg(source_name || '.' || column_name, ', ' order by source_name, column_name) as wanted,
    max(known_customers) as known_customers,
    max(rules_that_cannot_run_en) as rules_en,
    max(rules_that_cannot_run_ja) as rules_ja
from marts.mart_data_readiness
where status in ('source_missing', 'column_empty')
group by 1
order by known_customers, rules_en is null, 1"""
PARTLY = """
select
    source_name || '.' || column_name as address,
    max(customers) as customers,
    max(covered_customers) as covered_customers,
    max(coverage) as coverage,
    max(first_date) as first_date,
    max(newest_date) as newest_date,
    string_agg(label_en, ', ' order by label_en) as labels_en,
    string_agg(label_ja, ', ' order by label_ja) as labels_ja
from marts.mart_data_readiness
where status = 'partly_there'
group by 1
order by coverage, 1"""


def show(today: context.Today) -> None:
    words = today.words
    context.table(today, "sources", *sources(words))
    context.table_of_faults(today, "files", *files(words))
    context.table_of_faults(today, "quarantine", *quarantine(words))
    context.table_of_faults(today, "missing", *missing(words))
    context.folded(today, "partly", *partly(words))


def sources(words: Words) -> Table:
    rows = read(SOURCES)
    is_awaited = (rows["state"] == "missing") & ~rows["is_required"].astype(bool)
    rows["state"] = rows["state"].mask(is_awaited, "optional")
    return rows, [
        markup.text("source", words("sources.source")),
        markup.named("state", words("status"), words, "freshness"),
        markup.date("newest_day", words("sources.newest_day"), words),
        markup.number("files", words("sources.files"), words),
        markup.number("rows_in", words("sources.rows_in"), words),
        markup.number("rows_quarantined", words("sources.rows_quarantined"), words),
        markup.number("rows_effective", words("sources.rows_effective"), words),
        markup.number("duplicate_rows", words("sources.duplicate_rows"), words),
        markup.number("unknown_account_rows", words("sources.unknown_account_rows"), words),
    ]


def files(words: Words) -> Table:
    return read(FILES), [
        markup.wide("source_file", words("files.file")),
        markup.named("status", words("status"), words, "file"),
        markup.wide("error", words("files.error")),
        markup.wide("unknown_columns", words("files.unknown_columns")),
        markup.named("is_in_landing", words("files.is_in_landing"), words, "yes"),
    ]


def quarantine(words: Words) -> Table:
    return read(QUARANTINE), [
        markup.wide("source_file", words("files.file")),
        markup.text("column_name", words("quarantine.column")),
        markup.Column("reason", words("quarantine.reason"), lambda text: faults.reason(words, text), "wide"),
        markup.number("row_count", words("quarantine.rows"), words),
        markup.text("examples", words("quarantine.examples")),
    ]


def missing(words: Words) -> Table:
    return read(MISSING), [
        markup.wide(f"label_{words.language}", words("missing.indicator")),
        markup.wide("wanted", words("missing.wanted")),
        markup.number("known_customers", words("missing.known_customers"), words),
        markup.wide(f"rules_{words.language}", words("missing.rules")),
    ]


def partly(words: Words) -> Table:
    return read(PARTLY), [
        markup.text("address", words("partly.column")),
        markup.rate("coverage", words("partly.coverage"), words),
        markup.number("covered_customers", words("partly.covered"), words),
        markup.number("customers", words("partly.customers"), words),
        markup.date("first_date", words("partly.first_date"), words),
        markup.date("newest_date", words("partly.newest_date"), words),
        markup.wide(f"labels_{words.language}", words("partly.indicators")),
    ]
