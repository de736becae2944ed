"""What must hold for every company, on 500 random ones: each is a book of its own (one to three customers and what they
contracted) that the revenue models are run on as of a random day, with its own grace.

A new property is one more line in PROPERTIES: a sentence, and a query that must return no row. Beside the models it
may read `run` (the as-of date), `by_hand` (what the domain page says an account pays for a product on a day), and two
twins of every account <id>: `<id> split`, whose lines are split into consecutive renewals, and `<id> told otherwise`,
whose lines come in another order, under other contract ids, every other one of an account merged into it, and without
what nobody knew on the as-of date."""

import dataclasses
import json
import random
from collections import defaultdict
from collections.abc import Iterator

import pyarrow
import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from model_chain import ModelChain
from random_companies import Company, as_known, companies, known_from, mrr_by_hand, split_line

from orchestration import manifest
from orchestration.settings import MANIFEST

MOVED = "opening_book_{0} + new_{0} + reactivation_{0} + expansion_{0} + contraction_{0} + churn_{0} + fx_{0}"
# Same-customer retention: the other definitions are tied to it in mart_nrr_reconciliation.
RETENTION = "(from marts.mart_retention where definition = 'cohort_p2p')"
PROPERTIES = {
    "Opening plus all movements of a month is its closing MRR.": f"""
        from marts.mart_mrr_waterfall where opening_mrr + {MOVED.format("mrr")} <> closing_mrr""",
    "Customers before, plus those who came, less those who left, are the customers after.": """
        from marts.mart_mrr_waterfall
        where opening_accounts + opening_book_accounts + new_accounts + reactivation_accounts - churn_accounts
            <> closing_accounts""",
    "The closing of a month is the opening of the next, and no month is left out.": """
        select month from marts.mart_mrr_waterfall
        qualify lag(closing_mrr) over (order by month) <> opening_mrr
            or lag(closing_accounts) over (order by month) <> opening_accounts
            or lag(month) over (order by month) <> month - interval 1 month""",
    "The last closing is what all movements of the accounts add up to.": """
        from marts.mart_mrr_waterfall
        where closing_mrr <> (
            select coalesce(sum(delta_mrr), 0) from marts.fct_mrr_movement as moved
            where moved.month <= mart_mrr_waterfall.month)""",
    "A movement of an account starts where its last one ended.": """
        select account_id from marts.fct_mrr_movement
        qualify opening_mrr + delta_mrr <> closing_mrr or opening_mrr <> coalesce(lag(closing_mrr) over (
            partition by account_id order by month, movement_type <> 'fx'), 0)""",
    "No movement and no month after the last complete one.": """
        select month from marts.fct_mrr_movement where last_day(month) > (select as_of_date from run)
        union all
        select month from marts.mart_mrr_waterfall where last_day(month) > (select as_of_date from run)""",
    "An account is new once, before anything else happens to it.": """
        select account_id from marts.fct_mrr_movement
        qualify movement_type = 'new' and row_number() over (partition by account_id order by month) > 1""",
    "The type of a movement is what happened to the amount.": """
        from marts.fct_mrr_movement where movement_type <> 'fx' and movement_type <> case
            when opening_mrr = 0 then if(movement_type in ('new', 'opening'), movement_type, 'reactivation')
            when closing_mrr = 0 then 'churn'
            when delta_mrr > 0 then 'expansion' else 'contraction' end""",
    "MRR of an account is what its lines say, counted by hand, confirmed and in grace.": """
        (select account_id, snapshot_date, sum(mrr), sum(mrr_in_grace) from by_hand group by all having sum(mrr) > 0
         except all
         select account_id, snapshot_date, mrr, mrr_in_grace from intermediate.int_account_mrr where mrr > 0)
        union all
        (select account_id, snapshot_date, mrr, mrr_in_grace from intermediate.int_account_mrr where mrr > 0
         except all
         select account_id, snapshot_date, sum(mrr), sum(mrr_in_grace) from by_hand group by all having sum(mrr) > 0
        )""",
    "GRR is at most 1 and at most NRR, on both bases.": f"""
        from {RETENTION}
        where grr > least(1, nrr) or grr_confirmed > least(1, nrr_confirmed) or logo_retention > 1 or grr < 0
            or nrr_confirmed > nrr or grr_confirmed > grr""",
    "A rate is NULL exactly where nobody paid at the start.": f"""
        from {RETENTION}
        where (opening_mrr = 0) <> (nrr is null) or (opening_mrr = 0) <> (grr is null)
            or (accounts = 0) <> (logo_retention is null) or (accounts = 0) <> (opening_mrr = 0)""",
    # Movements are at the rate of the day, what is retained at that of the opening: a foreign line bought after the
    # rate moved tells the two apart without any fx movement, and at a rate next to nothing it may round to nothing.
    "Retention over one month is what the movements of that month say.": f"""
        from {RETENTION} as kept
        inner join marts.mart_mrr_waterfall as moved on kept.period_end_date = moved.month_end_date
        where kept.scope_type = 'all' and kept.horizon_months = 1 and (
            kept.closing_mrr_reported
                <> moved.opening_mrr + moved.fx_mrr + moved.expansion_mrr + moved.contraction_mrr + moved.churn_mrr
            or (kept.period_end_date not in (
                    select last_day(month) from marts.fct_mrr_movement where movement_type = 'fx')
                and kept.closing_mrr = kept.closing_mrr_reported
                and kept.retained_mrr <> moved.opening_mrr + moved.contraction_mrr + moved.churn_mrr)
            or (not exists (from intermediate.int_contract_lines where not is_reporting_currency)
                and kept.closing_mrr <> kept.closing_mrr_reported)
            or (kept.accounts - kept.retained_accounts <> moved.churn_accounts
                and not exists (  -- each account is a segment
                    from {RETENTION} as one
                    where one.scope_type = 'segment' and one.horizon_months = 1
                        and one.period_end_date = kept.period_end_date
                        and (one.closing_mrr = 0) <> (one.closing_mrr_reported = 0))))""",
    "What the segments keep adds up to what all keep.": f"""
        select 1 from {RETENTION} group by period_end_date, horizon_months
        having sum(if(scope_type = 'all', -1, 1) * closing_mrr) filter (scope_type in ('all', 'segment')) <> 0
            or sum(if(scope_type = 'all', -1, 1) * retained_mrr) filter (scope_type in ('all', 'segment')) <> 0""",
    "Splitting a line into renewals, order, contract ids, and what nobody knew yet move nothing.": """
        select split_part(account_id, ' ', 1) as account_id, month, movement_type, opening_mrr, delta_mrr, closing_mrr
        from marts.fct_mrr_movement group by all having count(*) <> 3""",
    # A split makes a renewal, and with it a row of zeros for who pays at neither end of a period.
    "Nor do they change what is retained.": f"""
        select split_part(scope_value, ' ', 1) as account_id, period_end_date, horizon_months, opening_mrr, closing_mrr,
            closing_mrr_confirmed, retained_mrr, retained_accounts, nrr, grr
        from {RETENTION} where scope_type = 'segment' and (opening_mrr > 0 or closing_mrr > 0)
        group by all having count(*) <> 3""",
    # To the minor unit; in rates against the largest of the walk: 1e8 has no nine decimals left in a double.
    "The definitions of NRR differ by what the reconciliation names, and by nothing else.": """
        from marts.mart_nrr_reconciliation
        qualify step = 'residual' and (change_mrr <> 0 or abs(rate) > 1e-8 * greatest(1, max(abs(rate)) over (
            partition by period_end_date, horizon_months, definition)))""",
    "Products add up to their account in every month, and reasons to the movement.": """
        select account_id from (
            select account_id, month, delta_mrr from marts.fct_product_mrr_movement
            union all select account_id, month, -delta_mrr from marts.fct_mrr_movement
        ) group by account_id, month having sum(delta_mrr) <> 0
        union all
        select account_id from marts.fct_product_mrr_movement
        where delta_mrr <> seat_mrr + price_mrr + plan_mrr + discount_mrr + other_mrr""",
    "What is due is renewed, reduced, lost or open.": """
        from marts.mart_renewals where due_mrr <> renewed_mrr + downlift_mrr + lost_mrr + open_mrr""",
}
# What the random companies must contain, or the properties above would be proved on nothing.
REACHABLE = {
    "a late renewal that is bridged": "from intermediate.int_coverage_gaps where gap_status = 'bridged'",
    "a lapse inside the grace": "from intermediate.int_account_mrr where mrr_in_grace > 0",
    "a lapse after the grace": "from intermediate.int_coverage_gaps where gap_status = 'lapsed' and kept_mrr > 0",
    "a line that is not known yet": "from intermediate.int_contract_lines where known_from_date > (from run)",
    "an end that is not known yet": "from intermediate.int_contract_lines where end_known_from_date > (from run)",
    "a free customer": "from intermediate.int_account_mrr where is_customer and mrr = 0",
    "a product exchanged for another": "from marts.fct_product_mrr_movement where movement_type = 'product_swap'",
    "a line that was split": "from intermediate.int_contract_lines where contract_id like '% renewed split'",
    "an account that comes and goes between month ends": """
        from marts.fct_mrr_movement
        qualify movement_type = 'reactivation' and row_number() over (partition by account_id order by month) = 1""",
}
BY_HAND = pyarrow.schema(
    {"account_id": "string", "snapshot_date": "date32", "mrr": "int64", "mrr_in_grace": "int64"}.items()
)
PROFILE = settings(derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))


def movement_types() -> list[str]:
    """The types fct_mrr_movement promises, from the data test that stands beside it."""
    manifest.prepare()  # pytest asks for them before any fixture runs
    nodes = json.loads(MANIFEST.read_text(encoding="utf-8"))["nodes"].values()
    [values] = [
        node["test_metadata"]["kwargs"]["values"]
        for node in nodes
        if node.get("column_name") == "movement_type" and node["attached_node"].endswith(".fct_mrr_movement")
    ]
    return values


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModelChain]:
    return ModelChain(tmp_path_factory.mktemp("compiled"), [*PROPERTIES.values(), *REACHABLE.values()])


def run(chain: ModelChain, book: Company) -> None:
    """The models on a book, and beside them what the book says by hand."""
    chain.run(book.raw, book.as_of, book.policies)
    chain.connection.execute(f"create or replace table run as select date '{book.as_of}' as as_of_date")
    products = defaultdict(list)
    for line in book.lines:
        products[book.merged.get(line["account_id"], line["account_id"]), line["product_id"]].append(line)
    worked_out = [
        dict(zip(BY_HAND.names, (account, day, *mrr_by_hand(book, lines, day)), strict=True))
        for (day,) in chain.query("select snapshot_date from intermediate.int_snapshot_dates")
        for (account, _), lines in products.items()
    ]
    chain.connection.register("worked_out", pyarrow.Table.from_pylist(worked_out, BY_HAND))
    chain.connection.execute("create or replace table by_hand as from worked_out")


def with_twins(company: Company) -> Company:
    """Every account three times: as it is, split, and told otherwise."""
    parts = {line["contract_id"]: split_line(line, company.grace) for line in company.lines}
    for line in company.lines:  # whether a line takes the place of one of another product hangs on which ends first
        named = next((one for one in company.lines if one["contract_id"] == line["renewal_of"]), line)
        if named["product_id"] != line["product_id"] or named["account_id"] != line["account_id"]:
            first_end = parts[line["contract_id"]][0]["end_date_exclusive"]
            if first_end and first_end <= (named["end_date_exclusive"] or first_end):
                parts[line["contract_id"]] = [line]
    last_part = {contract_id: lines[-1]["contract_id"] for contract_id, lines in parts.items()}
    split = [
        part if part["contract_id"] != name else {**part, "renewal_of": last_part.get(part["renewal_of"])}
        for name, lines in parts.items()
        for part in lines
    ]
    told = [as_known(line, company.as_of) for line in company.lines if known_from(line) <= company.as_of]
    random.Random(0).shuffle(told)
    names = {line["contract_id"]: f"line {number}" for number, line in enumerate(told)}
    told = [
        {**line, "contract_id": name, "renewal_of": names.get(line["renewal_of"])}
        for line, name in zip(told, names.values(), strict=True)
    ]
    twins = {" split": split, " told otherwise": told}
    merged = {account + " merged": account + " told otherwise" for account in company.accounts}
    return dataclasses.replace(
        company,
        merged=merged,
        accounts=company.accounts + [account + twin for twin in twins for account in company.accounts],
        lines=company.lines
        + [
            {
                **line,
                "account_id": line["account_id"] + (" merged" if twin == " told otherwise" and number % 2 else twin),
                "contract_id": line["contract_id"] + twin,
                "renewal_of": line["renewal_of"] and line["renewal_of"] + twin,
            }
            for twin, lines in twins.items()
            for number, line in enumerate(lines)
        ],
    )


@settings(PROFILE, max_examples=500)
@given(company=companies())
def test_every_property_holds_for_500_random_companies(chain: ModelChain, company: Company) -> None:
    run(chain, with_twins(company))
    broken = {sentence: rows for sentence, query in PROPERTIES.items() if (rows := chain.query(query))}
    assert not broken, company
    assert not chain.broken_tests()


@pytest.mark.parametrize("movement_type", movement_types())
def test_every_movement_type_is_reachable(chain: ModelChain, movement_type: str) -> None:
    is_reached(chain, f"from marts.fct_mrr_movement where movement_type = '{movement_type}'")


@pytest.mark.parametrize("what", REACHABLE)
def test_the_random_companies_contain(chain: ModelChain, what: str) -> None:
    is_reached(chain, REACHABLE[what])


def is_reached(chain: ModelChain, query: str) -> None:
    """Raises NoSuchExample when three hundred companies do not have it."""

    def has_it(company: Company) -> bool:
        run(chain, with_twins(company))
        return bool(chain.query(query))

    find(companies(), has_it, settings=settings(PROFILE, max_examples=300, phases=[Phase.generate]))
