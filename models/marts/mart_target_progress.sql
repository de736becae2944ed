-- Grain: one row per target of the seed: what is reached of it, and beside it what the movements of the same customers
-- did to NRR in the same months. Accounts count for the owner they have today.

with

targets as (

    select * from {{ ref('int_target_periods') }}

),

retention as (

    select * from {{ ref('mart_retention') }}

    where definition = 'cohort_p2p'

),

-- Money is compared with the movements so far, a rate with the newest period of the same length.
compared as (

    select
        targets.*,
        case when targets.unit = 'minor_units' then cast(targets.target_value as bigint) end as target_mrr,
        case when targets.unit = 'rate' then cast(targets.target_value as double) end as target_rate,
        case
            when targets.scope_type is null or targets.reached_date is null then null
            {% for activity in ['new', 'reactivation', 'expansion', 'contraction', 'churn'] -%}
                when targets.activity = '{{ activity }}' then targets.{{ activity }}_mrr
            {% endfor %}
        end as actual_mrr,
        case targets.activity when 'nrr' then retention.nrr when 'grr' then retention.grr end as actual_rate

    from targets
    left join retention
        on
            targets.reached_date = retention.period_end_date
            and targets.period_months = retention.horizon_months
            and targets.scope_type = retention.scope_type
            and targets.owner_id = retention.scope_value

),

final as (

    select
        period_start_month,
        period_end_month,
        owner_id,
        activity,
        unit,
        is_complete,
        reached_date,
        target_mrr,
        actual_mrr,
        actual_mrr - target_mrr as gap_mrr,
        target_rate,
        actual_rate,
        {{ nine_decimals('actual_rate - target_rate') }} as gap_rate,
        case
            when unit = 'rate' then {{ rate('actual_rate', 'target_rate') }}
            else {{ rate('actual_mrr', 'target_mrr') }}
        end as share_reached,
        case
            when unit = 'rate' then actual_rate >= target_rate
            when activity in ('contraction', 'churn') then actual_mrr <= target_mrr
            else actual_mrr >= target_mrr
        end as is_reached,
        opening_mrr,
        {% for movement in ['expansion', 'contraction', 'churn'] -%}
            {{ rate(movement ~ '_mrr', 'opening_mrr') }} as {{ movement }}_rate,
        {% endfor -%}
        {{ rate('(opening_mrr + expansion_mrr - contraction_mrr - churn_mrr)', 'opening_mrr') }} as waterfall_nrr,
        case
            when coalesce(cast(actual_mrr as double), actual_rate) is not null then null
            when scope_type is null then 'owner_has_no_accounts'
            when reached_date is null then 'no_complete_month_yet'
            when period_months not in (1, 3, 12) then 'no_retention_of_that_length'
            else 'no_customers_at_start'
        end as null_reason

    from compared

)

select * from final
