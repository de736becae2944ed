"""Where a target period lands and which way leads to a target (E5, E7): a company by hand, random companies whose
landing must end as their NRR, and random shapes of the curve against scipy's isotonic regression."""

import datetime
import runpy
from dataclasses import replace

import hypothesis.strategies as st
import numpy
import pandas
import pytest
from hypothesis import HealthCheck, given, settings
from model_chain import ModelChain
from random_companies import DAY as ONE_DAY
from random_companies import Company, as_known, companies, known_from, plus_months
from scipy.optimize import isotonic_regression

from orchestration.settings import ROOT

DAY = datetime.date.fromisoformat
PROFILE = settings(deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
BUILT = ("marts.mart_nrr_landing", "marts.mart_target_curve", "marts.mart_retention")
LANDING = ("int_landing_book", "mart_nrr_landing")
CURVE = ("int_target_shape_fits", "int_target_curves", "int_target_months", "mart_target_curve")
DEFAULTS = {"renewal_grace_days": 60, "renewal_grace_days_short_term": 0, "history_starts_on": None}


class WithoutIntervals(ModelChain):
    """What Python draws around expected NRR is not asked for here."""

    def _build(self, node: dict, as_of: datetime.date) -> None:
        if node["name"] != "int_expected_intervals":
            return super()._build(node, as_of)
        without_rows = runpy.run_path(str(ROOT / "models" / "intermediate" / "int_expected_intervals.py"))["nothing"]()
        return replace_table(self, "intermediate.int_expected_intervals", without_rows)


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> ModelChain:
    return WithoutIntervals(tmp_path_factory.mktemp("compiled"), BUILT)


def books() -> st.SearchStrategy[Company]:
    """Random companies whose prices still fit when the evidence of cells weighs them by their square."""
    return companies().map(
        lambda company: replace(
            company,
            lines=[
                {**one, **{key: one[key] and min(one[key], 10_000_001) for key in ("monthly_amount", "total_amount")}}
                for one in company.lines
            ],
        )
    )


def replace_table(chain: ModelChain, table: str, rows: pandas.DataFrame) -> None:
    chain.connection.register("made_up", rows)
    chain.connection.execute(f"create or replace table {table} as from made_up")
    chain.connection.unregister("made_up")


def set_targets(chain: ModelChain, *targets: tuple[datetime.date, datetime.date | None, float]) -> None:
    """Targets of NRR for the whole company: first and last month, and the rate."""
    chain.connection.execute("delete from reference.targets")
    for first, last, rate in targets:
        chain.connection.execute(
            "insert into reference.targets values (?, ?, 'all', 'nrr', ?, 'rate')", [first, last, rate]
        )


def line(account_id: str, start: str, end: str | None, mrr: int, months: int | None = 12, **more: object) -> dict:
    return {
        **{"contract_id": f"{account_id} {start}", "account_id": account_id, "product_id": "p", "currency": "JPY"},
        **{"start_date": DAY(start), "end_date_exclusive": end and DAY(end), "monthly_amount": mrr},
        **{"term_months": months, "end_date_meaning": "committed_term", "tax_included": False},
        **{"signed_date": None, "cancelled_date": None, **more},
    }


def delivered(rows: list[dict]) -> list[dict]:
    return [{**row, "_delivery": "1", "_source_file": "rows.csv", "_row_number": i} for i, row in enumerate(rows)]


# The period is July 2024 to June 2025, seen from half of it. R* is 0.8 for everybody.
MONTHS = [f"{year}-{month:02}-01" for year in (2024, 2025) for month in range(1, 13)]
LINES = [
    line("due", "2024-04-01", "2025-04-01", 100),  # ends in it: 100 x 0.8 = 80
    line("due", "2025-04-01", "2026-04-01", 120),  # what came of it, not known yet
    line("later", "2023-09-01", "2024-09-01", 150),
    line("later", "2024-09-01", "2025-09-01", 200),  # ends after the period: 200, not charged
    line("gone", "2023-08-01", "2024-08-01", 300),  # not renewed: 0
    line("new", "2024-10-01", "2025-10-01", 500),  # came after the start: does not count
    line("signed", "2024-02-01", "2025-02-01", 400),
    line("signed", "2025-02-01", "2026-02-01", 440, signed_date=DAY("2024-12-15")),  # known: 440
    line("quits", "2024-03-01", "2025-03-01", 50, cancelled_date=DAY("2024-12-01")),  # notice given: 0
    # 6 of the 12 renewals of the year are left: 60 x 0.8 ^ (6 / 12) = 53.665631
    *(line("monthly", *MONTHS[i : i + 2], 60, 1) for i in range(18)),
    line("open", "2024-01-01", None, 70, None),  # 181 of 365 days are left: 70 x 0.8 ^ (181 / 365)
]
AT_START = 100 + 150 + 300 + 400 + 50 + 60 + 70
EXPECTED = 80 + 200 + 440 + 60 * 0.8 ** (6 / 12) + 70 * 0.8 ** (181 / 365)


@pytest.fixture
def company(chain: ModelChain) -> ModelChain:
    set_targets(chain, (DAY("2024-07-01"), DAY("2025-06-01"), 1.1))
    accounts = [{"account_id": name} for name in sorted({one["account_id"] for one in LINES})]
    chain.run({"accounts": delivered(accounts), "contracts": delivered(LINES)}, DAY("2025-06-30"), DEFAULTS)
    chain.connection.execute("update intermediate.int_book_expectations set expected_nrr = 0.8")
    chain.rebuild(*LANDING, "mart_target_curve")
    return chain


def test_the_landing_is_worked_by_hand(company: ModelChain) -> None:
    ((row),) = company.connection.sql(
        "from marts.mart_nrr_landing where as_of_date = '2024-12-31'").df().to_dict("records")
    assert (row["accounts_at_start"], row["accounts_now"]) == (7, 6)
    assert (row["mrr_at_start"], row["mrr_now"]) == (AT_START, 100 + 200 + 400 + 50 + 60 + 70)
    assert (row["contracted_mrr"], row["at_risk_mrr"]) == (200 + 440, 100 + 50 + 60 + 70)
    assert row["landing_mrr"] == round(EXPECTED)
    assert row["landing_nrr"] == pytest.approx(EXPECTED / AT_START, abs=1e-9)
    assert row["gap_mrr"] == round(EXPECTED) - round(1.1 * AT_START)
    assert row["progress_status"] == "behind"


def test_at_the_end_of_the_period_the_landing_is_what_was_reached(company: ModelChain) -> None:
    ((landing, target_gap),) = company.query(
        "select landing_nrr, gap_nrr from marts.mart_nrr_landing where as_of_date = '2025-06-30'")
    ((reached,),) = company.query(
        """select nrr from marts.mart_retention where period_end_date = '2025-06-30' and horizon_months = 12
        and definition = 'cohort_p2p' and scope_type = 'all'""")
    assert landing == reached == pytest.approx((120 + 200 + 440 + 60 + 70) / AT_START, abs=1e-9)
    assert target_gap == pytest.approx(landing - 1.1, abs=1e-9)


def test_who_renews_after_the_period_is_not_charged(company: ModelChain) -> None:
    assert company.query(
        """select distinct mrr_now = landing_mrr from intermediate.int_landing_book
        where account_id = 'later' and as_of_date between '2024-09-01' and '2025-06-30'""") == [(True,)]
    assert company.query(
        """select landing_mrr from intermediate.int_landing_book
        where account_id = 'later' and as_of_date = '2024-08-31'""") == [(150 * 0.8,)]  # its term ends the day after


def test_the_landing_is_the_realised_curve(company: ModelChain) -> None:
    months = company.connection.sql("from marts.mart_target_curve order by month_number").df()
    assert months["realised_nrr"][6] == pytest.approx(EXPECTED / AT_START, abs=1e-9)
    assert months["straight_line_reason"].unique().tolist() == ["too_few_customers"]
    start = months["realised_nrr"][0]
    plan = [start + (1.1 - start) * month / 12 for month in range(13)]
    assert months["planned_nrr"].tolist() == pytest.approx(plan, abs=1e-9)
    behind = (months["realised_nrr"] - months["planned_nrr"])[6]
    assert months["gap_mrr"][6] == pytest.approx(behind * AT_START, abs=0.5)
    assert months["needed_nrr"].isna().all()  # the period is over


def on_a_month_end(company: Company) -> datetime.date:
    return (company.as_of + ONE_DAY).replace(day=1) - ONE_DAY


@settings(PROFILE, max_examples=40)
@given(company=books())
def test_the_landing_of_any_company_ends_as_its_nrr(chain: ModelChain, company: Company) -> None:
    end = on_a_month_end(company)
    last = end.replace(day=1)
    set_targets(chain, *((plus_months(last, 1 - months), last, 1.0) for months in (3, 12)))
    chain.run(company.raw, end, company.policies)
    wrong = chain.query(
        """select kept.horizon_months, landing.landing_nrr, kept.nrr, landing.mrr_at_start, kept.opening_mrr
        from marts.mart_retention as kept
        left join marts.mart_nrr_landing as landing
            on kept.period_end_date = landing.as_of_date and kept.period_start_date = landing.period_start_date
        where kept.period_end_date = (select as_of_date from intermediate.int_as_of_spine where is_latest)
            and kept.horizon_months > 1 and kept.definition = 'cohort_p2p' and kept.scope_type = 'all'
            and (landing.landing_nrr, landing.nrr_so_far, coalesce(landing.mrr_at_start, 0),
                coalesce(landing.accounts_now, 0)) is distinct from
                (kept.nrr, kept.nrr, kept.opening_mrr, coalesce(kept.retained_accounts, 0))"""
    )
    assert not wrong, company


@settings(PROFILE, max_examples=20)
@given(company=books(), later=st.integers(1, 500))
def test_what_comes_later_changes_no_landing_and_no_shape(chain: ModelChain, company: Company, later: int) -> None:
    last = plus_months(company.as_of.replace(day=1), 4)
    set_targets(chain, (plus_months(last, -11), last, 1.0), (plus_months(company.as_of.replace(day=1), -3), None, 1.1))
    told = [as_known(one, company.as_of) for one in company.lines if known_from(one) <= company.as_of]
    seen = []
    for rows, as_of in (
        ({**company.raw, "contracts": delivered(told)}, company.as_of),
        (company.raw, company.as_of),
        (company.raw, company.as_of + later * ONE_DAY),
    ):
        chain.run(rows, as_of, company.policies)
        seen.append(
            [
                chain.query(query.format(company.as_of))
                for query in (
                    """from intermediate.int_landing_book
                    where as_of_date <= '{0}' and as_of_date = last_day(as_of_date) order by all""",
                    "from intermediate.int_renewal_years where matured_date <= '{0}' order by all",
                    "from intermediate.int_target_shapes where target_key like '%rolling' order by all",
                )
            ]
        )
    assert seen[0] == seen[1] == seen[2], company


SHAPES = st.lists(st.floats(0.5, 1.6, allow_nan=False).map(lambda rate: round(rate, 9)), min_size=13, max_size=13)


@settings(PROFILE, max_examples=80)
@given(shapes=st.lists(SHAPES, min_size=1, max_size=3), start=st.floats(0.6, 1.4), target=st.floats(0.8, 1.4))
def test_the_curve_never_turns_and_leads_from_the_start_to_the_target(
    company: ModelChain, shapes: list[list[float]], start: float, target: float
) -> None:
    start, target = round(start, 9), round(target, 9)
    firsts = [plus_months(DAY("2024-10-01"), -number) for number in range(len(shapes))]
    set_targets(company, *((first, None, target) for first in firsts))
    company.rebuild("int_nrr_targets")
    keys = [f"all {first} rolling" for first in firsts]
    replace_table(company, "intermediate.int_target_shapes", pandas.DataFrame([
        {"target_key": key, "month_number": month, "accounts": 10, "expected_nrr": rate}
        for key, shape in zip(keys, shapes, strict=True) for month, rate in enumerate(shape)
    ]))
    company.connection.execute(f"update marts.mart_expected_nrr set expected_nrr = {start!r}, mrr = 1000")
    company.rebuild(*CURVE)
    found = company.connection.sql("from marts.mart_target_curve order by period_start_month desc, month_number").df()
    for shape, (_, curve) in zip(shapes, found.groupby("period_start_month", sort=False), strict=True):
        planned = curve["planned_nrr"].to_numpy()
        assert (planned[0], planned[-1]) == (start, target)
        assert (numpy.diff(planned) * numpy.sign(target - start) >= 0).all()
        rise = shape[11] - shape[0]
        assert set(curve["straight_line_reason"].fillna("")) == {"" if rise > 0 else "no_rise_to_follow"}
        way = numpy.arange(13) / 12
        if rise > 0:
            way[1:12] = numpy.clip(isotonic_regression((numpy.array(shape[1:12]) - shape[0]) / rise).x, 0, 1)
        assert curve["share_of_way"].to_numpy() == pytest.approx(way, abs=1e-9)
        # From today on: the same way, from where it has come to.
        needed = curve["needed_nrr"].dropna().to_numpy()
        if len(needed):
            assert needed[-1] == target
            assert (numpy.diff([start, *needed]) * numpy.sign(target - start) >= 0).all()


def test_today_lies_between_two_month_ends_of_the_plan(company: ModelChain) -> None:
    # 2025-06-30 is 3 months of a plan that started with April; a period that is not a year is a straight line.
    set_targets(company, (DAY("2025-04-01"), DAY("2025-07-01"), 1.1))
    company.rebuild("int_nrr_targets", "int_landing_dates", "int_landing_lines", "int_landing_cover",
                    "int_landing_shares", *LANDING, "int_target_shapes", *CURVE)
    curve = company.connection.sql("from marts.mart_target_curve order by month_number").df()
    assert curve["share_of_way"].tolist() == [0, 0.25, 0.5, 0.75, 1]
    assert curve["straight_line_reason"].unique().tolist() == ["period_is_not_a_year"]
    assert curve["is_newest"].tolist() == [False, False, False, True, False]
    assert curve["needed_nrr"].isna().tolist() == [True, True, True, True, False]
    assert curve["needed_nrr"][4] == 1.1
