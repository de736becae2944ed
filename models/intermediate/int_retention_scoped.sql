{{ config(materialized='view') }}
-- Grain: one row per retention period, unit and scope it is counted in. A view: it repeats every account per scope.

with

unit_periods as (

    select * from {{ ref('int_retention_unit_periods') }}

),

account_scopes as (

    select * from {{ ref('int_account_scopes') }}

),

bands as (

    select * from {{ ref('bands') }}

),

-- Scopes of accounts ask about accounts; a product and a term ask about what is held; a parent about its group.
scoped as (

    select
        unit_periods.*,
        account_scopes.scope_type,
        account_scopes.scope_value

    from unit_periods
    inner join account_scopes on unit_periods.unit_account_id = account_scopes.account_id

    where unit_periods.unit_type = 'account'

    union all

    select
        *,
        'product' as scope_type,
        unit_product_id as scope_value

    from unit_periods

    where unit_type = 'account_product'

    union all

    select
        unit_periods.*,
        'term' as scope_type,
        coalesce(bands.band, 'open-ended') as scope_value

    from unit_periods
    left join bands on {{ in_band('bands', 'term', 'unit_periods.term_months') }}

    where unit_periods.unit_type = 'account_product'

    union all

    select
        *,
        'parent' as scope_type,
        unit_account_id as scope_value

    from unit_periods

    where unit_type = 'group'

),

final as (

    select
        period_end_date,
        horizon_months,
        scope_type,
        scope_value,
        unit_type,
        unit_account_id,
        unit_product_id,
        opening_mrr,
        closing_mrr,
        closing_mrr_confirmed,
        closing_mrr_reported,
        movement_type,
        movement_mrr

    from scoped

)

select * from final
