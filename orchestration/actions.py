"""What `csw actions` shows and exports: whom to call today and why, from the published file, most urgent first."""

import csv
import io
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

import duckdb
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from orchestration.formulas import harmless
from orchestration.published_file import published, rows_of
from orchestration.settings import DataDir, Refused
from orchestration.words import Row, money, number

MART = "marts.mart_action_queue"
NOBODY = "nobody"  # stands for customers without an owner


class Language(StrEnum):
    en = "en"
    ja = "ja"


HEADS = {
    Language.en: ("#", "customer", "owner", "why", "MRR at stake", "expected gain", "due"),
    Language.ja: ("#", "顧客", "担当", "理由", "対象MRR", "期待MRRの増加", "期限"),
}
TITLES = {Language.en: "Whom to call on {}", Language.ja: "{} に連絡する顧客"}
NOTES = {
    Language.en: "! overdue, and no touch since it opened is known. Expected gain: MRR in twelve months with the"
    " same contract one success level higher; what customers on the two levels did, no promise.",
    Language.ja: "! 期限を過ぎ、発生後の接触の記録なし。期待MRRの増加: 同じ契約でサクセスレベルが1つ上の場合の"
    "12か月後のMRRの差(両レベルの顧客の実績に基づく関連であり、約束ではない)。",
}
MORE = {
    Language.en: "{left} more: --top {all} shows them, --csv FILE writes them all.",
    Language.ja: "ほか{left}件(--top {all} で表示、--csv FILE ですべて書き出し)。",
}
# Whole amounts in a sheet, not minor units: Decimal keeps the yen and the cents.
QUERY = f"""
select
    queue.as_of_date, queue.action_id, queue.priority, queue.account_id, accounts.account_name, queue.owner_id,
    queue.reason_key, queue.label_{{lang}} as label, queue.sentence_{{lang}} as sentence, queue.product_id,
    queue.mrr_at_stake, queue.expected_mrr_gain, queue.expected_nrr_gain, queue.gain_null_reason,
    accounts.currency, currencies.minor_digits,
    queue.opened_date, queue.due_date, queue.is_overdue, queue.last_touch_date
from {MART} as queue
left join marts.dim_account as accounts using (account_id)
left join reference.currencies as currencies using (currency)
where $owner is null or coalesce(queue.owner_id, '{NOBODY}') = $owner
order by queue.priority"""


def show_actions(
    data_dir: DataDir, console: Console, owner: str | None, language: Language, top: int, path: Path | None
) -> None:
    """The first `top` items as a table, or all of them as a file. Raises Refused with what to do instead."""
    with published(data_dir, MART, "marts.dim_account") as connection:
        refuse_unknown(connection, owner)
        rows = rows_of(connection, QUERY.format(lang=language.value), {"owner": owner})
        if path:
            write_csv(path, rows)
            console.print(f"{number(len(rows))} open actions are in {path}.", markup=False)
        elif not rows:
            console.print(f"Nothing is open{f' for {owner}' if owner else ''}.", markup=False)
        else:
            show_table(connection, console, rows[:top], owner, language)
            console.print(NOTES[language])
            left = len(rows) - top
            if left > 0:
                console.print(MORE[language].format(left=number(left), all=len(rows)))


def refuse_unknown(connection: duckdb.DuckDBPyConnection, owner: str | None) -> None:
    found = connection.execute(f"select distinct coalesce(owner_id, '{NOBODY}') from marts.dim_account order by 1")
    owners = [name for (name,) in found.fetchall()]
    if owner is not None and owner not in owners:
        raise Refused(f"No customer has the owner '{owner}'. The owners are: {', '.join(owners)}.")


def show_table(
    connection: duckdb.DuckDBPyConnection, console: Console, rows: list[Row], owner: str | None, language: Language
) -> None:
    title = TITLES[language].format(rows[0]["as_of_date"]) + (f" ({escape(owner)})" if owner else "")
    table = Table(title=title, title_justify="left", title_style="bold", header_style="dim", expand=True)
    number_, customer, owner_, why, at_stake, gain, due = HEADS[language]
    table.add_column(number_, justify="right")
    table.add_column(customer, overflow="fold", ratio=1)
    table.add_column(owner_, overflow="fold")
    table.add_column(why, overflow="fold", ratio=3)
    table.add_column(at_stake, justify="right")
    table.add_column(gain, justify="right")
    table.add_column(due, no_wrap=True)
    for row in rows:
        table.add_row(*cells(connection, row), end_section=True)
    console.print(table, soft_wrap=False)


def cells(connection: duckdb.DuckDBPyConnection, row: Row) -> list[str]:
    """A row as people read it; a gain that is no part of the reason is a dash, never 0."""
    amounts = [
        "–" if row[name] is None else money(connection, row[name], row["currency"])
        for name in ("mrr_at_stake", "expected_mrr_gain")
    ]
    customer = escape(f"{row['account_id']}\n{row['account_name'] or ''}".strip())
    why = f"[bold]{escape(row['label'])}[/]\n{escape(row['sentence'])}"
    due = f"[red]{row['due_date']} ![/]" if row["is_overdue"] else str(row["due_date"])
    return [str(row["priority"]), customer, escape(row["owner_id"] or NOBODY), why, *amounts, due]


def write_csv(path: Path, rows: list[Row]) -> None:
    try:
        path.write_bytes(as_csv(rows))
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror}.") from None


def as_csv(rows: list[Row]) -> bytes:
    """UTF-8 with its mark: without it Excel reads Japanese as Shift-JIS. Text is quoted, numbers are not."""
    names = [
        "as_of_date", "action_id", "priority", "account_id", "account_name", "owner_id", "reason_key", "label",
        "sentence", "product_id", "mrr_at_stake", "expected_mrr_gain", "currency", "expected_nrr_gain", "opened_date",
        "due_date", "is_overdue", "last_touch_date",
    ]  # fmt: skip
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(names)
    writer.writerows([safe(row, name) for name in names] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def safe(row: Row, name: str) -> object:
    """A cell as a sheet may have it: an amount in whole units, and no text that it would take for a formula."""
    value = row[name]
    if name in ("mrr_at_stake", "expected_mrr_gain") and value is not None:
        return Decimal(value).scaleb(-row["minor_digits"])
    return harmless(value)
