"""What a customer is worth, before and after a scenario: the second half of the simulator. Scenarios are
mart_ltv_simulation; the arithmetic with other numbers is in ltv_arithmetic.py."""

import textwrap
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from dashboard import charts, context, markup
from dashboard.published import read
from dashboard.views.ltv_arithmetic import Levers, again, levers_of, percent_of, share_of
from dashboard.words import Words, is_unknown

# Letters of a scenario's name side by side, so that its bar has room on a phone.
NAME_WIDTH = {"en": 26, "ja": 13}
# Beyond these, amounts have more digits than the marts keep.
MOST_CUSTOMERS, HIGHEST_COST = 1_000_000, 1e12

SCENARIOS = "select * from marts.mart_ltv_simulation order by net_gain desc, scenario_key"


def show(today: context.Today) -> None:
    words = today.words
    rows = read(SCENARIOS)
    known, titles = bars(words, rows), {"value": words("ltv.net_in", currency=words.currency)}
    drawn = None if known.empty else charts.bars(known, titles, charts.MONEY)
    context.chart(today, drawn, "ltv", rows, scenario_columns(words))
    if rows.empty:
        return
    st.header(words("try.title"))
    st.caption(words("try.definition"))
    labels = rows.set_index("scenario_key")[f"label_{words.language}"].to_dict()
    scenario = context.choose(words("try.scenario"), "scenario", list(labels), labels.get)
    before = rows.set_index("scenario_key").loc[scenario]
    if before["null_reason"]:
        st.info(words.named("ltv_reason", before["null_reason"]))
        return
    found = again(asked(words, scenario))
    st.html(markup.figures(outcome(words, found), words("try.title")))
    sides, shown = before_and_after(words, found)
    st.html(markup.table(sides, shown, words("try.table")))


def asked(words: Words, scenario: str) -> Levers:
    """The levers as they are set, at first as the scenario has them; they stand in the address."""
    start = levers_of(scenario)
    lever = Lever(words, scenario)
    time, money, programme = st.columns(3)
    with time:
        duration, churn = start["duration_months_after"], start["churn_change"]
        if lever.toggle("is_given", duration is not None):
            duration = lever.slider("duration", 1.0, 240.0, duration or round(start["duration_months_before"], 1), "%g")
        else:
            duration, churn = None, lever.share("churn_change", -90.0, 200.0, churn)
    with money:
        price = lever.share("price_change", -90.0, 200.0, start["price_change"])
        margin = lever.share("gross_margin", 0.0, 100.0, start["gross_margin"])
        discount = lever.share("discount_rate", 0.0, 50.0, start["discount_rate"])
    with programme:
        more, nobody = start["accounts_change"], -start["accounts_before"]
        accounts = lever.number("accounts_change", nobody, MOST_CUSTOMERS, more, "%d")
        unit = 10**words.minor_digits
        form = f"%.{words.minor_digits}f"
        cost = lever.number("cs_cost", 0.0, HIGHEST_COST, start["cs_cost_per_month"] / unit, form)
    return {
        "scenario_key": scenario,
        "duration_months_after": duration,
        "churn_change": churn,
        "price_change": price,
        "accounts_change": accounts,
        "gross_margin": margin,
        "discount_rate": discount,
        "cs_cost_per_month": round(cost * unit),
    }


@dataclass(frozen=True)
class Lever:
    """Widgets of one scenario: each scenario keeps its own settings, `?cs_team.price_change=5`."""

    words: Words
    scenario: str

    def toggle(self, name: str, start: bool) -> bool:
        return st.toggle(self.words(f"try.{name}"), start, **self.kept(name))

    def slider(self, name: str, low: float, high: float, start: float, form: str) -> float:
        low, high = min(low, start), max(high, start)
        return st.slider(self.words(f"try.{name}"), low, high, start, 1.0, form, **self.kept(name))

    def share(self, name: str, low: float, high: float, start: float) -> float:
        """Set in percent."""
        return share_of(self.slider(name, low, high, percent_of(start), "%g %%"))

    def number(self, name: str, low: float, high: float, start: float, form: str) -> float:
        label, one = self.words(f"try.{name}", currency=self.words.currency), type(start)(1)
        return st.number_input(label, min(low, start), max(high, start), start, one, form, **self.kept(name))

    def kept(self, name: str) -> dict[str, str]:
        return {"key": f"{self.scenario}.{name}", "bind": "query-params"}


def bars(words: Words, rows: pd.DataFrame) -> pd.DataFrame:
    """Net gains in whole units: exact ones are in the table, and there is little room on a phone."""
    known, wide = rows.dropna(subset=["net_gain"]), NAME_WIDTH[words.language]
    amounts = known["net_gain"] / 10**words.minor_digits
    names = known[f"label_{words.language}"].map(lambda name: "\n".join(textwrap.wrap(name, wide)))
    return pd.DataFrame({"name": names, "value": amounts, "label": amounts.map("{:+,.0f}".format)})


def scenario_columns(words: Words) -> list[markup.Column]:
    return [
        markup.wide(f"label_{words.language}", words("try.scenario")),
        markup.money("ltv_before", words("ltv.one_before"), words),
        markup.money("ltv_after", words("ltv.one_after"), words),
        markup.money("total_before", words("ltv.all_before"), words),
        markup.money("total_after", words("ltv.all_after"), words),
        markup.money("gain", words("ltv.gain"), words, signed=True),
        markup.money("cs_cost", words("ltv.cs_cost"), words),
        markup.money("net_gain", words("ltv.net_gain"), words, signed=True),
        markup.number("break_even_months", words("ltv.break_even_months"), words, 1),
        markup.number("break_even_accounts", words("ltv.break_even_accounts"), words),
        markup.named("break_even_null_reason", words("why_unknown"), words, "ltv_reason"),
    ]


def outcome(words: Words, found: dict) -> list[markup.Figure]:
    """What the scenario is worth, and when it has paid for itself."""

    def was(name: str) -> list[str]:
        return [words("ltv.today", value=words.money(found[f"{name}_before"]))]

    cost = words("ltv.cost_of", cost=words.money(found["cs_cost"]))
    pays = words("ltv.pays_at", count=words.number(found["break_even_accounts"]))
    if is_unknown(found["break_even_accounts"]):
        pays = words.named("ltv_reason", found["break_even_null_reason"])
    paid = [pays]
    if not is_unknown(found["break_even_months"]):
        paid = [words("ltv.months_paid", months=words.number(found["break_even_months"], 1)), pays]
    one, everyone = words("ltv.one_definition"), words("ltv.all_definition")
    return [
        markup.Figure(words("ltv.one_after"), words.money(found["ltv_after"]), was("ltv"), [one]),
        markup.Figure(words("ltv.all_after"), words.money(found["total_after"]), was("total"), [everyone]),
        markup.Figure(words("ltv.gain"), words.money(found["gain"], signed=True), [], [words("ltv.gain_definition")]),
        markup.Figure(words("ltv.net_gain"), words.money(found["net_gain"], signed=True), [cost], paid),
    ]


def before_and_after(words: Words, found: dict) -> tuple[pd.DataFrame, list[markup.Column]]:
    """The figures that the worth is made of."""
    shown = {
        "duration_months": lambda value: words.number(value, 2),
        "discounted_months": lambda value: words.number(value, 2),
        "price": words.money,
        "accounts": words.number,
        "gross_margin": words.rate,
        "ltv": words.money,
        "total": words.money,
    }
    rows = pd.DataFrame(
        {"name": words(f"ltv.{name}"), "before": say(found[f"{name}_before"]), "after": say(found[f"{name}_after"])}
        for name, say in shown.items()
    )
    sides = [markup.Column(side, words(f"ltv.{side}"), kind="right") for side in ("before", "after")]
    return rows, [markup.text("name", words("ltv.made_of")), *sides]
