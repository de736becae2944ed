"""The words of the page: both languages, each key once, and nothing asked for that is not there."""

import csv
import re
import string
from pathlib import Path

import yaml

from dashboard import faults
from dashboard.words import LANGUAGES, Words, texts
from orchestration.reading import REFUSALS
from orchestration.typing_sql import HOW_TO_WRITE

ROOT = Path(__file__).resolve().parents[1]
FOLDER, SOURCES = ROOT / "dashboard", ROOT / "orchestration" / "sources"


def test_every_text_is_there_once_in_both_languages_with_the_same_gaps() -> None:
    with (FOLDER / "texts.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    keys = [row["key"] for row in rows]
    assert len(keys) == len(set(keys))
    for row in rows:
        gaps = [{name for _, name, _, _ in string.Formatter().parse(row[language]) if name} for language in LANGUAGES]
        assert all(row[language] for language in LANGUAGES) and gaps[0] == gaps[1], row["key"]


def test_every_text_that_the_page_asks_for_is_there() -> None:
    code = [path.read_text(encoding="utf-8") for path in FOLDER.rglob("*.py")]
    asked = {key for text in code for key in re.findall(r'words\("([\w.]+)"', text)}
    assert len(asked) > 100
    assert not asked - set(texts())


def test_numbers_read_as_people_write_them() -> None:
    yen, cents = Words("ja", "JPY", 0), Words("en", "USD", 2)
    assert yen.money(1234567) == "1,234,567円"
    assert cents.money(-123456, signed=True) == "-1,234.56 USD"
    assert cents.rate(1.0903949) == "109.04%"
    assert cents.points(-0.00001) == "0.00 pt" and cents.points(0.0084) == "+0.84 pt"
    assert cents.value(26.3, "score") == "26.3"
    assert cents.money(None) == cents.rate(float("nan")) == cents.number(None) == "–"


def test_numbers_round_half_away_from_zero_as_in_the_sentences_of_the_marts() -> None:
    words = Words("en", "USD", 2)
    assert words.number(21.25, 1) == "21.3" and words.number(-21.25, 1) == "-21.3"
    assert words.rate(0.80775) == "80.78%" and words.points(-0.00125) == "-0.13 pt"


def test_a_sentence_about_an_unknown_day_is_left_out_and_an_empty_section_says_why() -> None:
    words = Words("en")
    assert words.about("bridge.definition", first="2026-01-01", last="2026-02-01").startswith("From 2026-01-01")
    assert words.about("bridge.definition", first="–", last="–") == ""
    assert words.nothing("landing") == words("landing.nothing")
    assert words.nothing("expected") == words("nothing_known")


def declared_reasons() -> list[str]:
    """What a row can be put into quarantine for."""
    declared = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in SOURCES.glob("*.yml")]
    rules = [rule["reason"] for source in declared for rule in source.get("row_rules", [])]
    unreadable = [f"amount: a text of 12 characters {how}" for how in HOW_TO_WRITE.values()]
    bounds = [f"score: 11 is {word} 10; correct it or leave the row out" for word in ("above", "below")]
    money = [
        "amount: 1.234 has more decimals than its currency (2); round it at the source",
        "amount: 1/2 is not an amount in the currency of its row; write it like 1234.50",
    ]
    empty = "account_id: is empty; it is required, fill it in"
    return [empty, *rules, *REFUSALS.values(), *unreadable, *bounds, *money]


def test_every_reason_for_quarantine_has_its_japanese_words() -> None:
    reasons = declared_reasons()
    assert len(reasons) > 20
    assert not [said for said in (faults.reason(Words("ja"), reason) for reason in reasons) if said in reasons]
    assert all(faults.reason(Words("en"), reason) == reason for reason in reasons)
    described = faults.reason(Words("ja"), "score: a text of 3 characters is not a whole number; write it like 1234")
    assert described == "score: 3文字のテキストは整数ではありません。1234のように書いてください。"
    assert faults.reason(Words("ja"), "something new") == "something new"
    two = "account_id: is empty; it is required, fill it in; score: 11 is above 10; correct it or leave the row out"
    first = "account_id: 必須の値が空です。記入してください。"
    second = "score: 11は上限10を上回っています。訂正するか、行を除いてください。"
    assert faults.reason(Words("ja"), two) == first + second
    assert faults.reason(Words("ja"), f"{two}; something new") == f"{two}; something new"
