"""SQL that marts and commands share: a macro of dbt_project/macros, rendered for DuckDB without dbt. A macro used here
may call other macros of these files, but none of dbt's own."""

from functools import cache

from jinja2 import Environment

from orchestration.settings import DBT_PROJECT


class Adapter:
    """dbt's `adapter.dispatch` where there is one engine: the default variant of a macro."""

    def __init__(self) -> None:
        self.macros: object = None

    def dispatch(self, name: str):
        return getattr(self.macros, f"default__{name}")


@cache
def macros():
    """The project's macros, each a function that answers with SQL."""
    adapter = Adapter()
    files = [DBT_PROJECT / "macros" / name for name in ("numbers.sql", "bridge.sql")]
    template = Environment().from_string("\n".join(file.read_text(encoding="utf-8") for file in files))
    adapter.macros = template.make_module({"adapter": adapter})
    return adapter.macros
