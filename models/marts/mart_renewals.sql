-- Grain: one row per due month and scope: what came due, what was renewed, at how much, and what was lost (R6).

with

renewals as (

    select * from {{ ref('int_renewals_scoped') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

totals as (

    select
        due_month,
        scope_type,
        scope_value,
        {% for figure, condition in {
            'due_renewals': 'true',
            'renewed_renewals': "status in ('renewed', 'late')",
            'late_renewals': "status = 'late'",
            'lost_renewals': "status = 'lost'",
            'open_renewals': "status = 'open'",
        }.items() -%}
            cast(count(case when {{ condition }} then 1 end) as bigint) as {{ figure }},
        {% endfor %}
        cast(count(distinct case when status <> 'open' then account_id end) as bigint) as closed_accounts,
        cast(count(distinct case when status in ('renewed', 'late') then account_id end) as bigint) as renewed_accounts,
        {% for figure, condition, amount in [
            ('due_mrr', 'true', 'due_mrr'),
            ('closed_mrr', "status <> 'open'", 'due_mrr'),
            ('renewed_mrr', "status in ('renewed', 'late')", 'least(renewed_mrr, due_mrr)'),
            ('late_mrr', "status = 'late'", 'least(renewed_mrr, due_mrr)'),
            ('uplift_mrr', "status in ('renewed', 'late')", 'greatest(renewed_mrr - due_mrr, 0)'),
            ('downlift_mrr', "status in ('renewed', 'late')", 'greatest(due_mrr - renewed_mrr, 0)'),
            ('lost_mrr', "status = 'lost'", 'due_mrr'),
            ('open_mrr', "status = 'open'", 'due_mrr'),
            ('open_signed_mrr', "status = 'open'", 'renewed_mrr'),
        ] -%}
            cast(sum(case when {{ condition }} then {{ amount }} else 0 end) as bigint) as {{ figure }}
            {%- if not loop.last %},{% endif %}
        {% endfor %}

    from renewals

    group by 1, 2, 3

),

due_months as (

    select distinct
        due_month,
        as_of_date

    from renewals

),

scope_values as (

    select distinct
        scope_type,
        scope_value

    from renewals

),

-- Every month in which anything is due has its row in every scope, also where nothing was.
frame as (

    select
        due_months.due_month,
        scope_values.scope_type,
        scope_values.scope_value,
        {{ plus_days('last_day(due_months.due_month)', 'policies.longest_grace_days') }} <= due_months.as_of_date
            as is_final

    from due_months
    cross join scope_values
    cross join policies

),

-- What is not decided yet stands outside of every rate.
final as (

    select
        frame.due_month,
        frame.scope_type,
        frame.scope_value,
        {% for figure in [
            'due_renewals', 'renewed_renewals', 'late_renewals', 'lost_renewals', 'open_renewals',
            'closed_accounts', 'renewed_accounts', 'due_mrr', 'closed_mrr', 'renewed_mrr', 'late_mrr',
            'uplift_mrr', 'downlift_mrr', 'lost_mrr', 'open_mrr', 'open_signed_mrr',
        ] -%}
            coalesce(totals.{{ figure }}, 0) as {{ figure }},
        {% endfor -%}
        {{ rate('totals.renewed_mrr', 'totals.closed_mrr') }} as gross_renewal_rate,
        {{ rate('(totals.renewed_mrr + totals.uplift_mrr)', 'totals.closed_mrr') }} as net_renewal_rate,
        {{ rate('totals.renewed_accounts', 'totals.closed_accounts') }} as logo_renewal_rate,
        frame.is_final,
        case
            when totals.due_renewals is null then 'nothing_due'
            when totals.closed_accounts = 0 then 'all_still_open'
        end as null_reason

    from frame
    left join totals
        on
            frame.due_month = totals.due_month
            and frame.scope_type = totals.scope_type
            and frame.scope_value = totals.scope_value

)

select * from final
