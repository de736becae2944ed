-- Grain: one row per scope with a product held on the newest as-of date: how the set-up of its products stands (S2).

{#- Indicator: what its denominator, its numerator and the reason for none are called here. -#}
{% set ratios = {
    'onboarding_started': ('setups', 'started', 'coverage'),
    'onboarding_on_time': ('due', 'done_on_time', 'on_time'),
    'kickoff_on_time': ('kickoffs_due', 'kickoffs_on_time', 'kickoff'),
    'onboarding_step_progress': ('mandatory_steps', 'mandatory_steps_done', 'step_progress'),
    'onboarding_self_sufficiency': ('steps_done', 'steps_done_by_customer', 'self_sufficiency'),
} %}
with

onboarding_scoped as (

    select * from {{ ref('int_onboarding_scoped') }}

),

named as (

    select
        scope_type,
        scope_value,
        max(case when kpi_key = 'onboarding_started' then units end) as products_held,
        coalesce(max(case when kpi_key = 'onboarding_completed' then numerator end), 0) as completed,
        {% for kpi, (denominator, numerator, reason) in ratios.items() %}
            coalesce(max(case when kpi_key = '{{ kpi }}' then denominator end), 0) as {{ denominator }},
            coalesce(max(case when kpi_key = '{{ kpi }}' then numerator end), 0) as {{ numerator }},
            max(case when kpi_key = '{{ kpi }}' then null_reason end) as {{ reason }}_null_reason,
        {% endfor %}
        max(case when kpi_key = 'onboarding_days' then units_measured end) as days_n,
        max(case when kpi_key = 'onboarding_days' then median end) as days_median,
        max(case when kpi_key = 'onboarding_days' then p90 end) as days_p90,
        max(case when kpi_key = 'onboarding_days' then null_reason end) as days_null_reason,
        max(case when kpi_key = 'days_to_first_value' then units_measured end) as first_value_n,
        max(case when kpi_key = 'days_to_first_value' then median end) as first_value_median,
        max(case when kpi_key = 'days_to_first_value' then null_reason end) as first_value_null_reason

    from onboarding_scoped

    group by 1, 2

),

final as (

    select
        scope_type,
        scope_value,
        products_held,
        setups,
        started,
        completed,
        {{ rate('started', 'setups') }} as started_share,
        {{ rate('completed', 'setups') }} as completed_share,
        coverage_null_reason,
        days_n,
        {{ nine_decimals('days_median') }} as days_median,
        {{ nine_decimals('days_p90') }} as days_p90,
        days_null_reason,
        due,
        done_on_time,
        {{ rate('done_on_time', 'due') }} as on_time_share,
        on_time_null_reason,
        kickoffs_due,
        kickoffs_on_time,
        {{ rate('kickoffs_on_time', 'kickoffs_due') }} as kickoff_on_time_share,
        kickoff_null_reason,
        mandatory_steps,
        mandatory_steps_done,
        {{ rate('mandatory_steps_done', 'mandatory_steps') }} as step_progress,
        step_progress_null_reason,
        steps_done,
        steps_done_by_customer,
        {{ rate('steps_done_by_customer', 'steps_done') }} as self_sufficiency,
        self_sufficiency_null_reason,
        first_value_n,
        {{ nine_decimals('first_value_median') }} as first_value_median_days,
        first_value_null_reason

    from named

)

select * from final
