-- Grain: one row per foreign currency and calendar day from the first contract to the newest as-of date: the rate as a fraction
-- that turns its minor units into those of the reporting currency. A rate stands until the next one. The first also
-- stands before its day: no contract runs then, but a later one can be compared at the rates of that time.

with

fx_rates as (

    select * from {{ ref('stg_fx_rates') }}

),

currencies as (

    select * from {{ ref('currencies') }}

),

currency as (

    select * from {{ ref('int_currency') }}

),

-- Also before the history that is shown: what came due then is told in money too.
first_contract as (

    select min(start_date) as start_date from {{ ref('int_contract_lines') }}

),

calendar as (

    select * from {{ ref('int_calendar') }}

),

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

validities as (

    select
        currency,
        rate,
        case when row_number() over (partition by currency order by rate_date) > 1 then rate_date end as first_date,
        lead(rate_date) over (partition by currency order by rate_date) as next_date

    from fx_rates

),

-- 150.25 yen for a dollar are 1,502,500,000,000 / 1,000,000,000,000 yen for a cent.
fractions as (

    select
        validities.currency,
        validities.first_date,
        validities.next_date,
        cast(validities.rate * 10000000000 as decimal(28, 0)) as rate_numerator,
        cast(power(10, 10 + foreign_currency.minor_digits - own_currency.minor_digits) as decimal(28, 0))
            as rate_denominator

    from validities
    cross join currency
    inner join currencies as own_currency on currency.currency = own_currency.currency
    inner join currencies as foreign_currency on validities.currency = foreign_currency.currency

    where validities.currency <> currency.currency

),

final as (

    select
        fractions.currency,
        calendar.calendar_date as rate_date,
        fractions.rate_numerator,
        fractions.rate_denominator

    from fractions
    cross join first_contract
    inner join spine on spine.is_latest
    inner join calendar
        on
            coalesce(fractions.first_date, first_contract.start_date) <= calendar.calendar_date
            and (fractions.next_date is null or fractions.next_date > calendar.calendar_date)
            and spine.as_of_date >= calendar.calendar_date

)

select * from final
