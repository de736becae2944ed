-- Grain: one row per retention period and scope with a unit that pays at its start or its end: the same units at both
-- ends (point to point, R5), and, in periods of one month, the movements of all of them.

with

scoped as (

    select * from {{ ref('int_retention_scoped') }}

),

-- The cohort is fixed at the start: new customers and returning ones do not enter.
final as (

    select
        period_end_date,
        horizon_months,
        scope_type,
        scope_value,
        cast(count(case when opening_mrr > 0 then 1 end) as bigint) as accounts,
        cast(count(case when opening_mrr > 0 and closing_mrr > 0 then 1 end) as bigint) as retained_accounts,
        {% for amount, counted in [
            ('opening_mrr', 'opening_mrr'),
            ('closing_mrr', 'closing_mrr'),
            ('closing_mrr_confirmed', 'closing_mrr_confirmed'),
            ('closing_mrr_reported', 'closing_mrr_reported'),
            ('retained_mrr', 'least(closing_mrr, opening_mrr)'),
            ('retained_mrr_confirmed', 'least(closing_mrr_confirmed, opening_mrr)'),
            ('expansion_mrr', 'greatest(closing_mrr - opening_mrr, 0)'),
            ('contraction_mrr', 'case when closing_mrr > 0 then least(closing_mrr - opening_mrr, 0) else 0 end'),
            ('churn_mrr', 'case when closing_mrr <= 0 then closing_mrr - opening_mrr else 0 end'),
        ] -%}
            cast(sum(case when opening_mrr > 0 then {{ counted }} else 0 end) as bigint) as {{ amount }},
        {% endfor %}
        {% for movement in ['new', 'reactivation', 'expansion', 'contraction', 'churn'] -%}
            cast(sum(case when movement_type = '{{ movement }}' then movement_mrr else 0 end) as bigint)
                as {{ movement }}_movement_mrr
            {%- if not loop.last %},{% endif %}
        {% endfor %}

    from scoped

    group by 1, 2, 3, 4

)

select * from final
