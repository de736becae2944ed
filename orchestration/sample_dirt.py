"""What is wrong on purpose in the made-up company's files, and what ingestion should make of it.

What belongs here: changes to rows that are already text. Fates: `typed` (the same fact, put differently), `quarantined`
(the row shows its own fault), `duplicate`, `waits` (its account is unknown), `late` (first delivered after its month),
`corrected` (delivered again with another count).
"""

from collections.abc import Sequence

import pyarrow as pa

from orchestration import sample_rates as rates

FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


def full_width(text) -> str:
    """Digits as a Japanese input method leaves them."""
    return str(text).translate(FULL_WIDTH)


ACCOUNT_CHANGES = {"full_width_digits": ("headcount", full_width)}
ACCOUNT_ADDITIONS = {
    "missing_name": ("quarantined", {"account_name": ""}),
    "impossible_date": ("quarantined", {"created_date": "2023-13-01"}),
    "duplicate_row": ("duplicate", {}),
}
CONTRACT_CHANGES = {
    "yen_sign": ("monthly_amount", lambda text: f"¥{int(text):,}"),
    "full_width_digits": ("monthly_amount", full_width),
    "slash_date": ("start_date", lambda text: "/".join(str(int(part)) for part in text.split("-"))),
}
CONTRACT_ADDITIONS = {
    "impossible_date": ("quarantined", {"start_date": "2024-02-30"}),
    "negative_amount": ("quarantined", {"monthly_amount": "-12000"}),
    "end_before_start": ("quarantined", {"end_date": "2000-01-01"}),
    "no_price": ("quarantined", {"monthly_amount": "", "total_amount": ""}),
    "unknown_account": ("waits", {"account_id": "C-UNKNOWN"}),
    "duplicate_row": ("duplicate", {}),
}
LOGIN_ADDITIONS = {
    "impossible_date": ("quarantined", {"login_at": "2024-02-30 10:00:00"}),
    "negative_count": ("quarantined", {"event_count": "-3"}),
    "missing_user": ("quarantined", {"user_id": ""}),
    "unknown_account": ("waits", {"account_id": "C-UNKNOWN"}),
    "duplicate_row": ("duplicate", {}),
}
SURVEY_CHANGES = {"full_width_digits": ("score", full_width)}
SURVEY_ADDITIONS = {
    "score_11": ("quarantined", {"score": 11}),
    "not_a_score": ("quarantined", {"score": "n/a"}),
    "unknown_account": ("waits", {"account_id": "C-UNKNOWN"}),
    "duplicate_row": ("duplicate", {}),
}
USER_ADDITIONS = {
    "impossible_date": ("quarantined", {"issued_date": "2024-02-30"}),
    "unknown_account": ("waits", {"account_id": "C-UNKNOWN"}),
    "duplicate_row": ("duplicate", {}),
}
TOUCH_ADDITIONS = {
    "unknown_account": ("waits", {"account_id": "C-UNKNOWN"}),
    "duplicate_row": ("duplicate", {}),
}


class Dirt:
    """Puts dirt into rows and remembers it in `noted`: (source, kind) → (fate, number of rows)."""

    def __init__(self):
        self.noted: dict[tuple[str, str], tuple[str, int]] = {}

    def note(self, source: str, kind: str, fate: str, count: int) -> None:
        self.noted[source, kind] = (fate, count)

    def table(self) -> pa.Table:
        """What was noted: source, kind, fate, row_count."""
        rows = [(*place, *outcome) for place, outcome in self.noted.items()]
        columns = zip(*rows, strict=True) if rows else ((), (), (), ())
        types = (pa.string(), pa.string(), pa.string(), pa.int64())
        arrays = [pa.array(column, kind) for column, kind in zip(columns, types, strict=True)]
        return pa.table(arrays, ["source", "kind", "fate", "row_count"])

    def spoil(self, source: str, rows: list[dict], key: str | None, changes: dict, additions: dict) -> None:
        """Rewrite one value in a few real rows per change, then append wrong copies of other rows per addition.

        No row is changed twice or copied after a change. All copies but duplicates get a `key` value of their own.
        """
        free = list(range(len(rows)))
        for kind, (column, rewrite) in changes.items():
            chosen = spread([number for number in free if rows[number][column]])
            for number in chosen:
                rows[number][column] = rewrite(rows[number][column])
            free = sorted(set(free) - set(chosen))
            self.note(source, kind, "typed", len(chosen))
        for kind, (fate, change) in additions.items():
            chosen = spread(free)
            for number in chosen:
                new_key = {key: f"{rows[number][key]}-{kind}"} if key and fate != "duplicate" else {}
                rows.append(rows[number] | new_key | change)
            free = sorted(set(free) - set(chosen))
            self.note(source, kind, fate, len(chosen))

    def spoil_table(self, source: str, table: pa.Table, key: str | None, additions: dict) -> pa.Table:
        """The table as text, with wrong copies of a few of its rows at its end: only those few become Python rows."""
        types = {name: pa.string() for name in table.column_names}
        as_text = table.cast(pa.schema(types))
        few = spread(range(len(table)), rates.DIRTY_ROWS_PER_KIND * len(additions))
        rows = as_text.take(pa.array(few, pa.int64())).to_pylist()
        self.spoil(source, rows, key, {}, additions)
        return pa.concat_tables([as_text, pa.Table.from_pylist(rows[len(few):], as_text.schema)])


def spread(numbers: Sequence[int], wanted: int = rates.DIRTY_ROWS_PER_KIND) -> Sequence[int]:
    """The declared number of rows per kind, evenly over those given (all of them where there are fewer)."""
    return numbers[:: max(1, len(numbers) // wanted)][:wanted]
