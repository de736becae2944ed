{{ config(materialized='view') }}
-- Grain: one row per as-of date, customer, product (`all`: the customer as a whole) and reason that stood on the date by
-- itself, with no day on which it must end (A1).

with

account_levels as (

    select * from {{ ref('int_account_levels') }}

),

usage_kpis as (

    select * from {{ ref('int_usage_kpis') }}

),

mismatches as (

    select * from {{ ref('int_outcome_mismatches') }}

),

rules as (

    select * from {{ ref('action_rules') }}

),

-- Another level is another item of work: other things are missing.
final as (

    select
        as_of_date,
        account_id,
        product_id,
        'blocked_level' as reason_key,
        cast(success_level as {{ dbt.type_string() }}) as state

    from account_levels

    where product_id <> 'all' and success_level is not null and blocking_condition is not null

    union all

    select
        usage_kpis.as_of_date,
        usage_kpis.account_id,
        usage_kpis.product_id,
        rules.reason_key,
        'over' as state

    from usage_kpis
    inner join rules
        on
            rules.reason_key = 'over_use'
            and usage_kpis.seat_utilisation_numerator > rules.threshold * usage_kpis.seat_utilisation_denominator

    union all

    select
        as_of_date,
        account_id,
        'all' as product_id,
        kind as reason_key,
        kind as state

    from mismatches

)

select * from final
