"""What expected NRR has to hold on companies whose next year is known (docs/forecast_simulation.md), as data, and how
what was measured stands against it."""

import math
from dataclasses import dataclass

import pandas
from rich.console import Console
from rich.table import Table

from benchmarks.forecast_company import SCENARIOS

NAMES = tuple(scenario.name for scenario in SCENARIOS)
AS_IT_FALLS = "frailty"  # shown beside the bounds, but held to none
SIZES = {500: 60, 2_000: 60, 10_000: 20}  # customers → seeds compared
POINTS, SHARE, RATIO, SQUARES = (100, 2), (100, 0), (1, 2), (1e4, 2)  # what a figure is multiplied with, and its digits


@dataclass(frozen=True)
class Bound:
    """A row of the table in the docs: a figure of describe() and what it may be, in the unit it is shown in."""

    question: str
    figure: str
    low: float = -math.inf
    high: float = math.inf
    bound_for: tuple[str, ...] = NAMES
    unit: tuple[float, int] = POINTS

    def holds(self, shown: float) -> bool:
        return self.low <= shown <= self.high

    def __str__(self) -> str:
        if math.isinf(self.high):
            return f"≥ {self.low:g}"
        if math.isinf(self.low):
            return f"≤ {self.high:g}"
        return f"|…| ≤ {self.high:g}" if self.low == -self.high else f"{self.low:g} to {self.high:g}"


BOUNDS = (
    Bound("forecast − oracle, mean, points", "mean", -0.5, 0.5),
    Bound("… root mean square, points", "rms", high=1.2),
    Bound("due within 12 months, mean, points", "due", -1.0, 1.0),
    Bound("not due, mean, points", "not due", -1.0, 1.0),
    Bound("error ÷ the oracle's own", "÷ oracle", high=1.35, unit=RATIO),
    Bound("error ÷ that of trailing NRR", "÷ trailing", high=1.1, bound_for=("stationary",), unit=RATIO),
    Bound(
        "squared error less that of trailing NRR, upper end, 1e-4",
        "paired",
        high=0,
        bound_for=("mix shift",),
        unit=SQUARES,
    ),
    Bound("interval of luck holds what happened, %", "luck holds", 86, 94, ("stationary",), SHARE),
    Bound("full interval holds it, %", "full holds", low=85, bound_for=("shock",), unit=SHARE),
    Bound("full ÷ luck, width", "full ÷ luck", high=2.5, bound_for=("shock",), unit=RATIO),
)


@dataclass(frozen=True)
class Answer:
    """What was measured of one bound in one scenario; is_met is None where nothing is asked of it."""

    question: str
    scenario: str
    figure: float
    bound: str
    is_met: bool | None
    digits: int = 2


def rms(values: pandas.Series) -> float:
    return float((values**2).mean() ** 0.5)


def describe(rows: pandas.DataFrame) -> dict[str, float]:
    """The figures of one scenario from its outcomes, a row per seed; rates, not points."""
    error, luck, trailing = (rows[name] - rows["happened"] for name in ("forecast", "oracle", "trailing"))
    paired = error**2 - trailing**2
    width = {name: (rows[f"{name}_high"] - rows[f"{name}_low"]).mean() for name in ("luck", "full")}
    held = {name: rows["happened"].between(rows[f"{name}_low"], rows[f"{name}_high"]).mean() for name in width}
    return {
        "mean": (rows["forecast"] - rows["oracle"]).mean(),
        "rms": rms(rows["forecast"] - rows["oracle"]),
        "due": rows["due"].mean(),
        "not due": rows["not_due"].mean(),
        "÷ oracle": rms(error) / rms(luck),
        "÷ trailing": rms(error) / rms(trailing),
        "paired": paired.mean() + 1.96 * paired.std() / len(paired) ** 0.5,
        "luck holds": held["luck"],
        "full holds": held["full"],
        "full ÷ luck": width["full"] / width["luck"],
    }


def answers(outcomes: pandas.DataFrame) -> list[Answer]:
    """Every bound in every scenario, and how the error falls with the number of customers."""
    found = []
    for scenario, rows in outcomes[outcomes["accounts"] == 2_000].groupby("scenario", sort=False):
        figures = describe(rows)
        for bound in BOUNDS:
            shown = float(figures[bound.figure]) * bound.unit[0]
            asked = scenario in bound.bound_for and scenario != AS_IT_FALLS
            is_met = bound.holds(shown) if asked else None
            found.append(Answer(bound.question, scenario, shown, str(bound), is_met, bound.unit[1]))
    return found + sizes(outcomes)


def sizes(outcomes: pandas.DataFrame) -> list[Answer]:
    """The root mean square of forecast − oracle by number of customers; each has to be below the one before."""
    found, before = [], None
    for accounts, seeds in SIZES.items():
        mine = (outcomes["scenario"] == "stationary") & (outcomes["accounts"] == accounts) & (outcomes["seed"] < seeds)
        rows = outcomes[mine]
        if rows.empty:
            continue
        figure = rms(rows["forecast"] - rows["oracle"]) * 100
        bound = "" if before is None else f"< {before:.2f}"
        is_met = None if before is None else figure < before
        found.append(Answer(f"root mean square, {accounts:,} customers", "stationary", figure, bound, is_met))
        before = figure
    return found


def show(found: list[Answer], title: str) -> None:
    """A row per question, a column per scenario; then what was missed, in words."""
    scenarios = list(dict.fromkeys(answer.scenario for answer in found))
    table = Table(title=title)
    for heading in ("question", "bound", *scenarios):
        table.add_column(heading, justify="left" if heading == "question" else "right")
    for question in dict.fromkeys(answer.question for answer in found):
        row = {answer.scenario: answer for answer in found if answer.question == question}
        bound = next(answer.bound for answer in row.values())
        table.add_row(question, bound, *(_cell(row[name]) if name in row else "" for name in scenarios))
    console = Console()
    console.print(table)
    console.print("green: met; [red]red ✗: missed[/]; white: nothing asked")
    for answer in found:
        if answer.is_met is False:
            console.print(
                f"[red]missed[/] {answer.scenario}: {answer.question} {answer.figure:.{answer.digits}f}, "
                f"bound {answer.bound}",
                markup=True,
            )


def _cell(answer: Answer) -> str:
    text = f"{answer.figure:.{answer.digits}f}"
    return {True: f"[green]{text}[/]", False: f"[red]{text} ✗[/]", None: text}[answer.is_met]
