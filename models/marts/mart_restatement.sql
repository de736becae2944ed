-- Grain: one row per month and measure: what was published first and last, and what this build says.

{% set money = [
    'closing_mrr', 'mrr_confirmed', 'mrr_in_grace', 'new_mrr', 'reactivation_mrr', 'expansion_mrr',
    'contraction_mrr', 'churn_mrr',
] %}
{% set rates = ['nrr', 'grr', 'logo_retention'] %}
{% set before = 'over (partition by versions.month order by versions.publish_number)' %}

with

publishes as (

    select * from {{ ref('int_publishes') }}

),

published_months as (

    select * from {{ ref('stg_published_months') }}

),

waterfall as (

    select * from {{ ref('mart_mrr_waterfall') }}

),

retention as (

    select * from {{ ref('mart_retention') }}
    where horizon_months = 12 and definition = 'cohort_p2p' and scope_type = 'all'

),

months as (

    select month from waterfall
    union distinct
    select month from published_months

),

-- A published month that no contract goes back to any more has an MRR of 0 now: it is restated, not forgotten.
versions as (

    select
        publish_number,
        month,
        is_final,
        {% for measure in money + rates -%}
            cast({{ measure }} as decimal(28, 9)) as {{ measure }}
            {%- if not loop.last %},{% endif %}
        {% endfor %}

    from published_months
    union all
    select
        publishes.publish_number,
        months.month,
        coalesce(waterfall.is_final, true) as is_final,
        {% for measure in money -%}
            cast(coalesce(waterfall.{{ measure }}, 0) as decimal(28, 9)) as {{ measure }},
        {% endfor %}
        {% for measure in rates -%}
            cast(retention.{{ measure }} as decimal(28, 9)) as {{ measure }}
            {%- if not loop.last %},{% endif %}
        {% endfor %}

    from months
    inner join publishes on publishes.is_this_build
    left join waterfall on months.month = waterfall.month
    left join retention on waterfall.month_end_date = retention.period_end_date

),

-- MRR in grace is an open question: its answer, renewed late or lost, keeps closing inside the range shown before.
explained as (

    select
        versions.*,
        publishes.as_of_date,
        publishes.is_this_build,
        publishes.previous_as_of_date,
        case
            when publishes.is_configuration_changed then 'configuration_changed'
            when
                lag(versions.is_final) {{ before }} = false
                and versions.mrr_in_grace < lag(versions.mrr_in_grace) {{ before }}
                and versions.mrr_confirmed >= lag(versions.mrr_confirmed) {{ before }}
                and versions.closing_mrr <= lag(versions.closing_mrr) {{ before }}
                then
                    case
                        when versions.closing_mrr < lag(versions.closing_mrr) {{ before }} then 'grace_passed'
                        else 'renewed_late'
                    end
            else 'late_or_corrected_data'
        end as month_reason

    from versions
    inner join publishes on versions.publish_number = publishes.publish_number

),

long as (

    select * from explained
    unpivot include nulls (value for measure in ({{ (money + rates) | join(', ') }}))

),

compared as (

    select
        *,
        row_number() over (partition by month, measure order by publish_number) as version,
        lag(value) over (partition by month, measure order by publish_number) as earlier_value,
        lag(is_final) over (partition by month, measure order by publish_number) as was_final

    from long

),

-- What is lost when a grace passes lowers every measure but two: late renewals confirm, and a fall may become a loss.
restated as (

    select
        *,
        version > 1
        and coalesce(value <> earlier_value, (value is null) <> (earlier_value is null)) as is_restatement,
        case
            when month_reason not in ('grace_passed', 'renewed_late') then month_reason
            when value <= earlier_value or measure in ('mrr_confirmed', 'contraction_mrr') then month_reason
            else 'late_or_corrected_data'
        end as reason

    from compared

),

summed as (

    select
        month,
        measure,
        max(case when version = 1 then value end) as first_published_value,
        max(case when version = 1 then as_of_date end) as first_published_as_of_date,
        max(case when version = 1 then is_final end) as was_final_when_first_published,
        max(case when is_this_build then earlier_value end) as last_published_value,
        max(case when is_this_build and version > 1 then previous_as_of_date end) as last_published_as_of_date,
        max(case when is_this_build then was_final end) as was_final_when_last_published,
        max(case when is_this_build then value end) as value_now,
        max(case when is_this_build then is_final end) as is_final,
        cast(count(case when is_restatement then 1 end) as bigint) as restatements,
        max(case when is_restatement or version = 1 then as_of_date end) as value_since_as_of_date,
        coalesce(max_by(reason, case when is_restatement then publish_number end), 'not_restated') as reason

    from restated

    group by 1, 2

),

final as (

    select
        month,
        measure,
        case when measure in ('nrr', 'grr', 'logo_retention') then 'rate' else 'minor_units' end as unit,
        first_published_value,
        first_published_as_of_date,
        was_final_when_first_published,
        last_published_value,
        last_published_as_of_date,
        was_final_when_last_published,
        value_now,
        is_final,
        cast(value_now - first_published_value as decimal(28, 9)) as change_since_first,
        cast(value_now - last_published_value as decimal(28, 9)) as change_since_last,
        restatements,
        value_since_as_of_date,
        reason

    from summed

)

select * from final
