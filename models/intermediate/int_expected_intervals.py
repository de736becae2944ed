"""Grain: one row per as-of date and scope with matured windows behind it: how far what happens may lie from expected
NRR (E2). In Python because thousands of customers are drawn a thousand times; everything it reads and the rates it
draws around are SQL. Seeded by the as-of date: the same rows give the same digits.

Luck: training accounts are drawn with all their windows, the rates are worked out anew from each draw, and every
customer of the book then meets the fate of one window of its cell, or of a parent where the cell is thin. Full: beside
it, one shock per draw that all customers share, for years differ from one another by more than luck."""

import numpy
import pandas
import pyarrow

PRIOR_YEARS = 3  # the seed's word on common shocks weighs as much as three years of errors
LOW, HIGH = 5, 95  # per cent: a 90 % interval
COLUMNS = pyarrow.schema(
    {
        "as_of_date": pyarrow.date32(),
        "scope_type": pyarrow.string(),
        "scope_value": pyarrow.string(),
        "luck_low": pyarrow.float64(),
        "luck_high": pyarrow.float64(),
        "full_low": pyarrow.float64(),
        "full_high": pyarrow.float64(),
        "common_sd": pyarrow.float64(),
        "disjoint_years": pyarrow.int32(),
        "draws": pyarrow.int32(),
    }
)
# A cell leans on its parents, each of which drops one more of its parts (as int_level_rates).
PARENTS = (["level", "term_band", "renewal_band"], ["level", "renewal_band"], ["renewal_band"], [])


def model(dbt, session):
    # Every ref stands alone: dbt reads them off this text.
    to_build = dbt.ref("int_as_of_to_build").df()
    spine = dbt.ref("int_as_of_spine").df()
    policies = dbt.ref("int_policies").df().iloc[0]
    scopes = dbt.ref("int_book_scopes").df()
    assumed = dbt.ref("assumed_level_nrr").df()
    errors = dbt.ref("int_forecast_errors").df()
    windows = dbt.ref("int_windows")
    book = dbt.ref("int_book_expectations")
    found = [
        intervals(
            as_of,
            read(windows, f"date '{as_of:%Y-%m-%d}' >= matured_date").pipe(in_reach, as_of, policies),
            read(book, f"as_of_date = date '{as_of:%Y-%m-%d}'"),
            scopes,
            assumed,
            errors[errors["matured_date"] <= as_of],
            policies,
        )
        for as_of in sorted(to_build["as_of_date"])
    ]
    kept = still_true(session, dbt.this, spine[~spine["as_of_date"].isin(to_build["as_of_date"])])
    rows = pandas.concat([nothing(), kept, *found], ignore_index=True)
    # With types of its own, a day without rows has the columns of any other.
    rows["as_of_date"] = pandas.to_datetime(rows["as_of_date"]).dt.date
    return pyarrow.Table.from_pandas(rows, schema=COLUMNS, preserve_index=False)


def still_true(session, this, dates):
    """The rows of these dates as they stand: dbt-duckdb cannot append to a Python model, so they are carried over."""
    there = "select 1 from duckdb_tables() where schema_name = ? and table_name = ?"
    if not session.execute(there, [this.schema, this.identifier]).fetchone():
        return nothing()
    rows = session.execute(f"from {this.schema}.{this.identifier}").df()
    return rows[pandas.to_datetime(rows["as_of_date"]).isin(dates["as_of_date"])]


def read(relation, condition):
    return relation.filter(condition).df()


def in_reach(windows, as_of, policies):
    """Training begins where the company was another one (as int_cell_evidence)."""
    back = pandas.Timestamp(as_of) - pandas.DateOffset(months=int(policies["outcome_history_months"]))
    back = back + pandas.offsets.MonthEnd(0) if pandas.Timestamp(as_of).is_month_end else back
    return windows[windows["window_start_date"] >= back]


def nothing():
    return COLUMNS.empty_table().to_pandas()


def intervals(as_of, windows, book, scopes, assumed, errors, policies):
    """The rows of one as-of date; none before a window has matured, when there is nothing to draw from."""
    if windows.empty or book.empty:
        return nothing()
    random = numpy.random.default_rng(int(f"{pandas.Timestamp(as_of):%Y%m%d}"))
    draws = int(policies["resampling_draws"])
    windows = windows.sort_values(["account_id", "product_id", "window_start_date"], ignore_index=True)
    book = book.sort_values(["account_id", "product_id"], ignore_index=True)
    for rows in (windows, book):
        rows["level"] = rows["success_level"].astype("Int64").astype("str").replace("<NA>", "unknown")
    cells = book[PARENTS[0]].drop_duplicates(ignore_index=True)
    rates, trained = drawn_rates(random, draws, windows, cells, assumed, float(policies["shrinkage_accounts"]))

    member = book[["account_id", "product_id"]].reset_index().merge(scopes)
    names = member[["scope_type", "scope_value"]].drop_duplicates().sort_values(["scope_type", "scope_value"])
    names = names.reset_index(drop=True)
    place = member.merge(names.reset_index(names="scope"))
    belongs = numpy.zeros((len(book), len(names)))
    belongs[place["index"], place["scope"]] = 1
    paid = drawn_fates(random, windows, book, cells, rates, trained, belongs, float(policies["shrinkage_accounts"]))
    luck = paid / (book["mrr"].to_numpy(dtype=float) @ belongs)

    sd, years = common_sd(windows, errors, luck, names, policies)
    full = luck + sd * random.standard_normal((draws, 1))
    found = names.assign(as_of_date=pandas.Timestamp(as_of))
    for name, values in (("luck", luck), ("full", full)):
        low, high = numpy.percentile(values, [LOW, HIGH], axis=0)
        found[f"{name}_low"], found[f"{name}_high"] = low.round(9), high.round(9)
    # In a small scope a shock can smooth away the few fates that luck ends at: what adds a risk narrows no interval.
    found["full_low"] = found[["luck_low", "full_low"]].min(axis=1)
    found["full_high"] = found[["luck_high", "full_high"]].max(axis=1)
    found = found.assign(common_sd=round(sd, 9), disjoint_years=years, draws=draws)
    return found[COLUMNS.names]


def drawn_rates(random, draws, windows, cells, assumed, k):
    """(draws, cells) of expected NRR, each draw shrunk as int_level_rates does it; and per cell how many accounts of
    equal size the cell itself has."""
    accounts = windows["account_id"].factorize()[0]
    weights = random.poisson(1.0, (draws, accounts.max() + 1)).astype(float)
    floor = assumed.assign(level=assumed["success_level"].astype("Int64").astype("str").replace("<NA>", "unknown"))
    floor = floor.set_index("level")["assumed_nrr"].astype(float)
    of_level = cells["level"].map(floor).fillna(floor["unknown"]).to_numpy()
    rate = numpy.full((draws, len(cells)), floor["unknown"])
    rest = trained = None
    for keys in reversed(PARENTS):
        group, mine = grouped(windows, cells, keys)
        base, end = (spread(accounts, group, windows[name], mine.max() + 1) for name in ("base_mrr", "mrr_end"))
        drawn = weights @ base
        n = (drawn**2 / numpy.maximum(weights @ base**2, 1e-9))[:, mine]
        seen = ((weights @ end) / numpy.maximum(drawn, 1e-9))[:, mine]
        if keys == ["level", "renewal_band"]:
            # Before a level has a history of its own, the seed stands against the rest, with the accounts of the rest.
            rate = (rest * rate + k * of_level) / (rest + k)
        rate = (n * seen + k * rate) / (n + k)
        rest = n
        trained = (base.sum(axis=0) ** 2 / numpy.maximum((base**2).sum(axis=0), 1e-9))[mine]
    return rate, trained


def grouped(windows, cells, keys):
    """The group of every window by these keys (-1: in no cell of the book), and the group of every cell."""
    if not keys:
        return numpy.zeros(len(windows), dtype=int), numpy.zeros(len(cells), dtype=int)
    known = cells[keys].drop_duplicates(ignore_index=True).reset_index(names="group")
    group = windows[keys].merge(known, how="left")["group"].fillna(-1).astype(int).to_numpy()
    return group, cells[keys].merge(known, how="left")["group"].to_numpy()


def spread(accounts, group, money, groups):
    """(accounts, groups): the money of an account in each group."""
    there = group >= 0
    table = numpy.zeros((accounts.max() + 1, groups))
    numpy.add.at(table, (accounts[there], group[there]), money.to_numpy(dtype=float)[there])
    return table


def drawn_fates(random, windows, book, cells, rates, trained, belongs, k):
    """(draws, scopes): what the book pays in twelve months, every customer by the fate of one window of its cell, with
    probability n / (n + k), else of its nearest parent that has any; centred on the rate of the draw."""
    draws = len(rates)
    ratio = (windows["mrr_end"] / windows["base_mrr"].where(windows["base_mrr"] > 0)).fillna(1.0).to_numpy()
    groups = [grouped(windows, cells, keys) for keys in PARENTS]
    cell_of = book[PARENTS[0]].merge(cells.reset_index(names="cell"), how="left")["cell"].to_numpy()
    base = book["base_mrr"].to_numpy(dtype=float)
    paid = numpy.zeros((draws, belongs.shape[1]))
    for cell in range(len(cells)):
        pools = [ratio[group == mine[cell]] for group, mine in groups]
        own, parent = pools[0], next(pool for pool in pools[1:] if len(pool))
        share = trained[cell] / (trained[cell] + k) if len(own) else 0.0
        customers = numpy.flatnonzero(cell_of == cell)
        shape = (draws, len(customers))
        fate = parent[random.integers(len(parent), size=shape)]
        if len(own):
            fate = numpy.where(random.random(shape) < share, own[random.integers(len(own), size=shape)], fate)
        mean = share * (own.mean() if len(own) else 0.0) + (1 - share) * parent.mean()
        # Where nobody ever stayed there is no spread to draw from.
        scaled = fate * (rates[:, [cell]] / mean) if mean > 0 else numpy.broadcast_to(rates[:, [cell]], shape)
        paid += (scaled * base[customers]) @ belongs[customers]
    return paid


def common_sd(windows, errors, luck, names, policies):
    """How far all customers move together in a year, in NRR: from the errors of past forecasts a year apart beyond what
    luck explains, shrunk to the policy; and how many such errors there are. The past years the rates are learned from
    carry shocks of their own, which the policy does not know of: their mean is added to it."""
    whole = errors[(errors["scope_type"] == "all") & ~errors["is_assumed"]]
    apart = whole.sort_values("as_of_date", ascending=False).iloc[::12]
    squares = ((apart["expected_nrr"] - apart["realised_nrr"]) ** 2).to_numpy(dtype=float)
    everybody = int(numpy.flatnonzero(names["scope_type"] == "all")[0])
    beyond_luck = max(squares.mean() - luck[:, everybody].var(), 0.0) if len(squares) else 0.0
    months = windows["window_start_date"].nunique() + 11
    prior = float(policies["common_shock"]) ** 2 * (1 + 12 / months)
    variance = (len(squares) * beyond_luck + PRIOR_YEARS * prior) / (len(squares) + PRIOR_YEARS)
    return variance**0.5, len(squares)
