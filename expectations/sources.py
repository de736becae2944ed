"""What a source declares about itself, read from the same files that ingestion reads."""

from dataclasses import dataclass

import yaml

from expectations.names import SOURCES, SOURCES_FOLDER


@dataclass(frozen=True)
class Source:
    """One declaration. `day`: SQL for the day a row belongs to, or None; `columns`: name -> its declaration."""

    name: str
    is_required: bool
    is_full: bool
    natural_key: tuple[str, ...]
    day: str | None
    freshness_days: int | None
    columns: dict[str, dict]


def declared() -> list[Source]:
    return [read(name) for name in SOURCES]


def read(name: str) -> Source:
    text = (SOURCES_FOLDER / f"{name}.yml").read_text(encoding="utf-8")
    declaration = yaml.safe_load(text)
    return Source(
        name=name,
        is_required=declaration.get("required", False),
        is_full=declaration["delivery"] == "full",
        natural_key=tuple(declaration["natural_key"]),
        day=declaration.get("day"),
        freshness_days=declaration.get("freshness_days"),
        columns=declaration["columns"],
    )
