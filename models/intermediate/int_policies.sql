-- Grain: one row: the policies in force, from the seed's default set and what this run overrides.

{% set overrides = fromjson(env_var('CSW_SET', '{}')) %}

with

revenue_policies as (

    select * from {{ ref('revenue_policies') }}

),

chosen as (

    select
        policy_key,
        case
            {% for key, value in overrides.items() %}
                when policy_key = '{{ key }}' then '{{ value | string | replace("'", "''") }}'
            {% endfor %}
            {% if 'renewal_grace_days' in overrides and 'renewal_grace_days_short_term' not in overrides %}
                -- One grace given by hand is meant for every term.
                when policy_key = 'renewal_grace_days_short_term'
                    then '{{ overrides['renewal_grace_days'] | string | replace("'", "''") }}'
            {% endif %}
            else cast(policy_value as {{ dbt.type_string() }})
        end as policy_value

    from revenue_policies

    where policy_set = 'default'

),

final as (

    select
        cast(max(case when policy_key = 'renewal_grace_days' then policy_value end) as int) as renewal_grace_days,
        cast(max(case when policy_key = 'renewal_grace_days_short_term' then policy_value end) as int)
            as renewal_grace_days_short_term,
        cast(max(case when policy_key = 'short_term_below_months' then policy_value end) as int)
            as short_term_below_months,
        max(case when policy_key = 'survival_spells' then policy_value end) as survival_spells,
        max(case when policy_key = 'survival_censor' then policy_value end) as survival_censor,
        cast(max(case when policy_key = 'daily_history_days' then policy_value end) as int) as daily_history_days,
        cast(max(case when policy_key = 'outcome_history_months' then policy_value end) as int)
            as outcome_history_months,
        cast(max(case when policy_key = 'nrr_ratio_cap' then policy_value end) as int) as nrr_ratio_cap,
        cast(max(case when policy_key = 'shrinkage_accounts' then policy_value end) as double) as shrinkage_accounts,
        cast(max(case when policy_key = 'min_coverage' then policy_value end) as double) as min_coverage,
        cast(max(case when policy_key = 'nps_answer_valid_days' then policy_value end) as int)
            as nps_answer_valid_days,
        cast(max(case when policy_key = 'nps_min_responses' then policy_value end) as int) as nps_min_responses

    from chosen

)

select * from final
