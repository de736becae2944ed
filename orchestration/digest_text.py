"""The digest in words, in English and Japanese: a few lines for a chat."""

from decimal import Decimal
from typing import Any

import duckdb

from orchestration.summary import amount
from orchestration.words import money, number

SHOWN_PROBLEMS = 5
MAX_ERROR = 600
TEXTS = {
    "en": {
        "published": "Customer success on {day}: published.",
        "failed": "Customer success on {day}: NOT published, step '{step}' failed.",
        "still": "Readers still see {day}.",
        "nothing": "Nothing is published yet.",
        "range": "{value} ({low} to {high})",
        "assumed": ", assumed",
        "no_data": "no data: {reason}",
        "since": "Since {day}: expected NRR {change} points{parts}; MRR {before} before.",
        "actions": "Actions: {open} open, {new} new, {due_today} due today, {overdue} overdue.",
        "warned": "Checks that warn: {names}.",
        "more": " and {count} more",
        "list": " ({})",
        "comma": ", ",
        "parts": {
            "level_nrr": "levels",
            "contract_nrr": "contracts",
            "size_nrr": "sizes",
            "rate_nrr": "rates",
            "came_nrr": "who came",
            "left_nrr": "who left",
        },
    },
    "ja": {
        "published": "カスタマーサクセス {day}: 公開しました。",
        "failed": "カスタマーサクセス {day}: 公開されませんでした(失敗した工程: {step})。",
        "still": "公開中のデータは {day} のままです。",
        "nothing": "公開済みのデータはまだありません。",
        "range": "{value}({low}〜{high})",
        "assumed": "、仮定値",
        "no_data": "データなし: {reason}",
        "since": "{day} から: 予測NRR {change} ポイント{parts}。MRRは {before} でした。",
        "actions": "アクション: 未完了 {open}件、新規 {new}件、本日期限 {due_today}件、期限超過 {overdue}件。",
        "warned": "警告のある検査: {names}。",
        "more": "ほか{count}件",
        "list": "({})",
        "comma": "、",
        "parts": {
            "level_nrr": "レベル",
            "contract_nrr": "契約",
            "size_nrr": "契約額",
            "rate_nrr": "期待率",
            "came_nrr": "新規",
            "left_nrr": "解約",
        },
    },
}


def text_of(digest: dict[str, Any], lang: str, connection: duckdb.DuckDBPyConnection | None) -> str:
    """The lines of a digest. `connection`: the published file, for the currency's digits; None for a failed run."""
    words = TEXTS[lang]
    if connection is None:
        return "\n".join(failure_lines(digest, words))
    lines = [words["published"].format(day=digest["as_of_date"])]
    lines += [f"{row['label']}: {figure(row, words, connection)}" for row in digest["headline"]]
    if digest["change"] and digest["change"]["change_nrr"] is not None:
        currency = next(row["currency"] for row in digest["headline"])
        lines.append(since(digest["change"], words, money(connection, digest["change"]["mrr_from"], currency)))
    lines.append(words["actions"].format(**{key: number(count) for key, count in digest["actions"].items()}))
    if names := [f"{row['check_name']} ({row['table_name']})" for row in digest["problems"]]:
        more = words["more"].format(count=len(names) - SHOWN_PROBLEMS) if len(names) > SHOWN_PROBLEMS else ""
        lines.append(words["warned"].format(names=words["comma"].join(names[:SHOWN_PROBLEMS]) + more))
    return "\n".join(lines)


def failure_lines(digest: dict[str, Any], words: dict[str, Any]) -> list[str]:
    """Which step, then which check, table and rows, as `csw run` says it."""
    error = digest["error"] or ""
    still = digest["published_as_of_date"]
    return [
        words["failed"].format(day=digest["as_of_date"], step=digest["failed_step"]),
        error if len(error) <= MAX_ERROR else f"{error[:MAX_ERROR]} …",
        words["still"].format(day=still) if still else words["nothing"],
    ]


def figure(row: dict[str, Any], words: dict[str, Any], connection: duckdb.DuckDBPyConnection) -> str:
    """A headline figure in its unit, with its range."""
    if row["value"] is None:
        return words["no_data"].format(reason=(row["null_reason"] or "unknown").replace("_", " "))
    value, low, high = (amount(connection, row, column) for column in ("value", "value_low", "value_high"))
    text = words["range"].format(value=value, low=low, high=high) if low else value
    return text + (words["assumed"] if row["basis"] == "assumed" else "")


def since(change: dict[str, Any], words: dict[str, Any], before: str) -> str:
    """The change of expected NRR since the day before, and the parts of it that are not 0."""
    moved = {name: points(change[key]) for key, name in words["parts"].items()}
    parts = [f"{name} {change_of}" for name, change_of in moved.items() if change_of != "0"]
    return words["since"].format(
        day=change["from_date"],
        change=points(change["change_nrr"]),
        parts=words["list"].format(words["comma"].join(parts)) if parts else "",
        before=before,
    )


def points(rate: Decimal | int) -> str:
    """A difference of rates in points; what rounds to nothing is 0, without a sign."""
    text = f"{100 * rate:+.2f}"
    return "0" if float(text) == 0 else text
