"""Rules about deliveries: every file read, every row accounted for, little in quarantine."""

from expectations.rules import BLOCKING, figure, no_rows
from expectations.sources import Source

# Of a handful of rows, one bad row is a large share and says nothing about the export.
FEW_ROWS = 10


def new_files(source: Source) -> str:
    """SQL: the files that no build has taken in yet. Older ones were judged when they were new."""
    return f"""select source_file from raw.loaded_files
        where source = '{source.name}' and status = 'loaded'
            and load_seq > (select coalesce(max(applied_load_seq), 0) from raw.build_state)"""


def files_that_matter(source: Source) -> str:
    """SQL: the newest delivery; of a source whose deliveries add up, also all that are new."""
    or_new = "" if source.is_full else f"or source_file in ({new_files(source)})"
    return f"""select source_file from raw.loaded_files
        where source = '{source.name}' and status = 'loaded' and (
            delivery = (
                select max(delivery) from raw.loaded_files
                where source = '{source.name}' and status = 'loaded' and rows_in > 0
            ) {or_new}
        )"""


def file_rules(source: Source) -> list:
    return [every_file_was_read(source), every_row_is_accounted_for(source), *quarantine_rules(source)]


def every_file_was_read(source: Source):
    return no_rows(
        "every_file_was_read",
        f"Every file in landing/{source.name}/ could be read.",
        "Correct or remove the file in landing, then run again.",
        f"""select source_file, delivery, error as sentence from raw.loaded_files
            where source = '{source.name}' and status = 'failed'""",
    )


def every_row_is_accounted_for(source: Source):
    """Counted again from the rows themselves for the new files."""
    return no_rows(
        "every_row_is_accounted_for",
        "Rows in a file = rows loaded + rows in quarantine, and they are really there.",
        "Ingestion lost or doubled rows: do not use this load; report it with the file named in the examples.",
        f"""with new_files as ({new_files(source)}),
            loaded as (
                select _source_file as source_file, count(*) as found from raw.{source.name}
                where _source_file in (select source_file from new_files) group by 1
            ),
            quarantined as (
                select source_file, count(*) as found from raw.quarantine where source = '{source.name}' group by 1
            )
            select files.source_file, files.rows_in, files.rows_loaded, files.rows_quarantined,
                loaded.found as rows_in_table, quarantined.found as rows_in_quarantine
            from raw.loaded_files as files
            left join loaded on files.source_file = loaded.source_file
            left join quarantined on files.source_file = quarantined.source_file
            where files.source = '{source.name}' and files.status = 'loaded' and (
                files.rows_in <> files.rows_loaded + files.rows_quarantined
                or files.rows_quarantined <> coalesce(quarantined.found, 0)
                or (
                    files.source_file in (select source_file from new_files)
                    and files.rows_loaded <> coalesce(loaded.found, 0)
                )
            )""",
    )


def quarantine_rules(source: Source) -> list:
    """The same share twice: a little is worth a look, much means that the export changed its format."""
    do = "See `csw quarantine` for rows and reasons, and correct the export."
    return [
        figure(
            "few_rows_in_quarantine",
            "At most 1 % of the rows of a delivery are in quarantine.",
            do,
            worst_share(source, at_least_rows=0),
            why="2026-11-22: typing errors of people stay below one row in a hundred in the exports seen so far.",
            at_most=0.01,
        ),
        figure(
            "quarantine_does_not_swallow_the_delivery",
            f"At most 20 % of the rows of a delivery are in quarantine (judged from {FEW_ROWS} such rows on).",
            do + " Nothing is built on so small a rest.",
            worst_share(source, at_least_rows=FEW_ROWS),
            why="2026-11-22: a survey with 3 % invalid codes is usable; one row in five means a changed format.",
            severity=BLOCKING,
            at_most=0.2,
        ),
    ]


def worst_share(source: Source, at_least_rows: int) -> str:
    """SQL: the delivery with the greatest share in quarantine."""
    return f"""select cast(quarantined as double) / all_rows as figure, quarantined as failing_rows, delivery, all_rows
        from (
            select delivery, sum(rows_in) as all_rows, sum(rows_quarantined) as quarantined from raw.loaded_files
            where source = '{source.name}' and source_file in ({files_that_matter(source)})
            group by delivery having sum(rows_in) > 0
        ) as counted
        where quarantined >= {at_least_rows}
        order by figure desc, delivery desc limit 1"""
