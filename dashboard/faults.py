"""Why rows are in quarantine, in Japanese: reasons are published in English, each by one of the rules in faults.csv."""

import csv
import functools
import re
from pathlib import Path

from dashboard.words import Words

AND = "; "
# What a reason shows of a value that may be a name or an address.
DESCRIBED = (("blank", "空欄"), (r"a text of (\d+) characters", r"\1文字のテキスト"))


@functools.cache
def rules() -> list[tuple[re.Pattern, str]]:
    """What a reason looks like → how it is said in Japanese."""
    with Path(__file__).with_name("faults.csv").open(encoding="utf-8", newline="") as file:
        return [(re.compile(pattern_of(row["en"]), re.DOTALL), row["ja"]) for row in csv.DictReader(file)]


def pattern_of(template: str) -> str:
    """A template as a regular expression: its gaps are groups; the column's name stands before it."""
    parts = re.split(r"\{(\w+)\}", template)
    texts = [f"(?P<{part}>.+?)" if place % 2 else re.escape(part) for place, part in enumerate(parts)]
    return rf"(?:(?P<column>\w+): )?{''.join(texts)}"


def reason(words: Words, english: str) -> str:
    """A reason in the reader's language; one that no rule knows stays as it is."""
    return english if words.language == "en" else in_japanese(english) or english


def in_japanese(english: str) -> str | None:
    """Every fault of a row, which stand one after the other: they are parted as they are told in themselves."""
    parts = english.split(AND)
    for end in range(1, len(parts) + 1):
        if said := one_in_japanese(AND.join(parts[:end])):
            rest = AND.join(parts[end:])
            others = in_japanese(rest) if rest else ""
            return None if others is None else said + others
    return None


def one_in_japanese(fault: str) -> str | None:
    for pattern, said in rules():
        if found := pattern.fullmatch(fault):
            known = found.groupdict()
            column = f"{known['column']}: " if known["column"] else ""
            return column + said.format(**{gap: described(text) for gap, text in known.items() if text})
    return None


def described(text: str) -> str:
    for pattern, said in DESCRIBED:
        if found := re.fullmatch(pattern, text):
            return found.expand(said)
    return text
