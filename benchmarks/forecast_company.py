"""Companies whose next year is known: the generator behind `python -m benchmarks.forecast_simulation`, and its oracle.

The scenarios and every number below were written down before the estimator they judge (docs/forecast_simulation.md).
The oracle is what the book of a day will pay in twelve months under the true rates, given all that can be seen on the
day and what drives churn unseen: an exact recursion over level, term, months to renewal and the hidden factor. What
happens then carries luck on top, which no forecast can remove."""

from dataclasses import dataclass, field

import numpy

MONTHS = 48  # of history before the day of the forecast
HORIZON = 12
BURN_IN = 24  # months for the book to settle
LEVELS = 5
TERMS = numpy.array([1, 12, 24])
TERM_SHARES = (0.15, 0.65, 0.20)
# Per month: the chance to rise and to fall a level, by level 1 to 5.
RISE = numpy.array([0.06, 0.06, 0.05, 0.04, 0.0])
FALL = numpy.array([0.0, 0.04, 0.05, 0.05, 0.05])
START_LEVELS = numpy.array([0.30, 0.30, 0.20, 0.15, 0.05])
# At a renewal: the chance to leave, and of those who stay to pay less or more.
CHURN = numpy.array([0.35, 0.22, 0.12, 0.07, 0.04])
MONTHLY_CHURN = numpy.array([0.045, 0.030, 0.018, 0.010, 0.006])
LESS = numpy.array([0.12, 0.10, 0.08, 0.05, 0.03])
MORE = numpy.array([0.03, 0.06, 0.10, 0.16, 0.22])
LESS_FACTOR, MORE_FACTOR = 0.80, 1.25
# In any month: the chance of another tenth.
ADD_ON = numpy.array([0.002, 0.004, 0.008, 0.012, 0.016])
ADD_ON_FACTOR = 1.10
# A renewal is decided, for everybody to see, a month before it is due: signed, or notice given.
DECIDED_EARLY = 0.40
MRR_MEDIAN, MRR_SIGMA = 100_000, 0.8
SHOCK_NODES, SHOCK_WEIGHTS = numpy.polynomial.hermite_e.hermegauss(15)
SHOCK_WEIGHTS = SHOCK_WEIGHTS / SHOCK_WEIGHTS.sum()


@dataclass(frozen=True)
class Scenario:
    """What differs between the companies. All else is above."""

    name: str
    april_share: float = 1 / 12  # of renewals of yearly and two-yearly contracts
    growth: float = 0.0  # customers, per month
    # Shares of terms and of first levels among newcomers in the last month; they move there in a straight line.
    last_term_shares: tuple[float, ...] = TERM_SHARES
    last_start_levels: tuple[float, ...] = tuple(START_LEVELS)
    shock_sd: float = 0.0  # logits on every chance to leave, one draw per year
    frailty: tuple[float, ...] = (0.0,)  # logits on the chances to leave, equally likely, never seen


SCENARIOS = (
    Scenario("stationary"),
    Scenario(
        "mix shift",
        growth=0.02,
        last_term_shares=(0.45, 0.50, 0.05),
        last_start_levels=(0.60, 0.25, 0.10, 0.05, 0.0),
    ),
    Scenario("april", april_share=0.60),
    Scenario("shock", shock_sd=0.2),
    Scenario("frailty", frailty=(-0.8, 0.0, 0.8)),
)


@dataclass
class Company:
    """The panel of a company: arrays of (months, customers). mrr is 0 before a customer comes and after it has left."""

    scenario: Scenario
    level: numpy.ndarray  # 1 to 5
    term: numpy.ndarray  # of (customers,), in months
    to_renewal: numpy.ndarray  # whole months until the running contract ends, at least 1
    decided: numpy.ndarray  # 0 = open, 1 = renewal signed, -1 = notice given; only where to_renewal is 1
    signed_factor: numpy.ndarray  # what a signed renewal makes of the MRR
    mrr: numpy.ndarray
    hidden: numpy.ndarray  # of (customers,): the place in scenario.frailty
    later: numpy.ndarray = field(default_factory=lambda: numpy.empty(0))  # MRR twelve months after the last month


def logit_shift(chance: numpy.ndarray, shift: float | numpy.ndarray) -> numpy.ndarray:
    return 1 / (1 + (1 / chance - 1) * numpy.exp(-shift))


def level_moves() -> numpy.ndarray:
    """The monthly chances from level to level, a row per level before."""
    return numpy.diag(1 - RISE - FALL) + numpy.diag(RISE[:-1], 1) + numpy.diag(FALL[1:], -1)


def monthly_leavers(scenario: Scenario) -> float:
    """About the share of customers that leave in a month, for as many to come."""
    mean = START_LEVELS @ numpy.linalg.matrix_power(level_moves(), 18)
    monthly = numpy.array([mean @ MONTHLY_CHURN, mean @ CHURN / 12, mean @ CHURN / 24])
    # Those who leave sooner are fewer in a standing book than among newcomers.
    standing = numpy.array(TERM_SHARES) / monthly
    return float(standing @ monthly / standing.sum())


def simulate(scenario: Scenario, seed: int, accounts: int = 2_000) -> Company:
    """A company of about so many customers in month MONTHS - 1, and what became of them twelve months later."""
    random = numpy.random.default_rng(seed)
    months = BURN_IN + MONTHS + HORIZON
    last = BURN_IN + MONTHS - 1
    chances = level_moves().cumsum(axis=1)
    size = accounts * numpy.exp(-numpy.log1p(scenario.growth) * numpy.clip(last - numpy.arange(months), 0, None))
    leaves = monthly_leavers(scenario)
    come = numpy.empty(months, dtype=int)
    come[0] = round(size[0])
    for month in range(1, months):
        come[month] = random.poisson(size[month - 1] * leaves + max(size[month] - size[month - 1], 0))
    start = numpy.repeat(numpy.arange(months), come)
    n = len(start)
    way = numpy.clip((start - BURN_IN) / MONTHS, 0, 1)[:, None]
    term_shares = (1 - way) * numpy.array(TERM_SHARES) + way * numpy.array(scenario.last_term_shares)
    start_levels = (1 - way) * START_LEVELS + way * numpy.array(scenario.last_start_levels)
    term = TERMS[_pick(random, term_shares)]
    level = _pick(random, start_levels)
    hidden = random.integers(len(scenario.frailty), size=n)
    shift = numpy.array(scenario.frailty)[hidden]
    mrr = numpy.round(numpy.exp(random.normal(numpy.log(MRR_MEDIAN), MRR_SIGMA, n)), -2).clip(1_000)
    # The day of the forecast is a 31 December; a yearly contract of April ends four months later, in any year.
    in_april = random.uniform(size=n) < (scenario.april_share - 1 / 12) / (11 / 12)
    ends_in = numpy.where(
        (start == 0) | in_april,
        numpy.where(in_april, (4 + last - start - 1) % 12 + 1, random.integers(1, 13, n)),
        12,
    )
    years = random.integers(0, 2, n) * (term == 24)
    to_renewal = numpy.where(term == 1, 1, numpy.where(start == 0, ends_in + 12 * years, ends_in + term - 12))
    years_of_shock = random.normal(0, scenario.shock_sd, (months // HORIZON) + 1) if scenario.shock_sd else None

    shape = (months, n)
    panel = {name: numpy.zeros(shape, dtype=kind) for name, kind in PANEL.items()}
    decided, factor = numpy.zeros(n, dtype=int), numpy.ones(n)
    alive = numpy.zeros(n, dtype=bool)
    for month in range(months):
        alive |= start == month
        here = alive & (start < month)
        shock = 0.0 if years_of_shock is None else years_of_shock[(month - last - 1) // HORIZON + months // HORIZON]
        level = numpy.where(here, (random.uniform(size=n)[:, None] > chances[level]).sum(axis=1).clip(0, 4), level)
        add_on = here & (random.uniform(size=n) < ADD_ON[level])
        mrr = numpy.where(add_on, numpy.round(mrr * ADD_ON_FACTOR), mrr)
        to_renewal = numpy.where(here, to_renewal - 1, to_renewal)
        due = here & (to_renewal == 0)
        goes, makes = _decide(random, level, term, shift + shock)
        gone = due & numpy.where(decided == 0, goes, decided == -1)
        mrr = numpy.where(due, numpy.round(mrr * numpy.where(decided == 1, factor, makes)), mrr)
        to_renewal = numpy.where(due, term, to_renewal)
        alive &= ~gone
        decided = numpy.where(due, 0, decided)
        early = here & ~due & (to_renewal == 1) & (term > 1) & (random.uniform(size=n) < DECIDED_EARLY)
        goes, makes = _decide(random, level, term, shift + shock)
        decided = numpy.where(early, numpy.where(goes, -1, 1), decided)
        factor = numpy.where(early, makes, factor)
        values = (level + 1, to_renewal, decided, factor, numpy.where(alive, mrr, 0))
        for name, value in zip(PANEL, values, strict=True):
            panel[name][month] = value
    seen = (panel["mrr"][BURN_IN : last + 1] > 0).any(axis=0)
    kept = {name: values[BURN_IN : last + 1, seen] for name, values in panel.items()}
    return Company(scenario, term=term[seen], hidden=hidden[seen], later=panel["mrr"][last + HORIZON, seen], **kept)


PANEL = {"level": "int8", "to_renewal": "int16", "decided": "int8", "signed_factor": "float64", "mrr": "int64"}


def _pick(random: numpy.random.Generator, shares: numpy.ndarray) -> numpy.ndarray:
    """The place of one share per row, drawn by its size."""
    return (random.uniform(size=len(shares))[:, None] > shares.cumsum(axis=1)).sum(axis=1).clip(0, shares.shape[1] - 1)


def _decide(
    random: numpy.random.Generator, level: numpy.ndarray, term: numpy.ndarray, shift: numpy.ndarray
) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Who leaves at a renewal, and what it makes of the MRR of the others."""
    churn = numpy.where(term == 1, MONTHLY_CHURN[level], CHURN[level])
    goes = random.uniform(size=len(level)) < logit_shift(churn, shift)
    luck = random.uniform(size=len(level))
    makes = numpy.where(luck < LESS[level], LESS_FACTOR, numpy.where(luck > 1 - MORE[level], MORE_FACTOR, 1.0))
    # A monthly contract goes on as it is.
    return goes, numpy.where(term == 1, 1.0, makes)


def oracle(company: Company) -> numpy.ndarray:
    """Per customer: expected MRR twelve months after the last month, given all of that month and the hidden factor."""
    level, to_renewal, decided = company.level[-1] - 1, company.to_renewal[-1], company.decided[-1]
    expected = numpy.zeros(len(company.term))
    shocks = zip(SHOCK_NODES, SHOCK_WEIGHTS, strict=True) if company.scenario.shock_sd else [(0.0, 1.0)]
    for node, weight in shocks:
        for place, hidden in enumerate(company.scenario.frailty):
            for term in TERMS:
                still_open, signed = _ratios(int(term), hidden + node * company.scenario.shock_sd)
                ratio = still_open[level, numpy.minimum(to_renewal, term) - 1]
                ratio = numpy.where(decided == 1, company.signed_factor[-1] * signed[level], ratio)
                ratio = numpy.where(decided == -1, 0, ratio)
                mine = (company.term == term) & (company.hidden == place)
                expected += numpy.where(mine, weight * ratio, 0)
    return expected * company.mrr[-1]


def _ratios(term: int, shift: float) -> tuple[numpy.ndarray, numpy.ndarray]:
    """(level, to_renewal - 1) → expected MRR in HORIZON months ÷ now while nothing is decided; and (level) → the same
    where the renewal due next month is signed and leaves the MRR as it is. A recursion over the months left."""
    moves = level_moves()
    churn = logit_shift(MONTHLY_CHURN if term == 1 else CHURN, shift)
    makes = numpy.ones(LEVELS) if term == 1 else 1 + LESS * (LESS_FACTOR - 1) + MORE * (MORE_FACTOR - 1)
    grows = 1 + ADD_ON * (ADD_ON_FACTOR - 1)
    still_open, signed = numpy.ones((LEVELS, term)), numpy.ones(LEVELS)
    for month in range(HORIZON):
        # With one month to go, a share is decided at once: signed, or given up (and paying until the end).
        one_to_go = still_open[:, 0]
        if term > 1:
            early = (1 - churn) * makes * signed if month else 1.0
            one_to_go = (1 - DECIDED_EARLY) * one_to_go + DECIDED_EARLY * early
        later = numpy.column_stack([(1 - churn) * makes * still_open[:, -1], one_to_go, still_open[:, 1:-1]])[:, :term]
        signed = moves @ (grows * still_open[:, -1])
        still_open = moves @ (grows[:, None] * later)
    return still_open, signed
