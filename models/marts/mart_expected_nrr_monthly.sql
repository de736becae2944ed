-- Grain: one row per as-of date, scope and horizon of a few months: what that part of the book of the day which is under
-- monthly contracts will pay at the end of the horizon (E2).

with

expectations as (

    select * from {{ ref('int_monthly_expectations') }}

),

scopes as (

    select * from {{ ref('int_book_scopes') }}

),

final as (

    select
        expectations.as_of_date,
        scopes.scope_type,
        scopes.scope_value,
        expectations.horizon_months,
        cast(count(distinct expectations.account_id) as bigint) as accounts,
        cast(sum(expectations.mrr) as bigint) as mrr,
        cast(round(sum(expectations.expected_churn_mrr), 0) as bigint) as expected_churn_mrr,
        cast(round(sum(expectations.expected_contraction_mrr), 0) as bigint) as expected_contraction_mrr,
        cast(round(sum(expectations.expected_expansion_mrr), 0) as bigint) as expected_expansion_mrr,
        cast(round(sum(expectations.expected_mrr), 0) as bigint) as expected_mrr,
        {{ rate('sum(expectations.expected_mrr)', 'sum(expectations.mrr)') }} as expected_nrr,
        {{ rate('sum(expectations.compounded_mrr_12m)', 'sum(expectations.mrr)') }} as compounded_nrr_12m,
        {{ rate('sum(expectations.expected_mrr_12m)', 'sum(expectations.mrr)') }} as expected_nrr_12m,
        {{ rate(
            "sum(case when expectations.basis = 'observed' then expectations.mrr else 0 end)", 'sum(expectations.mrr)'
        ) }} as observed_share,
        case
            when count(case when expectations.basis <> 'assumed' then 1 end) = 0 then 'assumed'
            when count(case when expectations.basis <> 'observed' then 1 end) = 0 then 'observed'
            else 'blended'
        end as basis

    from expectations
    inner join scopes
        on expectations.account_id = scopes.account_id and expectations.product_id = scopes.product_id

    group by 1, 2, 3, 4

)

select * from final
