"""The made-up company's records as text: a simulated world as the rows of its exports, before any dirt.

What belongs here: columns, names and wording. File formats are in sample_files.py, what is wrong on purpose in
sample_dirt.py.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration import sample_rates as rates
from orchestration.sample_activity import PRODUCT_IDS, Activity
from orchestration.sample_contracts import ADDON
from orchestration.sample_world import LOST, World

SYLLABLES = ("ノル", "ゼミ", "トワ", "ルカ", "ミレ", "サヴ", "キオ", "ハク", "ネロ", "ピタ", "ユラ", "ガル",
             "ソニ", "モエ", "リヨ", "ザク", "テル", "フォ", "ワキ", "ヌイ", "エバ", "クメ", "ロサ", "シド")
TRADES = ("製作所", "システムズ", "物流", "商会", "建設", "メディカル", "フーズ", "学園",
          "精機", "電装", "ケミカル", "リテイル")
INDUSTRIES = ("製造", "情報通信", "運輸", "小売", "建設", "医療", "食品", "教育")
SEGMENTS = ("smb", "mid_market", "enterprise")
CANCEL_REASONS = ("price", "low_usage", "competitor", "project_ended", "reorganisation")
COMMENTS = ((9, "業務に欠かせません。同僚にも薦めています。"), (7, "おおむね満足していますが、改善の余地があります。"),
            (0, "期待していた使い方ができていません。"))
LATE_DAYS = (9, 12)  # the days of a month, from 0 and half-open, whose rows arrive late


def account_ids(accounts: int) -> np.ndarray:
    """Ids C0001 ..., wide enough for all of them."""
    width = max(4, len(str(accounts)))
    return np.array([f"C{number:0{width}}" for number in range(1, accounts + 1)])


def company_name(number: int) -> str:
    """An invented name; different for every number below 165,888."""
    digits = number * 60_493 % (len(SYLLABLES) ** 3 * len(TRADES))
    word = ""
    for _ in range(3):
        digits, syllable = divmod(digits, len(SYLLABLES))
        word += SYLLABLES[syllable]
    name = word + TRADES[digits]
    return f"{name}株式会社" if number % 3 else f"株式会社{name}"


def account_rows(world: World, ids: np.ndarray) -> list[dict]:
    """One row per account, by the contracts it has; created some weeks before its first signature."""
    rng, lines = world.rng, world.lines
    first_signed = np.full(world.accounts, np.datetime64("2200-01-01"))
    np.minimum.at(first_signed, world.chains.account[lines["chain"]], lines["signed"])
    created = first_signed - rng.integers(20, 120, world.accounts)
    headcount = np.rint(world.chains.seats[: world.accounts] * np.exp(rng.normal(1.5, 0.6, world.accounts))).astype(int)
    owners = rng.integers(1, max(3, world.accounts // rates.ACCOUNTS_PER_OWNER) + 1, world.accounts)
    numbers = np.arange(world.accounts)
    return as_rows({
        "account_id": ids,
        "account_name": np.array([company_name(number) for number in range(1, world.accounts + 1)]),
        "parent_account_id": np.where(numbers % 33 == 7, np.roll(ids, 7), ""),
        "segment": np.take(SEGMENTS, np.searchsorted(rates.SEGMENT_BORDERS, world.first_mrr)),
        "industry": np.take(INDUSTRIES, rng.integers(0, len(INDUSTRIES), world.accounts)),
        "country": np.full(world.accounts, "JP"),
        "headcount": text(headcount),
        "owner_id": np.array([f"csm-{owner:02}" for owner in owners]),
        "created_date": np.char.replace(text(created), "-", "/"),
    })


def contract_rows(world: World, ids: np.ndarray) -> list[dict]:
    """Contract lines signed by the end date, in order of signature; some priced by their total, not by the month."""
    line, names = signed_lines(world)
    rng, chains, rows = world.rng, len(world.chains.account), len(line["line"])
    months = line["end_month"] - line["begin"]
    by_total = (rng.random(chains) < rates.TOTAL_AMOUNT_SHARE)[line["chain"]] & (months >= 3)
    auto_renews = (rng.random(chains) < rates.AUTO_RENEW_SHARE)[line["chain"]] | (months == 1)
    prices = {
        "monthly_amount": text(line["amount"], ~by_total),
        "total_amount": text(np.ceil(line["amount"] * months / 1000).astype(int) * 1000, by_total),
        "term_months": text(months, by_total),
        "list_amount": text(line["list_amount"]),
        "discount_amount": text(line["list_amount"] - line["amount"]),
        "currency": np.full(rows, "JPY"),
        "tax_included": np.full(rows, "false"),
        "billing_period_months": text(np.where(by_total, months, 1)),
        "auto_renew": np.where(auto_renews, "true", "false"),
    }
    return as_rows(_what_and_when(world, ids, line, names) | prices | cancellations(world, line))


def signed_lines(world: World) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Lines signed by the end date in order of signature, and the contract id of each line number."""
    lines = world.lines
    order = np.argsort(lines["signed"], kind="stable")
    order = order[lines["signed"][order] <= world.end_date]
    names = np.full(len(lines["line"]) + 1, "", "U12")  # the last one stays empty: "no such line" is number -1
    names[order] = [f"K{number:06}" for number in range(1, len(order) + 1)]
    return {name: values[order] for name, values in lines.items()}, names


def _what_and_when(world, ids, line, names):
    return {
        "contract_id": names[line["line"]],
        "account_id": ids[world.chains.account[line["chain"]]],
        "product_id": PRODUCT_IDS[line["product"]],
        "quantity": text(line["seats"], line["product"] != ADDON),
        "signed_date": text(line["signed"]),
        "start_date": text(line["start"]),
        "end_date": text(line["end"]),
        "renewal_of": names[line["previous"]],
        "contract_group_id": names[line["group"]],
    }


def cancellations(world: World, line: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Time and reason of notice, on every line that ends with a term that was given notice of by the end date."""
    rng, book = world.rng, world.decisions
    given = (book["outcome"] == LOST) & ~np.isnat(book["cancelled"]) & (book["cancelled"] <= world.end_date)
    keys = book["chain"][given] * 1000 + book["month"][given]
    days, order = book["cancelled"][given], np.argsort(keys)
    if not len(keys):
        return {"cancelled_at": np.full(len(line["chain"]), ""), "cancel_reason": np.full(len(line["chain"]), "")}
    wanted = line["chain"] * 1000 + line["end_month"]
    place = order[np.searchsorted(keys, wanted, sorter=order).clip(0, len(keys) - 1)]
    hit = keys[place] == wanted
    day = np.maximum(days[place], line["signed"])  # seats bought after the notice end with the rest
    at = day.astype("M8[s]") + 3600 * rng.integers(9, 19, len(keys))[place]
    reason = np.array(CANCEL_REASONS)[rng.integers(0, len(CANCEL_REASONS), len(keys))[place]]
    return {"cancelled_at": np.char.replace(text(at, hit), "T", " "), "cancel_reason": np.where(hit, reason, "")}


def survey_rows(activity: Activity, answers: dict[str, np.ndarray]) -> list[dict]:
    """One row per answer, times with their offset; every fourth has a comment."""
    if not answers:
        return []
    rows = as_rows({
        "response_id": np.array([f"R{number:06}" for number in range(1, len(answers["score"]) + 1)]),
        "account_id": activity.account_ids[answers["account"]],
        "user_id": np.array(activity.user_ids.take(pa.array(answers["user"]))),
        "survey_type": np.full(len(answers["score"]), "nps"),
        "score": answers["score"],
        "sent_at": np.char.add(text(answers["sent_at"]), "+09:00"),
        "responded_at": np.char.add(text(answers["answered_at"]), "+09:00"),
    })
    for row in rows[::4]:
        row["comment"] = next(words for least, words in COMMENTS if row["score"] >= least)
    return rows


def split_late(table: pa.Table, world: World, rows: dict[str, np.ndarray]) -> tuple[pa.Table, pa.Table, pa.Table]:
    """The month's file without what it lacked; the rows held back from it; the rows delivered again, corrected."""
    number = (rows["day"] - rows["day"].astype("M8[M]").astype("M8[D]")).astype(int)
    those_days = (number >= LATE_DAYS[0]) & (number < LATE_DAYS[1])
    account = world.chains.account[rows["chain"]]
    held, again = those_days & (account % 10 == 3), those_days & (account % 10 == 7)
    corrected = table.filter(again)
    more = pc.add(corrected["event_count"], pa.scalar(5, pa.int32()))
    return table.filter(~held), table.filter(held), corrected.set_column(4, "event_count", more)


def login_rows(table: pa.Table) -> list[dict]:
    """A small login table as text rows."""
    return [row | {"login_at": str(row["login_at"])} for row in table.to_pylist()]


def text(values: np.ndarray, where=True) -> np.ndarray:
    """Numbers, days or times as text; empty where `where` is false."""
    return np.where(where, values.astype(str), "")


def as_rows(columns: dict[str, np.ndarray]) -> list[dict]:
    """Columns of equal length as a list of rows."""
    values = zip(*(column.tolist() for column in columns.values()), strict=True)
    return [dict(zip(columns, row, strict=True)) for row in values]
