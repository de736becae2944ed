"""What a sheet takes for a formula, and how text is kept from it: one rule, for values in Python and columns in SQL."""

# A sheet reads a cell that begins so as a formula, also in quotes; the wide ones are their Japanese forms.
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def harmless(value: object) -> object:
    """Text that would start a formula, behind an apostrophe; everything else as it is."""
    return f"'{value}" if isinstance(value, str) and value.startswith(STARTS_A_FORMULA) else value


def harmless_sql(column: str) -> str:
    """The same for a column of text, as an expression."""
    signs = ", ".join(f"chr({ord(sign)})" for sign in STARTS_A_FORMULA)
    return f"case when left({column}, 1) in ({signs}) then chr(39) || {column} else {column} end"
