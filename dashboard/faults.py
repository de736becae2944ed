"""Why rows are in quarantine, in Japanese: reasons are published in English, each by one of the rules in faults.csv."""

import csv
import functools
import re
from pathlib import Path

from dashboard.words import Words

# What a reason shows of a value that may be a name or an address.
DESCRIBED = (("blank", "空欄"), (r"a text of (\d+) characters", r"\1文字のテキスト"))


@functools.cache
def rules() -> list[tuple[re.Pattern, str]]:
    """What a reason looks like → how it is said in Japanese."""
    with Path(__file__).with_name("faults.csv").open(encoding="utf-8", newline="") as file:
        return [(re.compile(pattern_of(row["en"])), row["ja"]) for row in csv.DictReader(file)]


def pattern_of(template: str) -> str:
    """A template as a regular expression: its gaps are groups; the column's name stands before it."""
    parts = re.split(r"\{(\w+)\}", template)
    texts = [f"(?P<{part}>.+?)" if place % 2 else re.escape(part) for place, part in enumerate(parts)]
    return rf"(?:(?P<column>\w+): )?{''.join(texts)}"


def reason(words: Words, english: str) -> str:
    """A reason in the reader's language; one that no rule knows stays as it is."""
    if words.language == "en":
        return english
    for pattern, said in rules():
        if found := pattern.fullmatch(english):
            known = found.groupdict()
            column = f"{known['column']}: " if known["column"] else ""
            return column + said.format(**{gap: described(text) for gap, text in known.items() if text})
    return english


def described(text: str) -> str:
    for pattern, said in DESCRIBED:
        if found := re.fullmatch(pattern, text):
            return found.expand(said)
    return text
