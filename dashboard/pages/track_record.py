"""How forecasts and scores of the past turned out: the second half of the page of trust."""

import altair as alt
import pandas as pd

from dashboard import charts, context, markup
from dashboard.published import read
from dashboard.words import Words

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
    return read(ACCURACY), [
        markup.named("rates", words("basis"), words, "rates"),
        markup.Column("verdict", words("accuracy.verdict"), lambda code: words.named("verdict", code), "wide"),
        markup.number("forecasts", words("accuracy.forecasts"), words),
        markup.number("n_disjoint", words("accuracy.years"), words),
        markup.points("bias", words("accuracy.bias"), words),
        markup.rate("mean_absolute_error", words("accuracy.mean_absolute_error"), words),
        markup.rate("unchanged_mae", words("accuracy.unchanged"), words),
        markup.rate("compared_mae", words("accuracy.compared"), words),
        markup.rate("trailing_mae", words("accuracy.trailing"), words),
        markup.rate("coverage", words("accuracy.coverage"), words),
        markup.named("coverage_null_reason", words("why_unknown"), words, "coverage"),
    ]


def validity(words: Words) -> Drawn:
    """Does the score tell who leaves: its AUC per horizon, among those that could leave."""
    rows = read(VALIDITY)
    rows["name"] = rows["horizon_months"].map(lambda months: words("validity.ahead", months=months))
    known = rows[(rows["population"] == "could_churn") & rows["auc"].notna()]
    points = known.rename(columns={"auc": "value", "auc_low": "low", "auc_high": "high"})
    titles = {"value": "AUC", "low": words("low"), "high": words("high")}
    drawn = charts.with_line(charts.intervals(points[["name", "value", "low", "high"]], titles, ".2f"), CHANCE)
    return drawn, rows, [
        markup.text("name", words("validity.horizon")),
        markup.named("population", words("validity.population"), words, "population"),
        markup.number("churned_accounts", words("validity.lost"), words),
        *auc_columns(words, "auc"),
        markup.named("verdict", words("accuracy.verdict"), words, "separation"),
        markup.rate("green_before_share", words("validity.green_before"), words),
        markup.rate("red_recall", words("validity.red_recall"), words),
        markup.rate("false_alarm_share", words("validity.false_alarms"), words),
        markup.named("null_reason", words("why_unknown"), words, "validity_reason"),
    ]


def components(words: Words) -> tuple[pd.DataFrame, list[markup.Column]]:
    rows = read(COMPONENTS)
    rows["name"] = rows["horizon_months"].map(lambda months: words("validity.ahead", months=months))
    return rows, [
        markup.named("component_key", words("components.component"), words, "component"),
        markup.text("name", words("validity.horizon")),
        markup.number("churned_accounts", words("validity.lost"), words),
        *auc_columns(words, "auc"),
        *auc_columns(words, "calendar_auc"),
        markup.named("reading", words("accuracy.verdict"), words, "separation"),
        markup.named("calendar_null_reason", words("why_unknown"), words, "validity_reason"),
    ]


def auc_columns(words: Words, name: str) -> list[markup.Column]:
    return [
        markup.number(name, words(f"validity.{name}"), words, 2),
        markup.number(f"{name}_low", words("low"), words, 2),
        markup.number(f"{name}_high", words("high"), words, 2),
    ]
