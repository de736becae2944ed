"""SQL that turns the text of a landed file into the typed columns of a declaration, and names what cannot be.

Every column has a cheap path for values as machines write them and a slower one for values as people do:
normalising every value first would cost four times as much.
"""

import duckdb

from orchestration.reading import Opened
from orchestration.sources import SQL_TYPES, Column, Source
from orchestration.text_macros import text

QUICK = {  # a first try, cheap but too kind; the macros of text_macros.py tell whether it may stand
    "integer": "try_cast({x} as bigint)",
    "bigint": "try_cast({x} as bigint)",
    "date": "quick_date({x})",
    "timestamp": "quick_timestamp({x})",
}
ISO = ("date", "timestamp")  # types whose text is made ISO where the first try does not stand
HOW_TO_WRITE = {
    "integer": "is not a whole number; write it like 1234",
    "bigint": "is not a whole number; write it like 1234",
    "decimal": "is not a number with at most ten decimals; write it like 151.25",
    "boolean": "is neither yes nor no; write true or false",
    "date": "is not a date between 1900 and 2199; write it like 2024-04-01 (leave it blank when there is none)",
    "timestamp": "is not a time between 1900 and 2199; write it like 2024-04-01T09:00:00+09:00",
    "currency": "is not a known currency; write its ISO 4217 code, like JPY",
}


def type_rows(connection: duckdb.DuckDBPyConnection, source: Source, place: dict[str, str], opened: Opened) -> None:
    """Make `typed` of the records in the order of the file: the declared columns; of faulty rows _reason, _fault_column
    and _raw_text, else NULL; and _line_breaks where there can be any.

    `place`: column → the text column that holds it; columns without one are NULL or their default.
    """
    faults = _faults_of(source)
    is_faulty = " or ".join(["false", *(f"({condition})" for _, condition, _ in faults)])
    first = " ".join(["when false then ''", *(f"when {condition} then {text(name)}" for name, condition, _ in faults)])
    reasons = ", ".join(["null", *(f"case when {condition} then {reason} end" for _, condition, reason in faults)])
    breaks = f", {opened.line_breaks_sql} as _line_breaks" if opened.line_breaks_sql else ""
    connection.execute(
        f"""create or replace temp table typed as
            select {", ".join(source.columns)}{breaks},
                case when _is_faulty then concat_ws('; ', {reasons}) end as _reason,
                case when _is_faulty then case {first} end end as _fault_column,
                case when _is_faulty then {opened.raw_text_sql} end as _raw_text
            from (select *, {is_faulty} as _is_faulty from {_typed(source, place, opened.rows_sql)})"""
    )


def _typed(source: Source, place: dict[str, str], rows_sql: str) -> str:
    """SQL of the typed rows. Each step is a select over the one before, so that no value is worked out twice."""
    columns = list(source.columns.values())

    def step(sql: str, expression, prefix: str, of: list[Column] = columns) -> str:
        added = "".join(f", {expression(column)} as {prefix}{column.name}" for column in of)
        return f"(select *{added} from {sql})"

    def of_type(*types: str) -> list[Column]:
        return [column for column in columns if column.type in types]

    sql = step(rows_sql, lambda column: _cleaned(column, place.get(column.name)), "_x_")
    for code in of_type("currency"):
        sql = f"(select *, digits_of({_value(code)}) as _digits, symbols_of({_value(code)}) as _symbols from {sql})"
    sql = step(sql, lambda column: f"read_amount(_x_{column.name}, _symbols)", "_a_", of_type("money"))
    sql = step(sql, lambda column: QUICK[column.type].format(x=f"_x_{column.name}"), "_q_", of_type(*QUICK))
    sql = step(sql, lambda column: f"iso_{column.type}(_x_{column.name}, _q_{column.name})", "_i_", of_type(*ISO))
    return step(step(sql, _value, "_v_"), lambda column: _final(column, source), "")


def _cleaned(column: Column, place: str | None) -> str:
    """The text without blanks around it; blank is NULL."""
    if place is None:
        return "cast(null as varchar)"
    cleaned = f"{'cleaned_id' if column.type == 'id' else 'cleaned'}({place})"
    for empty in column.empty_values:
        cleaned = f"nullif({cleaned}, {text(empty)})"
    return cleaned


def _value(column: Column) -> str:
    """The typed value of _x_<column>, NULL when it cannot be typed (timestamps: with time zone)."""
    x = f"_x_{column.name}"
    if column.constant is not None:
        return f"cast({text(column.constant)} as {SQL_TYPES[column.type]})"
    told = [f"{prefix}{column.name}" for prefix, types in (("_q_", QUICK), ("_i_", ISO)) if column.type in types]
    value = {
        "id": x,
        "string": x,
        "currency": f"upper(half_width({x}))",
        "money": f"minor_units(_a_{column.name}, _digits)",
    }.get(column.type, f"read_{column.type}({', '.join([x, *told])})")
    if column.case:
        value = f"{column.case}({value})"
    if column.end == "inclusive":
        value = f"cast({value} + interval 1 day as date)"
    if column.default is not None:
        value = f"case when {x} is null then cast({text(column.default)} as {SQL_TYPES[column.type]}) else {value} end"
    return value


def _final(column: Column, source: Source) -> str:
    """What lands: UTC for times; the date beside a time, or the time of a date, where only the other is there."""
    value = f"_v_{column.name}"
    other = source.columns.get(column.derived_from or "")
    if column.type == "timestamp":
        if other:
            value = f"coalesce({value}, midnight(_v_{other.name}))"
        return f"utc({value})"
    if other:
        return f"coalesce({value}, business_day(_v_{other.name}))"
    return value


def _faults_of(source: Source) -> list[tuple[str, str, str]]:
    """What can be wrong with a row, as SQL: (column, condition, reason)."""
    rules = [("(row)", f"not coalesce({rule['rule']}, true)", text(rule["reason"])) for rule in source.row_rules]
    return [fault for column in source.columns.values() for fault in _faults(column)] + rules


def _faults(column: Column) -> list[tuple[str, str, str]]:
    name, x, v = column.name, f"_x_{column.name}", f"_v_{column.name}"
    faults = []
    unreadable = f"{x} is not null and {v} is null"
    if column.type == "money":
        decimals = f"""case when length(decimals(_a_{name})) > _digits
            then ' has more decimals than its currency (' || _digits || '); round it at the source'
            else ' is not an amount in the currency of its row; write it like 1234.50' end"""
        faults.append((name, f"{unreadable} and _digits is not null", f"{_shown(name, x)} || {decimals}"))
    elif column.type == "currency":
        faults.append((name, "_digits is null", f"{_shown(name, v)} || {text(' ' + HOW_TO_WRITE['currency'])}"))
    elif column.type in HOW_TO_WRITE:
        faults.append((name, unreadable, f"{_shown(name, x)} || {text(' ' + HOW_TO_WRITE[column.type])}"))
    if column.required and column.type != "currency":
        is_empty = f"{x} is null and {name} is null"
        if column.derived_from:  # where the other is there but cannot be read, that is what is told
            is_empty += f" and _x_{column.derived_from} is null"
        faults.append((name, is_empty, text(f"{name}: is empty; it is required, fill it in")))
    for bound, sign, word in ((column.minimum, "<", "below"), (column.maximum, ">", "above")):
        if bound is not None:
            told = f" is {word} {bound}; correct it or leave the row out"
            faults.append((name, f"coalesce({v} {sign} {bound}, false)", f"{_shown(name, x)} || {text(told)}"))
    return faults


def _shown(name: str, x: str) -> str:
    """`column: value`, as SQL."""
    return f"{text(name + ': ')} || shown({x})"
