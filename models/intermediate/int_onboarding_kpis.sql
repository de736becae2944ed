{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date, customer and product held (`all`: its products together): the indicators of set-up and
-- hand-over (S2), each as numerator, denominator and, where there is nothing to divide by, the reason.

{% set kpis = {
    'onboarding_started': ('is_started', 'has_setup_source', 'source_reason'),
    'onboarding_completed': ('is_completed', 'has_setup_source', 'source_reason'),
    'onboarding_step_progress': (
        'mandatory_steps_done', 'mandatory_steps', "coalesce(project_reason, listed_reason, 'no_mandatory_steps')"
    ),
    'onboarding_on_time': ('done_on_time', 'due', "coalesce(listed_reason, 'nothing_due_yet')"),
    'kickoff_on_time': (
        'is_kickoff_on_time', 'is_kickoff_due', "coalesce(steps_reason, listed_reason, 'no_kickoff_due_yet')"
    ),
    'onboarding_self_sufficiency': (
        'steps_done_by_customer', 'steps_done_by_somebody',
        "coalesce(project_reason, listed_reason, case when steps_done = 0 then 'no_step_done_yet' end, 'done_by_unknown')"
    ),
    'onboarding_days': (
        'completion_days', 'completion_days is not null',
        "case when first_paid_date is null then 'never_paid' else coalesce(source_reason, 'not_completed_yet') end"
    ),
    'handover_complete': (
        'is_handover_complete', 'is_handed_over', "coalesce(handover_reason, 'not_handed_over_yet')"
    ),
    'csm_assigned_before_start': (
        'is_csm_assigned_before_start', 'has_handover and first_paid_date is not null',
        "coalesce(handover_reason, 'never_paid')"
    ),
} %}
with

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

units as (

    select * from {{ ref('int_account_units') }}

),

setup_states as (

    select * from {{ ref('int_setup_states') }}

),

first_value as (

    select * from {{ ref('int_first_value_as_of') }}

),

-- What keeps an indicator from being known, from the most general to the most particular.
explained as (

    select
        setup_states.*,
        case when setup_states.is_project then 'set_up_by_project' end as project_reason,
        case when not setup_states.is_project then 'set_up_by_tasks' end as steps_reason,
        case
            when setup_states.has_setup_source then null
            when setup_states.is_project then 'no_handovers_yet'
            else 'no_onboarding_tasks_yet'
        end as source_reason,
        case
            when setup_states.is_listed then null
            when setup_states.is_project and setup_states.has_setup_source then 'account_not_in_handovers'
            when setup_states.is_project then 'no_handovers_yet'
            when setup_states.has_setup_source then 'account_not_in_onboarding_tasks'
            else 'no_onboarding_tasks_yet'
        end as listed_reason,
        case
            when not setup_states.has_handovers_source then 'no_handovers_yet'
            when not setup_states.has_handover then 'account_not_in_handovers'
        end as handover_reason

    from setup_states
    inner join to_build on setup_states.as_of_date = to_build.as_of_date

),

products as (

    select
        as_of_date,
        account_id,
        product_id,
        {% for kpi, (numerator, denominator, null_reason) in kpis.items() %}
            cast({{ numerator }} as double) as {{ kpi }}_numerator,
            cast({{ denominator }} as double) as {{ kpi }}_denominator,
            {{ null_reason }} as {{ kpi }}_null_reason,
        {% endfor %}
        1 as products

    from explained

),

-- A customer's products are added up; of several reasons the one is told that something could be done about.
totals as (

    select
        as_of_date,
        account_id,
        'all' as product_id,
        {% for kpi in kpis %}
            sum(case when {{ kpi }}_denominator > 0 then {{ kpi }}_numerator end) as {{ kpi }}_numerator,
            sum({{ kpi }}_denominator) as {{ kpi }}_denominator,
            coalesce(
                min(case when {{ kpi }}_null_reason not like 'set_up_by_%' then {{ kpi }}_null_reason end),
                min({{ kpi }}_null_reason)
            ) as {{ kpi }}_null_reason,
        {% endfor %}
        count(*) as products

    from products

    group by 1, 2

),

with_totals as (

    select * from products

    union all

    select * from totals

),

-- Either the two numbers, or the reason. A product that is switched on needs no set-up, and no hand-over for it.
final as (

    select
        units.as_of_date,
        units.account_id,
        units.product_id,
        {% for kpi in kpis %}
            case when with_totals.{{ kpi }}_denominator > 0 then with_totals.{{ kpi }}_numerator end as {{ kpi }}_numerator,
            case when with_totals.{{ kpi }}_denominator > 0 then with_totals.{{ kpi }}_denominator end
                as {{ kpi }}_denominator,
            case
                when with_totals.account_id is null then 'needs_no_set_up'
                when with_totals.{{ kpi }}_denominator > 0 then null
                else with_totals.{{ kpi }}_null_reason
            end as {{ kpi }}_null_reason,
        {% endfor %}
        cast(first_value.first_value_days as double) as days_to_first_value_numerator,
        cast(case when first_value.null_reason is null then 1 end as double) as days_to_first_value_denominator,
        first_value.null_reason as days_to_first_value_null_reason

    from units
    inner join to_build on units.as_of_date = to_build.as_of_date
    left join with_totals
        on
            units.as_of_date = with_totals.as_of_date
            and units.account_id = with_totals.account_id
            and units.product_id = with_totals.product_id
    inner join first_value
        on
            units.as_of_date = first_value.as_of_date
            and units.account_id = first_value.account_id
            and units.product_id = first_value.product_id

)

select * from final
