{% set parts = ['churn', 'contraction', 'expansion'] %}
-- Grain: one row per month end whose year has matured and scope: what was expected of its book on that day, and what came
-- of it (E6). Beside the scopes of today's figure, the levels and kinds of contract that the customers had on that day.

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

-- The year in the parts it was expected in: against what was contracted for it.
outcomes as (

    select
        expectations.*,
        window_ends.matured_date,
        window_ends.mrr_end,
        case when window_ends.mrr_end = 0 then expectations.base_mrr else 0 end as churn_mrr,
        case when window_ends.mrr_end = 0 then 0 else greatest(expectations.base_mrr - window_ends.mrr_end, 0) end
            as contraction_mrr,
        greatest(window_ends.mrr_end - expectations.base_mrr, 0) as expansion_mrr

    from expectations
    inner join window_ends
        on
            expectations.as_of_date = window_ends.window_start_date
            and expectations.account_id = window_ends.account_id
            and expectations.product_id = window_ends.product_id

),

scoped as (

    select
        scopes.scope_type,
        scopes.scope_value,
        outcomes.*

    from outcomes
    inner join scopes
        on outcomes.account_id = scopes.account_id and outcomes.product_id = scopes.product_id

    union all

    select
        'success_level' as scope_type,
        coalesce(cast(success_level as {{ dbt.type_string() }}), 'unknown') as scope_value,
        outcomes.*

    from outcomes

    union all

    select
        'term_band' as scope_type,
        term_band as scope_value,
        outcomes.*

    from outcomes

),

summed as (

    select
        as_of_date,
        matured_date,
        scope_type,
        scope_value,
        cast(count(distinct account_id) as bigint) as accounts,
        cast(sum(mrr) as bigint) as mrr,
        cast(round(sum(expected_mrr), 0) as bigint) as expected_mrr,
        cast(sum(mrr_end) as bigint) as mrr_end,
        {{ rate('sum(expected_mrr)', 'sum(mrr)') }} as expected_nrr,
        {{ rate('sum(mrr_end)', 'sum(mrr)') }} as realised_nrr,
        {% for part in parts %}
            {{ rate('sum(expected_' ~ part ~ '_mrr)', 'sum(mrr)') }} as expected_{{ part }}_rate,
            {{ rate('sum(' ~ part ~ '_mrr)', 'sum(mrr)') }} as realised_{{ part }}_rate,
        {% endfor %}
        count(case when basis <> 'assumed' then 1 end) = 0 as is_assumed

    from scoped

    group by 1, 2, 3, 4

),

-- Who forecasts without a model says that the next year will be as the last one. Its windows have matured by now, so that
-- forecast is spared the late renewals that nobody saw on the day.
final as (

    select
        summed.*,
        year_before.realised_nrr as trailing_nrr

    from summed
    left join summed as year_before
        on
            {{ months_before('summed.as_of_date', 12) }} = year_before.as_of_date
            and summed.scope_type = year_before.scope_type
            and summed.scope_value = year_before.scope_value

)

select * from final
