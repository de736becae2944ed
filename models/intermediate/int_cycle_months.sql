-- Grain: one row per month, decided renewal cycle that ran in it, and what was known of the customer at the month end
-- before: success level, months to renewal and health. A month end, because those never thin out (A2).

with

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

cycles as (

    select * from {{ ref('int_renewal_cycles') }}

),

account_products as (

    select * from {{ ref('int_account_product_as_of') }}

),

account_levels as (

    select * from {{ ref('int_account_levels') }}

),

score_bands as (

    select * from {{ ref('int_score_bands') }}

),

bands as (

    select * from {{ ref('bands') }}

),

-- Only contracts with an end in sight: one without has a renewal due only once it is lost. And none that has lapsed: who
-- renews soon leaves little time to be touched in, so touches after the end would look harmful whatever they do.
held as (

    select
        account_products.as_of_date,
        account_products.account_id,
        account_products.product_id,
        account_products.renewal_date,
        account_products.term_months,
        {{ plus_days('account_products.as_of_date', 1) }} as first_date,
        {{ plus_days('last_day(' ~ plus_days('account_products.as_of_date', 1) ~ ')', 1) }} as next_first_date

    from account_products
    inner join spine on account_products.as_of_date = spine.as_of_date

    where
        spine.is_month_end
        and account_products.mrr > 0
        and account_products.renewal_date > account_products.as_of_date

),

-- A cycle counts in a month from its start to the day before it is due. Of one that begins in the month only the term
-- was known before: its renewal was expected a term after the one then next.
running as (

    select
        held.as_of_date,
        cycles.account_id,
        cycles.product_id,
        cycles.due_date,
        cycles.is_renewed,
        greatest(held.first_date, cycles.start_date) as from_date,
        least(held.next_first_date, cycles.due_date) as to_date_exclusive,
        case
            when cycles.start_date > held.as_of_date
                then coalesce({{ plus_months('held.renewal_date', 'held.term_months') }}, held.renewal_date)
            else held.renewal_date
        end as expected_due_date,
        cycles.newest_matured_date

    from held
    inner join cycles
        on
            held.account_id = cycles.account_id
            and held.product_id = cycles.product_id
            and held.next_first_date > cycles.start_date
            and held.first_date < cycles.due_date

),

final as (

    select
        running.as_of_date,
        running.account_id,
        running.product_id,
        running.due_date,
        running.from_date,
        running.to_date_exclusive,
        coalesce(cast(account_levels.success_level as {{ dbt.type_string() }}), 'unknown') as success_level,
        coalesce(bands.band, 'open-ended') as renewal_band,
        coalesce(score_bands.band, 'no_data') as health_band,
        running.is_renewed,
        -- Who quits before the day that was expected is decided before the others like it.
        running.expected_due_date <= running.newest_matured_date as is_matured

    from running
    left join account_levels
        on
            running.as_of_date = account_levels.as_of_date
            and running.account_id = account_levels.account_id
            and running.product_id = account_levels.product_id
    left join score_bands
        on
            running.as_of_date = score_bands.as_of_date
            and running.account_id = score_bands.account_id
            and running.product_id = score_bands.product_id
            and score_bands.is_in_force
    left join bands
        on {{ in_band('bands', 'renewal', months_to_renewal('running.as_of_date', 'running.expected_due_date')) }}

)

select * from final
