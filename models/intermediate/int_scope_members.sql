-- Grain: one row per scope and account that ever paid in it: all, its segment, each product it paid for, and the term
-- it began with. In the scope `product` an account is what it pays for that product, elsewhere all that it pays.

with

mrr_periods as (

    select * from {{ ref('int_mrr_periods') }}

),

spine as (

    select * from {{ ref('int_as_of_spine') }}

),

account_scopes as (

    select * from {{ ref('int_account_scopes') }}

),

history_start as (

    select * from {{ ref('int_history_start') }}

),

bands as (

    select * from {{ ref('bands') }}

),

paid_periods as (

    select
        mrr_periods.account_id,
        mrr_periods.product_id,
        mrr_periods.start_date,
        mrr_periods.term_months,
        min(mrr_periods.start_date) over (partition by mrr_periods.account_id) as first_paid_date

    from mrr_periods
    inner join spine on mrr_periods.start_date <= spine.as_of_date and spine.is_latest

    where mrr_periods.mrr > 0 and not mrr_periods.is_in_grace

),

-- What an account committed to when it came: the longest term begun in its first month. Later terms are a result.
beginnings as (

    select
        account_id,
        first_paid_date,
        max(term_months) as term_months

    from paid_periods

    where start_date <= last_day(first_paid_date)

    group by 1, 2

),

members as (

    select
        beginnings.account_id,
        account_scopes.scope_type,
        account_scopes.scope_value,
        beginnings.first_paid_date

    from beginnings
    inner join account_scopes on beginnings.account_id = account_scopes.account_id

    where account_scopes.scope_type in ('all', 'segment')

    union all

    select
        beginnings.account_id,
        'term' as scope_type,
        coalesce(bands.band, 'open-ended') as scope_value,
        beginnings.first_paid_date

    from beginnings
    left join bands on {{ in_band('bands', 'term', 'beginnings.term_months') }}

    union all

    select
        account_id,
        'product' as scope_type,
        product_id as scope_value,
        min(start_date) as first_paid_date

    from paid_periods

    group by 1, 2, 3

),

final as (

    select
        members.scope_type,
        members.scope_value,
        members.account_id,
        members.first_paid_date,
        members.first_paid_date < history_start.start_date as is_opening

    from members
    cross join history_start

)

select * from final
