"""What Great Expectations needs to work on DuckDB."""

import shutil
from pathlib import Path

import great_expectations as gx
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy


@event.listens_for(Engine, "after_cursor_execute")
def keep_rows(connection, cursor, statement, parameters, context, executemany):
    """Fetch a result while its connection is open: Great Expectations asks for the rows after closing it."""
    if connection.dialect.name == "duckdb" and cursor.description:
        context.cursor_fetch_strategy = FullyBufferedCursorFetchStrategy(cursor, initial_buffer=cursor.fetchall())


def open_context(database: Path):
    """(context, data source): nothing is kept on disk but Data Docs, and the file is opened read-only."""
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    data_source = context.data_sources.add_sql(
        "warehouse", connection_string=f"duckdb:///{database}", kwargs={"connect_args": {"read_only": True}}
    )
    return context, data_source


def write_docs(context, folder: Path) -> None:
    """Data Docs of everything validated in this context, as HTML in the folder; those of the run before are removed."""
    shutil.rmtree(folder, ignore_errors=True)
    site = {
        "class_name": "SiteBuilder",
        "module_name": "great_expectations.render.renderer.site_builder",
        "show_how_to_buttons": False,
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
        "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(folder)},
    }
    context.add_data_docs_site("docs", site)
    context.build_data_docs(site_names=["docs"])
