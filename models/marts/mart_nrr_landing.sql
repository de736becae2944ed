{{ config(
    materialized='incremental',
    pre_hook="{{ delete_as_of_dates() }}"
) }}
-- Grain: one row per as-of date and NRR target in whose period it lies: where the customers the period began with will
-- land when it ends (E7). On its last day that is the NRR they reached.

with

to_build as (

    select * from {{ ref('int_as_of_to_build') }}

),

nrr_targets as (

    select * from {{ ref('int_nrr_targets') }}

    where not is_rolling

),

book as (

    select * from {{ ref('int_landing_book') }}

),

scopes as (

    select * from {{ ref('int_account_scopes') }}

),

policies as (

    select * from {{ ref('int_policies') }}

),

scoped as (

    select
        book.as_of_date,
        book.period_start_date,
        book.period_end_date,
        scopes.scope_type,
        scopes.scope_value,
        cast(count(distinct book.account_id) as bigint) as accounts_at_start,
        cast(count(distinct case when book.mrr_now > 0 then book.account_id end) as bigint) as accounts_now,
        cast(sum(book.mrr_at_start) as bigint) as mrr_at_start,
        cast(sum(book.mrr_now) as bigint) as mrr_now,
        cast(sum(book.contracted_mrr) as bigint) as contracted_mrr,
        cast(sum(book.at_risk_mrr) as bigint) as at_risk_mrr,
        sum(book.landing_mrr) as landing_mrr

    from book
    inner join to_build on book.as_of_date = to_build.as_of_date
    inner join scopes on book.account_id = scopes.account_id

    where scopes.scope_type in ('all', 'owner')

    group by 1, 2, 3, 4, 5

),

landed as (

    select
        to_build.as_of_date,
        nrr_targets.*,
        scoped.accounts_at_start,
        scoped.accounts_now,
        scoped.mrr_at_start,
        scoped.mrr_now,
        scoped.contracted_mrr,
        scoped.at_risk_mrr,
        cast(round(scoped.landing_mrr, 0) as bigint) as landing_mrr,
        {{ rate('scoped.mrr_now', 'scoped.mrr_at_start') }} as nrr_so_far,
        {{ rate('scoped.landing_mrr', 'scoped.mrr_at_start') }} as landing_nrr,
        cast(round(
            cast(nrr_targets.target_nrr as decimal(12, 9)) * cast(scoped.mrr_at_start as decimal(20, 0)), 0
        ) as bigint) as target_mrr

    from to_build
    inner join nrr_targets on to_build.as_of_date between nrr_targets.start_date and nrr_targets.end_date
    left join scoped
        on
            to_build.as_of_date = scoped.as_of_date
            and nrr_targets.start_date = scoped.period_start_date
            and nrr_targets.end_date = scoped.period_end_date
            and nrr_targets.scope_type = scoped.scope_type
            and nrr_targets.owner_id = scoped.scope_value

),

final as (

    select
        landed.as_of_date,
        landed.period_start_month,
        landed.period_end_month,
        landed.owner_id,
        landed.start_date as period_start_date,
        landed.end_date as period_end_date,
        -- The day before a period still belongs to the period that ends on it.
        landed.as_of_date > landed.start_date
        and row_number() over (
            partition by landed.as_of_date, landed.owner_id
            order by
                case when landed.as_of_date > landed.start_date then 0 else 1 end,
                landed.start_date desc,
                landed.end_date desc
        ) = 1 as is_current,
        coalesce(landed.accounts_at_start, 0) as accounts_at_start,
        coalesce(landed.accounts_now, 0) as accounts_now,
        coalesce(landed.mrr_at_start, 0) as mrr_at_start,
        coalesce(landed.mrr_now, 0) as mrr_now,
        coalesce(landed.contracted_mrr, 0) as contracted_mrr,
        coalesce(landed.at_risk_mrr, 0) as at_risk_mrr,
        coalesce(landed.landing_mrr, 0) as landing_mrr,
        landed.nrr_so_far,
        landed.landing_nrr,
        landed.target_nrr,
        {{ nine_decimals('landed.landing_nrr - landed.target_nrr') }} as gap_nrr,
        landed.target_mrr,
        landed.landing_mrr - landed.target_mrr as gap_mrr,
        {{ progress_status('landed.landing_nrr - landed.target_nrr', 'policies.target_tolerance') }} as progress_status,
        case
            when landed.mrr_at_start > 0 then null
            when landed.scope_type is null then 'owner_has_no_accounts'
            else 'no_customers_at_start'
        end as null_reason

    from landed
    cross join policies

)

select * from final
