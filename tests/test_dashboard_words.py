"""The words of the page: both languages, each key once, and nothing asked for that is not there."""

import csv
import re
import string
from pathlib import Path

from dashboard.words import LANGUAGES, Words, texts

FOLDER = Path(__file__).resolve().parents[1] / "dashboard"


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
