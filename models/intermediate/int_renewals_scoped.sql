-- Grain: one row per renewal (account, product and due date) and scope it is counted in. Attributes of accounts are
-- today's, for all dates; the term is that of the lines that end.

with

renewals as (

    select * from {{ ref('int_renewals') }}

),

account_scopes as (

    select * from {{ ref('int_account_scopes') }}

),

units as (

    select * from {{ ref('int_mrr_units') }}

    -- An account without relatives is no group: its own rows would say the same once more.
    where unit_type = 'account_product' or (unit_type = 'group' and unit_accounts > 1)

),

bands as (

    select * from {{ ref('bands') }}

),

scoped as (

    select
        renewals.*,
        account_scopes.scope_type,
        account_scopes.scope_value

    from renewals
    inner join account_scopes on renewals.account_id = account_scopes.account_id

    union all

    select
        renewals.*,
        case units.unit_type when 'group' then 'parent' else 'product' end as scope_type,
        case units.unit_type when 'group' then units.unit_account_id else units.unit_product_id end as scope_value

    from renewals
    inner join units on renewals.account_id = units.account_id and renewals.product_id = units.product_id

    union all

    select
        renewals.*,
        'term' as scope_type,
        coalesce(bands.band, 'open-ended') as scope_value

    from renewals
    left join bands on {{ in_band('bands', 'term', 'renewals.term_months') }}

),

final as (

    select
        account_id,
        product_id,
        due_date,
        due_month,
        scope_type,
        scope_value,
        status,
        due_mrr,
        renewed_mrr,
        as_of_date

    from scoped

)

select * from final
