-- Grain: one row per renewal (account, product and due date) and scope it is counted in. Segment and owner are
-- today's, for all dates; the term is that of the lines that end.

with

renewals as (

    select * from {{ ref('int_renewals') }}

),

accounts as (

    select * from {{ ref('stg_accounts') }}

),

bands as (

    select * from {{ ref('bands') }}

),

scope_types as (

    {% for scope_type in ['all', 'segment', 'product', 'term', 'owner'] -%}
        select '{{ scope_type }}' as scope_type
        {%- if not loop.last %}
            union all
        {% endif %}
    {% endfor %}

),

final as (

    select
        renewals.account_id,
        renewals.product_id,
        renewals.due_date,
        renewals.due_month,
        scope_types.scope_type,
        case scope_types.scope_type
            when 'segment' then coalesce(accounts.segment, 'unknown')
            when 'product' then renewals.product_id
            when 'term' then coalesce(bands.band, 'open-ended')
            when 'owner' then coalesce(accounts.owner_id, 'unknown')
            else 'all'
        end as scope_value,
        renewals.status,
        renewals.due_mrr,
        renewals.renewed_mrr,
        renewals.as_of_date

    from renewals
    inner join accounts on renewals.account_id = accounts.account_id
    left join bands
        on
            bands.band_set = 'term'
            and renewals.term_months >= coalesce(bands.minimum, renewals.term_months)
            and renewals.term_months < coalesce(bands.below_maximum, renewals.term_months + 1)
    cross join scope_types

)

select * from final
