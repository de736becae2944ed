"""`python -m benchmarks.forecast_plot outcomes.csv docs/forecast_simulation.svg`: how the companies of the forecast
simulation lie around the oracle, a small histogram per scenario."""

import sys
from pathlib import Path

import numpy
import pandas

from benchmarks.forecast_bounds import NAMES

FROM, TO, BIN = -4.5, 4.5, 0.5  # points of NRR; what lies beyond stands in the last bin
WIDTH, HEIGHT, GAP, TOP, LEFT = 150, 130, 18, 34, 16
TICKS = (-4, -2, 0, 2, 4)
STYLE = "text{font:11px sans-serif;fill:#333}.bar{fill:#7aa6c2}.zero{stroke:#333}.mean{stroke:#c0392b;stroke-width:2}"


def panel(place: int, name: str, errors: numpy.ndarray, tallest: int) -> list[str]:
    """One scenario: bars, a thin line where the oracle stands, a red one at the mean."""
    left, floor = LEFT + place * (WIDTH + GAP), TOP + HEIGHT

    def across(points: float) -> float:
        return left + WIDTH * (points - FROM) / (TO - FROM)

    found = [f'<text x="{left + WIDTH / 2:.1f}" y="{TOP - 10}" text-anchor="middle" font-weight="bold">{name}</text>']
    counts, edges = numpy.histogram(errors.clip(FROM, TO), bins=numpy.arange(FROM, TO + BIN, BIN))
    for count, edge in zip(counts, edges, strict=False):
        tall = HEIGHT * count / tallest
        size = f'width="{WIDTH * BIN / (TO - FROM) - 1:.1f}" height="{tall:.1f}"'
        found.append(f'<rect class="bar" x="{across(edge):.1f}" y="{floor - tall:.1f}" {size}/>')
    for kind, at in (("zero", 0.0), ("mean", errors.mean())):
        found.append(f'<line class="{kind}" x1="{across(at):.1f}" x2="{across(at):.1f}" y1="{TOP}" y2="{floor}"/>')
    found.append(f'<line class="zero" x1="{left}" x2="{left + WIDTH}" y1="{floor}" y2="{floor}"/>')
    return found + [
        f'<text x="{across(tick):.1f}" y="{floor + 14}" text-anchor="middle">{tick:+d}</text>'.replace("+0", "0")
        for tick in TICKS
    ]


def draw(outcomes: pandas.DataFrame) -> str:
    rows = outcomes[outcomes["accounts"] == 2_000]
    errors = {name: 100 * (mine["forecast"] - mine["oracle"]).to_numpy() for name, mine in rows.groupby("scenario")}
    bins = numpy.arange(FROM, TO + BIN, BIN)
    tallest = max(numpy.histogram(values.clip(FROM, TO), bins=bins)[0].max() for values in errors.values())
    wide, high = 2 * LEFT + len(NAMES) * (WIDTH + GAP) - GAP, TOP + HEIGHT + 40
    title = "Forecast less oracle, points of NRR: companies of each scenario; red: their mean"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}">',
        f'<title>{title}</title><style>{STYLE}</style><rect width="{wide}" height="{high}" fill="#fff"/>',
        *(line for place, name in enumerate(NAMES) for line in panel(place, name, errors[name], tallest)),
        f'<text x="{wide / 2}" y="{high - 6}" text-anchor="middle">{title}</text></svg>',
    ]
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(draw(pandas.read_csv(sys.argv[1])), encoding="utf-8")
