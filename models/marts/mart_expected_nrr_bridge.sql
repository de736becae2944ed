-- Grain: one row per stretch (day, week, month, quarter up to the newest date) and scope: why expected NRR changed (E3).

with

bridge_dates as (

    select * from {{ ref('int_bridge_dates') }}

),

units as (

    select * from {{ ref('int_bridge_units') }}

),

scopes as (

    select * from {{ ref('dim_book_scope') }}

),

{{ bridge_steps('units', 'scopes') }},

-- Two stretches may begin on the same day.
final as (

    select
        bridge_dates.stretch,
        steps.from_date,
        steps.to_date,
        steps.scope_type,
        steps.scope_value,
        steps.accounts_from,
        steps.accounts_to,
        steps.accounts_both,
        steps.mrr_from,
        steps.mrr_to,
        steps.mrr_from_both,
        steps.mrr_to_both,
        steps.expected_nrr_from,
        steps.expected_nrr_to,
        steps.expected_nrr_from_both,
        steps.expected_nrr_to_both,
        steps.expected_mrr_from,
        steps.expected_mrr_to,
        {% for unit in ['nrr', 'mrr'] %}
            {% for part in ['change', 'mix', 'size', 'level', 'contract', 'rate', 'book', 'left', 'came', 'residual'] %}
                steps.{{ part }}_{{ unit }},
            {% endfor %}
        {% endfor %}
        steps.stand_in_mrr,
        steps.null_reason

    from bridge_steps as steps
    inner join bridge_dates on steps.from_date = bridge_dates.from_date and steps.to_date = bridge_dates.to_date

)

select * from final
