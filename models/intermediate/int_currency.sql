-- Grain: one row: the reporting currency, in which all money of the marts is. It is the one that a policy names, else
-- the currency of the contracts that no exchange rate converts into another.

with

contracts as (

    select * from {{ ref('stg_contracts') }}

),

fx_rates as (

    select * from {{ ref('stg_fx_rates') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

sold_currencies as (

    select distinct currency from contracts

),

sold_in as (

    select
        min(currency) as any_currency,
        min(case when currency not in (select fx_rates.currency from fx_rates) then currency end) as unconverted_currency

    from sold_currencies

),

final as (

    select coalesce(policies.reporting_currency, sold_in.unconverted_currency, sold_in.any_currency) as currency

    from policies
    cross join sold_in

)

select * from final
