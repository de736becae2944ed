"""The kinds of rules that seed_rules.py asks of the seeds, as SQL over their tables (typed, with `line`). Each selects
(line, column, what is wrong and what to do)."""


def known(seed: str, column: str, names: str, where: str) -> str:
    """A name stands in another seed."""
    return f"""select line, '{column}', concat('is not among {where}; correct it (the nearest is ''',
            (select name from {names} order by jaro_winkler_similarity(name, {seed}.{column}) desc, name limit 1),
            ''') or add it there')
        from {seed} where {column} not in (select name from {names} where name is not null)"""


def one_of(seed: str, column: str, *choices: str) -> str:
    return f"""select line, '{column}', 'must be {" or ".join(choices)}; correct it'
        from {seed} where {column} not in {(*choices, choices[0])}"""


def between(seed: str, column: str, lowest: float, highest: float) -> str:
    return f"""select line, '{column}', 'is outside {lowest} to {highest}; correct it'
        from {seed} where {column} not between {lowest} and {highest}"""


def once(seed: str, column: str, *within: str) -> str:
    """A value appears once within rows that agree in `within`."""
    return f"""select line, '{column}', concat('stands in line ', first_line, ' already; keep one of the two') from (
            select line, min(line) over (partition by {", ".join([*within, column])}) as first_line
            from {seed} where {column} is not null)
        where line > first_line"""


def same(seed: str, column: str, *within: str) -> str:
    """Rows that agree in `within` agree in `column` too."""
    return f"""select line, '{column}', concat('is ''', first_value, ''' in line ', first_line,
            ', which belongs with it ({", ".join(within)}); write the same in both') from (
            select line, {column} as own, first_value({column}) over same_rows as first_value,
                first_value(line) over same_rows as first_line
            from {seed} window same_rows as (partition by {", ".join(within)} order by line))
        where own is distinct from first_value"""


def forward(seed: str, start: str, end: str, may_be_empty: bool = False) -> str:
    """A range ends after it begins; one that `may_be_empty` may end where it begins."""
    return f"""select line, '{end}', concat('is not after {start} (', {start}, '); correct one of the two')
        from {seed} where {end} {"<" if may_be_empty else "<="} {start}"""


def apart(seed: str, start: str, end: str, *within: str, both: str = "true", words: str = "'the row'") -> str:
    """Ranges [start, end) of rows that agree in `within` do not overlap; an empty limit is none."""
    agree = " and ".join(f"earlier.{column} = later.{column}" for column in within)
    order = ", ".join(f"later.{column}" for column in within)
    return f"""select later.line, '{start}', concat({words}, ' holds together with line ', earlier.line,
            '; end one before the other begins ({start}, {end})')
        from {seed} as earlier inner join {seed} as later on earlier.line < later.line and {agree} and {both}
            and coalesce(earlier.{start} < earlier.{end}, true) and coalesce(later.{start} < later.{end}, true)
            and not coalesce(earlier.{end} <= later.{start}, false)
            and not coalesce(later.{end} <= earlier.{start}, false)
        qualify row_number() over (partition by later.line order by earlier.line, {order}) = 1"""


def without_gap(seed: str, column: str, *within: str) -> str:
    """Whole numbers from 1 on."""
    return f"""select line, '{column}', concat('comes after ', before, '; number them 1, 2, 3 without a gap') from (
            select min(line) as line, {column},
                coalesce(lag({column}) over (partition by {", ".join(within)} order by {column}), 0) as before
            from {seed} where {column} is not null group by {", ".join([*within, column])})
        where {column} <> before + 1"""
