"""The arithmetic of mart_ltv_simulation with other numbers: the mart's own SQL, asked on the published file with a
scenario's levers from outside. A test holds the two together."""

from dashboard.published import opened, published_file
from orchestration.published_file import rows_of

Levers = dict[str, str | float | int | None]

# What each scenario asks for; what it leaves open is as today.
LEVERS = """
select
    simulated.duration_months_before,
    simulated.accounts_before,
    asked.duration_months_after,
    coalesce(asked.churn_change, 0) as churn_change,
    coalesce(asked.price_change, 0) as price_change,
    coalesce(asked.accounts_change, 0) as accounts_change,
    simulated.gross_margin_after as gross_margin,
    simulated.discount_rate,
    simulated.cs_cost_per_month
from marts.mart_ltv_simulation as simulated
inner join reference.ltv_scenarios as asked using (scenario_key)"""


def months_worth(duration: str) -> str:
    """Later months are worth less (macro nine_decimals)."""
    return (
        f"round(case when discount_rate = 0 then {duration} else (1 - power(1 + discount_rate, -{duration} / 12))"
        " / (1 - power(1 + discount_rate, -1 / cast(12 as double))) end, 9)"
    )


def money_times(amount: str, number: str) -> str:
    """As the macro of that name."""
    return f"cast(round(cast({amount} as decimal(19, 0)) * cast({number} as decimal(18, 9)), 0) as bigint)"


# As in models/marts/mart_ltv_simulation.sql.
AGAIN = f"""
with levers as (
    select
        duration_months_before,
        round(coalesce($duration_months_after, duration_months_before / nullif(1 + $churn_change, 0)), 9)
            as duration_months_after,
        price_before,
        {money_times("price_before", "1 + $price_change")} as price_after,
        accounts_before,
        accounts_before + $accounts_change as accounts_after,
        gross_margin_before,
        cast($gross_margin as double) as gross_margin_after,
        cast($discount_rate as double) as discount_rate,
        cast($cs_cost_per_month as bigint) as cs_cost_per_month
    from marts.mart_ltv_simulation
    where scenario_key = $scenario_key
),

discounted as (
    select
        *,
        {months_worth("duration_months_before")} as discounted_months_before,
        {months_worth("duration_months_after")} as discounted_months_after
    from levers
),

valued as (
    select
        *,
        {money_times("price_before", "gross_margin_before * discounted_months_before")} as ltv_before,
        {money_times("price_after", "gross_margin_after * discounted_months_after")} as ltv_after,
        {money_times("cs_cost_per_month", "discounted_months_after")} as cs_cost
    from discounted
),

totalled as (
    select
        *,
        accounts_before * ltv_before as total_before,
        accounts_after * ltv_after as total_after,
        case when ltv_after > ltv_before then cast(ltv_after - ltv_before as double) end as rise_per_account
    from valued
)

select
    * exclude (rise_per_account),
    total_after - total_before as gain,
    total_after - total_before - cs_cost as net_gain,
    case
        when total_after > total_before
            then round(cast(total_after - total_before as double) / nullif(cast(cs_cost_per_month as double), 0), 9)
    end as break_even_months,
    case when cs_cost > 0 then cast(ceil(cs_cost / rise_per_account) as bigint) end as break_even_accounts,
    case
        when price_before is null then 'no_customers_today'
        when duration_months_before is null then 'too_few_customers'
    end as null_reason,
    case
        when ltv_before is null then 'no_lifetime_value'
        when cs_cost_per_month = 0 then 'no_cs_cost'
        when rise_per_account is null then 'no_gain_per_account'
    end as break_even_null_reason
from totalled"""


def again(levers: Levers) -> dict:
    """A row as of mart_ltv_simulation, without its labels, for a scenario with these levers."""
    with opened(published_file()) as connection:
        return rows_of(connection, AGAIN, levers)[0]


def levers_of(scenario: str) -> Levers:
    """What the seed asks of a scenario: months, shares, customers, minor units."""
    with opened(published_file()) as connection:
        return rows_of(connection, f"{LEVERS} where scenario_key = ?", [scenario])[0]


def percent_of(share: float) -> float:
    return round(100.0 * share, 6)


def share_of(percent: float) -> float:
    """Exactly the share whose percent it is: 0.07, not 0.07000000000000001."""
    return round(percent / 100, 9)
