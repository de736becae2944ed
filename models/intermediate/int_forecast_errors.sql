-- Grain: one row per month end whose year has matured and scope: what was expected of its book on that day, and what came
-- of it (E6).

with

expectations as (

    select * from {{ ref('int_book_expectations') }}

),

window_ends as (

    select * from {{ ref('int_window_ends') }}

    where horizon_months = 12

),

scopes as (

    select * from {{ ref('int_book_scopes') }}

),

final as (

    select
        expectations.as_of_date,
        window_ends.matured_date,
        scopes.scope_type,
        scopes.scope_value,
        cast(sum(expectations.mrr) as bigint) as mrr,
        cast(sum(window_ends.mrr_end) as bigint) as mrr_end,
        {{ rate('sum(expectations.expected_mrr)', 'sum(expectations.mrr)') }} as expected_nrr,
        {{ rate('sum(window_ends.mrr_end)', 'sum(expectations.mrr)') }} as realised_nrr,
        count_if(expectations.basis <> 'assumed') = 0 as is_assumed

    from expectations
    inner join window_ends
        on
            expectations.as_of_date = window_ends.window_start_date
            and expectations.account_id = window_ends.account_id
            and expectations.product_id = window_ends.product_id
    inner join scopes
        on expectations.account_id = scopes.account_id and expectations.product_id = scopes.product_id

    group by 1, 2, 3, 4

)

select * from final
