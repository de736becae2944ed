"""The simulations of expected NRR in benchmarks/ say what is missed, and put the company they made up into the files of
the warehouse as it is."""

import dataclasses
import datetime

import numpy
import pandas
import pytest

from benchmarks import forecast_bounds as bounds
from benchmarks import forecast_cold_start, forecast_warehouse
from benchmarks.forecast_company import MONTHS, SCENARIOS, oracle, simulate
from benchmarks.forecast_simulation import book_cells, month_end


def outcomes(
    scenario: str = "stationary", accounts: int = 2_000, error: float = 0.0, seeds: int = 40
) -> pandas.DataFrame:
    """What happened lies a point above or below the oracle in turns, the forecast so many above it."""
    seed = numpy.arange(seeds)
    oracle = 0.9 + 0.001 * (seed % 5)
    happened = oracle + numpy.where(seed % 2, 0.01, -0.01)
    rows = pandas.DataFrame({"scenario": scenario, "accounts": accounts, "seed": seed, "oracle": oracle})
    rows = rows.assign(forecast=oracle + error, happened=happened, trailing=oracle + 0.02, due=error, not_due=error)
    # Nine years in ten, the interval of luck holds what happened.
    reach = numpy.where(seed % 10, 0.02, 0.001) + abs(error)
    ends = {"luck_low": -reach, "luck_high": reach, "full_low": -2 * reach, "full_high": 2 * reach}
    return rows.assign(**{name: oracle + end for name, end in ends.items()})


def missed(rows: pandas.DataFrame) -> set[str]:
    return {answer.question for answer in bounds.answers(rows) if answer.is_met is False}


@pytest.mark.parametrize("scenario", bounds.NAMES)
def test_a_forecast_that_is_the_oracle_misses_nothing(scenario: str) -> None:
    assert missed(outcomes(scenario)) == set()


def test_every_bound_is_missed_by_somebody() -> None:
    """A forecast seven points too high; intervals too narrow, and then as wide as the world."""
    high = outcomes(error=0.07)
    wide = outcomes().assign(luck_low=0.0, luck_high=2.0)
    mixed = outcomes("mix shift", error=0.07)
    shaken = outcomes("shock").assign(full_low=0.9, full_high=0.9)
    spread = outcomes("shock").assign(full_low=0.0, full_high=9.0)
    found = set().union(*(missed(rows) for rows in (high, wide, mixed, shaken, spread)))
    assert found == {bound.question for bound in bounds.BOUNDS}


def test_frailty_is_shown_and_held_to_nothing() -> None:
    found = bounds.answers(outcomes("frailty", error=0.07))
    assert len(found) == len(bounds.BOUNDS)
    assert {answer.is_met for answer in found} == {None}


def test_an_error_that_does_not_fall_with_more_customers_is_missed() -> None:
    sizes = {500: 0.011, 2_000: 0.004, 10_000: 0.005}
    rows = pandas.concat(outcomes(accounts=accounts, error=error) for accounts, error in sizes.items())
    assert missed(rows) == {"root mean square, 10,000 customers"}


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.name)
def test_the_contracts_pay_what_the_company_pays_and_know_what_it_knows(scenario) -> None:
    """On each of a few month ends: the MRR of every customer, and how far its contract is known to reach."""
    company = simulate(scenario, seed=3, accounts=200)
    lines = forecast_warehouse.contracts(company)
    for month in (0, 1, 13, 30, MONTHS - 1):
        day = month_end(month)
        known = lines[lines["signed_date"] <= day]
        running = known[(known["start_date"] <= day) & (known["end_date_exclusive"] > day)]
        paid = running.groupby("account_id")["monthly_amount"].sum()
        here = numpy.flatnonzero(company.mrr[month])
        assert paid.to_dict() == dict(zip(here, company.mrr[month, here], strict=True))
        until = known.groupby("account_id")["end_date_exclusive"].max()[here]
        signed = company.term[here] * (company.decided[month, here] == 1)
        months = company.to_renewal[month, here] + signed
        assert list(until) == [forecast_warehouse.first_day(month + ahead) for ahead in months]
        given = running[running["cancelled_date"].map(lambda one, day=day: one is not None and one <= day)]
        assert set(given["account_id"]) == set(here[company.decided[month, here] == -1])


def test_nobody_is_still_waited_for_who_has_left() -> None:
    company = simulate(SCENARIOS[0], seed=3, accounts=200)
    lines = forecast_warehouse.contracts(company)
    gone = numpy.flatnonzero(company.mrr[-1] == 0)
    last = lines.sort_values("end_date_exclusive").groupby("account_id").tail(1).set_index("account_id").loc[gone]
    assert (last["cancelled_date"] <= last["end_date_exclusive"]).all()


def test_as_many_users_log_in_as_the_level_is_high() -> None:
    company = simulate(SCENARIOS[0], seed=3, accounts=200)
    rows = forecast_warehouse.logins(company)
    users = rows[rows["login_date"] == month_end(20)].groupby("account_id")["user_id"].nunique()
    cells = book_cells(company, 20).set_index("account_id")["success_level"]
    assert {str(account): level for account, level in users.items()} == cells.to_dict()


def test_first_days_are_the_first_of_their_months() -> None:
    assert forecast_warehouse.first_day(MONTHS - 1) == datetime.date(2026, 12, 1)
    assert forecast_warehouse.first_day(MONTHS) == datetime.date(2027, 1, 1)
    assert forecast_warehouse.first_day(-1) == datetime.date(2022, 12, 1)


def test_the_oracle_of_an_earlier_day_reads_nothing_later() -> None:
    company = simulate(SCENARIOS[0], seed=3, accounts=200)
    assert (oracle(forecast_cold_start.until(company, MONTHS - 1)) == oracle(company)).all()
    changed = {name: getattr(company, name).copy() for name in ("level", "decided", "mrr")}
    for values in changed.values():
        values[21:] = 1
    other = dataclasses.replace(company, **changed)
    for_both = [oracle(forecast_cold_start.until(one, 20)) for one in (company, other)]
    assert (for_both[0] == for_both[1]).all() and for_both[0].sum() > 0


def test_a_warehouse_that_publishes_another_figure_than_the_models_alone_is_found_out() -> None:
    rows = outcomes(seeds=4)
    rows = rows.assign(expected_nrr=rows["forecast"], published_low=rows["luck_low"], published_high=rows["luck_high"])
    assert all(answer.is_met is True for answer in forecast_warehouse.answers(rows))
    rows.loc[2, ["expected_nrr", "published_high"]] += 0.0001
    found = [answer.question for answer in forecast_warehouse.answers(rows) if answer.is_met is False]
    assert found == ["largest difference to the SQL alone, points", "… of the ends of the interval of luck, points"]
