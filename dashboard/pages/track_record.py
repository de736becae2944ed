"""How forecasts and scores of the past turned out: the second half of the page of trust."""

import altair as alt
import pandas as pd

from dashboard import charts, context, markup
from dashboard.published import read
from dashboard.words import Words, is_unknown

Drawn = tuple[alt.LayerChart, pd.DataFrame, list[markup.Column]]
CHANCE = 0.5  # the AUC of a coin

BACKTEST = """
select *
from marts.mart_forecast_backtest
where scope_type = 'all'
order by as_of_date"""
ACCURACY = """
select *
from marts.mart_forecast_accuracy
where scope_type = 'all'
    and as_of_date = (select max(as_of_date) from marts.mart_forecast_accuracy)
order by rates"""
NEWEST_VERSION = """(
    select max_by(profile_version, valid_from)
    from reference.health_profiles
    where score_kind = 'health' and profile_version in (select profile_version from marts.mart_score_validity)
)"""
VALIDITY = f"""
select *
from marts.mart_score_validity
where phase = 'all' and product_profile = 'all' and profile_version = {NEWEST_VERSION}
order by population, horizon_months"""
COMPONENTS = f"""
select *
from marts.mart_component_validity
where profile_version = {NEWEST_VERSION}
order by component_key, horizon_months"""


def show(today: context.Today) -> None:
    words = today.words
    chart, rows, columns = backtest(words)
    context.chart(today, chart, "backtest", rows, columns)
    context.table(today, "accuracy", *accuracy(words))
    chart, rows, columns = validity(words)
    version = rows["profile_version"].max() if len(rows) else words.date(None)
    context.chart(today, chart, "validity", rows, columns, version=version)
    context.table(today, "components", *components(words), version=version)


def backtest(words: Words) -> Drawn:
    """What was forecast for the whole company at each month end, and what happened in the year after it."""
    rows = read(BACKTEST)
    lines = [
        rows[["as_of_date"]].assign(value=rows[column], series=words(f"backtest.{name}"))
        for name, column in (("forecast", "expected_nrr"), ("happened", "realised_nrr"))
    ]
    band = rows.rename(columns={"as_of_date": "date", "expected_nrr_low": "low", "expected_nrr_high": "high"})
    drawn = charts.rates_over_time(
        pd.concat(lines).rename(columns={"as_of_date": "date"}),
        band[["date", "low", "high"]].dropna(),
        {"date": words("backtest.made_on"), "value": "NRR"},
    )
    return drawn, rows[::-1], [
        markup.date("as_of_date", words("backtest.made_on"), words),
        markup.named("rates", words("basis"), words, "rates"),
        markup.rate("expected_nrr", words("backtest.forecast"), words),
        markup.rate("expected_nrr_low", words("low"), words),
        markup.rate("expected_nrr_high", words("high"), words),
        markup.rate("realised_nrr", words("backtest.happened"), words),
        markup.points("error_nrr", words("backtest.error"), words),
        markup.named("is_inside", words("backtest.is_inside"), words, "yes"),
        markup.rate("trailing_nrr", words("backtest.trailing"), words),
    ]


def accuracy(words: Words) -> tuple[pd.DataFrame, list[markup.Column]]:
    """A column for each kind of rates, as they are judged apart."""
    found = read(ACCURACY).set_index("rates")
    shown = {
        "verdict": lambda row: words.named("verdict", row["verdict"]),
        "forecasts": lambda row: words.number(row["forecasts"]),
        "years": lambda row: words.number(row["n_disjoint"]),
        "bias": lambda row: words.points(row["bias"]),
        "mean_absolute_error": lambda row: words.rate(row["mean_absolute_error"]),
        "unchanged": lambda row: words.rate(row["unchanged_mae"]),
        "compared": lambda row: words.rate(row["compared_mae"]),
        "trailing": lambda row: words.rate(row["trailing_mae"]),
        "coverage": lambda row: because(
            words, words.rate(row["coverage"]), "coverage", row["coverage_null_reason"]
        ),
    }
    rows = pd.DataFrame(
        {"name": words(f"accuracy.{name}"), **{kind: say(row) for kind, row in found.iterrows()}}
        for name, say in shown.items()
    )
    kinds = [markup.wide(kind, words.named("rates", kind)) for kind in found.index]
    return rows if len(found) else rows[:0], [markup.wide("name", words("accuracy.measure")), *kinds]


def because(words: Words, said: str, group: str, reason: object) -> str:
    """What is said, with the reason why it is no more, where there is one."""
    return said if is_unknown(reason) else f"{said} ({words.named(group, reason)})"


def validity(words: Words) -> Drawn:
    """Does the score tell who leaves: its AUC per horizon, among those that could leave."""
    rows = judged(words, read(VALIDITY), "verdict", "null_reason")
    known = rows[(rows["population"] == "could_churn") & rows["auc"].notna()]
    points = known.rename(columns={"auc": "value", "auc_low": "low", "auc_high": "high"})
    titles = {"value": "AUC", "low": words("low"), "high": words("high")}
    drawn = charts.with_line(charts.intervals(points[["name", "value", "low", "high"]], titles, ".2f"), CHANCE)
    return drawn, rows, [
        markup.text("name", words("validity.horizon")),
        markup.named("population", words("validity.population"), words, "population"),
        markup.number("churned_accounts", words("validity.lost"), words),
        *auc_columns(words, "auc"),
        markup.wide("judged", words("accuracy.verdict")),
        markup.rate("green_before_share", words("validity.green_before"), words),
        markup.rate("red_recall", words("validity.red_recall"), words),
        markup.rate("false_alarm_share", words("validity.false_alarms"), words),
    ]


def components(words: Words) -> tuple[pd.DataFrame, list[markup.Column]]:
    rows = judged(words, read(COMPONENTS), "reading", "calendar_null_reason")
    return rows, [
        markup.named("component_key", words("components.component"), words, "component"),
        markup.text("name", words("validity.horizon")),
        markup.number("churned_accounts", words("validity.lost"), words),
        *auc_columns(words, "auc"),
        *auc_columns(words, "calendar_auc"),
        markup.wide("judged", words("accuracy.verdict")),
    ]


def judged(words: Words, rows: pd.DataFrame, verdict: str, reason: str) -> pd.DataFrame:
    """The rows with their horizon, and their verdict with its reason, in words."""
    said = zip(rows[verdict], rows[reason], strict=True)
    return rows.assign(
        name=rows["horizon_months"].map(lambda months: words("validity.ahead", months=months)),
        judged=[because(words, words.named("separation", code), "validity_reason", why) for code, why in said],
    )


def auc_columns(words: Words, name: str) -> list[markup.Column]:
    return [
        markup.number(name, words(f"validity.{name}"), words, 2),
        markup.number(f"{name}_low", words("low"), words, 2),
        markup.number(f"{name}_high", words("high"), words, 2),
    ]
