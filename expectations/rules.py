"""The shapes a rule has. Every rule says in words what must hold and what to do when it does not."""

import great_expectations.expectations as gxe

BLOCKING = "blocking"
WARNING = "warning"
EXAMPLES = 5


class ExpectNoRows(gxe.UnexpectedRowsExpectation):
    """Holds when the query finds nothing. One run of it brings both the count and the examples."""

    metric_dependencies = ("unexpected_rows_query.table",)

    def _validate(self, metrics, runtime_configuration=None, execution_engine=None):
        rows = [dict(row) for row in metrics["unexpected_rows_query.table"]]
        counts = [row.pop("failing_rows") for row in rows]
        count = counts[0] if counts else 0
        return {
            "success": count == 0,
            "result": {"observed_value": count, "details": {"failing_rows": count, "rows": rows}},
        }


class ExpectFigure(gxe.UnexpectedRowsExpectation):
    """Holds when the one `figure` of the query lies within its bounds. NULL or no row: nothing to judge.

    The bounds are the rule's own, or columns of the query where they depend on the data.
    """

    at_least: float | None = None
    at_most: float | None = None
    metric_dependencies = ("unexpected_rows_query.table",)

    def _validate(self, metrics, runtime_configuration=None, execution_engine=None):
        rows = metrics["unexpected_rows_query.table"]
        found = dict(rows[0]) if rows else {}
        figure = found.pop("figure", None)
        at_least, at_most = found.pop("at_least", self.at_least), found.pop("at_most", self.at_most)
        too_low = None not in (figure, at_least) and figure < at_least
        too_high = None not in (figure, at_most) and figure > at_most
        failing_rows = found.pop("failing_rows", None)
        details = {"failing_rows": failing_rows, "rows": [found] if found else []}
        return {"success": not (too_low or too_high), "result": {"observed_value": figure, "details": details}}


def no_rows(name: str, says: str, do: str, sql: str, severity: str = BLOCKING, why: str | None = None):
    """No row breaks it: `sql` selects the rows that do, with ids, dates and amounts only (they are shown)."""
    # Not count(*) over (): over a filter that leaves few rows DuckDB 1.5 now and then ends with an internal error
    # (github.com/duckdb/duckdb/issues/25713), and every check after it with it.
    query = f"""with broken_rule as materialized ({sql})
        select *, (select count(*) from broken_rule) as failing_rows from broken_rule order by all limit {EXAMPLES}"""
    return built_in(ExpectNoRows, name, says, do, severity, why, unexpected_rows_query=query)


def figure(name: str, says: str, do: str, sql: str, why: str, severity: str = WARNING, unit: str = "share", **bounds):
    """One number within bounds (at_least, at_most). `sql` gives one row: figure, perhaps failing_rows, and what helps.

    unit 'share' prints 0.03 as 3.0 %; any other word is printed behind the number.
    """
    return built_in(ExpectFigure, name, says, do, severity, why, unit, unexpected_rows_query=sql, **bounds)


def built_in(shape, name, says, do, severity=BLOCKING, why=None, unit="rows", **arguments):
    """One of Great Expectations' own (or of the two above), with our words in its `meta` and `notes`."""
    return shape(
        severity="critical" if severity == BLOCKING else "warning",
        meta={"name": name, "severity": severity, "says": says, "do": do, "unit": unit},
        notes=f"{says} {why}" if why else says,
        **arguments,
    )
