-- Grain: one row per retention period with customers at its start, definition of NRR and named difference of it from
-- same-customer NRR: the definitions' steps in the order in which they are read (R5).

{% set differences = {
    'waterfall': ['later_customers', 'returned_in_cohort', 'exchange_rates'],
    'with_reactivation': ['later_customers', 'returned_in_cohort', 'exchange_rates', 'reactivation'],
    'renewals_due': ['without_renewal', 'between_renewals', 'outside_cohort'],
} %}

with

movement_differences as (

    select * from {{ ref('int_nrr_movement_differences') }}

),

renewal_differences as (

    select * from {{ ref('int_nrr_renewal_differences') }}

),

final as (

    {% for definition, steps in differences.items() -%}
        {% set is_last_definition = loop.last -%}
        {% for step in steps -%}
            select
                period_end_date,
                horizon_months,
                '{{ definition }}' as definition,
                {{ loop.index + 1 }} as step_number,
                '{{ step }}' as step,
                {{ step }}_mrr as difference_mrr

            from {{ 'renewal_differences' if definition == 'renewals_due' else 'movement_differences' }}

            {% if not (is_last_definition and loop.last) -%}
                union all
            {% endif %}
        {% endfor -%}
    {% endfor %}

)

select * from final
